//! The embedded store: Parquet segments and an in-memory tail, queried by DataFusion.
//!
//! A batch goes into the tail and is visible at once; the queue is its write-ahead log. When the tail is large or
//! old enough it is sealed: one sorted Parquet file a day, then one transaction in the manifest that adds the files
//! and moves the applied offsets. Only then do `insert` and `applied` answer those offsets.
//!
//! Invariants:
//! - what the manifest lists is the truth; a file is complete, synced and never changed before it is listed;
//! - a query sees each event once: the switch from tail to segment is one step under one lock;
//! - a damaged segment costs its own events only.
//!
//! On disk: `manifest.sqlite`, `segments/<number>.parquet`, `damaged/`, and `lock`, held by the open store.

mod cache;
mod columns;
mod discards;
mod engine;
mod functions;
mod lake;
mod links;
mod manifest;
mod observe;
mod people;
mod reader;
mod remember;
mod rewrite;
mod scan;
mod seal;
mod segment;
mod sql;
mod state;
mod store;
mod tail;

use std::path::PathBuf;
use std::time::Duration;

use millrace_store::discards::Window;

pub use manifest::DamagedSegment;
pub use store::{Inspection, LakeStore, inspect};

/// Where a lake lies and how it is kept.
#[derive(Clone, Debug)]
pub struct LakeConfig {
    /// Its folder; made where it does not exist.
    pub dir: PathBuf,
    /// Rows at which the tail is sealed. Four times as many hold back the worker.
    pub seal_rows: usize,
    /// How long an event waits for its segment at most.
    pub seal_after: Duration,
    /// Threads for queries and for rewriting segments.
    pub query_threads: usize,
    /// Bytes that all queries together may take while they run.
    pub query_memory: usize,
    /// Bytes of decoded columns that are kept for the next query; 0: none.
    pub column_cache: usize,
    /// Days that events are kept; absent: for ever.
    pub retention_days: Option<u32>,
    /// Links of visitors to persons, about 60 bytes of memory each; beyond that none are taken.
    pub most_links: usize,
    /// How much is kept of discarded events, and how long.
    pub discards: Window,
    /// Whether segments are merged in the background.
    pub compaction: bool,
}

impl LakeConfig {
    /// The defaults, for a lake in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            seal_rows: 262_144,
            seal_after: Duration::from_secs(60),
            query_threads: std::thread::available_parallelism().map_or(2, usize::from),
            query_memory: 1 << 30,
            column_cache: 256 << 20,
            retention_days: None,
            most_links: 4_000_000,
            discards: Window::default(),
            compaction: true,
        }
    }
}
