//! `/api/v1/sites/{id}/schemas`: the declared schemas.

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use http::StatusCode;
use http::request::Parts;
use millrace_catalog::{CatalogError, DeclaredSchema, NewSchema};
use millrace_event::payload::normalise_name;
use millrace_event::schema::{EventSchema, Mode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{Administrator, Holder};
use crate::error::Failure;
use crate::openapi::SITES;

/// The declared schemas
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/schemas", operation_id = "list_schemas", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The schemas, by name.", body = SchemaList), Failure),
)]
pub(crate) async fn list(holder: Holder) -> Json<SchemaList> {
    let directory = holder.shared.api.catalog.directory();
    Json(SchemaList {
        schemas: directory.schemas(&holder.site.id).all().iter().map(Declared::from).collect(),
    })
}

/// The declared schema of an event
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/schemas/{event}", operation_id = "read_schema", tag = SITES,
    params(("id" = String, Path, description = "The site."), ("event" = String, Path, description = "The event's name.")),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The schema.", body = Declared), Failure),
)]
pub(crate) async fn read(holder: Holder, EventName(name): EventName) -> Result<Json<Declared>, Failure> {
    let directory = holder.shared.api.catalog.directory();
    let declared = directory.schemas(&holder.site.id).get(&name).ok_or_else(not_declared)?;
    Ok(Json(declared.into()))
}

/// Declares an event's schema
///
/// In place of the one it had. It counts for events that arrive from the next second on; reports compare the stored
/// ones with it at once.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/schemas/{event}", operation_id = "declare_schema", tag = SITES,
    params(("id" = String, Path, description = "The site."), ("event" = String, Path, description = "The event's name.")),
    request_body = Declaration,
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The schema as it is now.", body = Declared), Failure),
)]
pub(crate) async fn declare(
    administrator: Administrator,
    EventName(name): EventName,
    body: Body,
) -> Result<Json<Declared>, Failure> {
    let body = administrator.text(body).await?;
    let invalid = |message: String| refused("schema_invalid", None, message);
    let declaration: Declaration = serde_json::from_str(&body).map_err(|error| {
        invalid(format!("the body is no {{\"mode\": \"warn\", \"schema\": {{...}}}}: {error}"))
    })?;
    let mode = declaration
        .mode
        .parse::<Mode>()
        .map_err(|message| refused("schema_invalid", Some("mode"), message))?;
    let schema = EventSchema::parse(declaration.schema.get())
        .map_err(|error| refused("schema_invalid", Some("schema"), error.to_string()))?;
    let schema = NewSchema::new(&name, mode, schema)
        .map_err(|error| refused(error.code, Some("event"), error.to_string()))?;
    let site = &administrator.site.id;
    match administrator.catalog().set_schema(site, &schema).await {
        Err(error @ CatalogError::TooManySchemas(_)) => {
            return Err(refused("too_many_schemas", None, error.to_string()));
        }
        done => done?,
    }
    let directory = administrator.catalog().directory();
    // Somebody else may have removed it again meanwhile.
    let declared = directory.schemas(site).get(schema.name()).ok_or_else(not_declared)?;
    Ok(Json(declared.into()))
}

/// Removes an event's schema
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}/schemas/{event}", operation_id = "remove_schema", tag = SITES,
    params(("id" = String, Path, description = "The site."), ("event" = String, Path, description = "The event's name.")),
    security(("key" = []), ("bearer" = [])),
    responses((status = 204, description = "The event has no schema any more."), Failure),
)]
pub(crate) async fn remove(
    administrator: Administrator,
    EventName(name): EventName,
) -> Result<StatusCode, Failure> {
    let removed = administrator.catalog().remove_schema(&administrator.site.id, &name).await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(not_declared()) }
}

/// The `event` of the path, as events are kept under it. Whoever takes it has taken the site, and with it the key,
/// before.
pub(crate) struct EventName(String);

impl<S: Sync> FromRequestParts<S> for EventName {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let invalid = || refused("name_invalid", Some("event"), "the event's name is no UTF-8".to_owned());
        let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| invalid())?;
        let name = params.iter().find(|(name, _)| *name == "event").map_or("", |(_, event)| event);
        let name = normalise_name(name.into())
            .map_err(|error| refused(error.code, Some("event"), error.to_string()))?;
        Ok(Self(name.into_owned()))
    }
}

fn refused(code: &'static str, field: Option<&'static str>, message: String) -> Failure {
    Failure::Body { status: StatusCode::BAD_REQUEST, code, field, message }
}

fn not_declared() -> Failure {
    Failure::Body {
        status: StatusCode::NOT_FOUND,
        code: "schema_unknown",
        field: Some("event"),
        message: "the event has no declared schema".to_owned(),
    }
}

/// What to declare of an event.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemaDeclaration)]
pub(crate) struct Declaration {
    /// What becomes of events that violate it: `observe` (nothing), `warn` (counted) or `reject`.
    #[schema(example = "warn")]
    mode: String,
    /// A subset of JSON Schema for the event's properties.
    #[schema(value_type = HashMap<String, serde_json::Value>, example = json!({"properties": {"price": {"type": "number", "minimum": 0}}, "required": ["price"]}))]
    schema: Box<RawValue>,
}

/// Every declared schema of a site.
#[derive(Serialize, ToSchema)]
pub(crate) struct SchemaList {
    /// By name.
    schemas: Vec<Declared>,
}

/// A declared schema.
#[derive(Serialize, ToSchema)]
#[schema(as = DeclaredSchema)]
pub(crate) struct Declared {
    /// The event's name, as it is kept.
    #[schema(example = "purchase")]
    event: String,
    /// What becomes of events that violate it.
    #[schema(example = "warn")]
    mode: &'static str,
    /// The document, as it was given.
    #[schema(value_type = HashMap<String, serde_json::Value>)]
    schema: Box<RawValue>,
    /// When the event first got one, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When this one was declared, UTC.
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&DeclaredSchema> for Declared {
    fn from(declared: &DeclaredSchema) -> Self {
        let document = RawValue::from_string(declared.schema.document().to_owned());
        Self {
            event: declared.name.to_string(),
            mode: declared.mode.as_str(),
            // It was read as JSON before.
            schema: document.unwrap_or_default(),
            created_at: declared.created_at.to_string(),
            updated_at: declared.updated_at.to_string(),
        }
    }
}
