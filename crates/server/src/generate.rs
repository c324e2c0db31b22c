//! `millrace generate`: drives any Millrace over HTTP and says how it took it.
//!
//! - With a rate the load is open-loop: a schedule says when each request is due, whatever the answers take. A
//!   request that had to wait for a free connection is timed from when it was due, so that a server that stalls
//!   cannot hide it (no coordinated omission).
//! - Without one, each connection sends its next request when the last one is answered.
//! - Nothing is sent twice without event ids: an event of an unanswered request may have been stored.

mod drive;
mod pace;
mod summary;
mod typed;
mod web;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::Endpoint;
use drive::{Connection, Shared};
pub use pace::Burst;
use pace::Pace;
pub use summary::Summary;
use summary::Tally;

/// Send generated events to any Millrace over HTTP, and say how it took them.
#[derive(Clone, Debug, clap::Args)]
pub struct GenerateArgs {
    /// The server, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    to: String,
    /// The site to send to; may be left out where the key says it
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// A write key; with one, the web mix also says each visitor's address and user agent
    #[arg(long, env = "MILLRACE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Events a second; without it, as fast as answers come
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
    /// Bursts on top of the rate: 5x:30:5 is five times the rate every 30 seconds for 5 seconds;
    /// 5:30 is the same for 1 second
    #[arg(long, value_name = "N:SECONDS", requires = "rate")]
    burst: Option<Burst>,
    /// How long to go on; without it, until Ctrl-C or --events
    #[arg(long, value_name = "SECONDS")]
    duration: Option<f64>,
    /// How many events to send in all
    #[arg(long, value_name = "N")]
    events: Option<u64>,
    /// Events in a request
    #[arg(long, value_name = "N", default_value_t = 1)]
    batch: usize,
    /// Connections, each kept alive, with one request at a time
    #[arg(long, value_name = "N", default_value_t = 8)]
    connections: usize,
    /// What is sent: typed is 70 % page views, 15 % button clicks, 10 % API calls, 5 % errors;
    /// web is visitors walking through the pages of a site
    #[arg(long, value_enum, default_value_t = Mix::Typed)]
    mix: Mix,
    /// Gives each event a client's id; then requests that fail are sent again until they are answered
    #[arg(long)]
    ids: bool,
    /// Makes each connection's events repeatable, and their ids: what was sent before then counts once
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

/// A kind of load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mix {
    /// 70 % page views, 15 % button clicks, 10 % API calls, 5 % errors, each with its properties.
    Typed,
    /// Visitors with sources, devices and screens, who read pages, click, sign up and buy.
    Web,
}

/// A load to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server's base URL.
    pub to: String,
    /// The site, or the one of the key.
    pub site: Option<String>,
    /// The key's secret.
    pub key: Option<String>,
    /// Events a second; absent: as fast as answers come.
    pub rate: Option<f64>,
    /// What comes on top of the rate.
    pub burst: Option<Burst>,
    /// When no further request is begun.
    pub duration: Option<Duration>,
    /// After how many events no further request is begun.
    pub events: Option<u64>,
    /// Events in a request; one goes as an object, several as an array.
    pub batch: usize,
    /// Requests that may be under way at once.
    pub connections: usize,
    /// What is sent.
    pub mix: Mix,
    /// Events carry ids, and failed requests are repeated.
    pub ids: bool,
    /// What the events and their ids are made from.
    pub seed: u64,
}

impl Plan {
    /// Eight connections sending single typed events as fast as answers come, until something ends it.
    pub fn new(to: impl Into<String>, site: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            site: Some(site.into()),
            key: None,
            rate: None,
            burst: None,
            duration: None,
            events: None,
            batch: 1,
            connections: 8,
            mix: Mix::Typed,
            ids: false,
            seed: rand::random(),
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        use millrace_event::limits::BATCH_EVENTS;

        let range = 0.001..=1e9;
        ensure!(self.rate.is_none_or(|rate| range.contains(&rate)), "a rate is 0.001 to 1e9 events a second");
        let year = Duration::from_secs(366 * 86_400);
        ensure!(self.duration.is_none_or(|duration| duration <= year), "a load lasts a year at most");
        ensure!(self.burst.is_none() || self.rate.is_some(), "bursts are multiples of a rate: give one");
        ensure!((1..=BATCH_EVENTS).contains(&self.batch), "a batch has 1 to {BATCH_EVENTS} events");
        ensure!((1..=4096).contains(&self.connections), "there may be 1 to 4096 connections");
        ensure!(self.site.is_some() || self.key.is_some(), "give a site, or a key that says the site");
        Ok(())
    }
}

