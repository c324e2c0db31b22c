//! `POST /api/v1/sessions/query` and `GET /api/v1/sessions/{session_id}`.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;
use millrace_event::SessionId;
use millrace_query::VisitDimension;
use millrace_query::selection::Subject;
use millrace_store::lists::{SessionSummary, SubjectList};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::asking::{Asking, Pagination, PathNumber, given, needed, pagination, unknown};
use super::event::Detail;
use super::events::of_subject;
use crate::Shared;
use crate::access::readable_site;
use crate::error::{ErrorBody, Failure};
use crate::openapi::REPORTS;
use crate::parameters::{DateRange, MOST, SiteId};

const KEYS: [&str; 4] = ["site_id", "date_range", "filters", "pagination"];

/// Sessions one by one
///
/// Those with an event of the period that passes the filters. A session is shown as a whole: with its events of a day
/// before and after the period.
#[utoipa::path(
    post, path = "/api/v1/sessions/query", operation_id = "query_sessions", tag = REPORTS,
    request_body = Wanted,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The sessions, the latest start first, ties by id.", body = SessionRows),
        Failure,
    ),
)]
pub(crate) async fn query(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SessionRows>, Failure> {
    let (asking, fields) = Asking::read(&shared, &headers, body, readable_site, &KEYS).await?;
    let (limit, offset) = pagination(&fields, MOST)?;
    let selection = asking.selection(needed(&fields, "date_range")?, given(&fields, "filters"), None)?;
    let list = SubjectList { selection, limit, offset };
    let sessions = asking.reader.within_deadline(asking.reader.lists().sessions(&list)).await?;
    Ok(Json(SessionRows { sessions: sessions.into_iter().map(Session::from).collect() }))
}

/// One session with its events
///
/// Up to 1,000 of them, the first first.
#[utoipa::path(
    get, path = "/api/v1/sessions/{session_id}", operation_id = "read_session", tag = REPORTS,
    params(
        SiteId,
        DateRange<0>,
        ("session_id" = String, Path, description = "The session's id: 16 hexadecimal digits."),
    ),
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The session and its events.", body = OneSession),
        (status = 404, description = "There is no such site, or it has no such session in the period.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn read(
    State(shared): State<Arc<Shared>>,
    SiteId(site_id): SiteId,
    DateRange(date_range): DateRange<0>,
    PathNumber(number): PathNumber,
    headers: HeaderMap,
) -> Result<Json<OneSession>, Failure> {
    let asking = Asking::new(&shared, site_id.as_deref(), &headers, readable_site)?;
    let no_such = || unknown("session_unknown", "session_id", "the site has no such session in this period");
    let subject = Subject::Session(SessionId(number.ok_or_else(no_such)?));
    let selection = asking.selection(&date_range, None, Some(subject))?;
    let list = SubjectList { selection: selection.clone(), limit: 1, offset: 0 };
    let sessions = asking.reader.within_deadline(asking.reader.lists().sessions(&list));
    let (sessions, (events, truncated)) = tokio::try_join!(sessions, of_subject(&asking.reader, selection))?;
    let session = sessions.into_iter().next().ok_or_else(no_such)?;
    Ok(Json(OneSession { session: session.into(), events, truncated }))
}

/// Which sessions are wanted.
#[derive(ToSchema)]
#[schema(as = SessionsQuery)]
#[expect(dead_code, reason = "the description of what is read key by key")]
pub(crate) struct Wanted {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo")]
    site_id: Option<String>,
    /// When, as in `POST /api/v2/query`: a word such as `7d`, or a pair of dates or instants.
    #[schema(value_type = crate::queries::described::DateRange, example = "7d")]
    date_range: String,
    /// Which, as in `POST /api/v2/query`: all of these must hold.
    #[schema(value_type = Option<Vec<Vec<serde_json::Value>>>, example = json!([["is", "visit:source", ["Google"]]]))]
    filters: Option<String>,
    /// Which of them.
    pagination: Option<Pagination>,
}

/// Sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionRows {
    /// In order.
    sessions: Vec<Session>,
}

/// A session and its events.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneSession {
    /// The session.
    session: Session,
    /// Its events of the period, the first first.
    events: Vec<Detail>,
    /// Whether it has more than these 1,000.
    truncated: bool,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct Session {
    /// Its id: 16 hexadecimal digits.
    #[schema(example = "2c26b46b68ffc68f")]
    session_id: String,
    /// Its visitor: 16 hexadecimal digits.
    #[schema(example = "9f86d081884c7d65")]
    visitor_id: String,
    /// The person, where the client said so at its beginning.
    #[schema(required = true)]
    user_id: Option<String>,
    /// Its first event, UTC.
    #[schema(format = DateTime)]
    start: String,
    /// Its last event, UTC.
    #[schema(format = DateTime)]
    end: String,
    /// Seconds from the first to the last event.
    #[schema(example = 42.5)]
    duration: f64,
    /// Its page views.
    pageviews: u64,
    /// Its events.
    events: u64,
    /// Whether the visitor did nothing but look at one page: at most one of its events is interactive.
    bounce: bool,
    /// A key for each dimension of a visit, without `visit:`: `entry_page`, `exit_page`, `source`, `referrer`,
    /// `channel`, `utm_medium`, `utm_source`, `utm_campaign`, `utm_content`, `utm_term`, `country`, `region`, `city`,
    /// `device`, `browser`, `browser_version`, `os`, `os_version`, `screen`, `language`. A text, as reports show it:
    /// `(not set)` or `Direct / None` where there is none; `null` of pages.
    #[serde(flatten)]
    #[schema(value_type = HashMap<String, Option<String>>, inline)]
    dimensions: Map<String, Value>,
}

impl From<SessionSummary> for Session {
    fn from(session: SessionSummary) -> Self {
        let shown = |(dimension, text): (&VisitDimension, Option<_>)| {
            let text = text.map(String::from).or_else(|| dimension.missing().map(str::to_owned));
            (dimension.name().to_owned(), text.map_or(Value::Null, Value::String))
        };
        Self {
            session_id: session.session.to_string(),
            visitor_id: session.visitor.to_string(),
            user_id: session.user_id.map(String::from),
            start: session.start.to_string(),
            end: session.end.to_string(),
            duration: (session.end.as_millis() - session.start.as_millis()) as f64 / 1_000.0,
            pageviews: session.pageviews,
            events: session.events,
            bounce: session.interactive <= 1,
            dimensions: VisitDimension::ALL.iter().zip(session.dimensions).map(shown).collect(),
        }
    }
}
