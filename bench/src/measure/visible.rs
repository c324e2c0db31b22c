//! From HTTP to a report, sustained: batches as fast as the server takes them, held back where too much waits on the
//! queue; the clock stops when a report shows everything that was accepted.

use std::time::Duration;

use crate::load::{Load, Shape};
use crate::measure::Bench;
use crate::measure::batch::{BATCH, BODIES, CONNECTIONS};
use crate::payload::{SITE, batches, event_bytes};
use crate::report::{Row, thousands};
use crate::server::Start;
use crate::usage::Usage;
use crate::visible;

/// Events that may be accepted and not visible yet: two seconds' worth of the target.
const BACKLOG: u64 = 500_000;

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let span = bench.either(Duration::from_secs(30), Duration::from_secs(5));
    let folder = bench.folder("visible")?;
    let start = Start::new(&bench.binary, &folder.data);
    start.add_site(SITE)?;
    let server = start.serve().await?;
    let requests = batches(BODIES, BATCH);
    let bytes = event_bytes(&requests);
    let mut connection = server.connect().await?;
    let before = Usage::now(&server);
    let mut load =
        Load::start(server.address, requests, Shape { connections: CONNECTIONS, pace: None }).await?;
    let (mut held, mut looks) = (0, 0);
    while load.begin().elapsed() < span {
        let stored = server.figure(&mut connection, visible::STORED).await?;
        let behind = load.accepted().saturating_sub(stored) > BACKLOG;
        load.hold(behind);
        held += u64::from(behind);
        looks += 1;
        load.run(Duration::from_millis(20)).await?;
    }
    let usage = Usage::now(&server).since(&before);
    let (begin, refused) = (load.begin(), load.refused());
    let (accepted, _) = load.stop().await?;
    let all = visible::await_all(&server, SITE, accepted, 0).await?;
    let took = (all - begin).as_secs_f64();
    let note = format!(
        "{} events of {bytes} bytes in {took:.1} s, all of them counted; held back {} % of the time; {refused} refused; \
         {:.0} MB resident at most; {usage}",
        thousands(accepted),
        100 * held / looks.max(1),
        server.memory()?.most,
    );
    let rate = accepted as f64 / took;
    bench.report.add(
        Row::new("HTTP to visible in a report, sustained", rate, "events/s").at_least(250_000.0).note(note),
    );
    server.kill()
}
