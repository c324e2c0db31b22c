//! `POST /api/v1/journeys/query`: what sessions go on to, or come from.

use axum::response::Response;
use millrace_query::grammar::{FilterReader, Place, period_json};
use millrace_query::{
    Anchor, CheckedJourney, Dimension, Filter, Heading, Journey, JourneyAnswer, JourneyNode, JourneyOf,
    QueryError,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{answer, cell, list};
use super::asked::{Asked, Format, present, word};
use super::described::{DateRange, JourneyAnchor};
use crate::csv::Csv;
use crate::error::Failure;
use crate::openapi::REPORTS;

/// What sessions go on to after something, or what they come from before it
///
/// Stations are page views by their path, or with `events` also other events by their name. With `after`, journeys go
/// on from the first occurrence of the anchor in a session; with `before`, back from the last. Without an anchor they
/// begin at the session's start or end. As CSV: a row for each way, with its stations in columns.
#[utoipa::path(
    post, path = "/api/v1/journeys/query", operation_id = "journeys", tag = REPORTS,
    params(Format),
    request_body = JourneyRequest,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The ways.", content(
            (JourneyReport = "application/json"), (String = "text/csv"),
        )),
        Failure,
    ),
)]
pub(crate) async fn query(asked: Asked) -> Result<Response, Failure> {
    asked.fields(&["of", "direction", "anchor", "steps", "branches"])?;
    let ranged = asked.range()?;
    let context = asked.grammar();
    let mut reader = FilterReader::new(&context);
    let filter = asked.filters(&mut reader)?;
    let kinds = [("pages", JourneyOf::Pages), ("events", JourneyOf::Events)];
    let of = word(&asked.body, "of", &kinds, JourneyOf::Pages)?;
    let ways = [("after", Heading::Onward), ("before", Heading::Back)];
    let number = |key: &'static str, default, most| match present(&asked.body, key) {
        Some(value) => Place::of(key).number(value, 1, most),
        None => Ok(default),
    };
    let steps = number("steps", Journey::STEPS, Journey::MOST_STEPS)?;
    let site = asked.reader.site();
    let question = Journey {
        site: site.id.clone(),
        range: ranged.range,
        filter,
        of,
        anchor: anchor(&asked.body, of, &mut reader)?,
        heading: word(&asked.body, "direction", &ways, Heading::Onward)?,
        steps,
        branches: number("branches", Journey::BRANCHES, Journey::MOST_BRANCHES)?,
    };
    let checked: CheckedJourney = question.check(asked.context())?;
    let kept = asked.question("v1/journeys", &ranged.instants());
    let date_range = period_json(&ranged.period, &site.timezone);
    let computed = async {
        let found: JourneyAnswer = asked.reader.fold(&checked.walk(), checked.fold()).await?;
        Ok(JourneyReport {
            cached: false,
            date_range,
            start: Station::new(None, found.start),
            approximate: found.approximate,
        })
    };
    answer(&asked, kept, computed, "journeys", |value, csv| table(steps, value, csv)).await
}

/// The field `anchor`: a page, an event, or whatever passes filters.
fn anchor(body: &Value, of: JourneyOf, reader: &mut FilterReader<'_>) -> Result<Option<Anchor>, QueryError> {
    let Some(value) = present(body, "anchor") else { return Ok(None) };
    let place = Place::of("anchor");
    let object = place.object(value, &["page", "event", "filters"])?;
    let mut entries = object.iter();
    let (Some((key, value)), None) = (entries.next(), entries.next()) else {
        return Err(place.error("must have one key: allowed are page, event, filters"));
    };
    let inner = place.key(key);
    Ok(Some(match key.as_str() {
        "filters" => Anchor::Event(reader.list(value, &inner)?),
        "page" => Anchor::Station(inner.text(value)?.to_owned()),
        _ => {
            let name = inner.text(value)?.to_owned();
            match of {
                // Among pages an event is no station.
                JourneyOf::Pages => Anchor::Event(Filter::Is(Dimension::Name, vec![name])),
                JourneyOf::Events => Anchor::Station(name),
            }
        }
    }))
}

fn table(steps: usize, report: &Value, csv: &mut Csv) {
    let names: Vec<String> = (1..=steps).map(|step| format!("step_{step}")).collect();
    let counts = ["sessions", "other", "ended"];
    csv.texts(names.iter().map(String::as_str).chain(counts));
    rows(&mut Vec::new(), &report["start"], steps, csv);
}

/// A row for the way to `station`, and for those that go on from there.
fn rows<'v>(way: &mut Vec<&'v Value>, station: &'v Value, steps: usize, csv: &mut Csv) {
    way.iter().for_each(|name| cell(csv, name));
    (way.len()..steps).for_each(|_| cell(csv, &Value::Null));
    ["sessions", "other", "ended"].iter().for_each(|count| cell(csv, &station[*count]));
    csv.end_row();
    for branch in list(station, "branches") {
        way.push(&branch["name"]);
        rows(way, branch, steps, csv);
        way.pop();
    }
}

/// A question about journeys.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described here and read by the grammar")]
pub(crate) struct JourneyRequest {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo", max_length = 64)]
    site_id: Option<String>,
    /// When, as in `POST /api/v2/query`.
    date_range: DateRange,
    /// Which events take part, as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "visit:country", ["DE"]]]))]
    filters: Option<Vec<Vec<Value>>>,
    /// What the stations are: `pages`, or `events`, which has pages and the names of other events. `pages` where it is
    /// left out.
    #[schema(example = "pages")]
    of: Option<String>,
    /// `after` or `before` the anchor; `after` where it is left out.
    #[schema(example = "after")]
    direction: Option<String>,
    /// `{"page": "/pricing"}`, `{"event": "signup"}` or `{"filters": [...]}`; the session's start or end where it is
    /// left out.
    anchor: Option<JourneyAnchor>,
    /// How many stations, 1 to 10; 4 where it is left out.
    #[schema(example = 4)]
    steps: Option<usize>,
    /// How many branches are named at each station, 1 to 20; 5 where it is left out.
    #[schema(example = 5)]
    branches: Option<usize>,
}

/// Where sessions went.
#[derive(Serialize, ToSchema)]
pub(crate) struct JourneyReport {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The first and the last second of the range, in the site's zone.
    #[schema(value_type = Vec<String>)]
    date_range: Value,
    /// The sessions that have the anchor, or without one a station, and where they went.
    start: Station,
    /// There were more ways than are told apart: some sessions are in an `other` that belong to a branch.
    approximate: bool,
}

/// Sessions that went the same way so far. Each is in one of `branches`, `other` and `ended`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Station {
    /// The path or the event's name; null of the start.
    #[schema(required = true, example = "/pricing")]
    name: Option<String>,
    /// How many.
    sessions: u64,
    /// Sessions that went elsewhere; at the last step all that went on.
    other: u64,
    /// Sessions that went no further.
    ended: u64,
    /// Where they went: the most sessions first. None at the last step.
    #[schema(no_recursion)]
    branches: Vec<Station>,
}

impl Station {
    fn new(name: Option<String>, node: JourneyNode) -> Self {
        let branches = node.branches.into_iter().map(|(name, node)| Self::new(Some(name), node));
        Self {
            name,
            sessions: node.sessions,
            other: node.other,
            ended: node.ended,
            branches: branches.collect(),
        }
    }
}
