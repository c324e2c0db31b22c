//! Those who watch one site with the same filters: asks the store on behalf of all of them.
//!
//! Two loops run beside each other: the figures each second, and the events that have arrived. Neither takes more than
//! its share of the time: after a question that took long it waits longer, and nothing piles up.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use millrace_event::time::DAY_MS;
use millrace_query::{Filter, Interval, Period, Range, Selection};
use millrace_store::lists::{ArrivalList, LiveQuestion};
use millrace_store::{Cursor, StoreError};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::figures as names;
use super::hub::Key;
use super::messages::{self, Kind, Message, Moment};
use crate::Shared;
use crate::error::Failure;
use crate::lists::asking::Asking;
use crate::lists::figures::{CURRENT_MINUTES, TOP};
use crate::series::MOST_NAMES;

/// The time from one tick to the next.
const TICK: Duration = Duration::from_secs(1);

/// The time from one look for events to the next.
const LOOK: Duration = Duration::from_millis(100);

/// A question may take one part of so many of a group's time.
const SHARE: u32 = 4;

/// Events of one question.
pub(super) const PIECE_EVENTS: usize = 2_000;

/// Messages that wait for the slowest, who is left behind then. They are shared: 2 MB in each group.
const MESSAGES_KEPT: usize = 128;

/// The time to take half of these: what arrives at once is no reason to leave anybody behind.
const BURST: Duration = Duration::from_millis(50);

/// How long a group goes on when nobody is there: the next page of one browser is the same group.
const LINGER: Duration = Duration::from_secs(3);

/// A group.
pub(super) struct Group {
    pub(super) key: Key,
    filters: Option<Value>,
    sender: broadcast::Sender<Message>,
    /// Up to where events were sent. Messages are sent under its lock, so that whoever joins knows where they begin.
    edge: Mutex<Cursor>,
    /// The figures of the last tick; nothing before the first.
    live: watch::Sender<Option<Utf8Bytes>>,
    /// It goes on no more.
    pub(super) ended: CancellationToken,
    /// Why it could not begin.
    failure: Mutex<Option<Failure>>,
}

/// What one who joins gets.
pub(super) struct Joined {
    pub(super) messages: broadcast::Receiver<Message>,
    /// Up to where events were sent before.
    pub(super) edge: Cursor,
    pub(super) live: watch::Receiver<Option<Utf8Bytes>>,
}

impl Group {
    pub(super) fn new(key: Key, filters: Option<Value>) -> Self {
        Self {
            key,
            filters,
            sender: broadcast::Sender::new(MESSAGES_KEPT),
            edge: Mutex::default(),
            live: watch::Sender::new(None),
            ended: CancellationToken::new(),
            failure: Mutex::default(),
        }
    }

    /// From now on.
    pub(super) fn join(&self) -> Joined {
        let edge = self.edge.lock();
        Joined { messages: self.sender.subscribe(), edge: *edge, live: self.live.subscribe() }
    }

    /// Whether nobody has joined who has not left.
    pub(super) fn is_empty(&self) -> bool {
        self.sender.receiver_count() == 0
    }

    /// Waits for the first figures.
    pub(super) async fn begun(&self) -> Result<(), Failure> {
        let mut live = self.live.subscribe();
        tokio::select! {
            biased;
            _ = live.wait_for(Option::is_some) => Ok(()),
            () = self.ended.cancelled() => {
                let failure = self.failure.lock().take();
                Err(failure.unwrap_or(Failure::Store(StoreError::Closed)))
            }
        }
    }

    /// Its events, of any time without filters. With filters those that happened within a day of now: what is asked of
    /// sessions is asked of all their events, and those of all times would have to be read each time.
    pub(super) fn selection(&self, shared: &Arc<Shared>) -> Result<Selection, Failure> {
        let asking = self.asking(shared)?;
        let filter = asking.filter(self.filters.as_ref())?;
        let now = asking.reader.now();
        let period = match filter == Filter::all() {
            true => Period::ALL,
            false => Period { from: now.plus_millis(-DAY_MS), to: now.plus_millis(DAY_MS) },
        };
        Ok(Selection { site: self.key.site.clone(), period, filter, subject: None })
    }

    /// With the goals, segments and settings of this moment.
    fn asking(&self, shared: &Arc<Shared>) -> Result<Asking, Failure> {
        let directory = shared.api.catalog.directory();
        let site = directory.site(self.key.site.as_str()).ok_or(Failure::SiteUnknown)?;
        Ok(Asking::of(shared, Arc::clone(site), Arc::clone(&directory)))
    }

    /// The figures of this moment.
    async fn moment(&self, shared: &Arc<Shared>) -> Result<Utf8Bytes, Failure> {
        let asking = self.asking(shared)?;
        let reader = &asking.reader;
        let period = reader.period(Range::Minutes(CURRENT_MINUTES))?;
        let series = reader.series_query(Range::Last(30, Interval::TenSeconds), Interval::TenSeconds)?;
        let buckets: Vec<_> = crate::series::starts(&series).collect();
        let filter = asking.filter(self.filters.as_ref())?;
        let selection = Selection { site: self.key.site.clone(), period, filter, subject: None };
        let question = LiveQuestion { selection, buckets, names: MOST_NAMES, top: TOP };
        let figures = ask(shared, "figures", shared.api.store.reader().live(&question)).await?;
        Ok(Moment::new(figures, period, &question.buckets).text())
    }

