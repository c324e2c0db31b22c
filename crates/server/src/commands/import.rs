//! `millrace import`, and its way into the data directory of a server that is not running: the same ingestion, queue
//! and worker as the server's, without HTTP.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use millrace_ingest::{Intake, Submission};
use millrace_queue::ConsumerGroup;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::import::{self, ImportCommand, Outcome, Rejected, Sink};
use crate::parts::{GROUP, Parts, Roles};
use crate::serve::{WorkerThread, intake, start_worker};

/// Runs the subcommand.
pub async fn run(command: ImportCommand) -> anyhow::Result<()> {
    import::command(command, async |data_dir: &Path| LocalSink::open(data_dir).await).await
}

/// A data directory that this process has to itself.
struct LocalSink {
    parts: Parts,
    intake: Intake,
    worker: WorkerThread,
    stop: CancellationToken,
    group: ConsumerGroup,
}

/// Records that may wait on the queue.
const WAITING: u64 = 500_000;

impl LocalSink {
    async fn open(data_dir: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(data_dir.is_dir(), "there is no data directory '{}'", data_dir.display());
        let file = std::env::var_os("MILLRACE_CONFIG").map(std::path::PathBuf::from);
        let mut config = Config::load(file.as_deref())?;
        config.server.data_dir = data_dir.to_owned();
        let parts = Parts::open(&config, Roles::ALL).await?;
        let stop = CancellationToken::new();
        let worker = WorkerThread::start(start_worker(&config, &parts).await?, stop.clone())?;
        let intake = intake(&config, &parts)?;
        Ok(Self { parts, intake, worker, stop, group: ConsumerGroup::new(GROUP)? })
    }

    async fn wait_for_lag(&mut self, most: u64) -> anyhow::Result<()> {
        while self.parts.queue()?.lag(&self.group).await?.records > most {
            if let Some(ended) = self.worker.try_ended() {
                return ended.and_then(|()| anyhow::bail!("the worker ended by itself"));
            }
            self.parts.store()?.flush().await?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

#[async_trait]
impl Sink for LocalSink {
    async fn send(&mut self, body: Bytes, _events: usize) -> anyhow::Result<Outcome> {
        self.wait_for_lag(WAITING).await?;
        let accepted = self.intake.accept(Submission { operator: true, ..Submission::json(body) }).await;
        let accepted = accepted.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        let rejected = accepted.rejected.into_iter().map(|rejected| Rejected {
            index: rejected.index,
            code: rejected.rejection.code.to_owned(),
            message: rejected.rejection.message.into_owned(),
        });
        Ok(Outcome { accepted: accepted.accepted as u64, rejected: rejected.collect() })
    }

    async fn finish(&mut self) -> anyhow::Result<()> {
        self.wait_for_lag(0).await?;
        self.stop.cancel();
        self.worker.ended().await?;
        self.parts.close_queue().await?;
        self.parts.close_store().await
    }
}
