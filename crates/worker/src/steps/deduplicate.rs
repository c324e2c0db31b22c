//! A client's event id counts once per site.
//!
//! Ids that arrived within the window are held in memory, in generations of a quarter of the window each: a new
//! generation begins, the oldest goes. So an id is recognised for one window at least and for a quarter more at most.
//! Where ids come faster than `dedup_ids` a window, generations are shorter, and
//! `millrace_worker_dedup_window_seconds` says how far back memory reaches.
//!
//! An event that happened before what memory reaches is compared with the store's ids of that time as well: importing
//! the same old file twice counts once, however long ago the first time was, and so does a retry that comes after its
//! id had to be forgotten. The same goes for an event that is judged again, however recent it is: it arrived long
//! before it comes here, so that memory would not know it after a restart.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hasher;
use std::sync::Arc;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::time::DAY_MS;
use millrace_event::{EventId, SiteId, Timestamp};
use millrace_query::Period;
use millrace_store::{EventStore, Memory};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::{Step, StepError};
use crate::{Draft, Verdict, WorkerConfig};

/// Looks into the store for one site and batch.
const MOST_LOOKS: usize = 32;

/// Parts of the window that come and go together.
const GENERATIONS: i64 = 4;

pub(super) struct Deduplicate {
    window_ms: i64,
    /// Ids of one generation at most.
    generation_ids: usize,
    /// Newest first; each with the arrival of its first id.
    generations: VecDeque<(Timestamp, Ids)>,
    /// Ids that arrived before this have been forgotten for lack of room.
    floor: Timestamp,
    /// Ids found in the store for the current batch.
    stored: Ids,
    /// A secret of this process: nobody can choose ids that collide.
    key: (u64, u64),
    store: Arc<dyn EventStore>,
}

/// 128 bits of a keyed hash of (site, id): below one false duplicate in 10^20 comparisons with a full memory.
type Ids = HashSet<u128, foldhash::fast::RandomState>;

impl Deduplicate {
    pub(super) fn new(config: &WorkerConfig, store: Arc<dyn EventStore>) -> Self {
        let secret = || getrandom::u64().unwrap_or_default();
        Self {
            window_ms: config.dedup_window.as_millis() as i64,
            generation_ids: (config.dedup_ids / GENERATIONS as usize).max(1),
            generations: VecDeque::new(),
            floor: Timestamp::from_millis(i64::MIN),
            stored: Ids::default(),
            key: (secret(), secret()),
            store,
        }
    }

    fn hash(&self, site: &SiteId, id: &str) -> u128 {
        let mut hasher = SipHasher13::new_with_keys(self.key.0, self.key.1);
        hasher.write(site.as_str().as_bytes());
        // No site id has this byte.
        hasher.write_u8(0);
        hasher.write(id.as_bytes());
        hasher.finish128().as_u128()
    }

    fn seen(&self, hash: u128) -> bool {
        self.generations.iter().any(|(_, ids)| ids.contains(&hash))
    }

    fn add(&mut self, hash: u128, received_at: Timestamp) {
        let span = self.window_ms / GENERATIONS;
        let begin = match self.generations.front() {
            None => true,
            Some((since, ids)) => {
                ids.len() >= self.generation_ids || received_at.as_millis() - since.as_millis() >= span
            }
        };
        if begin {
            self.generations.push_front((received_at, Ids::default()));
            let past = received_at.plus_millis(-(self.window_ms + span));
            let surplus = self.generations.len() > GENERATIONS as usize + 1;
            if surplus || self.generations.back().is_some_and(|(since, _)| *since < past) {
                self.generations.pop_back();
            }
            let oldest = self.generations.back().map_or(received_at, |(since, _)| *since);
            if surplus {
                self.floor = oldest;
            }
            let reach = (received_at.as_millis() - oldest.as_millis()).max(0) as f64 / 1_000.0;
            metrics::gauge!("millrace_worker_dedup_window_seconds").set(reach);
        }
        if let Some((_, ids)) = self.generations.front_mut() {
            ids.insert(hash);
        }
    }
}

/// Late events, in order of time, in few groups that lie close together: a look into the store for each.
fn together(events: &[(Timestamp, ByteString)]) -> Vec<(Period, Vec<ByteString>)> {
    let apart = |a: &(Timestamp, _), b: &(Timestamp, _)| b.0.as_millis() - a.0.as_millis() > DAY_MS;
    let groups: Vec<_> = events.chunk_by(|a, b| !apart(a, b)).collect();
    let groups = if groups.len() > MOST_LOOKS { vec![events] } else { groups };
    let group = |events: &[(Timestamp, ByteString)]| {
        let (from, to) = (events.first()?.0, events.last()?.0.plus_millis(1));
        Some((Period { from, to }, events.iter().map(|(_, id)| id.clone()).collect()))
    };
    groups.into_iter().filter_map(group).collect()
}

#[async_trait]
impl Step for Deduplicate {
    fn name(&self) -> &'static str {
        "deduplicate"
    }

    fn remember(&mut self, memory: &Memory) {
        self.generations.clear();
        self.floor = Timestamp::from_millis(i64::MIN);
        if let Some((_, _, first)) = memory.ids.first().filter(|_| memory.ids_cut) {
            self.floor = *first;
        }
        for (site, id, received_at) in &memory.ids {
            let hash = self.hash(site, id);
            self.add(hash, *received_at);
        }
    }

    async fn prepare(&mut self, drafts: &[Draft]) -> Result<(), StepError> {
        self.stored.clear();
        let mut late: HashMap<&SiteId, Vec<(Timestamp, ByteString)>> = HashMap::new();
        for draft in drafts {
            let event = &draft.event;
            let reach = event.received_at.plus_millis(-self.window_ms).max(self.floor);
            let looked_up = event.timestamp < reach || draft.again.is_some();
            if let (true, EventId::Client(id)) = (looked_up, &event.id) {
                late.entry(&event.site).or_default().push((event.timestamp, id.clone()));
            }
        }
        for (site, mut events) in late {
            events.sort_unstable();
            for (period, ids) in together(&events) {
                for id in self.store.known_ids(site, period, &ids).await? {
                    let hash = self.hash(site, &id);
                    self.stored.insert(hash);
                }
            }
        }
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let EventId::Client(id) = &draft.event.id else {
            return Verdict::Keep;
        };
        let hash = self.hash(&draft.event.site, id);
        if self.seen(hash) || self.stored.contains(&hash) {
            return Verdict::discard("duplicate");
        }
        // An event that is judged again arrived long before: it is remembered as one of now, or it would end generations.
        let newest = self.generations.front().map(|(since, _)| *since);
        let arrival = match (draft.again.is_some(), newest) {
            (true, Some(newest)) => draft.event.received_at.max(newest),
            (true, None) => Timestamp::now(),
            (false, _) => draft.event.received_at,
        };
        self.add(hash, arrival);
        Verdict::Keep
    }
}
