//! `millrace demo`: a server that shows itself working: a public site with thirty days of history and live traffic.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use millrace_catalog::{Site, SiteSettings};
use millrace_event::{SiteId, Timestamp};
use millrace_ingest::{Intake, Submission};
use millrace_store::EventStore;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::demo::{history::history, live::live, owner};
use crate::parts::Roles;
use crate::serve::{Running, signalled};
use crate::telemetry;

/// How the demo runs.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where it keeps its data
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data_dir: PathBuf,
    /// Address and port to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Live events a second, in the mean; 0: none
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    rate: f64,
}

const SITE: &str = "demo";
const DAYS: u32 = 30;
const SEED: u64 = 2_015;
/// Events handed to ingestion at a time.
const BATCH: usize = 2_000;

/// Runs the subcommand.
pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.rate.is_finite() && args.rate >= 0.0,
        "--rate is {}: it must be 0 or more",
        args.rate
    );
    let mut config = Config::load(None)?;
    config.server.data_dir = args.data_dir;
    config.server.listen = args.listen;
    telemetry::start_logs(&config.log)?;
    let running = Running::start(&config, Roles::ALL).await?;
    let site = SiteId::new(SITE)?;
    let catalog = running.parts.catalog.clone();
    if catalog.directory().site(SITE).is_none() {
        let timezone = jiff::tz::TimeZone::UTC;
        let site = Site {
            id: site.clone(),
            timezone,
            public: true,
            require_key: false,
            created_at: Timestamp::now(),
            settings: SiteSettings::default(),
        };
        catalog.add_site(&site).await?;
        owner::settle(catalog.as_ref(), &site.id, Timestamp::now()).await?;
    }
    println!("Millrace demo: http://{}  (stop with Ctrl-C)", running.address);
    if let Some(secret) = owner::first_admin_key(catalog.as_ref(), &site).await? {
        println!(
            "admin key: {secret}  (keep it: it is shown once, and opens the settings of the site '{SITE}')"
        );
    }
    let stop = CancellationToken::new();
    let intake = running.intake.clone().context("the demo ingests")?;
    let store = running.parts.store()?.clone();
    let traffic = tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
        if let Err(error) = fill(&intake, store.as_ref(), &site).await {
            tracing::error!(error = %format!("{error:#}"), "the demo's history is not complete");
        }
        if args.rate > 0.0 {
            drive(&intake, args.rate).await;
        }
    }));
    let result = running.run(signalled()).await;
    stop.cancel();
    let _ = traffic.await;
    result
}

/// Sends the history since the last event there is.
async fn fill(intake: &Intake, store: &dyn EventStore, site: &SiteId) -> anyhow::Result<()> {
    let start = Instant::now();
    let last = store.recent(site, 1).await?.first().map(|event| event.timestamp);
    let mut sent = 0;
    let mut batch = Vec::with_capacity(BATCH * 400);
    let mut count = 0;
    for event in history(SITE, Timestamp::now(), DAYS, SEED) {
        if last.is_some_and(|last| happened(&event).is_none_or(|at| at <= last)) {
            continue;
        }
        batch.push(if count == 0 { b'[' } else { b',' });
        batch.extend_from_slice(&event);
        count += 1;
        if count == BATCH {
            sent += send(intake, std::mem::take(&mut batch)).await?;
            count = 0;
        }
    }
    if count > 0 {
        sent += send(intake, batch).await?;
    }
    if sent > 0 {
        tracing::info!(
            events = sent,
            duration_ms = start.elapsed().as_millis() as u64,
            "the demo has its history"
        );
    }
    Ok(())
}

async fn send(intake: &Intake, mut batch: Vec<u8>) -> anyhow::Result<usize> {
    batch.push(b']');
    let submission = Submission { operator: true, ..Submission::json(batch) };
    let accepted = intake.accept(submission).await.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    anyhow::ensure!(
        accepted.rejected.is_empty(),
        "the demo's events are refused: {:?}",
        accepted.rejected.first()
    );
    Ok(accepted.accepted)
}

/// When a generated event happened.
fn happened(event: &[u8]) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Stamped {
        timestamp: i64,
    }
    Some(Timestamp::from_millis(serde_json::from_slice::<Stamped>(event).ok()?.timestamp))
}

/// Sends live traffic for ever.
async fn drive(intake: &Intake, rate: f64) {
    let mut due = tokio::time::Instant::now();
    let seed = Timestamp::now().as_millis() as u64;
    for (pause, event) in live(SITE, rate, seed, true) {
        due += pause;
        // After the machine slept, what was missed is left out.
        due = due.max(tokio::time::Instant::now().checked_sub(Duration::from_secs(1)).unwrap_or(due));
        tokio::time::sleep_until(due).await;
        let submission = Submission { operator: true, ..Submission::json(event) };
        if let Err(refusal) = intake.accept(submission).await {
            tracing::warn!(?refusal, "the demo's traffic is refused; next try in a second");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
