//! Every figure, by definition: events in a list, counted by loops.
//!
//! Read this to know what a metric means: `facts.rs` says what passes a filter and what is known of a session,
//! `count.rs` what each aggregate is, `answer.rs` how groups are made and ordered, `select.rs` walks and lists, `live.rs` what happens now. It is the
//! oracle of the property tests and a store for tests of other parts; it is as slow as it is plain.

mod answer;
mod count;
mod discards;
mod facts;
mod links;
mod live;
mod select;

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Event, EventId, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{CheckedQuery, Period, QueryResult};
use parking_lot::Mutex;

pub use answer::answer;

use crate::discards::DiscardLog;
use crate::lists::EventReader;
use crate::observed::{Fold, Observation, ObservedSchema};
use crate::{
    Cursor, Erased, Erasure, EventBatch, EventStore, LINKS_REMEMBERED, Memory, Offsets, RememberSince,
    StoreError, StoredSession, Tail,
};
use links::Links;

/// Events in order of arrival, in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// A site's events in order of arrival, with the person in the place of the visitor.
    fn counted(&self, site: &SiteId) -> Vec<Event> {
        let state = self.state.lock();
        state.of_site(site).map(|(_, event)| state.links.counted(event)).collect()
    }
}

#[derive(Debug, Default)]
struct State {
    /// With each event's place in the order of arrival, from 1.
    events: Vec<(u64, Event)>,
    links: Links,
    arrived: u64,
    offsets: Offsets,
    discards: discards::Discards,
}

impl State {
    /// The events of a site with their places, in order of arrival, as they came.
    fn of_site(&self, site: &SiteId) -> impl Iterator<Item = &(u64, Event)> {
        self.events.iter().filter(move |(_, event)| &event.site == site)
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn applied(&self) -> Result<Offsets, StoreError> {
        Ok(self.state.lock().offsets.clone())
    }

    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError> {
        let mut state = self.state.lock();
        for event in &batch.events {
            state.arrived += 1;
            let place = state.arrived;
            state.events.push((place, event.clone()));
        }
        batch.links.iter().for_each(|link| state.links.add(link));
        state.discards.add(&batch.discarded);
        state.offsets.extend(&batch.offsets);
        Ok(state.offsets.clone())
    }

    async fn flush(&self) -> Result<Offsets, StoreError> {
        self.applied().await
    }

    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
        Ok(answer(query, self.counted(query.site()).iter()))
    }

    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError> {
        let mut fold = Fold::new(observation);
        for (_, event) in &self.state.lock().events {
            if event.site == observation.site && observation.period.contains(event.timestamp) {
                fold.event(&event.name, event.timestamp, &event.properties);
            }
        }
        Ok(fold.finish())
    }

    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
        let state = self.state.lock();
        let mut events: Vec<_> = state.of_site(site).collect();
        events.sort_by_key(|(place, event)| std::cmp::Reverse((event.timestamp, *place)));
        Ok(events.into_iter().take(limit).map(|(_, event)| state.links.counted(event)).collect())
    }

    async fn tail(&self, site: &SiteId, cursor: Cursor, limit: usize) -> Result<Tail, StoreError> {
        let state = self.state.lock();
        let later: Vec<_> = state.of_site(site).filter(|(place, _)| *place > cursor.0).take(limit).collect();
        let cursor = later.last().map_or(cursor, |(place, _)| Cursor(*place));
        let events = later.into_iter().map(|(_, event)| state.links.counted(event)).collect();
        Ok(Tail { events, cursor })
    }

    async fn cursor(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor(self.state.lock().arrived))
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError> {
        let mut state = self.state.lock();
        let before = state.events.len();
        let visitors = state.links.forget(&erasure.site, erasure.subject.visitor(&erasure.site));
        state.events.retain(|(_, event)| {
            event.site != erasure.site
                || !(erasure.subject.matches(event) || visitors.contains(&event.visitor))
        });
        state.discards.erase(erasure, |visitor| visitors.contains(&visitor));
        Ok(Erased { events: (before - state.events.len()) as u64 })
    }

    async fn retain(&self, from: Timestamp) -> Result<Erased, StoreError> {
        let mut state = self.state.lock();
        let before = state.events.len();
        state.events.retain(|(_, event)| event.timestamp >= from);
        let sites: BTreeSet<_> = state.events.iter().map(|(_, event)| event.site.clone()).collect();
        state.links.keep_sites(&sites);
        state.discards.retain(from);
        Ok(Erased { events: (before - state.events.len()) as u64 })
    }

    async fn known_ids(
        &self,
        site: &SiteId,
        period: Period,
        ids: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError> {
        let state = self.state.lock();
        let events = state.events.iter().map(|(_, event)| event);
        let of_period = events.filter(|event| &event.site == site && period.contains(event.timestamp));
        Ok(of_period.filter_map(client_id).filter(|id| ids.contains(id)).cloned().collect())
    }

    async fn remember(&self, since: RememberSince) -> Result<Memory, StoreError> {
        let state = self.state.lock();
        let mut ids: Vec<_> = state
            .events
            .iter()
            .filter(|(_, event)| event.received_at >= since.ids_received)
            .filter_map(|(_, event)| Some((event.site.clone(), client_id(event)?.clone(), event.received_at)))
            .collect();
        let ids_cut = ids.len() > since.limit;
        ids.drain(..ids.len().saturating_sub(since.limit));
        let mut sessions: HashMap<(SiteId, VisitorId, SessionId), (Timestamp, Timestamp)> = HashMap::new();
        for (_, event) in state.events.iter().filter(|(_, event)| event.timestamp >= since.sessions) {
            let key = (event.site.clone(), state.links.person(&event.site, event.visitor), event.session);
            let span = sessions.entry(key).or_insert((event.timestamp, event.timestamp));
            *span = (span.0.min(event.timestamp), span.1.max(event.timestamp));
        }
        let mut sessions: Vec<_> = sessions
            .into_iter()
            .map(|((site, visitor, session), (start, end))| StoredSession {
                site,
                visitor,
                session,
                start,
                end,
            })
            .collect();
        sessions.sort_by_key(|session| (session.end, session.session));
        sessions.drain(..sessions.len().saturating_sub(since.limit));
        let links = state.links.latest(since.limit.min(LINKS_REMEMBERED));
        Ok(Memory { ids, ids_cut, sessions, links })
    }

    fn reader(&self) -> &dyn EventReader {
        self
    }

    fn discards(&self) -> &dyn DiscardLog {
        self
    }
}

fn client_id(event: &Event) -> Option<&ByteString> {
    match &event.id {
        EventId::Client(id) => Some(id),
        EventId::Made(_) => None,
    }
}
