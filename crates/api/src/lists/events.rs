//! `POST /api/v1/events/query`: events one by one.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use futures::TryStreamExt;
use http::HeaderMap;
use millrace_event::{Event, SessionId, VisitorId};
use millrace_query::grammar::Place;
use millrace_query::selection::Subject;
use millrace_query::{QueryError, Selection};
use millrace_store::lists::EventList;
use serde::Serialize;
use utoipa::ToSchema;

use super::asking::{Asking, Pagination, given, needed, number_of, pagination};
use super::event::Detail;
use crate::Shared;
use crate::access::readable_site;
use crate::error::Failure;
use crate::openapi::REPORTS;
use crate::parameters::MOST;
use crate::reader::Reader;

const KEYS: [&str; 7] =
    ["site_id", "date_range", "filters", "session_id", "visitor_id", "newest_first", "pagination"];

/// Events one by one
///
/// Those of a period that pass the filters, of one session or visitor if you like, with all that is stored of them.
/// Whoever may read the site's reports may read them.
#[utoipa::path(
    post, path = "/api/v1/events/query", operation_id = "query_events", tag = REPORTS,
    request_body = Wanted,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The events, in order of happening; of one instant, of arrival.", body = EventRows),
        Failure,
    ),
)]
pub(crate) async fn query(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<EventRows>, Failure> {
    let (asking, fields) = Asking::read(&shared, &headers, body, readable_site, &KEYS).await?;
    let session = number_of(&fields, "session_id")?.map(|number| Subject::Session(SessionId(number)));
    let visitor = number_of(&fields, "visitor_id")?.map(|number| Subject::Visitor(VisitorId(number)));
    let newest_first = match given(&fields, "newest_first") {
        Some(value) => Place::of("newest_first").boolean(value)?,
        None => true,
    };
    let (limit, offset) = pagination(&fields, MOST)?;
    let subject = match (session, visitor) {
        (Some(_), Some(_)) => {
            let message = "visitor_id comes with session_id, which has one visitor: send one of the two";
            return Err(QueryError::new("visitor_id", message).into());
        }
        (session, visitor) => session.or(visitor),
    };
    let selection = asking.selection(needed(&fields, "date_range")?, given(&fields, "filters"), subject)?;
    let list = EventList { selection, newest_first, limit: Some(limit), offset };
    Ok(Json(EventRows { events: details(&asking.reader, &list).await? }))
}

/// The events of a list.
pub(super) async fn details(reader: &Reader, list: &EventList) -> Result<Vec<Detail>, Failure> {
    let events = reader.within_deadline(async {
        let pieces: Vec<Vec<Event>> = reader.lists().events(list).await?.try_collect().await?;
        Ok(pieces)
    });
    Ok(events.await?.into_iter().flatten().map(Detail::from).collect())
}

/// The first events of one session or visitor, and whether there are more.
pub(super) async fn of_subject(
    reader: &Reader,
    selection: Selection,
) -> Result<(Vec<Detail>, bool), Failure> {
    let list = EventList { selection, newest_first: false, limit: Some(MOST + 1), offset: 0 };
    let mut events = details(reader, &list).await?;
    let is_truncated = events.len() > MOST;
    events.truncate(MOST);
    Ok((events, is_truncated))
}

/// Which events are wanted.
#[derive(ToSchema)]
#[schema(as = EventsQuery)]
#[expect(dead_code, reason = "the description of what is read key by key")]
pub(crate) struct Wanted {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo")]
    site_id: Option<String>,
    /// When, as in `POST /api/v2/query`: a word such as `7d`, or a pair of dates or instants.
    #[schema(value_type = crate::queries::described::DateRange, example = "7d")]
    date_range: String,
    /// Which, as in `POST /api/v2/query`: all of these must hold.
    #[schema(value_type = Option<Vec<Vec<serde_json::Value>>>, example = json!([["is", "event:page", ["/pricing"]]]))]
    filters: Option<String>,
    /// Of this session only: 16 hexadecimal digits.
    session_id: Option<String>,
    /// Of this visitor only: 16 hexadecimal digits.
    visitor_id: Option<String>,
    /// The last first.
    #[schema(default = true)]
    newest_first: Option<bool>,
    /// Which of them.
    pagination: Option<Pagination>,
}

/// Events.
#[derive(Serialize, ToSchema)]
#[schema(as = EventDetails)]
pub(crate) struct EventRows {
    /// In the order asked for.
    events: Vec<Detail>,
}
