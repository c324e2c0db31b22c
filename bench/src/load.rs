//! Load on a server: connections that send prepared requests one after the other.
//!
//! Without a pace each connection sends its next request when the last one is answered. With one the load is
//! open-loop: request n is due at its time whatever the answers take, and its latency counts from then.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{bail, ensure};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::wire::Connection;

/// A request as it goes over the wire.
#[derive(Debug)]
pub(crate) struct Request {
    /// Head and body.
    pub(crate) bytes: Vec<u8>,
    /// Events in it.
    pub(crate) events: u64,
}

/// How a load is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Requests that may be under way at once.
    pub(crate) connections: usize,
    /// The time between two requests; absent: as fast as answers come.
    pub(crate) pace: Option<Duration>,
}

/// A load under way.
#[derive(Debug)]
pub(crate) struct Load {
    shared: Arc<Shared>,
    connections: JoinSet<anyhow::Result<()>>,
}

#[derive(Debug)]
struct Shared {
    requests: Vec<Request>,
    begin: Instant,
    pace: Option<Duration>,
    next: AtomicU64,
    stopped: AtomicBool,
    held: AtomicBool,
    accepted: AtomicU64,
    refused: AtomicU64,
    latency: Mutex<Histogram<u64>>,
}

impl Load {
    /// Opens the connections, then begins to send.
    pub(crate) async fn start(
        address: SocketAddr,
        requests: Vec<Request>,
        shape: Shape,
    ) -> anyhow::Result<Self> {
        let mut open = Vec::new();
        for _ in 0..shape.connections {
            open.push(Connection::open(address).await?);
        }
        let shared = Arc::new(Shared {
            requests,
            begin: Instant::now(),
            pace: shape.pace,
            next: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            held: AtomicBool::new(false),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            latency: Mutex::new(micros()),
        });
        let mut connections = JoinSet::new();
        for connection in open {
            connections.spawn(send(Arc::clone(&shared), connection));
        }
        Ok(Self { shared, connections })
    }

    /// When the first request went out.
    pub(crate) fn begin(&self) -> Instant {
        self.shared.begin
    }

    /// Events that were answered with 202 so far.
    pub(crate) fn accepted(&self) -> u64 {
        self.shared.accepted.load(Ordering::Relaxed)
    }

    /// Requests that were answered with 503 so far.
    pub(crate) fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }

    /// Whether connections wait before their next request.
    pub(crate) fn hold(&self, held: bool) {
        self.shared.held.store(held, Ordering::Relaxed);
    }

    /// Lets the load run on for a while; a connection that fails meanwhile is an error.
    pub(crate) async fn run(&mut self, span: Duration) -> anyhow::Result<()> {
        tokio::select! {
            () = sleep(span) => Ok(()),
            Some(ended) = self.connections.join_next() => {
                ended??;
                bail!("a connection ended by itself")
            }
        }
    }

    /// Accepted events a second, over `span` from now on.
    pub(crate) async fn rate(&mut self, span: Duration) -> anyhow::Result<f64> {
        self.latency(Histogram::reset);
        let (begin, before) = (Instant::now(), self.accepted());
        self.run(span).await?;
        Ok((self.accepted() - before) as f64 / begin.elapsed().as_secs_f64())
    }

    /// Ends the load and waits for the answers under way; answers the events accepted in all, and the latency of
    /// requests in microseconds since the last [`Self::rate`].
    pub(crate) async fn stop(mut self) -> anyhow::Result<(u64, Histogram<u64>)> {
        self.shared.stopped.store(true, Ordering::Relaxed);
        while let Some(ended) = self.connections.join_next().await {
            ended??;
        }
        let mut latency = micros();
        self.latency(|histogram| std::mem::swap(histogram, &mut latency));
        Ok((self.accepted(), latency))
    }

    fn latency(&self, work: impl FnOnce(&mut Histogram<u64>)) {
        work(&mut self.shared.latency.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// An empty histogram of microseconds, up to ten minutes.
pub(crate) fn micros() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 600_000_000, 3).expect("valid bounds")
}

/// A quantile of a histogram of microseconds, in milliseconds.
pub(crate) fn quantile_ms(histogram: &Histogram<u64>, quantile: f64) -> f64 {
    histogram.value_at_quantile(quantile) as f64 / 1_000.0
}

async fn send(shared: Arc<Shared>, mut connection: Connection) -> anyhow::Result<()> {
    let stopped = || shared.stopped.load(Ordering::Relaxed);
    loop {
        while shared.held.load(Ordering::Relaxed) && !stopped() {
            sleep(Duration::from_millis(1)).await;
        }
        if stopped() {
            return Ok(());
        }
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let begin = match shared.pace {
            None => Instant::now(),
            Some(pace) => {
                let due = shared.begin + Duration::from_nanos(pace.as_nanos() as u64 * number);
                sleep_until(due).await;
                if stopped() {
                    return Ok(());
                }
                due
            }
        };
        let request = &shared.requests[number as usize % shared.requests.len()];
        match connection.send(&request.bytes).await? {
            202 => {
                let whole = request.events == 1 || connection.body().ends_with(br#""rejected":[]}"#);
                ensure!(whole, "events of a batch were rejected: {}", connection.text());
                shared.accepted.fetch_add(request.events, Ordering::Relaxed);
                let took = begin.elapsed().as_micros() as u64;
                shared.latency.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(took);
            }
            503 => {
                shared.refused.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_millis(50)).await;
            }
            status => bail!("events were answered with {status}: {}", connection.text()),
        }
    }
}
