//! What figures mean, on examples small enough to be counted by hand.

mod order;
mod reports;
mod walks;

use bytestring::ByteString;
use jiff::tz::TimeZone;
use millrace_event::{Event, EventId, MadeId, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{
    Aggregate, CheckedQuery, Context, Dimension, DimensionValue, Filter, Goal, Metric, Pattern, Query, Range,
    VisitDimension,
};
use millrace_store::memory::{MemoryStore, answer};
use millrace_store::{EventBatch, EventStore};

/// 2026-11-20T12:00:00Z
const NOON: Timestamp = Timestamp::from_millis(1_795_176_000_000);

fn site() -> SiteId {
    SiteId::new("demo").expect("a site id")
}

/// An event of a session and of the visitor of the same number, so many seconds after noon.
fn event(session: u64, seconds: i64, name: &str) -> Event {
    let id = EventId::Made(MadeId { process: 1, count: 0 });
    let at = NOON.plus_millis(seconds * 1_000);
    Event {
        session: SessionId(session),
        visitor: VisitorId(session),
        ..Event::new(site(), id, name.to_owned(), at)
    }
}

fn view(session: u64, seconds: i64, page: &str) -> Event {
    Event { path: Some(page.to_owned().into()), ..event(session, seconds, "pageview") }
}

fn with_properties(properties: &'static str) -> Event {
    Event { properties: ByteString::from_static(properties), ..event(1, 0, "click") }
}

fn is(dimension: Dimension, value: &str) -> Filter {
    Filter::Is(dimension, vec![value.to_owned()])
}

/// A query of the two hours around noon, unless it says otherwise.
struct Ask {
    query: Query,
    goals: Vec<Goal>,
}

fn ask(metrics: &[Metric]) -> Ask {
    let hour = 3_600_000;
    let query = Query {
        site: site(),
        range: Range::Between(NOON.plus_millis(-hour), NOON.plus_millis(hour)),
        metrics: metrics.to_vec(),
        dimensions: vec![],
        filter: Filter::all(),
        order: vec![],
        limit: 100,
        offset: 0,
    };
    Ask { query, goals: vec![] }
}

impl Ask {
    fn by(mut self, dimensions: &[Dimension]) -> Self {
        self.query.dimensions = dimensions.to_vec();
        self
    }

    fn only(mut self, filter: Filter) -> Self {
        self.query.filter = filter;
        self
    }

    fn check(self) -> CheckedQuery {
        let context = Context { now: NOON, zone: &TimeZone::UTC, goals: &self.goals };
        self.query.check(context).expect("a right query")
    }

    /// The rows, each as its texts and its metrics.
    fn of(self, events: &[Event]) -> Vec<(Vec<String>, Vec<Option<f64>>)> {
        let text = |value: DimensionValue| match value {
            DimensionValue::Text(text) => text,
            DimensionValue::Bucket(start) => start.to_string(),
        };
        let rows = answer(&self.check(), events.iter()).rows.into_iter();
        rows.map(|row| (row.dimensions.into_iter().map(text).collect(), row.metrics)).collect()
    }

    /// The one row of a query without dimensions.
    fn total(self, events: &[Event]) -> Vec<Option<f64>> {
        let rows = self.of(events);
        assert_eq!(rows.len(), 1, "one row: {rows:?}");
        rows.into_iter().map(|(_, metrics)| metrics).next().expect("a row")
    }
}

/// Rows in short.
fn rows(expected: &[(&[&str], &[Option<f64>])]) -> Vec<(Vec<String>, Vec<Option<f64>>)> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    expected.iter().map(|(dimensions, metrics)| (texts(dimensions), metrics.to_vec())).collect()
}

async fn store(events: &[Event]) -> MemoryStore {
    let store = MemoryStore::default();
    let batch = EventBatch { events: events.to_vec(), ..EventBatch::default() };
    store.insert(&batch).await.expect("insert");
    store
}
