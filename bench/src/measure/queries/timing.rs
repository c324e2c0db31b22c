//! How long answers take: of one question after the other, and of several at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::report::{Row, median};
use crate::server::Server;
use crate::wire::Connection;

/// Connections that a browser has to one host.
const CONNECTIONS: usize = 6;

/// Some times of the same.
#[derive(Clone, Debug)]
pub(crate) struct Times(pub(crate) Vec<Duration>);

impl Times {
    /// A row with their median.
    pub(crate) fn row(&self, what: String) -> Row {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let most = self.0.iter().max().copied().unwrap_or_default();
        Row::new(what, ms(median(&self.0, Ord::cmp)), "ms").note(format!(
            "median of {}, longest {:.0} ms",
            self.0.len(),
            ms(most)
        ))
    }
}

/// One request, `times` times after one that does not count.
pub(crate) async fn alone(server: &Server, request: &[u8], times: usize) -> anyhow::Result<Times> {
    let mut connection = server.connect().await?;
    connection.answer(request).await?;
    let mut spent = Vec::with_capacity(times);
    for _ in 0..times {
        let begin = Instant::now();
        connection.answer(request).await?;
        spent.push(begin.elapsed());
    }
    Ok(Times(spent))
}

/// All requests at once, until the last answer, `times` times after one that does not count.
pub(crate) async fn together(
    server: &Server,
    requests: &[(&str, Vec<u8>)],
    times: usize,
) -> anyhow::Result<Times> {
    let mut browser = Browser::open(server, requests).await?;
    browser.ask().await?;
    let mut spent = Vec::with_capacity(times);
    for _ in 0..times {
        spent.push(browser.ask().await?);
    }
    Ok(Times(spent))
}

/// All requests at once, once.
pub(crate) async fn first(server: &Server, requests: &[(&str, Vec<u8>)]) -> anyhow::Result<Duration> {
    Browser::open(server, requests).await?.ask().await
}

/// Connections, and what is asked over them.
#[derive(Debug)]
struct Browser {
    connections: Vec<Connection>,
    requests: Arc<[Vec<u8>]>,
}

impl Browser {
    async fn open(server: &Server, requests: &[(&str, Vec<u8>)]) -> anyhow::Result<Self> {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            connections.push(server.connect().await?);
        }
        Ok(Self { connections, requests: requests.iter().map(|(_, request)| request.clone()).collect() })
    }

    /// Asks everything; a connection that has its answer takes the next question.
    async fn ask(&mut self) -> anyhow::Result<Duration> {
        let next = Arc::new(AtomicUsize::new(0));
        let begin = Instant::now();
        let mut asking = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            let (next, requests) = (Arc::clone(&next), Arc::clone(&self.requests));
            asking.spawn(async move {
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    connection.answer(request).await?;
                }
                anyhow::Ok(connection)
            });
        }
        while let Some(connection) = asking.join_next().await {
            self.connections.push(connection??);
        }
        Ok(begin.elapsed())
    }
}
