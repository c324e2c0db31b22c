//! Whether reports show what was accepted, no more and no less.

use std::time::Duration;

use anyhow::{Context, ensure};
use tokio::time::{Instant, sleep};

use crate::server::Server;
use crate::wire::Connection;

/// The worker's own count of what it has handed to the store.
pub(crate) const STORED: &str = "millrace_worker_stored_events_total";
/// How long nothing new may become visible.
const STALLED: Duration = Duration::from_secs(30);

/// Waits until `/analytics/summary` shows `accepted` events of `site`; answers when it did. Any other number in the
/// end is an error. `others` are accepted events of other sites.
pub(crate) async fn await_all(
    server: &Server,
    site: &str,
    accepted: u64,
    others: u64,
) -> anyhow::Result<Instant> {
    await_all_through(server, server, site, accepted, others).await
}

/// The same where the worker is one process and the reports are another's.
pub(crate) async fn await_all_through(
    worker: &Server,
    reports: &Server,
    site: &str,
    accepted: u64,
    others: u64,
) -> anyhow::Result<Instant> {
    let mut figures = worker.connect().await?;
    // The cheap question first: reports over millions of events would take the worker's processors.
    let (mut stored, mut moved) = (0, Instant::now());
    while stored < accepted + others && moved.elapsed() < STALLED {
        let now = worker.figure(&mut figures, STORED).await?;
        if now > stored {
            (stored, moved) = (now, Instant::now());
        }
        sleep(Duration::from_millis(5)).await;
    }
    // Not before: a connection on which nothing is asked for long is closed.
    let mut connection = reports.connect().await?;
    let mut seen = total(&mut connection, site).await?;
    let mut at = Instant::now();
    while seen < accepted && moved.elapsed() < STALLED {
        sleep(Duration::from_millis(5)).await;
        seen = total(&mut connection, site).await?;
        at = Instant::now();
    }
    // What is counted twice may come late.
    sleep(Duration::from_millis(300)).await;
    seen = total(&mut connection, site).await?;
    ensure!(
        seen == accepted,
        "wrong count: {accepted} events of '{site}' were accepted, {seen} are in its reports"
    );
    Ok(at)
}

/// A site's events in `/analytics/summary`.
pub(crate) async fn total(connection: &mut Connection, site: &str) -> anyhow::Result<u64> {
    let answer = connection.json(&format!("/analytics/summary?site_id={site}")).await?;
    answer["summary"]["total_events"].as_u64().context("/analytics/summary has no total_events")
}
