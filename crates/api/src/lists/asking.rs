//! What a list is asked for: whose events, when, which, and how many.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use millrace_catalog::{Directory, Site};
use millrace_query::check::check_period;
use millrace_query::grammar::{GrammarContext, Place, parse_date_range, parse_filters, quoted};
use millrace_query::selection::Subject;
use millrace_query::{Context, Filter, QueryError, Selection};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::Shared;
use crate::error::Failure;
use crate::reader::Reader;
use crate::sites::text;

/// The most rows that a list passes over: whoever is further back asks for another period.
pub(super) const MOST_OFFSET: usize = 100_000;

/// Rows of a list where nothing else is asked for.
const USUAL_LIMIT: usize = 100;

/// How access to a site is decided.
pub(super) type Access = fn(&Directory, Option<&str>, &HeaderMap) -> Result<Arc<Site>, Failure>;

/// Somebody who may read the site, and what the site's filters are read against.
pub(crate) struct Asking {
    pub(crate) reader: Reader,
    directory: Arc<Directory>,
}

/// The one field that is read before the caller is known.
#[derive(Deserialize)]
struct OfSite {
    #[serde(default)]
    site_id: Option<Value>,
}

/// Which rows of a list.
#[derive(ToSchema)]
#[schema(as = ListPagination)]
#[expect(dead_code, reason = "the description of what is read key by key")]
pub(crate) struct Pagination {
    /// The most rows.
    #[schema(minimum = 1, maximum = 1_000, default = 100)]
    limit: Option<usize>,
    /// Rows to pass over first.
    #[schema(minimum = 0, maximum = 100_000, default = 0)]
    offset: Option<usize>,
}

impl Asking {
    /// About a site that `access` lets the caller read.
    pub(super) fn new(
        shared: &Arc<Shared>,
        site_id: Option<&str>,
        headers: &HeaderMap,
        access: Access,
    ) -> Result<Self, Failure> {
        let directory = shared.api.catalog.directory();
        let site = access(&directory, site_id, headers)?;
        Ok(Self::of(shared, site, directory))
    }

    /// About a site that the caller may read.
    pub(crate) fn of(shared: &Arc<Shared>, site: Arc<Site>, directory: Arc<Directory>) -> Self {
        Self { reader: Reader::of(shared, site), directory }
    }

    /// By a body, which has no keys but `allowed`; answers these, too.
    pub(super) async fn read(
        shared: &Arc<Shared>,
        headers: &HeaderMap,
        body: Body,
        access: Access,
        allowed: &[&str],
    ) -> Result<(Self, Map<String, Value>), Failure> {
        let body = text(body).await?;
        let no_json = |error| QueryError::new("body", format!("body is not JSON: {error}"));
        // Of an array, too, a field would be read, by its place.
        let site_id = match body.trim_start().starts_with('{') {
            true => serde_json::from_str::<OfSite>(&body).map_err(no_json)?.site_id,
            false => None,
        };
        let site_id = match &site_id {
            None | Some(Value::Null) => None,
            Some(site) => Some(Place::of("site_id").text(site)?),
        };
        let asking = Self::new(shared, site_id, headers, access)?;
        let mut value: Value = serde_json::from_str(&body).map_err(no_json)?;
        Place::of("body").object(&value, allowed)?;
        let fields = value.as_object_mut().map(std::mem::take).unwrap_or_default();
        Ok((asking, fields))
    }

    /// The events of a period that pass filters, as they are written.
    pub(super) fn selection(
        &self,
        date_range: &Value,
        filters: Option<&Value>,
        subject: Option<Subject>,
    ) -> Result<Selection, Failure> {
        let range = parse_date_range(date_range, "date_range", &self.context())?;
        let filter = self.filter(filters)?;
        let (site, context) = (self.reader.site(), self.context());
        let period =
            check_period(range, Context { now: context.now, zone: context.zone, goals: context.goals })?;
        Ok(Selection { site: site.id.clone(), period, filter, subject })
    }

    /// Filters, as they are written.
    pub(crate) fn filter(&self, filters: Option<&Value>) -> Result<Filter, Failure> {
        let (site, mut context) = (self.reader.site(), self.context());
        let segments = match filters {
            Some(filters) => {
                let saved = self.directory.segments(&site.id);
                crate::queries::saved::segments(filters, saved.all(), context)?
            }
            None => Vec::new(),
        };
        context.segments = &segments;
        Ok(match filters {
            Some(filters) => parse_filters(filters, "filters", &context)?,
            None => Filter::all(),
        })
    }

    fn context(&self) -> GrammarContext<'_> {
        let site = self.reader.site();
        GrammarContext {
            now: self.reader.now(),
            zone: &site.timezone,
            goals: self.directory.goals(&site.id).asked(),
            segments: &[],
            first: None,
        }
    }
}

/// The value of a key; `null` is none.
pub(super) fn given<'v>(fields: &'v Map<String, Value>, key: &str) -> Option<&'v Value> {
    fields.get(key).filter(|value| !value.is_null())
}

/// The value of a key that every request has.
pub(super) fn needed<'v>(fields: &'v Map<String, Value>, key: &'static str) -> Result<&'v Value, QueryError> {
    given(fields, key).ok_or_else(|| QueryError::new(key, format!("{key} is missing: every request has one")))
}

/// `pagination`: the most rows, and those to pass over first.
pub(super) fn pagination(fields: &Map<String, Value>, most: usize) -> Result<(usize, usize), QueryError> {
    let Some(value) = given(fields, "pagination") else { return Ok((USUAL_LIMIT, 0)) };
    let place = Place::of("pagination");
    let pagination = place.object(value, &["limit", "offset"])?;
    let number = |key: &str, default: usize, least: usize, most: usize| match given(pagination, key) {
        Some(value) => place.key(key).number(value, least, most),
        None => Ok(default),
    };
    Ok((number("limit", USUAL_LIMIT, 1, most)?, number("offset", 0, 0, MOST_OFFSET)?))
}

/// The number of a session or visitor by its 16 hexadecimal digits.
pub(super) fn number(text: &str) -> Option<u64> {
    let is_one = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// The same of a key of a body.
pub(super) fn number_of(fields: &Map<String, Value>, key: &'static str) -> Result<Option<u64>, QueryError> {
    let Some(value) = given(fields, key) else { return Ok(None) };
    let place = Place::of(key);
    let text = place.text(value)?;
    let wrong = || place.error(format!("is {}: it must be 16 hexadecimal digits", quoted(text)));
    number(text).map(Some).ok_or_else(wrong)
}

/// The number of a session or visitor in the path; whatever else is there is that of nobody.
pub(crate) struct PathNumber(pub(super) Option<u64>);

impl<S: Sync> FromRequestParts<S> for PathNumber {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Ok(params) = RawPathParams::from_request_parts(parts, &()).await else { return Ok(Self(None)) };
        Ok(Self(params.iter().next().and_then(|(_, text)| number(text))))
    }
}

/// A 404 of a session or visitor.
pub(super) fn unknown(code: &'static str, field: &'static str, message: &str) -> Failure {
    Failure::Body { status: StatusCode::NOT_FOUND, code, field: Some(field), message: message.to_owned() }
}
