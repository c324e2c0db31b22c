//! Connections: some for whoever reads reports, others for whoever stores, so that neither waits for the other.
//!
//! Each is set up once, for its session. So a pooler in between has to keep sessions (PgBouncer: `pool_mode =
//! session`).

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor};

use crate::PostgresConfig;
use crate::error::OpenError;

/// How long a caller waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);
/// Connections that store: a batch, what the worker asks meanwhile, upkeep.
const WRITERS: u32 = 3;

/// Buckets are cut in UTC, whatever the database's zone is. Sites differ in size by a factor of a million: a plan
/// that is made once for all of them is wrong for most. Compiling such a plan takes longer than it saves.
const ALL: &str = "SET TIME ZONE 'UTC'; SET plan_cache_mode = force_custom_plan; SET jit = off; \
                   SET client_min_messages = warning;";

/// Reports join events with what is known of their sessions, of which statistics say little, and of rows that have just
/// arrived nothing: taken for a few, they are joined in a loop over one another, which takes minutes for some ten thousand.
const READING: &str = "SET default_transaction_read_only = on; SET enable_nestloop = off;";

/// The last but one line: what a server that crashes must not forget is what the queue forgets when we answer. The
/// others bound how long a worker whose machine is gone holds the lock that all workers need.
const WRITING: &str = "SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'; \
                       SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
                       SELECT set_config('synchronous_commit', 'on', false) \
                       WHERE current_setting('synchronous_commit') = 'off';";

#[derive(Debug)]
pub(crate) struct Pools {
    /// For reports.
    pub(crate) read: PgPool,
    /// For the worker and the upkeep.
    pub(crate) write: PgPool,
}

impl Pools {
    pub(crate) fn new(config: &PostgresConfig) -> Result<Self, OpenError> {
        let options: PgConnectOptions = config.url.parse().map_err(OpenError::Connect)?;
        let options = options.application_name("millrace");
        let most = config.max_connections.max(2);
        let writers = WRITERS.min(most / 2);
        let reading = format!("{ALL} {READING} SET statement_timeout = {};", config.read_timeout.as_millis());
        Ok(Self {
            read: pool(most - writers, reading, options.clone()),
            write: pool(writers, format!("{ALL} {WRITING}"), options),
        })
    }

    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

fn pool(connections: u32, setup: String, options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |connection, _| {
            let setup = setup.clone();
            Box::pin(async move { connection.execute(sqlx::raw_sql(AssertSqlSafe(setup))).await.map(|_| ()) })
        })
        .connect_lazy_with(options)
}