impl TryFrom<GenerateArgs> for Plan {
    type Error = anyhow::Error;

    fn try_from(args: GenerateArgs) -> anyhow::Result<Self> {
        let duration = args.duration.map(Duration::try_from_secs_f64).transpose()?;
        let plan = Self {
            to: args.to,
            site: args.site,
            key: args.key,
            rate: args.rate,
            burst: args.burst,
            duration,
            events: args.events,
            batch: args.batch,
            connections: args.connections,
            mix: args.mix,
            ids: args.ids,
            seed: args.seed.unwrap_or_else(rand::random),
        };
        plan.check()?;
        Ok(plan)
    }
}

/// The command: runs until its end or Ctrl-C, then prints the summary.
pub async fn command(args: GenerateArgs) -> anyhow::Result<()> {
    let plan = Plan::try_from(args)?;
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let summary = run_until(&plan, interrupted, std::io::stderr().is_terminal()).await?;
    print!("{summary}");
    Ok(())
}

/// Carries a plan out to its end. A server that refuses every request for one reason, such as an unknown key, is an
/// error; requests that fail now and then are part of the summary.
pub async fn run(plan: &Plan) -> anyhow::Result<Summary> {
    run_until(plan, std::future::pending(), false).await
}

/// As [`run`], and ends early when `stopped` comes to pass: requests under way are still waited for.
pub async fn run_until(
    plan: &Plan,
    stopped: impl Future<Output = ()>,
    show: bool,
) -> anyhow::Result<Summary> {
    plan.check()?;
    let endpoint = Endpoint::parse(&plan.to)?;
    let pace = plan.rate.map(|rate| Pace::new(rate, plan.burst.unwrap_or(Burst::NONE)));
    let (stop, stopping) = watch::channel(false);
    let shared = Arc::new(Shared::new(plan.clone(), pace, stop));
    let mut connections = JoinSet::new();
    for number in 0..plan.connections {
        let connection = Connection::new(&shared, &endpoint, number, stopping.clone())?;
        connections.spawn(connection.run());
    }
    drop(stopping);
    let tally = collect(&shared, connections, stopped, show).await?;
    Ok(shared.summary(tally))
}

async fn collect(
    shared: &Shared,
    mut connections: JoinSet<anyhow::Result<Tally>>,
    stopped: impl Future<Output = ()>,
    show: bool,
) -> anyhow::Result<Tally> {
    let mut stopped = std::pin::pin!(stopped);
    let mut asked = false;
    let deadline = shared.plan.duration.map(|duration| shared.begin + duration);
    let mut second = tokio::time::interval(Duration::from_secs(1));
    let bar = if show { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    bar.set_style(ProgressStyle::with_template("{spinner} {elapsed} {msg}")?);
    let mut tally = Tally::default();
    let mut failure = None;
    loop {
        tokio::select! {
            ended = connections.join_next() => match ended {
                Some(Ok(Ok(part))) => tally.add(part),
                Some(Ok(Err(error))) => {
                    shared.stop();
                    failure.get_or_insert(error);
                }
                Some(Err(error)) => return Err(error.into()),
                None => break,
            },
            () = &mut stopped, if !asked => {
                asked = true;
                shared.stop();
            }
            () = tokio::time::sleep_until(deadline.unwrap_or_else(far)), if deadline.is_some() && !asked => {
                asked = true;
                shared.stop();
            }
            _ = second.tick() => bar.set_message(shared.progress()),
        }
    }
    bar.finish_and_clear();
    failure.map_or(Ok(tally), Err)
}

fn far() -> Instant {
    Instant::now() + Duration::from_secs(86_400)
}

#[cfg(test)]
mod tests;
