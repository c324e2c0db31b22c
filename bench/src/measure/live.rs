//! A thousand live streams of one site that takes in a thousand events a second: what they cost the store and the
//! server's memory, and how soon an event is with one of them after its 202.
//!
//! Of nearly all streams the bytes are only taken; one is read. Probes are due at fixed times, each an event with a name
//! of its own on the same site.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use hdrhistogram::Histogram;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::load::{Load, Shape, micros, quantile_ms};
use crate::measure::Bench;
use crate::payload::{SITE, batches};
use crate::report::{Row, thousands};
use crate::server::{Server, Start};
use crate::usage::Usage;
use crate::wire::{Connection, post};

const STREAMS: usize = 1_000;
const RATE: u64 = 1_000;
const BATCH: u64 = 10;
/// Between the times that probes are due.
const PROBE_EVERY: Duration = Duration::from_millis(100);
/// How long the last probe may take.
const GIVE_UP: Duration = Duration::from_secs(10);
const QUESTIONS: [&str; 3] = [
    "millrace_live_store_queries_total{about=\"figures\"}",
    "millrace_live_store_queries_total{about=\"events\"}",
    "millrace_live_lagged_total",
];

/// When each probe was answered with 202, and what came of those that were.
#[derive(Debug)]
struct Probes {
    accepted: HashMap<u64, Instant>,
    /// Seen before their own 202 was read.
    early: HashMap<u64, Instant>,
    /// In microseconds.
    seen: Histogram<u64>,
    ticks: u64,
}

type Shared = Arc<Mutex<Probes>>;

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let folder = bench.folder("live")?;
    let start = Start::new(&bench.binary, &folder.data);
    start.add_site(SITE)?;
    let server = start.serve().await?;
    let span = bench.either(Duration::from_secs(60), Duration::from_secs(10));
    let pace = Duration::from_nanos(1_000_000_000 * BATCH / RATE);
    let shape = Shape { connections: 4, pace: Some(pace) };
    let mut load = Load::start(server.address, batches(256, BATCH as usize), shape).await?;
    // So that what events themselves take is there before: a minute of them is in memory until it is sealed.
    load.run(span * 2).await?;
    let before = server.memory()?.resident;

    let probes = Probes { accepted: HashMap::new(), early: HashMap::new(), seen: micros(), ticks: 0 };
    let probes: Shared = Arc::new(Mutex::new(probes));
    let mut streams = JoinSet::new();
    for number in 0..STREAMS {
        let (stream, rest) = open(server.address).await?;
        match number {
            0 => streams.spawn(watch(stream, rest, Arc::clone(&probes))),
            _ => streams.spawn(take(stream)),
        };
    }
    load.run(Duration::from_secs(2)).await?;
    let mut figures = server.connect().await?;
    let (asked, usage) = (server.figures(&mut figures, QUESTIONS).await?, Usage::now(&server));
    lock(&probes).ticks = 0;
    let prober = tokio::spawn(probe(server.connect().await?, Arc::clone(&probes), Instant::now() + span));
    let rate = load.rate(span).await?;
    let memory = server.memory()?;
    let ticks = lock(&probes).ticks;
    // A new connection: the server closes one that was idle for so long.
    let now = server.figures(&mut server.connect().await?, QUESTIONS).await?;
    let usage = Usage::now(&server).since(&usage);
    let probed = prober.await??;
    await_all(&server, &probes, probed).await?;
    if let Some(ended) = streams.try_join_next() {
        ended??;
        bail!("a live stream ended by itself");
    }
    load.stop().await?;

    let [questions, events, lagged] = [0, 1, 2].map(|place| now[place] - asked[place]);
    let of = format!(
        "{} streams of one site, {} events/s for {} s",
        thousands(STREAMS as u64),
        thousands(rate as u64),
        span.as_secs()
    );
    let note = format!("{of}; {questions} questions, {ticks} ticks; {events} more for events; {usage}");
    let a_tick = questions / ticks.max(1) as f64;
    bench.report.add(Row::new("live: questions for figures a tick", a_tick, "").at_most(1.1).note(note));
    let growth = memory.resident - before;
    let note = format!(
        "{of}; VmRSS {before:.0} MB before, with what {} s of events add to the store",
        span.as_secs()
    );
    bench.report.add(Row::new("live: memory of the streams", growth, "MB").at_most(100.0).note(note));
    let probes = lock(&probes);
    let note = format!(
        "{of}; {} probes; p50 {:.1} ms, longest {:.1} ms; streams left behind {lagged} times",
        probes.seen.len(),
        quantile_ms(&probes.seen, 0.5),
        probes.seen.max() as f64 / 1e3,
    );
    let p99 = quantile_ms(&probes.seen, 0.99);
    bench.report.add(Row::new("live: 202 to the stream, p99", p99, "ms").at_most(500.0).note(note));
    drop(probes);
    server.kill()
}

