//! The schema.
//!
//! All migrations that are missing are one transaction under one lock, which ends with it, whatever happens. The
//! lock that sqlx would take belongs to a connection, and a pooler in between hands that to somebody else.

use std::time::Duration;

use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;

use super::server::Server;
use crate::{CatalogError, schema};

/// How long all of it may take.
const BOUND: Duration = Duration::from_secs(120);

/// - The migrator asks for its table "if not exists", and PostgreSQL would have a notice logged at every start.
/// - The number of the lock is the text "mr_catal".
/// - A connection that a pooler hands on may have statements of sqlx's usual names.
const BEFORE: &str = "SET LOCAL client_min_messages = warning; \
                      SET LOCAL lock_timeout = '60s'; \
                      SELECT pg_advisory_xact_lock(x'6d725f636174616c'::bigint); \
                      DEALLOCATE ALL";

/// Brings the schema up to date; of several processes one does it, and the others wait for it.
pub(super) async fn migrate(server: &Server) -> Result<(), CatalogError> {
    let work = async {
        let mut connection = server.connect().await?;
        run(&mut connection).await?;
        let _ = connection.close().await;
        Ok(())
    };
    server.within(BOUND, work).await
}

async fn run(connection: &mut PgConnection) -> Result<(), CatalogError> {
    let migrations = migrations();
    let mut all = connection.begin().await?;
    sqlx::raw_sql(BEFORE).execute(&mut *all).await?;
    // As `run`, whose signature gives a future that cannot be spawned.
    migrations.run_direct(None, &mut *all, false).await.map_err(|error| schema::error(&migrations, error))?;
    sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *all).await?;
    all.commit().await?;
    Ok(())
}

fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("migrations/postgres");
    // The store may be in the same database, with a list of its own.
    migrations.dangerous_set_table_name("_catalog_migrations");
    migrations.set_locking(false);
    migrations
}
