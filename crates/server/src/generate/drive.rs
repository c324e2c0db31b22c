//! One connection of a load: takes the next request, waits until it is due, sends it, judges the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::bail;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::pace::Pace;
use super::summary::{Summary, Tally};
use super::typed::Typed;
use super::web::Web;
use super::{Mix, Plan};
use crate::client::{Client, Endpoint, Response, refusal};

/// The first pause before a request is repeated; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After the end, how long requests under way may still take; none is repeated then.
const GRACE: Duration = Duration::from_secs(10);

/// What the connections of one load have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) plan: Plan,
    pub(super) begin: Instant,
    pace: Option<Pace>,
    stop: watch::Sender<bool>,
    /// Events that have been given to a connection to send.
    given: AtomicU64,
    accepted: AtomicU64,
    failed: AtomicU64,
}

impl Shared {
    pub(super) fn new(plan: Plan, pace: Option<Pace>, stop: watch::Sender<bool>) -> Self {
        let zero = || AtomicU64::new(0);
        Self { plan, begin: Instant::now(), pace, stop, given: zero(), accepted: zero(), failed: zero() }
    }

    /// From now on, no request is begun.
    pub(super) fn stop(&self) {
        self.stop.send_replace(true);
    }

    pub(super) fn progress(&self) -> String {
        let seconds = self.begin.elapsed().as_secs_f64().max(1e-3);
        let accepted = self.accepted.load(Ordering::Relaxed);
        let failed = self.failed.load(Ordering::Relaxed);
        format!("{accepted} accepted, {failed} failed, {:.0} a second", accepted as f64 / seconds)
    }

    pub(super) fn summary(&self, tally: Tally) -> Summary {
        let elapsed = self.begin.elapsed();
        let due =
            self.pace.map_or(0.0, |pace| pace.events(self.plan.duration.unwrap_or(elapsed).min(elapsed)));
        let due = (due as u64).min(self.plan.events.unwrap_or(u64::MAX));
        // A request of each connection is always about to be sent.
        let about = (self.plan.batch * self.plan.connections) as u64;
        let behind = due.saturating_sub(tally.sent + about);
        Summary {
            sent: tally.sent,
            accepted: tally.accepted,
            rejected: tally.rejected,
            failed: tally.failed,
            behind,
            requests: tally.requests,
            retries: tally.retries,
            elapsed,
            latency: tally.latency,
            reasons: tally.reasons,
        }
    }

    /// The number of the next request's first event, and how many it has.
    fn next(&self) -> Option<(u64, usize)> {
        let batch = self.plan.batch as u64;
        let first = self.given.fetch_add(batch, Ordering::Relaxed);
        let left = self.plan.events.unwrap_or(u64::MAX).saturating_sub(first);
        (left > 0).then(|| (first, left.min(batch) as usize))
    }
}

/// See the module.
pub(super) struct Connection {
    shared: Arc<Shared>,
    client: Client,
    maker: Maker,
    stopping: watch::Receiver<bool>,
    tally: Tally,
    body: Vec<u8>,
    id_prefix: String,
    id: String,
}

enum Maker {
    Typed(Box<Typed>),
    Web(Box<Web>),
}

impl Maker {
    fn event(&mut self, id: Option<&str>, out: &mut Vec<u8>) {
        match self {
            Self::Typed(typed) => typed.event(id, out),
            Self::Web(web) => web.event(id, out),
        }
    }
}

enum Verdict {
    Done,
    /// Worth another try, not before the server said so.
    Again(String, Option<Duration>),
}

impl Connection {
    pub(super) fn new(
        shared: &Arc<Shared>,
        endpoint: &Endpoint,
        number: usize,
        stopping: watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let plan = &shared.plan;
        let seed = plan.seed.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (site, key) = (plan.site.as_deref(), plan.key.as_deref());
        let (maker, user_agent) = match plan.mix {
            Mix::Typed => (
                Maker::Typed(Box::new(Typed::new(site, seed))),
                concat!("millrace-generate/", env!("CARGO_PKG_VERSION")),
            ),
            Mix::Web => {
                let web = Web::new(site, key.is_some(), seed);
                // Without a key the request's own header counts, so it is a browser's.
                let user_agent = web.user_agent();
                (Maker::Web(Box::new(web)), user_agent)
            }
        };
        let client = Client::new(endpoint, "/api/events", user_agent, key)?;
        Ok(Self {
            shared: Arc::clone(shared),
            client,
            maker,
            stopping,
            tally: Tally::default(),
            body: Vec::new(),
            id_prefix: format!("{:016x}-", plan.seed),
            id: String::new(),
        })
    }

