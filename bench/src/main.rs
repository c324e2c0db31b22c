//! `millrace-bench`: speed and size of the real binary, measured in one run and shown against their targets.
//!
//! Each measurement starts the server as a child process on a data directory of its own, on the real disk, and
//! removes both afterwards. Everything here runs on one thread, so that the load takes as little as possible of
//! the cores it shares with the server. Progress goes to standard error, the table to standard output. A target
//! that is missed is a line in the table; the exit code is for wrong counts and crashes only.

mod dice;
mod lake;
mod load;
mod machine;
mod measure;
mod payload;
mod plot;
mod report;
mod server;
mod stack;
mod traffic;
mod usage;
mod visible;
mod wire;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, ValueEnum};

use crate::measure::Bench;
use crate::report::Report;

/// Measures a Millrace binary.
#[derive(Debug, Parser)]
#[command(name = "millrace-bench", version, about)]
struct Args {
    /// The binary to measure
    #[arg(long, value_name = "PATH")]
    millrace: PathBuf,
    /// Shorter and smaller: for a first look, not for a verdict
    #[arg(long)]
    quick: bool,
    /// Only this measurement (may be given again)
    #[arg(long, value_name = "NAME")]
    only: Vec<Name>,
    /// Where the data directories are made; it decides which disk is measured
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    dir: PathBuf,
    /// Leave the data directories behind, to look at them
    #[arg(long)]
    keep: bool,
}

/// The measurements, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Single-event durable POSTs against a queue that does nothing
    Single,
    /// Durable POSTs of 500 events
    Batch,
    /// The worker's steps alone
    Steps,
    /// From HTTP to a report, sustained
    Visible,
    /// From a 202 to a report, at 10,000 events a second
    Latency,
    /// A thousand live streams of one site
    Live,
    /// The simple reports over 20 million events, and their size on disk
    Reports,
    /// The dashboard's queries, a funnel and retention over the same lake, beside other engines
    Queries,
    /// Memory and CPU of an idle server, its start, and replay
    Idle,
    /// The reference stack: from HTTP through Redis to PostgreSQL, and how late reports are
    Stack,
    /// PostgreSQL as the store of 20 million events
    Postgres,
    /// The reference stack for fifteen minutes with bursts; only when it is asked for
    Soak,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = tokio::select! {
        outcome = run(Args::parse()) => outcome,
        () = interrupted() => Err(anyhow::anyhow!("interrupted")),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("millrace-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for; answers whether every count was right.
async fn run(args: Args) -> anyhow::Result<bool> {
    let binary = args.millrace.canonicalize();
    let binary = binary.with_context(|| format!("--millrace {}: build it first", args.millrace.display()))?;
    std::fs::create_dir_all(&args.dir).with_context(|| format!("--dir {}", args.dir.display()))?;
    let dir = args.dir.canonicalize()?;
    println!("{}", machine::facts(&dir)?);
    let mut bench =
        Bench { binary, dir, quick: args.quick, keep: args.keep, report: Report::default(), month: None };
    for name in Name::value_variants() {
        let wanted = if args.only.is_empty() { *name != Name::Soak } else { args.only.contains(name) };
        if !wanted {
            continue;
        }
        let begin = std::time::Instant::now();
        let outcome = match name {
            Name::Single => Box::pin(measure::single::run(&mut bench)).await,
            Name::Batch => Box::pin(measure::batch::run(&mut bench)).await,
            Name::Steps => Box::pin(measure::steps::run(&mut bench)).await,
            Name::Visible => Box::pin(measure::visible::run(&mut bench)).await,
            Name::Latency => Box::pin(measure::latency::run(&mut bench)).await,
            Name::Live => Box::pin(measure::live::run(&mut bench)).await,
            Name::Reports => Box::pin(measure::reports::run(&mut bench)).await,
            Name::Queries => Box::pin(measure::queries::run(&mut bench)).await,
            Name::Idle => Box::pin(measure::idle::run(&mut bench)).await,
            Name::Stack => Box::pin(measure::stack::run(&mut bench)).await,
            Name::Postgres => Box::pin(measure::postgres::run(&mut bench)).await,
            Name::Soak => Box::pin(measure::soak::run(&mut bench)).await,
        };
        if let Err(error) = outcome {
            bench.report.fail(format!("{name:?}: {error:#}").to_lowercase());
        }
        eprintln!("{name:?} took {:.0} s", begin.elapsed().as_secs_f64());
    }
    println!("{}", bench.report);
    println!("Load average at the end: {}.", machine::load_average());
    Ok(bench.report.is_right())
}

/// Ends with SIGINT or SIGTERM: then the measurement under way is dropped, and its server and folder with it.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}
