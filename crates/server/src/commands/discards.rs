//! `millrace discards list | replay`: in a data directory without a running server, or on servers.

use anyhow::Context;
use clap::{Args, Subcommand};
use millrace_event::{SiteId, Timestamp, record};
use millrace_store::discards::{self, Reason, Replay, Report, Selection};

use crate::cli::DataArgs;
use crate::parts::{open_queue, open_store};
use crate::requeue::Requeue;

/// What to do with discarded events.
#[derive(Debug, Subcommand)]
pub enum DiscardsCommand {
    /// Show what was discarded in the last days, by reason, with the newest events
    List {
        /// How many days back
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=35))]
        days: u16,
        /// Whose.
        #[command(flatten)]
        of: OfSite,
    },
    /// Put kept events back on the queue: the worker judges them by the rules of now
    Replay {
        /// With this detail only
        #[arg(long)]
        detail: Option<String>,
        /// Whose.
        #[command(flatten)]
        of: OfSite,
    },
}

/// Which events.
#[derive(Debug, Args)]
pub struct OfSite {
    /// The site
    #[arg(long)]
    site: String,
    /// Of this reason only, such as robot
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    data: DataArgs,
}

/// Runs the subcommand.
pub async fn run(command: DiscardsCommand) -> anyhow::Result<()> {
    match command {
        DiscardsCommand::List { days, of } => list(days, of).await,
        DiscardsCommand::Replay { detail, of } => replay(detail, of).await,
    }
}

async fn list(days: u16, of: OfSite) -> anyhow::Result<()> {
    let site = SiteId::new(of.site)?;
    let store = open_store(&of.data.config()?, false).await?;
    let since = Timestamp::now().plus_millis(-i64::from(days) * 86_400_000);
    let report = store.discards().report(&site, since).await;
    store.close().await?;
    print!("{}", shown(&report?, of.reason.as_deref()));
    Ok(())
}

fn shown(report: &Report, reason: Option<&str>) -> String {
    let mut text = String::new();
    let mut line = |line: std::fmt::Arguments<'_>| {
        text += &line.to_string();
        text.push('\n');
    };
    for of in report.reasons.iter().filter(|of| reason.is_none_or(|reason| of.reason == *reason)) {
        let description = Reason::named(&of.reason).description;
        line(format_args!("{}\t{} events, {} held\t{description}", of.reason, of.count, of.held));
        for (detail, held) in &of.details {
            line(format_args!("  {held} held\t{}", detail.escape_debug()));
        }
        for kept in &of.samples {
            let Ok(received) = record::decode(&kept.record) else { continue };
            let texts = [&received.url, &received.user_agent].map(|text| text.as_deref().unwrap_or("-"));
            let [url, agent] = texts.map(str::escape_debug);
            line(format_args!("  {}\t{}\t{url}\t{agent}", kept.received_at, received.name.escape_debug()));
        }
    }
    line(format_args!("{} events are held in all", report.held));
    text
}

async fn replay(detail: Option<String>, of: OfSite) -> anyhow::Result<()> {
    let site = SiteId::new(of.site)?;
    if let Some(reason) = &of.reason {
        let replay = Reason::named(reason).replay;
        anyhow::ensure!(
            replay != Replay::Never,
            "'{reason}' is never replayed: such events are counted already"
        );
    }
    let config = of.data.config()?;
    let selection = Selection {
        reason: of.reason.map(Into::into),
        detail: detail.map(Into::into),
        ..Selection::default()
    };
    let queue = open_queue(&config).await?;
    let store = open_store(&config, false).await?;
    let requeue = Requeue::new(Some(queue.clone()), &config);
    let replayed = discards::replay(store.discards(), &requeue, &site, &selection).await;
    queue.close().await.context("queue")?;
    store.close().await.context("store")?;
    println!("{} events are on the queue: a worker judges them again", replayed?);
    Ok(())
}
