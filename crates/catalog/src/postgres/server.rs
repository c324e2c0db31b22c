//! Connections and transactions.
//!
//! A transaction has a connection of its own, made for it: they are rare, and such a connection has not died
//! unnoticed, holds nothing of an earlier failure, and is gone when a deadline is over. What fails to connect says
//! why, which a pool does not.
//!
//! A pooler may stand in between, in its transaction mode too: nothing is set for a session, and no statement is
//! prepared for longer than its transaction (`persistent(false)`, or the simple protocol of `raw_sql`).

use std::fmt;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgListener, PgPoolOptions};
use sqlx::query::Query;
use sqlx::{ConnectOptions, Connection, Postgres, Row};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::CatalogError;
use crate::key::random;

/// How long anything that the catalog asks of the database may take, connecting included.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// How many transactions a process has at once; further ones wait.
const AT_ONCE: usize = 4;

const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Named, since a database may have another default, under which a salt that somebody else made at the same moment
/// is an error.
const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// The setting that marks a connection.
const MARK: &str = "millrace.connection";
const READ_MARK: &str = "SELECT current_setting('millrace.connection', true)";

pub(super) struct Server {
    options: PgConnectOptions,
    name: String,
    permits: Semaphore,
}

/// A transaction; undone if it is dropped.
pub(super) struct Session<'a> {
    pub(super) connection: PgConnection,
    _permit: SemaphorePermit<'a>,
}

impl Server {
    pub(super) fn new(url: &str) -> Result<Self, CatalogError> {
        let (options, name) = super::address::parse(url)?;
        Ok(Self { options, name, permits: Semaphore::new(AT_ONCE) })
    }

    /// What `work` answers, if it does within `bound`. What it has begun is undone if not, or, if that was a commit,
    /// may be done all the same.
    pub(super) async fn within<T>(
        &self,
        bound: Duration,
        work: impl Future<Output = Result<T, CatalogError>>,
    ) -> Result<T, CatalogError> {
        match tokio::time::timeout(bound, work).await {
            Ok(Err(CatalogError::Database(error @ (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut)))) => {
                Err(self.out_of_reach(&error))
            }
            Ok(answer) => answer,
            Err(_) => {
                Err(self.out_of_reach(&format_args!("it did not answer within {} seconds", bound.as_secs())))
            }
        }
    }

    pub(super) async fn connect(&self) -> Result<PgConnection, CatalogError> {
        self.options.connect().await.map_err(|error| self.out_of_reach(&error))
    }

    /// A transaction that sees the database as of one moment.
    pub(super) async fn read(&self) -> Result<Session<'_>, CatalogError> {
        self.begin(READ).await
    }

    /// A transaction that changes something.
    pub(super) async fn write(&self) -> Result<Session<'_>, CatalogError> {
        self.begin(WRITE).await
    }

    /// Runs one statement as a transaction; answers how many rows it changed.
    pub(super) async fn execute(
        &self,
        statement: Query<'_, Postgres, PgArguments>,
    ) -> Result<u64, CatalogError> {
        let work = async {
            let mut session = self.write().await?;
            let done = statement.persistent(false).execute(&mut session.connection).await?;
            session.commit().await?;
            Ok(done.rows_affected())
        };
        self.within(ANSWER, work).await
    }

    /// A connection that hears of notifications, where it leads to a backend of PostgreSQL that is nobody else's.
    ///
    /// A pooler in transaction mode lends the backend to others, who would get the notifications between their
    /// answers, which sqlx, for one, takes for a broken connection. So the connection is started with a mark: a
    /// backend that was not started for it does not have that, and is asked for nothing but the newest change.
    pub(super) async fn listen(&self, channel: &str) -> Result<PgListener, CatalogError> {
        let mark = hex::encode(random::<8>());
        let marked = self.options.clone().options([(MARK, &mark)]);
        let mut listener = match self.listener(marked).await {
            // A pooler that refuses what it does not know.
            Err(sqlx::Error::Database(_)) => self.listener(self.options.clone()).await?,
            listener => listener?,
        };
        let found = sqlx::raw_sql(READ_MARK).fetch_one(&mut listener).await?;
        if found.try_get::<Option<String>, _>(0)? == Some(mark) {
            listener.listen(channel).await?;
        } else {
            tracing::debug!(server = self.name, "behind a pooler: changes are looked for once a second");
        }
        Ok(listener)
    }

    async fn listener(&self, options: PgConnectOptions) -> Result<PgListener, sqlx::Error> {
        // A pool of its own: where the connection hangs, sqlx keeps its place taken.
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(ANSWER)
            .connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&pool).await?;
        // Whoever waits has to know that the connection was lost, and to say so if there is no other.
        listener.eager_reconnect(false);
        Ok(listener)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn out_of_reach(&self, cause: &dyn fmt::Display) -> CatalogError {
        CatalogError::OutOfReach { server: self.name.clone(), cause: cause.to_string() }
    }

    async fn begin(&self, mode: &'static str) -> Result<Session<'_>, CatalogError> {
        let permit = self.permits.acquire().await.expect("never closed");
        let mut connection = self.connect().await?;
        sqlx::raw_sql(mode).execute(&mut connection).await?;
        Ok(Session { connection, _permit: permit })
    }
}

impl Session<'_> {
    pub(super) async fn commit(mut self) -> Result<(), CatalogError> {
        sqlx::raw_sql("COMMIT").execute(&mut self.connection).await?;
        // It is committed, whatever becomes of the goodbye.
        let _ = self.connection.close().await;
        Ok(())
    }
}

/// The options have the password.
impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Server").field("name", &self.name).finish_non_exhaustive()
    }
}
