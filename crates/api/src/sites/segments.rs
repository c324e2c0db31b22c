//! `/api/v1/sites/{id}/segments`: filters that are saved under a name.

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use millrace_catalog::{NewSegment, SavedSegment};
use millrace_query::grammar::{GrammarContext, parse_filters};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::saved::{fields, invalid, number, refusal, refused};
use super::{Administrator, Viewer};
use crate::error::{ErrorBody, Failure};
use crate::openapi::SITES;
use crate::queries::names_segments;

const INVALID: &str = "segment_invalid";
const TOO_MANY: &str = "too_many_segments";

/// A site's segments
///
/// Whoever may read the site's reports may read them.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/segments", operation_id = "list_segments", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The segments, by id.", body = SegmentList), Failure),
)]
pub(crate) async fn list(viewer: Viewer) -> Json<SegmentList> {
    let directory = viewer.shared.api.catalog.directory();
    let segments = directory.segments(&viewer.site.id).all();
    Json(SegmentList { segments: segments.iter().map(Saved::from).collect() })
}

/// Adds a segment
///
/// A query names it by its id: `["is", "segment", [1]]`. A site has 200 at most.
#[utoipa::path(
    post, path = "/api/v1/sites/{id}/segments", operation_id = "add_segment", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = Described,
    security(("key" = []), ("bearer" = [])),
    responses(
        (status = 201, description = "The segment.", body = Saved),
        (status = 409, description = "Another segment has the name.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn add(
    administrator: Administrator,
    body: Body,
) -> Result<(StatusCode, Json<Saved>), Failure> {
    let segment = read(&administrator, &administrator.text(body).await?)?;
    let added = administrator.catalog().add_segment(&administrator.site.id, &segment).await;
    let id = added.map_err(|error| refusal(error, TOO_MANY))?;
    Ok((StatusCode::CREATED, current(&administrator, id)?))
}

/// Replaces a segment
///
/// It keeps its id.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/segments/{segment}", operation_id = "replace_segment", tag = SITES,
    params(
        ("id" = String, Path, description = "The site."),
        ("segment" = u32, Path, description = "The segment's id."),
    ),
    request_body = Described,
    security(("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The segment as it is now.", body = Saved),
        (status = 409, description = "Another segment has the name.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn replace(
    administrator: Administrator,
    SegmentId(id): SegmentId,
    body: Body,
) -> Result<Json<Saved>, Failure> {
    let segment = read(&administrator, &administrator.text(body).await?)?;
    let replaced = administrator.catalog().replace_segment(&administrator.site.id, id, &segment).await;
    if !replaced.map_err(|error| refusal(error, TOO_MANY))? {
        return Err(unknown());
    }
    current(&administrator, id)
}

/// Removes a segment
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}/segments/{segment}", operation_id = "remove_segment", tag = SITES,
    params(
        ("id" = String, Path, description = "The site."),
        ("segment" = u32, Path, description = "The segment's id."),
    ),
    security(("key" = []), ("bearer" = [])),
    responses((status = 204, description = "The segment is gone."), Failure),
)]
pub(crate) async fn remove(
    administrator: Administrator,
    SegmentId(id): SegmentId,
) -> Result<StatusCode, Failure> {
    let removed = administrator.catalog().remove_segment(&administrator.site.id, id).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// The `segment` of the path. Whoever takes it has taken the site, and with it the key, before.
pub(crate) struct SegmentId(u32);

impl<S: Sync> FromRequestParts<S> for SegmentId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        number(parts, "segment").await.map(Self).ok_or_else(unknown)
    }
}

fn unknown() -> Failure {
    Failure::Body {
        status: StatusCode::NOT_FOUND,
        code: "segment_unknown",
        field: Some("segment"),
        message: "the site has no segment of this id".to_owned(),
    }
}

/// The segment as it is kept now; somebody else may have removed it again meanwhile.
fn current(administrator: &Administrator, id: u32) -> Result<Json<Saved>, Failure> {
    let directory = administrator.catalog().directory();
    let saved = directory.segments(&administrator.site.id).get(id).ok_or_else(unknown)?;
    Ok(Json(saved.into()))
}

fn read(administrator: &Administrator, body: &str) -> Result<NewSegment, Failure> {
    let shape = "{\"name\": \"Germany\", \"filters\": [[\"is\", \"visit:country\", [\"DE\"]]]}";
    let described: Described = fields(body, INVALID, shape)?;
    checked_segment(administrator, &described.name, described.filters.get())
}

/// The one place where the filters of a segment are judged before they are kept: they are what a query takes, within
/// bounds, and name no other segment, so that what one means depends on goals alone.
fn checked_segment(administrator: &Administrator, name: &str, filters: &str) -> Result<NewSegment, Failure> {
    let segment = NewSegment::new(name, filters).map_err(|error| invalid(INVALID, error))?;
    let wrong = |message: String| refused(INVALID, Some("filters"), message);
    let filters: Value = serde_json::from_str(filters)
        .map_err(|error| wrong(format!("filters: they are no JSON array: {error}")))?;
    if names_segments(&filters) {
        return Err(wrong("filters: a segment names no segments: write out what they stand for".to_owned()));
    }
    let directory = administrator.catalog().directory();
    let context = GrammarContext {
        now: (administrator.shared.api.clock)(),
        zone: &administrator.site.timezone,
        goals: directory.goals(&administrator.site.id).asked(),
        segments: &[],
        first: None,
    };
    parse_filters(&filters, "filters", &context).map_err(|error| wrong(error.message))?;
    Ok(segment)
}

/// A segment to add, or in place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SegmentDescription)]
pub(crate) struct Described {
    /// The name it is shown by, which no other segment of the site has: 1 to 120 characters.
    #[schema(example = "Germany")]
    name: String,
    /// The filters, as a query has them: up to 20,000 bytes.
    #[schema(value_type = Vec<Vec<Value>>, example = json!([["is", "visit:country", ["DE"]]]))]
    filters: Box<RawValue>,
}

/// A site's segments.
#[derive(Serialize, ToSchema)]
pub(crate) struct SegmentList {
    /// By id.
    segments: Vec<Saved>,
}

/// A segment.
#[derive(Serialize, ToSchema)]
#[schema(as = Segment)]
pub(crate) struct Saved {
    /// What queries name it by. It stays when the segment is replaced, and is never another segment's.
    #[schema(example = 1)]
    id: u32,
    /// The name it is shown by.
    #[schema(example = "Germany")]
    name: String,
    /// The filters, as they were given.
    #[schema(value_type = Vec<Vec<Value>>, example = json!([["is", "visit:country", ["DE"]]]))]
    filters: Box<RawValue>,
    /// When it was added, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last replaced, UTC.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&SavedSegment> for Saved {
    fn from(saved: &SavedSegment) -> Self {
        Self {
            id: saved.id,
            name: saved.name.clone(),
            // It was read as JSON before.
            filters: RawValue::from_string(saved.filters.clone()).unwrap_or_default(),
            created_at: saved.created_at.to_string(),
            updated_at: saved.updated_at.to_string(),
        }
    }
}