    fn tick(&self, live: Utf8Bytes) {
        let edge = self.edge.lock();
        // Nobody may be there any more.
        let _ = self.sender.send(messages::figures(Kind::Tick, *edge, live.as_str()));
        drop(edge);
        self.live.send_replace(Some(live));
    }

    /// Sends what has arrived since the last time; answers whether there may be more.
    async fn look(&self, shared: &Arc<Shared>) -> Result<bool, Failure> {
        let newest = shared.live.newest(&*shared.api.store).await?;
        let after = *self.edge.lock();
        if newest <= after {
            return Ok(false);
        }
        let selection = self.selection(shared)?;
        let list = ArrivalList { selection, after, until: newest, limit: PIECE_EVENTS };
        let arrived = ask(shared, "events", shared.api.store.reader().arrivals(&list)).await?;
        let more = arrived.len() == PIECE_EVENTS;
        let to = arrived.last().filter(|_| more).map_or(newest, |(cursor, _)| *cursor);
        let messages = messages::events(after, to, arrived);
        for (place, burst) in messages.chunks(MESSAGES_KEPT / 2).enumerate() {
            if place > 0 {
                sleep(BURST).await;
            }
            let mut edge = self.edge.lock();
            for message in burst {
                *edge = message.to;
                let _ = self.sender.send(message.clone());
            }
        }
        *self.edge.lock() = to;
        Ok(more)
    }
}

/// Asks the store in turn, within the time that every report has.
pub(super) async fn ask<T>(
    shared: &Arc<Shared>,
    about: &'static str,
    question: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Failure> {
    let asked = async {
        let _turn = shared.live.questions.acquire().await;
        metrics::counter!(names::STORE_QUERIES, "about" => about).increment(1);
        question.await
    };
    let answer = timeout(shared.api.limits.query_timeout, asked).await;
    Ok(answer.map_err(|_| Failure::QueryTimeout)??)
}

/// Whether it is no use to ask the same again: the site is gone, or what a filter names.
fn is_final(failure: &Failure) -> bool {
    !matches!(failure, Failure::Store(_) | Failure::QueryTimeout)
}

/// Watches until nobody is there, or the server stops.
pub(super) async fn watch(shared: Arc<Shared>, group: Arc<Group>) {
    // Also where this panics.
    let _ended = group.ended.clone().drop_guard();
    let begun = async {
        *group.edge.lock() = shared.live.newest(&*shared.api.store).await?;
        group.moment(&shared).await
    };
    match begun.await {
        Ok(live) => group.tick(live),
        Err(failure) => {
            shared.live.give_up(&group);
            *group.failure.lock() = Some(failure);
            return;
        }
    }
    let ended = tokio::select! {
        () = ticks(&shared, &group) => true,
        failure = events(&shared, &group) => {
            tracing::info!(site = %group.key.site, %failure, "a live stream cannot go on");
            false
        }
        () = shared.api.stopping.cancelled() => false,
    };
    if !ended {
        shared.live.give_up(&group);
    }
}

/// Ticks, until nobody has been there for a while.
async fn ticks(shared: &Arc<Shared>, group: &Arc<Group>) {
    let mut due = Instant::now() + TICK;
    let mut last_seen = Instant::now();
    let mut failing = false;
    loop {
        sleep_until(due).await;
        let started = Instant::now();
        if !group.is_empty() {
            last_seen = started;
        } else if last_seen.elapsed() >= LINGER && shared.live.leave(group) {
            return;
        }
        if !group.is_empty() {
            match group.moment(shared).await {
                Ok(live) => {
                    failing = false;
                    group.tick(live);
                }
                // Said once: the next tick comes in a second.
                Err(failure) if !failing => {
                    failing = true;
                    tracing::warn!(site = %group.key.site, %failure, "live figures are unavailable");
                }
                Err(_) => {}
            }
        }
        due = (due + TICK).max(started + started.elapsed() * SHARE).max(Instant::now());
    }
}

/// Events as they arrive, until that is impossible.
async fn events(shared: &Arc<Shared>, group: &Arc<Group>) -> Failure {
    let mut failing = false;
    loop {
        let started = Instant::now();
        let wait = match group.look(shared).await {
            Ok(more) => {
                failing = false;
                if more { Duration::ZERO } else { LOOK }
            }
            Err(failure) if is_final(&failure) => return failure,
            Err(failure) => {
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!(site = %group.key.site, %failure, "live events are unavailable");
                }
                TICK
            }
        };
        sleep_until((started + wait).max(started + started.elapsed() * SHARE)).await;
    }
}
