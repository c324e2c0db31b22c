//! The tables, their versions, and who may change them.
//!
//! # Upgrading while events arrive
//!
//! A process that does the upkeep (a worker) brings the tables up to date when it starts, one process at a time; one
//! that only reads refuses older tables. Newer tables are refused always. So workers are replaced first, then the
//! rest. The workers of the version before go on meanwhile, since a migration only adds: tables, columns that may be
//! absent or have a default, indexes. What is no longer used goes in a version after the one that stopped using it.
//! A worker of the version before that is started again after the migration is refused: its successor is already
//! there.
//!
//! # Two kinds of tables
//!
//! Where the database has the extension TimescaleDB when the tables are made, they are made for it, else as plain
//! PostgreSQL has them; its Apache edition has neither compression nor continuous aggregates, and is no reason. That stays so: the extension is neither created nor taken into use later.

use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection, PgConnection, Row};

use crate::PostgresConfig;
use crate::error::{OpenError, read_error};

/// The catalog may live in the same database, with a table of migrations of its own.
const MIGRATIONS_TABLE: &str = "_store_migrations";

static PLAIN: Migrator =
    Migrator { table_name: Cow::Borrowed(MIGRATIONS_TABLE), ..sqlx::migrate!("./migrations/plain") };
static TIMESCALE: Migrator =
    Migrator { table_name: Cow::Borrowed(MIGRATIONS_TABLE), ..sqlx::migrate!("./migrations/timescale") };

/// Which kind of tables a store has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// A partition a month, aggregates kept by each batch.
    Plain,
    /// A hypertable, and continuous aggregates for counts.
    Timescale,
}

impl Flavour {
    fn migrator(self) -> &'static Migrator {
        match self {
            Self::Plain => &PLAIN,
            Self::Timescale => &TIMESCALE,
        }
    }
}

/// What the store found when it opened.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) flavour: Flavour,
    /// `15.6`
    pub(crate) server: String,
    /// The version of the extension, where the database has it.
    pub(crate) timescale: Option<String>,
}

/// Brings the tables up to date, or checks that they are.
pub(crate) async fn prepare(config: &PostgresConfig) -> Result<Schema, OpenError> {
    // A connection of its own: a migration that fails keeps its lock until the session ends.
    let mut connection = PgConnection::connect(&config.url).await.map_err(OpenError::Connect)?;
    let schema = prepare_with(config, &mut connection).await;
    let _ = connection.close().await;
    schema
}

async fn prepare_with(config: &PostgresConfig, connection: &mut PgConnection) -> Result<Schema, OpenError> {
    let row = sqlx::query(
        "SELECT current_setting('server_version_num')::integer, split_part(current_setting('server_version'), ' ', 1), \
         (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb' \
         AND current_setting('timescaledb.license', true) IS DISTINCT FROM 'apache'), \
         to_regclass('_store_migrations') IS NOT NULL, to_regclass('store_state') IS NOT NULL",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(OpenError::Connect)?;
    let get = |error| OpenError::Store(read_error(error));
    let (number, server): (i32, String) = (row.try_get(0).map_err(get)?, row.try_get(1).map_err(get)?);
    if number < 140_000 {
        return Err(OpenError::Server(server));
    }
    let timescale: Option<String> = row.try_get(2).map_err(get)?;
    let (versions, made): (bool, bool) = (row.try_get(3).map_err(get)?, row.try_get(4).map_err(get)?);
    let flavour = if made {
        let flavour = sqlx::query_scalar("SELECT flavour FROM store_state").fetch_one(&mut *connection).await;
        let flavour: String = flavour.map_err(get)?;
        if flavour == "timescale" { Flavour::Timescale } else { Flavour::Plain }
    } else if timescale.is_some() {
        Flavour::Timescale
    } else {
        Flavour::Plain
    };
    let migrator = flavour.migrator();
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    let found: Option<i64> = if versions {
        let found = sqlx::query_scalar("SELECT max(version) FROM _store_migrations WHERE success");
        found.fetch_one(&mut *connection).await.map_err(get)?
    } else {
        None
    };
    match found {
        Some(found) if found > known => return Err(OpenError::NewerSchema { found, known }),
        Some(found) if found < known && !config.upkeep => {
            return Err(OpenError::OlderSchema { found, known });
        }
        None if !config.upkeep => return Err(OpenError::NoSchema { known }),
        _ => {}
    }
    if config.upkeep {
        // Another worker may be doing so at this moment: the migrator holds an advisory lock, and finds it done.
        migrator.run_direct(None, connection, false).await.map_err(|error| match error {
            // A newer worker started in between.
            MigrateError::VersionMissing(found) if found > known => OpenError::NewerSchema { found, known },
            error => OpenError::Migration(error),
        })?;
    }
    Ok(Schema { flavour, server, timescale })
}
