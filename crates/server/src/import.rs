//! `millrace import`: files of the past, into a running server or a stopped data directory.
//!
//! - A file is read once, in constant memory: one thread reads and judges lines, the other side of a short channel
//!   hands batches to a [`Sink`].
//! - Everything goes through the public format: a batch is the JSON that any client could POST.
//! - Every event has an id that follows from its line (see `ids`), so that importing a file twice, or going on after
//!   a failure by starting over, counts once as far back as the server tells ids apart.

mod access_log;
mod http;
mod ids;
mod lines;
mod ndjson;
mod robots;
mod summary;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use async_trait::async_trait;
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::mpsc;

pub use http::HttpSink;
pub use summary::Summary;

/// Import a file, into a running server or a stopped data directory.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum ImportCommand {
    /// Page views from a web server's access log (combined or common format, may be gzipped)
    ///
    /// A line is a page view when it is a GET answered 200 or 304 for a page: the path does not end like an image,
    /// a style sheet, a feed or a download. Lines of robots are counted apart.
    AccessLog(AccessLogArgs),
    /// Events in Millrace's own format, one JSON object a line (may be gzipped)
    Ndjson(NdjsonArgs),
}

/// Where it goes.
#[derive(Clone, Debug, clap::Args)]
pub struct TargetArgs {
    /// The file; - is standard input
    pub file: PathBuf,
    /// The site; may be left out where the key, or each event, says it
    #[arg(long, value_name = "ID")]
    pub site: Option<String>,
    /// A running server, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL", conflicts_with = "data_dir")]
    pub to: Option<String>,
    /// A write key of the running server: without one it does not believe addresses and user agents
    #[arg(long, env = "MILLRACE_KEY", hide_env_values = true)]
    pub key: Option<String>,
    /// The data directory of a stopped server
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

/// See [`ImportCommand::AccessLog`].
#[derive(Clone, Debug, clap::Args)]
pub struct AccessLogArgs {
    /// Where it goes.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The site's host name, which a log does not say: with it, links within the site are no referrers
    #[arg(long, value_name = "HOST")]
    pub hostname: Option<String>,
    /// Count robots as visitors
    #[arg(long)]
    pub keep_bots: bool,
}

/// See [`ImportCommand::Ndjson`].
#[derive(Clone, Debug, clap::Args)]
pub struct NdjsonArgs {
    /// Where it goes.
    #[command(flatten)]
    pub target: TargetArgs,
}

impl ImportCommand {
    /// Where it goes.
    pub fn target(&self) -> &TargetArgs {
        match self {
            Self::AccessLog(args) => &args.target,
            Self::Ndjson(args) => &args.target,
        }
    }
}

/// What takes batches of events.
#[async_trait]
pub trait Sink: Send {
    /// Takes `{"historical_migration":true,"events":[...]}` with so many events, of which each has an id. Answers once those that are accepted
    /// are durable. An error ends the import.
    async fn send(&mut self, body: Bytes, events: usize) -> anyhow::Result<Outcome>;

    /// Called after the last batch.
    async fn finish(&mut self) -> anyhow::Result<()> {
        Ok(())
    }
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Events that were taken; also those that were there already.
    pub accepted: u64,
    /// Events that were refused.
    pub rejected: Vec<Rejected>,
}

/// An event that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Which one of the batch, from 0.
    pub index: usize,
    /// The reason's stable name.
    pub code: String,
    /// The reason.
    pub message: String,
}

/// The command: imports into the running server that it names, or into the sink that `open_local` makes of a data
/// directory, and prints the summary.
pub async fn command<S: Sink>(
    command: ImportCommand,
    open_local: impl AsyncFnOnce(&Path) -> anyhow::Result<S>,
) -> anyhow::Result<()> {
    let target = command.target();
    if matches!(command, ImportCommand::AccessLog(_)) {
        let key = target.key.as_ref().filter(|_| target.to.is_some());
        ensure!(target.site.is_some() || key.is_some(), "a log does not say its site: give --site ID");
    }
    let summary = match (&target.to, &target.data_dir) {
        (Some(to), _) => {
            let mut sink = HttpSink::new(to, target.key.as_deref())?;
            run(&command, &mut sink).await?
        }
        (None, Some(folder)) => {
            let mut sink = open_local(folder).await?;
            run(&command, &mut sink).await?
        }
        (None, None) => bail!("say where to: --to URL, or --data-dir DIR"),
    };
    print!("{summary}");
    Ok(())
}

/// Imports a file into a sink. Shows its progress where standard error is a terminal.
pub async fn run(command: &ImportCommand, sink: &mut dyn Sink) -> anyhow::Result<Summary> {
    let target = command.target();
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = "{wide_bar} {percent:>3} %  {bytes} of {total_bytes}  {bytes_per_sec}  {eta}";
    bar.set_style(ProgressStyle::with_template(style)?);
    let file = target.file.clone();
    let source = lines::open(&file, &bar).with_context(|| format!("cannot read {}", file.display()))?;
    let (batches, mut arriving) = mpsc::channel::<Batch>(2);
    let format = command.clone();
    let reading = tokio::task::spawn_blocking(move || -> anyhow::Result<Summary> {
        let mut summary = Summary::default();
        let batcher = Batcher::new(batches);
        match &format {
            ImportCommand::AccessLog(args) => access_log::read(source, args, batcher, &mut summary),
            ImportCommand::Ndjson(args) => ndjson::read(source, args, batcher, &mut summary),
        }
        .with_context(|| format!("cannot read {}", file.display()))?;
        Ok(summary)
    });
    let mut sent = Summary::default();
    while let Some(batch) = arriving.recv().await {
        let outcome = sink.send(batch.body, batch.lines.len()).await.with_context(|| {
            let first = batch.lines.first().copied().unwrap_or_default();
            format!("the import ended before line {first}; run it again to go on, what is there counts once")
        })?;
        sent.take(outcome, &batch.lines);
    }
    sink.finish().await?;
    bar.finish_and_clear();
    let mut summary = reading.await??;
    summary.add(sent);
    Ok(summary)
}

/// Events on their way to a sink, and the numbers of their lines.
struct Batch {
    body: Bytes,
    lines: Vec<u64>,
}

/// Gathers events into batches.
struct Batcher {
    batches: mpsc::Sender<Batch>,
    body: Vec<u8>,
    lines: Vec<u64>,
}

/// The sink has gone, and with it the reason why.
#[derive(Debug)]
struct Gone;

impl Batcher {
    /// Events of a batch.
    const EVENTS: usize = 2_000;
    /// Bytes of a batch, but for its last event.
    const BYTES: usize = 4 << 20;
    const HEAD: &'static [u8] = b"{\"historical_migration\":true,\"events\":[";

    fn new(batches: mpsc::Sender<Batch>) -> Self {
        Self { batches, body: Self::HEAD.to_vec(), lines: Vec::new() }
    }

    /// Adds the event that `write` appends, a JSON object.
    fn push(&mut self, line: u64, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), Gone> {
        if !self.lines.is_empty() {
            self.body.push(b',');
        }
        write(&mut self.body);
        self.lines.push(line);
        if self.lines.len() == Self::EVENTS || self.body.len() >= Self::BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Gone> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.body.extend_from_slice(b"]}");
        let body = std::mem::replace(&mut self.body, Self::HEAD.to_vec());
        let batch = Batch { body: body.into(), lines: std::mem::take(&mut self.lines) };
        self.batches.blocking_send(batch).map_err(|_| Gone)
    }
}

#[cfg(test)]
mod tests;
