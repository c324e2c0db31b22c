//! What the routes of goals, segments, annotations and keys have in common.

use axum::extract::{FromRequestParts, RawPathParams};
use http::StatusCode;
use http::request::Parts;
use millrace_catalog::{CatalogError, InvalidField};
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// The number in the path; whatever else is there is the number of nothing.
pub(super) async fn number(parts: &mut Parts, name: &str) -> Option<u32> {
    piece(parts, name).await?.parse().ok()
}

/// The piece of the path that has this name.
pub(super) async fn piece(parts: &mut Parts, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    Some(params.iter().find(|(param, _)| *param == name)?.1.to_owned())
}

/// The fields of a body.
pub(super) fn fields<T: DeserializeOwned>(body: &str, code: &'static str, shape: &str) -> Result<T, Failure> {
    let invalid = |why: String| refused(code, None, format!("the body is no {shape}: {why}"));
    // Of an array, too, fields would be read, by their places.
    if !body.trim_start().starts_with('{') {
        return Err(invalid("it is no JSON object".to_owned()));
    }
    serde_json::from_str(body).map_err(|error| invalid(error.to_string()))
}

/// A field that cannot be taken.
pub(super) fn invalid(code: &'static str, error: InvalidField) -> Failure {
    refused(code, Some(error.field), error.to_string())
}

/// A body that cannot be taken.
pub(super) fn refused(code: &'static str, field: Option<&'static str>, message: String) -> Failure {
    Failure::Body { status: StatusCode::BAD_REQUEST, code, field, message }
}

/// What the catalog's refusal is to the caller; `too_many` is the code of a list that is full.
pub(super) fn refusal(error: CatalogError, too_many: &'static str) -> Failure {
    match error {
        CatalogError::TooMany { .. } => refused(too_many, None, error.to_string()),
        CatalogError::NameTaken { .. } => Failure::Body {
            status: StatusCode::CONFLICT,
            code: "name_taken",
            field: Some("name"),
            message: error.to_string(),
        },
        error => error.into(),
    }
}
