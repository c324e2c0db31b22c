//! The bounds of ingestion.

use std::path::PathBuf;
use std::time::Duration;

use millrace_event::limits;

use crate::Client;

/// What an operator may set. Every default is a bound.
#[derive(Clone, Debug)]
pub struct IngestConfig {
    /// Proxies whose `X-Forwarded-For` is believed; none by default.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// Events of one batch; default and maximum [`limits::BATCH_EVENTS`].
    pub batch_events: usize,
    /// From the end of the headers to the last byte of the body; default 15 s.
    pub body_deadline: Duration,
    /// Bytes of all bodies in flight, compressed and decompressed, from the first byte to the answer; default
    /// 256 MiB. Beyond it requests are refused with 503.
    pub inflight_bytes: usize,
    /// Bodies that are decompressed and parsed at the same time off the async threads; default: the processors.
    pub parsing: usize,
    /// Where `rejected.ndjson` is kept; without it no copies of rejected events are.
    pub rejects_dir: Option<PathBuf>,
    /// Systems whose clients are understood; default: all of them.
    pub clients: Vec<Client>,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            batch_events: limits::BATCH_EVENTS,
            body_deadline: Duration::from_secs(15),
            inflight_bytes: 256 << 20,
            parsing: std::thread::available_parallelism().map_or(2, usize::from),
            rejects_dir: None,
            clients: Client::ALL.to_vec(),
        }
    }
}
