//! A request whose question is JSON, read as far as all of them are alike.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::ACCEPT;
use http::request::Parts;
use millrace_event::Timestamp;
use millrace_query::grammar::{
    Column, FilterReader, GrammarContext, Place, Segment, days_of_all, one_of, parse_date_range,
    parse_dimension, quoted,
};
use millrace_query::{Breakdown, Context, Filter, Goal, Period, QueryError, Range};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::saved::segments;
use crate::Shared;
use crate::access::readable_site;
use crate::cache::question::Question;
use crate::error::Failure;
use crate::parameters::{shown, value};
use crate::reader::Reader;
use crate::sites::text;

/// What is asked. That a handler has one proves that its caller may read the site.
pub(crate) struct Asked {
    /// Asks the store.
    pub(crate) reader: Reader,
    /// The body, an object of any keys.
    pub(crate) body: Value,
    /// How to answer.
    pub(crate) format: Format,
    goals: Arc<[Goal]>,
    segments: Vec<Segment>,
    /// The definitions of the segments, where the body names some.
    definitions: String,
    /// The site's first event, where the range is everything.
    first: Option<Timestamp>,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

/// The one field that is read before the caller is known.
#[derive(Deserialize)]
struct OfSite {
    #[serde(default)]
    site_id: Option<Value>,
}

impl FromRequest<Arc<Shared>> for Asked {
    type Rejection = Failure;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let body = text(body).await?;
        let no_json = |error| QueryError::new("body", format!("body is not JSON: {error}"));
        let site_id = match body.trim_start().starts_with('{') {
            true => serde_json::from_str::<OfSite>(&body).map_err(no_json)?.site_id,
            false => None,
        };
        let site_id = match &site_id {
            None | Some(Value::Null) => None,
            Some(site_id) => Some(Place::of("site_id").text(site_id)?),
        };
        let directory = shared.api.catalog.directory();
        let site = readable_site(&directory, site_id, &parts.headers)?;
        let format = Format::of(&parts)?;
        let reader = Reader::of(shared, site);
        let body: Value = serde_json::from_str(&body).map_err(no_json)?;
        let first = match body.get("date_range").and_then(Value::as_str) {
            Some("all") => reader.first().await?,
            _ => None,
        };
        let goals: Arc<[Goal]> = Arc::clone(directory.goals(&reader.site().id).asked());
        let saved = directory.segments(&reader.site().id).all();
        let context = GrammarContext {
            now: reader.now(),
            zone: &reader.site().timezone,
            goals: &goals,
            segments: &[],
            first,
        };
        let segments = segments(&body, saved, context)?;
        let definitions = match super::names_segments(&body) {
            true => saved.iter().map(|one| format!("{} {:?} {}\n", one.id, one.name, one.filters)).collect(),
            false => String::new(),
        };
        Ok(Self { reader, body, format, goals, segments, definitions, first })
    }
}

impl Asked {
    /// What the grammar reads against.
    pub(crate) fn grammar(&self) -> GrammarContext<'_> {
        GrammarContext {
            now: self.reader.now(),
            zone: &self.reader.site().timezone,
            goals: &self.goals,
            segments: &self.segments,
            first: self.first,
        }
    }

    /// What questions are checked against.
    pub(crate) fn context(&self) -> Context<'_> {
        Context { now: self.reader.now(), zone: &self.reader.site().timezone, goals: &self.goals }
    }

    /// The question, for the cache: all that its answer depends on but events.
    ///
    /// `instants` are what the range means at this moment; none of a range that moves with every millisecond.
    pub(crate) fn question(&self, report: &str, instants: &[Timestamp]) -> Question {
        let mut body = self.body.clone();
        if let Value::Object(body) = &mut body {
            body.remove("site_id");
        }
        let goals = format!("{:?}", self.goals);
        let question = self.reader.question(report).text(&body.to_string());
        question.text(&goals).text(&self.definitions).instants(instants)
    }

    /// The fields of the body, which has none but those of every report and `allowed`.
    pub(crate) fn fields(&self, allowed: &[&str]) -> Result<&Map<String, Value>, QueryError> {
        let all: Vec<&str> = ["site_id", "date_range", "filters"].iter().chain(allowed).copied().collect();
        Place::of("body").object(&self.body, &all)
    }

    /// The field `date_range`, and the instants of it that an answer shows. Everything is the days from that of the
    /// first event to today.
    pub(crate) fn range(&self) -> Result<Ranged, QueryError> {
        let context = self.grammar();
        let Some(value) = self.body.get("date_range") else {
            return Err(QueryError::new("date_range", "date_range is missing: every request has one"));
        };
        let beyond = || QueryError::new("date_range", "date_range reaches beyond the calendar");
        let range = match parse_date_range(value, "date_range", &context)? {
            Range::All => days_of_all(&context).ok_or_else(beyond)?,
            range => range,
        };
        let period = range.period(context.now, context.zone).ok_or_else(beyond)?;
        Ok(Ranged { range, period })
    }

    /// The field `filters`.
    pub(crate) fn filters(&self, reader: &mut FilterReader<'_>) -> Result<Filter, QueryError> {
        match self.body.get("filters") {
            Some(filters) => reader.list(filters, &Place::of("filters")),
            None => Ok(Filter::all()),
        }
    }

    /// The field `breakdown`: `{"dimension": "visit:source", "limit": 10}`.
    pub(crate) fn breakdown(&self) -> Result<Option<(Breakdown, Column)>, QueryError> {
        let Some(value) = present(&self.body, "breakdown") else { return Ok(None) };
        let place = Place::of("breakdown");
        let object = place.object(value, &["dimension", "limit"])?;
        let name = object.get("dimension").ok_or_else(|| place.key("dimension").error("is missing"))?;
        let column = parse_dimension(place.key("dimension").text(name)?, None, "breakdown")?;
        let top = match object.get("limit") {
            Some(limit) => place.key("limit").number(limit, 1, Breakdown::MOST_TOP)?,
            None => Breakdown::TOP,
        };
        Ok(Some((Breakdown { dimension: column.dimension.clone(), top }, column)))
    }
}