fn lock(probes: &Shared) -> std::sync::MutexGuard<'_, Probes> {
    probes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens a stream; answers what came behind the head of the answer, too.
async fn open(address: SocketAddr) -> anyhow::Result<(TcpStream, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).await.context("connecting")?;
    let request = format!(
        "GET /api/v1/live?site_id={SITE} HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::new();
    loop {
        let read = timeout(GIVE_UP, stream.read_buf(&mut buffer)).await.context("opening a stream")??;
        ensure!(read > 0, "a live stream was not opened");
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let status = buffer.get(9..12).map(String::from_utf8_lossy);
            ensure!(status.as_deref() == Some("101"), "a live stream was answered with {status:?}");
            return Ok((stream, buffer.split_off(end + 4)));
        }
    }
}

/// Takes whatever comes.
async fn take(mut stream: TcpStream) -> anyhow::Result<()> {
    let mut buffer = vec![0; 64 << 10];
    while stream.read(&mut buffer).await? > 0 {}
    bail!("the server closed a live stream")
}

/// Reads messages, and looks for probes.
async fn watch(mut stream: TcpStream, mut buffer: Vec<u8>, probes: Shared) -> anyhow::Result<()> {
    loop {
        while let Some((head, length)) = frame(&buffer) {
            if buffer.len() < head + length {
                break;
            }
            message(&buffer[head..head + length], &mut lock(&probes));
            buffer.drain(..head + length);
        }
        ensure!(stream.read_buf(&mut buffer).await? > 0, "the server closed a live stream");
    }
}

/// The bytes of a frame's head and of what it carries; a server masks nothing.
fn frame(buffer: &[u8]) -> Option<(usize, usize)> {
    match *buffer.get(1)? {
        126 => Some((4, usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?)))),
        127 => Some((10, u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?) as usize)),
        length => Some((2, usize::from(length))),
    }
}

fn message(text: &[u8], probes: &mut Probes) {
    let now = Instant::now();
    if text.starts_with(br#"{"type":"tick""#) {
        probes.ticks += 1;
        return;
    }
    let text = String::from_utf8_lossy(text);
    for found in text.split(r#""name":"probe-"#).skip(1) {
        let Some(number) = found.split('"').next().and_then(|digits| digits.parse().ok()) else { continue };
        match probes.accepted.remove(&number) {
            Some(accepted) => probes.seen.saturating_record((now - accepted).as_micros() as u64),
            None => drop(probes.early.insert(number, now)),
        }
    }
}

/// Sends probes until `end`; answers how many.
async fn probe(mut events: Connection, probes: Shared, end: Instant) -> anyhow::Result<u64> {
    let begin = Instant::now();
    for number in 0.. {
        let due = begin + PROBE_EVERY * number as u32;
        if due > end {
            return Ok(number);
        }
        sleep_until(due).await;
        let body =
            format!(r#"{{"site_id":"{SITE}","name":"probe-{number}","url":"https://www.example.com/"}}"#);
        let status = events.send(&post(body.as_bytes())).await?;
        ensure!(status == 202, "a probe was answered with {status}: {}", events.text());
        let (accepted, mut probes) = (Instant::now(), lock(&probes));
        match probes.early.remove(&number) {
            Some(_) => probes.seen.saturating_record(0),
            None => drop(probes.accepted.insert(number, accepted)),
        }
    }
    Ok(0)
}

/// Waits until every probe was seen.
async fn await_all(server: &Server, probes: &Shared, probed: u64) -> anyhow::Result<()> {
    let since = Instant::now();
    while lock(probes).seen.len() < probed {
        let seen = lock(probes).seen.len();
        ensure!(
            since.elapsed() < GIVE_UP,
            "wrong count: {probed} probes were accepted by {}, {seen} were seen",
            server.address
        );
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
