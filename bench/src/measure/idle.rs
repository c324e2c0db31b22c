//! A server with nothing to do: its memory, its processor time, how soon it is ready; and how soon after a kill with
//! a million events on the queue that no segment holds yet.

use std::time::Duration;

use tokio::time::sleep;

use crate::load::{Load, Shape};
use crate::measure::Bench;
use crate::measure::batch::{BATCH, BODIES};
use crate::payload::{SITE, batches};
use crate::report::{Row, median, thousands};
use crate::server::Start;
use crate::usage::Usage;
use crate::visible;

const QUIET: Duration = Duration::from_secs(10);
const REPLAYED: u64 = 1_000_000;

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    empty(bench).await?;
    replay(bench).await
}

async fn empty(bench: &mut Bench) -> anyhow::Result<()> {
    let mut starts = Vec::new();
    for _ in 0..5 {
        let folder = bench.folder("start")?;
        let server = Start::new(&bench.binary, &folder.data).serve().await?;
        starts.push(server.ready_after);
        server.kill()?;
    }
    let start = median(&starts, Ord::cmp).as_secs_f64();
    bench
        .report
        .add(Row::new("start to ready, empty data directory", start, "s").at_most(1.0).note("median of 5"));

    let folder = bench.folder("idle")?;
    let server = Start::new(&bench.binary, &folder.data).serve().await?;
    sleep(Duration::from_secs(1)).await;
    let before = Usage::now(&server);
    sleep(QUIET).await;
    let used = Usage::now(&server).server_since(&before);
    let memory = server.memory()?;
    let note = format!(
        "VmRSS after {} s of nothing; {:.1} MB of it are pages of the binary",
        QUIET.as_secs(),
        memory.of_files
    );
    bench.report.add(Row::new("idle memory", memory.resident, "MB").at_most(100.0).note(note));
    let share = 100.0 * used.as_secs_f64() / QUIET.as_secs_f64();
    let note = format!(
        "{:.1} ms of processor time in {} s; 'no measurable CPU' is taken as half a hundredth",
        used.as_secs_f64() * 1e3,
        QUIET.as_secs()
    );
    bench.report.add(Row::new("idle CPU", share, "% of a core").at_most(0.5).note(note));
    server.kill()
}

async fn replay(bench: &mut Bench) -> anyhow::Result<()> {
    let folder = bench.folder("replay")?;
    let never = [("MILLRACE__STORE__SEAL_ROWS", "100000000"), ("MILLRACE__STORE__SEAL_SECONDS", "86400")];
    let start = Start::new(&bench.binary, &folder.data);
    start.add_site(SITE)?;
    let server = Start { variables: &never, ..start }.serve().await?;
    let mut load =
        Load::start(server.address, batches(BODIES, BATCH), Shape { connections: 4, pace: None }).await?;
    while load.accepted() < REPLAYED {
        load.run(Duration::from_millis(5)).await?;
    }
    let (accepted, _) = load.stop().await?;
    server.kill()?;

    let server = start.serve().await?;
    let took = server.ready_after.as_secs_f64();
    visible::await_all(&server, SITE, accepted, 0).await?;
    let note =
        format!("{} events, killed with none of them sealed, all of them counted after", thousands(accepted));
    bench.report.add(Row::new("start to ready, 1 M events to replay", took, "s").at_most(5.0).note(note));
    server.kill()
}
