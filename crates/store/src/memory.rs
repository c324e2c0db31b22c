//! Every figure, by definition: events in a list, counted by loops.
//!
//! Read this to know what a metric means. It is the oracle of the property tests and a store for tests of other
//! parts; it is as slow as it is plain.

mod discards;
mod links;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Event, EventId, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{Aggregate, Cell, CheckedQuery, Dimension, DimensionValue, Filter, Period, QueryResult, Row, Walk};
use parking_lot::Mutex;

use crate::discards::DiscardLog;
use crate::lists::{EventList, EventReader, EventStream, SessionSummary, StepStream, SubjectList, VisitorSummary};
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

/// The answer to `query` over `events`, in any order.
pub fn answer<'a>(query: &CheckedQuery, events: impl Iterator<Item = &'a Event>) -> QueryResult {
    let mut groups: BTreeMap<Vec<DimensionValue>, Vec<&Event>> = BTreeMap::new();
    if query.dimensions().is_empty() {
        groups.insert(Vec::new(), Vec::new());
    }
    for event in events {
        if &event.site != query.site()
            || !query.period().contains(event.timestamp)
            || !passes(query.filter(), event)
        {
            continue;
        }
        let key: Option<Vec<_>> =
            query.dimensions().iter().map(|dimension| value(query, dimension, event)).collect();
        // An event that lacks one of the dimensions belongs to no group.
        if let Some(key) = key {
            groups.entry(key).or_default().push(event);
        }
    }
    let mut rows: Vec<(i64, Row)> = groups
        .into_iter()
        .map(|(dimensions, events)| {
            let counted: Vec<Cell> =
                query.aggregates().iter().map(|aggregate| Cell::Integer(count(aggregate, &events))).collect();
            let row = Row::new(query, dimensions, &counted);
            (order_of(query, &row), row)
        })
        .collect();
    // The groups come in the order of their dimensions already, and the sort is stable.
    rows.sort_by_key(|(order, _)| *order);
    let rows = rows.into_iter().map(|(_, row)| row).skip(query.offset()).take(query.limit()).collect();
    QueryResult { rows }
}

/// By time where there is a time dimension, else by the first metric, descending; absent values last.
fn order_of(query: &CheckedQuery, row: &Row) -> i64 {
    let bucket = row.dimensions.iter().find_map(|dimension| match dimension {
        DimensionValue::Bucket(start) => Some(start.as_millis()),
        DimensionValue::Text(_) => None,
    });
    match (query.buckets(), bucket) {
        (Some(_), Some(start)) => start,
        // An order of floats: the bits of a float of at least 0 grow with it.
        _ => row.metrics[0].map_or(i64::MAX, |number| -(number.to_bits() as i64)),
    }
}

fn passes(filter: &Filter, event: &Event) -> bool {
    match filter {
        Filter::Is(dimension, values) => {
            text(dimension, event).is_some_and(|text| values.iter().any(|value| value == text))
        }
        Filter::And(parts) => parts.iter().all(|part| passes(part, event)),
        Filter::Or(parts) => parts.iter().any(|part| passes(part, event)),
        Filter::Not(part) => !passes(part, event),
        _ => false,
    }
}

fn value(query: &CheckedQuery, dimension: &Dimension, event: &Event) -> Option<DimensionValue> {
    if let Dimension::Time(_) = dimension {
        let buckets = query.buckets()?;
        return Some(DimensionValue::Bucket(buckets.starts()[buckets.index(event.timestamp)?]));
    }
    text(dimension, event).map(|text| DimensionValue::Text(text.to_owned()))
}

fn text<'a>(dimension: &Dimension, event: &'a Event) -> Option<&'a str> {
    match dimension {
        Dimension::Name => Some(&event.name),
        Dimension::Page => event.path.as_deref(),
        Dimension::Hostname => event.host.as_deref(),
        Dimension::Element => event.element.as_deref(),
        _ => None,
    }
}

fn count(aggregate: &Aggregate, events: &[&Event]) -> i64 {
    let durations = || events.iter().filter_map(|event| event.duration_ms);
    match aggregate {
        Aggregate::Events => events.len() as i64,
        Aggregate::Pageviews => events.iter().filter(|event| event.name == "pageview").count() as i64,
        Aggregate::Visitors => distinct(events.iter().map(|event| event.visitor)),
        Aggregate::Sessions => distinct(events.iter().map(|event| event.session)),
        Aggregate::DurationSum => durations().sum(),
        Aggregate::DurationCount => durations().count() as i64,
        _ => 0,
    }
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> i64 {
    values.collect::<BTreeSet<_>>().len() as i64
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
        let state = self.state.lock();
        let came = state.of_site(query.site()).map(|(_, event)| event);
        if !state.links.has_site(query.site()) {
            return Ok(answer(query, came));
        }
        let counted: Vec<_> = came.map(|event| state.links.counted(event)).collect();
        Ok(answer(query, counted.iter()))
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

#[async_trait]
impl EventReader for MemoryStore {
    async fn walk(&self, _: &Walk) -> Result<StepStream, StoreError> {
        Err(StoreError::Closed)
    }

    async fn events(&self, _: &EventList) -> Result<EventStream, StoreError> {
        Err(StoreError::Closed)
    }

    async fn sessions(&self, _: &SubjectList) -> Result<Vec<SessionSummary>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn visitors(&self, _: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError> {
        Err(StoreError::Closed)
    }

    async fn span(&self, _: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        Err(StoreError::Closed)
    }
}

fn client_id(event: &Event) -> Option<&ByteString> {
    match &event.id {
        EventId::Client(id) => Some(id),
        EventId::Made(_) => None,
    }
}
