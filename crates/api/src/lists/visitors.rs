//! `POST /api/v1/visitors/query` and `GET /api/v1/visitors/{visitor_id}`.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;
use millrace_event::VisitorId;
use millrace_query::selection::Subject;
use millrace_store::lists::{SubjectList, VisitorSummary};
use serde::Serialize;
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

/// Visitors one by one
///
/// Those with an event of the period that passes the filters; what is said of them counts these events alone.
#[utoipa::path(
    post, path = "/api/v1/visitors/query", operation_id = "query_visitors", tag = REPORTS,
    request_body = Wanted,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The visitors, the latest event first, ties by id.", body = VisitorRows),
        Failure,
    ),
)]
pub(crate) async fn query(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<VisitorRows>, Failure> {
    let (asking, fields) = Asking::read(&shared, &headers, body, readable_site, &KEYS).await?;
    let (limit, offset) = pagination(&fields, MOST)?;
    let selection = asking.selection(needed(&fields, "date_range")?, given(&fields, "filters"), None)?;
    let list = SubjectList { selection, limit, offset };
    let visitors = asking.reader.within_deadline(asking.reader.lists().visitors(&list)).await?;
    Ok(Json(VisitorRows { visitors: visitors.into_iter().map(Visitor::from).collect() }))
}

/// One visitor with their events
///
/// Up to 1,000 of them, the first first. Without a date range those of the last 30 days.
#[utoipa::path(
    get, path = "/api/v1/visitors/{visitor_id}", operation_id = "read_visitor", tag = REPORTS,
    params(
        SiteId,
        DateRange<30>,
        ("visitor_id" = String, Path, description = "The visitor's id: 16 hexadecimal digits."),
    ),
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The visitor and their events.", body = OneVisitor),
        (status = 404, description = "There is no such site, or it has no such visitor in the period.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn read(
    State(shared): State<Arc<Shared>>,
    SiteId(site_id): SiteId,
    DateRange(date_range): DateRange<30>,
    PathNumber(number): PathNumber,
    headers: HeaderMap,
) -> Result<Json<OneVisitor>, Failure> {
    let asking = Asking::new(&shared, site_id.as_deref(), &headers, readable_site)?;
    let no_such = || unknown("visitor_unknown", "visitor_id", "the site has no such visitor in this period");
    let subject = Subject::Visitor(VisitorId(number.ok_or_else(no_such)?));
    let selection = asking.selection(&date_range, None, Some(subject))?;
    let list = SubjectList { selection: selection.clone(), limit: 1, offset: 0 };
    let visitors = asking.reader.within_deadline(asking.reader.lists().visitors(&list));
    let (visitors, (events, truncated)) = tokio::try_join!(visitors, of_subject(&asking.reader, selection))?;
    let visitor = visitors.into_iter().next().ok_or_else(no_such)?;
    Ok(Json(OneVisitor { visitor: visitor.into(), events, truncated }))
}

/// Which visitors are wanted.
#[derive(ToSchema)]
#[schema(as = VisitorsQuery)]
#[expect(dead_code, reason = "the description of what is read key by key")]
pub(crate) struct Wanted {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo")]
    site_id: Option<String>,
    /// When, as in `POST /api/v2/query`: a word such as `7d`, or a pair of dates or instants.
    #[schema(value_type = crate::queries::described::DateRange, example = "7d")]
    date_range: String,
    /// Which, as in `POST /api/v2/query`: all of these must hold.
    #[schema(value_type = Option<Vec<Vec<serde_json::Value>>>, example = json!([["is", "event:name", ["purchase"]]]))]
    filters: Option<String>,
    /// Which of them.
    pagination: Option<Pagination>,
}

/// Visitors.
#[derive(Serialize, ToSchema)]
pub(crate) struct VisitorRows {
    /// In order.
    visitors: Vec<Visitor>,
}

/// A visitor and their events.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneVisitor {
    /// The visitor.
    visitor: Visitor,
    /// Their events of the period, the first first.
    events: Vec<Detail>,
    /// Whether there are more than these 1,000.
    truncated: bool,
}

/// A visitor, by the events asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct Visitor {
    /// The visitor's id, the person's where one is known: 16 hexadecimal digits.
    #[schema(example = "9f86d081884c7d65")]
    visitor_id: String,
    /// The person, where the client said so; of several the last by their bytes.
    #[schema(required = true)]
    user_id: Option<String>,
    /// The first event, UTC.
    #[schema(format = DateTime)]
    first: String,
    /// The last event, UTC.
    #[schema(format = DateTime)]
    last: String,
    /// Sessions.
    sessions: u64,
    /// Page views.
    pageviews: u64,
    /// Events.
    events: u64,
}

impl From<VisitorSummary> for Visitor {
    fn from(visitor: VisitorSummary) -> Self {
        Self {
            visitor_id: visitor.visitor.to_string(),
            user_id: visitor.user_id.map(String::from),
            first: visitor.first.to_string(),
            last: visitor.last.to_string(),
            sessions: visitor.sessions,
            pageviews: visitor.pageviews,
            events: visitor.events,
        }
    }
}