/// A range and its instants at this moment.
pub(crate) struct Ranged {
    /// The range.
    pub(crate) range: Range,
    /// The instants.
    pub(crate) period: Period,
}

impl Ranged {
    /// What a question has of it: see [`Asked::question`].
    pub(crate) fn instants(&self) -> Vec<Timestamp> {
        instants(self.range, &self.period)
    }
}

/// The instants that tell a range at this moment from the same range at another, for the cache.
pub(crate) fn instants(range: Range, period: &Period) -> Vec<Timestamp> {
    match range {
        Range::Minutes(_) => Vec::new(),
        _ => vec![period.from, period.to],
    }
}

/// A field that is there and not null.
pub(crate) fn present<'v>(body: &'v Value, key: &str) -> Option<&'v Value> {
    body.get(key).filter(|value| !value.is_null())
}

/// The filters of `{"filters": [...]}` at `place`.
pub(crate) fn filters_of(
    value: &Value,
    place: &Place,
    allowed: &[&str],
    reader: &mut FilterReader<'_>,
) -> Result<Filter, QueryError> {
    let object = place.object(value, allowed)?;
    let inner = place.key("filters");
    match object.get("filters") {
        Some(filters) => reader.list(filters, &inner),
        None => {
            Err(inner
                .error("is missing: write a list of filters such as [[\"is\", \"event:page\", [\"/\"]]]"))
        }
    }
}

/// The word at `key`, one of `allowed`; the first of them where it is left out.
pub(crate) fn word<T: Copy>(
    body: &Value,
    key: &'static str,
    allowed: &[(&'static str, T)],
    default: T,
) -> Result<T, QueryError> {
    let Some(value) = present(body, key) else { return Ok(default) };
    let place = Place::of(key);
    let word = place.text(value)?;
    let names: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
    let found = allowed.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| place.error(format!("is {}: {}", quoted(word), one_of(&names))))
}

impl Format {
    fn of(parts: &Parts) -> Result<Self, Failure> {
        match value(parts, "format")?.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv),
            None if wants_csv(&parts.headers) => Ok(Self::Csv),
            None => Ok(Self::Json),
            Some(other) => Err(Failure::Parameter {
                code: "format_invalid",
                field: "format",
                message: format!("format is '{}': it must be json or csv", shown(other)),
            }),
        }
    }
}

/// Whether CSV is named, and JSON is not. A wildcard names nothing.
fn wants_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = accepted.flat_map(|value| value.split(','));
    let names: Vec<String> = ranges
        .filter_map(|range| range.split(';').next().map(|name| name.trim().to_ascii_lowercase()))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    has("text/csv") && !has("application/json")
}

impl IntoParams for Format {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["json", "csv"]))
            .default(Some("json".into()));
        let parameter = ParameterBuilder::new()
            .name("format")
            .parameter_in(ParameterIn::Query)
            .description(Some("How to answer; `Accept: text/csv` says the same as `csv`."))
            .schema(Some(schema.build()));
        vec![parameter.build()]
    }
}
