//! A site to ask of.

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};
use millrace_query::grammar::{GrammarContext, Request, Segment};
use millrace_query::{
    CheckedQuery, Dimension, DimensionValue, Filter, Goal, GoalKind, QueryError, Row, VisitDimension,
};

/// A site's zone, goals and segments, on Wednesday 2026-11-18 at 10:20:30 UTC.
pub(crate) struct Site {
    zone: TimeZone,
    now: Timestamp,
    goals: Vec<Goal>,
    segments: Vec<Segment>,
    pub(crate) first: Option<Timestamp>,
}

impl Site {
    pub(crate) fn new(zone: &str) -> Self {
        let goal = |name: &str, kind: &GoalKind| Goal::new(name, kind).expect("a goal");
        let germans = Filter::Is(Dimension::Visit(VisitDimension::Country), vec!["DE".to_owned()]);
        Self {
            zone: TimeZone::get(zone).expect("a known zone"),
            now: at("2026-11-18T10:20:30Z"),
            goals: vec![
                goal("Sign up", &GoalKind::Event("signup".to_owned())),
                goal("Buy A", &GoalKind::Event("buy_a".to_owned())),
                goal("Buy B", &GoalKind::Event("buy_b".to_owned())),
            ],
            segments: vec![Segment { id: "2".to_owned(), name: "Germans".to_owned(), filter: germans }],
            first: Some(at("2024-02-10T15:40:00Z")),
        }
    }

    pub(crate) fn at(zone: &str, now: Timestamp) -> Self {
        Self { now, ..Self::new(zone) }
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    pub(crate) fn context(&self) -> GrammarContext<'_> {
        GrammarContext {
            now: self.now,
            zone: &self.zone,
            goals: &self.goals,
            segments: &self.segments,
            first: self.first,
        }
    }

    pub(crate) fn parse(&self, text: &str) -> Result<Request, QueryError> {
        Request::parse(text, &self.context())
    }

    pub(crate) fn check(&self, text: &str) -> Result<CheckedQuery, QueryError> {
        self.parse(text)?.check(site_id(), &self.context())
    }

    /// The checked query of a request that is right.
    pub(crate) fn query(&self, text: &str) -> CheckedQuery {
        self.check(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The checked query of the compared period.
    pub(crate) fn compared(&self, text: &str) -> CheckedQuery {
        let request = self.parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        request.compared(site_id(), &self.context()).expect("a right comparison").expect("a comparison")
    }
}

pub(crate) fn site_id() -> SiteId {
    SiteId::new("demo").expect("a site id")
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|| panic!("no timestamp: {text}"))
}

/// A request for visitors with `rest` beside.
pub(crate) fn visitors(rest: &str) -> String {
    format!(r#"{{"site_id":"demo","metrics":["visitors"],{rest}}}"#)
}

/// A row of texts.
pub(crate) fn row(dimensions: &[&str], metrics: &[Option<f64>], visitors: u64) -> Row {
    Row {
        dimensions: dimensions.iter().map(|text| DimensionValue::Text((*text).to_owned())).collect(),
        metrics: metrics.to_vec(),
        visitors: Some(visitors),
        currency: None,
        mixed_currencies: false,
    }
}
