//! What the database's errors mean.

use millrace_store::StoreError;

/// A row has no partition to go to: somebody removed it meanwhile.
pub(crate) const NO_PARTITION: &str = "23514";
/// `lock_timeout` passed.
pub(crate) const LOCK_TIMEOUT: &str = "55P03";

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL is none, or the database does not answer or does not let us in.
    #[error("the store's database cannot be opened: {0}")]
    Connect(sqlx::Error),
    /// The server is too old.
    #[error("the store's database is PostgreSQL {0}: 14 or newer is needed")]
    Server(String),
    /// There are no tables, and this process may not make them.
    #[error(
        "the store's database has no tables yet, and this millrace needs version {known} of them: start a worker of \
         this version first"
    )]
    NoSchema {
        /// The version that is needed.
        known: i64,
    },
    /// The tables are older, and this process may not change them.
    #[error(
        "the store's schema is version {found}, this millrace needs {known}: start a worker of this version first"
    )]
    OlderSchema {
        /// The version of the tables.
        found: i64,
        /// The version that is needed.
        known: i64,
    },
    /// The tables are newer.
    #[error(
        "the store's schema is version {found}, written by a newer millrace; this one knows versions up to {known}: \
         start the newer one, which ran here before"
    )]
    NewerSchema {
        /// The version of the tables.
        found: i64,
        /// The newest version this one knows.
        known: i64,
    },
    /// The tables could not be brought up to date.
    #[error("the store's schema cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Something else failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The database's code of an error (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(crate) fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

/// What an error means to whoever asked the store.
pub(crate) fn store_error(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(_) => {
            let code = code(&error).unwrap_or_default();
            let text = format!("{error} (PostgreSQL's error {code})");
            match code.get(..2).unwrap_or_default() {
                // A value that no column takes; one that is too long for an index.
                "22" | "54" => StoreError::Refused(text),
                // No connection; rolled back for another's sake; no room; a lock held; an operator; the machine.
                "08" | "40" | "53" | "55" | "57" | "58" => StoreError::Unavailable(text),
                // A standby, until it is promoted; a transaction that waited too long for this process; a partition
                // that was removed, and is there again at the next try.
                "25" => StoreError::Unavailable(text),
                _ if code == NO_PARTITION => StoreError::Unavailable(text),
                _ => StoreError::Failed(text),
            }
        }
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(error.to_string()),
        sqlx::Error::PoolClosed => StoreError::Closed,
        _ => StoreError::Failed(error.to_string()),
    }
}

/// What an error means to whoever asked a question: nothing of theirs can be at fault, it was checked.
pub(crate) fn read_error(error: sqlx::Error) -> StoreError {
    match store_error(error) {
        StoreError::Refused(text) => StoreError::Failed(text),
        error => error,
    }
}
