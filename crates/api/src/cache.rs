//! Answers that are kept for a few seconds, in memory or in Redis, so that a dashboard that many people watch costs
//! the store one query.
//!
//! Kept are the reports that can say so: those whose answers carry `cached`. A reader of any other, live figures and
//! the latest events among them, could not know that it is old. What is kept is the answer's JSON text under a key
//! that is a hash of the whole question (`question`), and whoever asks has been found to be allowed to read the site
//! before anything is looked up: that a handler has a `Reader` proves it. An erasure shows in the figures once their
//! time to live is over; of events themselves nothing is kept.
//!
//! **Architecture invariant:** the store is the truth and a cache may fail in any way: away, slow, full, or holding
//! bytes that this version did not write. Then the store is asked, and the answer is none the later for it.
//!
//! A backend keeps bytes under keys ([`Cache`]). What the bytes mean (`entry`), that one of many equal requests
//! computes (`flights`), and when to ask the store (`answers`) is the same for all of them.

pub(crate) mod answers;
mod entry;
mod flights;
mod memory;
pub(crate) mod question;
mod redis;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub use answers::Answers;
pub use question::Key;

/// The most bytes of an answer that is kept. Longer ones, such as a thousand pages with paths of kilobytes, are
/// computed each time.
pub const MOST_BYTES: usize = 1 << 20;

/// How long answers are kept, how many, and how much a cache may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheConfig {
    /// How long after it was computed an answer may be given. Zero keeps none.
    pub ttl: Duration,
    /// The most bytes of memory that answers take, where they are kept there; Redis has a bound of its own,
    /// `maxmemory`.
    pub max_bytes: usize,
    /// How long a request waits for an answer of Redis, and for a connection to it, before the store is asked.
    pub patience: Duration,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { ttl: Duration::from_secs(2), max_bytes: 64 << 20, patience: Duration::from_millis(50) }
    }
}

/// Where answers are kept. A request waits for each of these methods, so each has a bound of its own.
#[async_trait]
pub trait Cache: fmt::Debug + Send + Sync + 'static {
    /// Whether other processes keep their answers here too. They then [`claim`](Self::claim) what they compute.
    fn shared(&self) -> bool {
        false
    }

    /// The value of a key, of up to [`MOST_BYTES`] and a header; nothing where there is none or it is past its time.
    async fn get(&self, key: &Key) -> Result<Option<Bytes>, CacheError>;

    /// Keeps a value for `ttl`, in place of any other.
    async fn put(&self, key: &Key, value: Bytes, ttl: Duration) -> Result<(), CacheError>;

    /// Whether this process is the one to compute the answer. A claim ends by itself, soon.
    async fn claim(&self, _: &Key) -> Result<bool, CacheError> {
        Ok(true)
    }

    /// Ends a claim.
    async fn release(&self, _: &Key) -> Result<(), CacheError> {
        Ok(())
    }
}

/// Why a cache could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The URL is of no cache. It may hold a password, so the message does not show it.
    #[error("the cache's url is wrong: {0}; it looks like redis://user:password@host:6379/0?prefix=millrace")]
    Url(String),
    /// It was asked, and failed.
    #[error("{0}")]
    Failed(String),
    /// It failed a moment ago and was not asked.
    #[error("the cache is away")]
    Away,
}

/// Keeps nothing: every answer is computed.
pub fn none() -> Answers {
    Answers::new(None, Duration::ZERO)
}

/// Keeps answers in this process.
pub fn memory(config: CacheConfig) -> Answers {
    Answers::new(Some(Arc::new(memory::MemoryCache::new(config.max_bytes))), config.ttl)
}

/// Keeps answers in Redis, for all processes that name the same one with the same prefix:
/// `redis://[user:password@]host[:port][/database][?prefix=millrace]`, or `rediss://` for TLS.
///
/// Nothing is connected before the first report, so that a server starts while Redis is away. Whoever may write to
/// that Redis can forge answers.
///
/// # Errors
/// Where the URL is wrong.
pub fn redis(url: &str, config: CacheConfig) -> Result<Answers, CacheError> {
    Ok(Answers::new(Some(Arc::new(redis::RedisCache::new(url, config.patience)?)), config.ttl))
}
