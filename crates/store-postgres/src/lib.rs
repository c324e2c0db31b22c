//! PostgreSQL, 14 or newer, as the event store of several machines, with TimescaleDB or without.
//!
//! A batch, its offsets and everything that is counted from it are one transaction: on return it is durable, and
//! every process sees it. Reports that aggregates can answer to the last digit are answered from them, all others
//! from the events.
//!
//! Invariants:
//! - a row of `store_state` is locked by whoever adds or removes events: the order of arrival is the order of commits,
//!   and an aggregate never disagrees with the events;
//! - a batch that does not follow the applied offsets of its partitions changes nothing;
//! - text of a client is bound or copied, never part of a statement.
//!
//! Tables: `migrations/`, in the first schema of the connection's search path. Who may change them: [`schema`].

mod columns;
mod connect;
mod describe;
mod discards;
mod error;
mod insert;
mod links;
mod observe;
mod partitions;
mod patterns;
mod read;
mod reader;
mod remember;
mod remove;
mod rollup;
pub mod schema;
mod sql;
mod store;
mod timescale;
mod types;
mod upkeep;

use std::fmt;
use std::time::Duration;

use millrace_store::discards::Window;

pub use describe::Description;
pub use error::OpenError;
pub use store::PostgresStore;

/// Where a store lies and how it is kept.
#[derive(Clone)]
pub struct PostgresConfig {
    /// `postgres://user:password@host:port/database`
    pub url: String,
    /// The most connections of this process, at least 2. Three of them are the worker's, or half where there are
    /// fewer than six.
    pub max_connections: u32,
    /// How long a report may take before the server gives it up.
    pub read_timeout: Duration,
    /// How long a client's event id is recognised; absent: ids are not compared.
    pub dedup_window: Option<Duration>,
    /// Days that events are kept; absent: for ever. Heeded by a process that does the upkeep.
    pub retention_days: Option<u32>,
    /// How much is kept of discarded events, and how long.
    pub discards: Window,
    /// Whether this process brings the tables up to date and does the upkeep, as one with a worker must. One without
    /// refuses older tables.
    pub upkeep: bool,
}

/// Without the URL, which may have a password.
impl fmt::Debug for PostgresConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("PostgresConfig")
            .field("max_connections", &self.max_connections)
            .field("read_timeout", &self.read_timeout)
            .field("dedup_window", &self.dedup_window)
            .field("retention_days", &self.retention_days)
            .field("discards", &self.discards)
            .field("upkeep", &self.upkeep)
            .finish_non_exhaustive()
    }
}

impl PostgresConfig {
    /// The defaults, for the database at `url`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
            read_timeout: Duration::from_secs(60),
            dedup_window: None,
            retention_days: None,
            discards: Window::default(),
            upkeep: true,
        }
    }
}