    pub(super) async fn run(mut self) -> anyhow::Result<Tally> {
        while !*self.stopping.borrow() {
            let Some((first, events)) = self.shared.next() else { break };
            self.fill(first, events);
            let Some(start) = self.await_due(first).await else { break };
            self.tally.sent += events as u64;
            self.send(events as u64, start).await?;
        }
        Ok(self.tally)
    }

    fn fill(&mut self, first: u64, events: usize) {
        let plan = &self.shared.plan;
        self.body.clear();
        if plan.batch > 1 {
            self.body.push(b'[');
        }
        for number in first..first + events as u64 {
            if number > first {
                self.body.push(b',');
            }
            let id = plan.ids.then(|| {
                self.id.clear();
                self.id.push_str(&self.id_prefix);
                self.id.push_str(itoa::Buffer::new().format(number));
                self.id.as_str()
            });
            self.maker.event(id, &mut self.body);
        }
        if plan.batch > 1 {
            self.body.push(b']');
        }
    }

    /// Waits until the request is due. Answers from when its latency counts: from when it was due if the
    /// connection was free too late, else from now, lest the timer's own lateness be taken for the server's.
    async fn await_due(&mut self, first: u64) -> Option<Instant> {
        let Some(pace) = &self.shared.pace else { return Some(Instant::now()) };
        let due = self.shared.begin + pace.due(first);
        if due <= Instant::now() {
            return Some(due);
        }
        tokio::select! {
            () = sleep_until(due) => Some(Instant::now()),
            _ = self.stopping.wait_for(|stop| *stop) => None,
        }
    }

    async fn send(&mut self, events: u64, start: Instant) -> anyhow::Result<()> {
        let mut pause = FIRST_PAUSE;
        loop {
            self.tally.requests += 1;
            let posted = self.post().await;
            let Verdict::Again(reason, after) = self.judge(posted, events)? else {
                self.tally.record(start.elapsed());
                return Ok(());
            };
            let again = self.shared.plan.ids;
            if !again {
                self.tally.fail(events, reason);
                self.shared.failed.fetch_add(events, Ordering::Relaxed);
                // A server in trouble is not helped by a tight loop.
                self.rest(if self.shared.pace.is_some() { Duration::ZERO } else { FIRST_PAUSE }).await;
                return Ok(());
            }
            let rested = self.rest(after.unwrap_or(pause).min(LONGEST_PAUSE)).await;
            if !rested {
                self.tally.fail(events, reason);
                self.shared.failed.fetch_add(events, Ordering::Relaxed);
                return Ok(());
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.tally.retries += 1;
        }
    }

    /// One request, abandoned when the grace after the end is over.
    async fn post(&mut self) -> anyhow::Result<Response> {
        let mut stopping = self.stopping.clone();
        let grace = async {
            if stopping.wait_for(|stop| *stop).await.is_ok() {
                sleep(GRACE).await;
            }
        };
        tokio::select! {
            biased;
            posted = self.client.post(&self.body) => posted,
            () = grace => bail!("no answer within {} seconds of the end", GRACE.as_secs()),
        }
    }

    /// Answers false where the end has come.
    async fn rest(&mut self, pause: Duration) -> bool {
        if pause.is_zero() {
            return true;
        }
        let until = Instant::now() + pause;
        timeout_at(until, self.stopping.wait_for(|stop| *stop)).await.is_err()
    }

    fn judge(&mut self, posted: anyhow::Result<Response>, events: u64) -> anyhow::Result<Verdict> {
        let response = match posted {
            Ok(response) => response,
            Err(error) => return Ok(Verdict::Again(format!("{error:#}"), None)),
        };
        match response.status {
            200..=299 => {
                let answer: Answer = serde_json::from_slice(&response.body).unwrap_or_default();
                let rejected = (answer.rejected.len() as u64).min(events);
                let accepted = answer.accepted.unwrap_or(events - rejected);
                self.tally.accepted += accepted;
                self.tally.rejected += rejected;
                self.shared.accepted.fetch_add(accepted, Ordering::Relaxed);
                Ok(Verdict::Done)
            }
            400 if self.shared.plan.batch == 1 => {
                self.tally.rejected += events;
                Ok(Verdict::Done)
            }
            429 | 500..=599 => {
                Ok(Verdict::Again(refusal(response.status, &response.body), response.retry_after))
            }
            // Every other request would be refused for the same reason.
            _ => bail!("the server refuses events: {}", refusal(response.status, &response.body)),
        }
    }
}

/// What a 202 says of a batch, or of one event (neither field).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    accepted: Option<u64>,
    rejected: Vec<IgnoredAny>,
}
