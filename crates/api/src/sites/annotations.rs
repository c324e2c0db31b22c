//! `/api/v1/sites/{id}/annotations`: short texts at instants, which charts show.

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use millrace_catalog::{NewAnnotation, SavedAnnotation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::saved::{fields, invalid, number, refusal};
use super::{Administrator, Viewer};
use crate::error::Failure;
use crate::openapi::SITES;

const INVALID: &str = "annotation_invalid";
const TOO_MANY: &str = "too_many_annotations";

/// A site's annotations
///
/// Whoever may read the site's reports may read them.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/annotations", operation_id = "list_annotations", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The annotations, by their instant.", body = AnnotationList), Failure),
)]
pub(crate) async fn list(viewer: Viewer) -> Json<AnnotationList> {
    let directory = viewer.shared.api.catalog.directory();
    let annotations = directory.annotations(&viewer.site.id).all();
    Json(AnnotationList { annotations: annotations.iter().map(Saved::from).collect() })
}

/// Adds an annotation
///
/// A site has 1,000 at most.
#[utoipa::path(
    post, path = "/api/v1/sites/{id}/annotations", operation_id = "add_annotation", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = Described,
    security(("key" = []), ("bearer" = [])),
    responses((status = 201, description = "The annotation.", body = Saved), Failure),
)]
pub(crate) async fn add(
    administrator: Administrator,
    body: Body,
) -> Result<(StatusCode, Json<Saved>), Failure> {
    let annotation = read(&administrator, &administrator.text(body).await?)?;
    let added = administrator.catalog().add_annotation(&administrator.site.id, &annotation).await;
    let id = added.map_err(|error| refusal(error, TOO_MANY))?;
    Ok((StatusCode::CREATED, current(&administrator, id)?))
}

/// Replaces an annotation
///
/// It keeps its id.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/annotations/{annotation}", operation_id = "replace_annotation", tag = SITES,
    params(
        ("id" = String, Path, description = "The site."),
        ("annotation" = u32, Path, description = "The annotation's id."),
    ),
    request_body = Described,
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The annotation as it is now.", body = Saved), Failure),
)]
pub(crate) async fn replace(
    administrator: Administrator,
    AnnotationId(id): AnnotationId,
    body: Body,
) -> Result<Json<Saved>, Failure> {
    let annotation = read(&administrator, &administrator.text(body).await?)?;
    if !administrator.catalog().replace_annotation(&administrator.site.id, id, &annotation).await? {
        return Err(unknown());
    }
    current(&administrator, id)
}

/// Removes an annotation
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}/annotations/{annotation}", operation_id = "remove_annotation", tag = SITES,
    params(
        ("id" = String, Path, description = "The site."),
        ("annotation" = u32, Path, description = "The annotation's id."),
    ),
    security(("key" = []), ("bearer" = [])),
    responses((status = 204, description = "The annotation is gone."), Failure),
)]
pub(crate) async fn remove(
    administrator: Administrator,
    AnnotationId(id): AnnotationId,
) -> Result<StatusCode, Failure> {
    let removed = administrator.catalog().remove_annotation(&administrator.site.id, id).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}

/// The `annotation` of the path. Whoever takes it has taken the site, and with it the key, before.
pub(crate) struct AnnotationId(u32);

impl<S: Sync> FromRequestParts<S> for AnnotationId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        number(parts, "annotation").await.map(Self).ok_or_else(unknown)
    }
}

fn unknown() -> Failure {
    Failure::Body {
        status: StatusCode::NOT_FOUND,
        code: "annotation_unknown",
        field: Some("annotation"),
        message: "the site has no annotation of this id".to_owned(),
    }
}

/// The annotation as it is kept now; somebody else may have removed it again meanwhile.
fn current(administrator: &Administrator, id: u32) -> Result<Json<Saved>, Failure> {
    let directory = administrator.catalog().directory();
    let saved = directory.annotations(&administrator.site.id).get(id).ok_or_else(unknown)?;
    Ok(Json(saved.into()))
}

/// The annotation that a body describes.
fn read(administrator: &Administrator, body: &str) -> Result<NewAnnotation, Failure> {
    let Described { at, text } = fields(body, INVALID, "annotation")?;
    let at = NewAnnotation::instant(&at, &administrator.site.timezone);
    let annotation = at.and_then(|at| NewAnnotation::new(at, &text));
    annotation.map_err(|error| invalid(INVALID, error))
}

/// An annotation to add, or in place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnnotationDescription)]
pub(crate) struct Described {
    /// What it is about: a date, which is the start of that day in the site's zone, or an RFC 3339 instant.
    #[schema(example = "2026-11-20")]
    at: String,
    /// What it says: 1 to 200 characters.
    #[schema(example = "Release 2.0")]
    text: String,
}

/// A site's annotations.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationList {
    /// What is about the oldest first.
    annotations: Vec<Saved>,
}

/// An annotation.
#[derive(Serialize, ToSchema)]
#[schema(as = Annotation)]
pub(crate) struct Saved {
    /// Its id, which stays when it is replaced, and is never another annotation's.
    #[schema(example = 1)]
    id: u32,
    /// What it is about, UTC.
    #[schema(format = DateTime)]
    at: String,
    /// What it says.
    #[schema(example = "Release 2.0")]
    text: String,
    /// When it was added, UTC.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<&SavedAnnotation> for Saved {
    fn from(saved: &SavedAnnotation) -> Self {
        Self {
            id: saved.id,
            at: saved.at.to_string(),
            text: saved.text.clone(),
            created_at: saved.created_at.to_string(),
        }
    }
}
