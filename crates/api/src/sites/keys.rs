//! `/api/v1/sites/{id}/keys`: what opens a site. Secrets are shown once, when they are made.

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use millrace_catalog::key::{Key, KeyId, KeyKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Administrator;
use super::saved::{fields, piece, refused};
use crate::error::{ErrorBody, Failure};
use crate::openapi::SITES;
use crate::parameters::shown;

const INVALID: &str = "key_invalid";
/// The most keys of a site that are not revoked. The command line makes more.
const MOST: usize = 200;

/// A site's keys
///
/// Without their secrets, and with those that are revoked.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/keys", operation_id = "list_keys", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The keys, oldest first.", body = KeyList), Failure),
)]
pub(crate) async fn list(administrator: Administrator) -> Result<Json<KeyList>, Failure> {
    let keys = administrator.catalog().keys(Some(&administrator.site.id)).await?;
    Ok(Json(KeyList { keys: keys.iter().map(|key| Listed::of(key, &administrator.key)).collect() }))
}

/// Makes a key
///
/// The answer has its secret, this once. A site has 200 at most that are not revoked.
#[utoipa::path(
    post, path = "/api/v1/sites/{id}/keys", operation_id = "add_key", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = Wanted,
    security(("key" = []), ("bearer" = [])),
    responses((status = 201, description = "The key, with its secret.", body = Made), Failure),
)]
pub(crate) async fn add(
    administrator: Administrator,
    body: Body,
) -> Result<(StatusCode, Json<Made>), Failure> {
    let Wanted { kind } = fields(&administrator.text(body).await?, INVALID, "key")?;
    let kind: KeyKind = kind.parse().map_err(|_| {
        let message = format!("kind is '{}': it must be write, read or admin", shown(&kind));
        refused(INVALID, Some("kind"), message)
    })?;
    let keys = administrator.catalog().keys(Some(&administrator.site.id)).await?;
    if keys.iter().filter(|key| key.revoked_at.is_none()).count() >= MOST {
        let message = format!("the site has {MOST} keys, which is the most: revoke one first");
        return Err(refused("too_many_keys", None, message));
    }
    let new = administrator.catalog().add_key(&administrator.site.id, kind).await?;
    let made = Made {
        id: new.key.id.to_string(),
        kind: kind.as_str(),
        created_at: new.key.created_at.to_string(),
        secret: new.secret,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes a key
///
/// It opens nothing from then on, in every process within two seconds. The key that the request itself is made with
/// stays: revoke it with another one.
#[utoipa::path(
    delete, path = "/api/v1/sites/{id}/keys/{key}", operation_id = "revoke_key", tag = SITES,
    params(
        ("id" = String, Path, description = "The site."),
        ("key" = String, Path, description = "The key's id."),
    ),
    security(("key" = []), ("bearer" = [])),
    responses(
        (status = 204, description = "The key is revoked."),
        (status = 409, description = "The request is made with this key.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn revoke(
    administrator: Administrator,
    WantedKey(id): WantedKey,
) -> Result<StatusCode, Failure> {
    if id == administrator.key {
        return Err(Failure::Body {
            status: StatusCode::CONFLICT,
            code: "key_in_use",
            field: Some("key"),
            message: "this request is made with this key: revoke it with another admin key of the site"
                .to_owned(),
        });
    }
    // Revoking goes by the key alone, so whose it is comes first.
    let keys = administrator.catalog().keys(Some(&administrator.site.id)).await?;
    let known = keys.iter().any(|key| key.id == id && key.revoked_at.is_none());
    if !known || !administrator.catalog().revoke_key(&id).await? {
        return Err(unknown());
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The `key` of the path. Whoever takes it has taken the site, and with it the key of the request, before.
pub(crate) struct WantedKey(KeyId);

impl<S: Sync> FromRequestParts<S> for WantedKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let id = piece(parts, "key").await.and_then(|id| KeyId::new(&id).ok());
        id.map(Self).ok_or_else(unknown)
    }
}

fn unknown() -> Failure {
    Failure::Body {
        status: StatusCode::NOT_FOUND,
        code: "key_unknown",
        field: Some("key"),
        message: "the site has no key of this id that is not revoked yet".to_owned(),
    }
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyDescription)]
pub(crate) struct Wanted {
    /// What it allows: `write` sends events, `read` reads reports, `admin` also changes the site.
    #[schema(example = "read")]
    kind: String,
}

/// A site's keys.
#[derive(Serialize, ToSchema)]
pub(crate) struct KeyList {
    /// Oldest first.
    keys: Vec<Listed>,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub(crate) struct Listed {
    /// Its public name.
    #[schema(example = "6f1d2a0b9c3e")]
    id: String,
    /// What it allows: `write`, `read` or `admin`.
    #[schema(example = "read")]
    kind: &'static str,
    /// The beginning of its secret, to tell keys apart by.
    #[schema(example = "mr_r_x7Kq")]
    hint: String,
    /// The request is made with it.
    current: bool,
    /// When it was made, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was revoked, UTC.
    #[schema(required = true, format = DateTime)]
    revoked_at: Option<String>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = NewKey)]
pub(crate) struct Made {
    /// Its public name.
    #[schema(example = "6f1d2a0b9c3e")]
    id: String,
    /// What it allows: `write`, `read` or `admin`.
    #[schema(example = "read")]
    kind: &'static str,
    /// When it was made, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// What opens the site. It is not shown again.
    secret: String,
}

impl Listed {
    fn of(key: &Key, current: &KeyId) -> Self {
        Self {
            id: key.id.to_string(),
            kind: key.kind.as_str(),
            hint: key.hint.clone(),
            current: key.id == *current,
            created_at: key.created_at.to_string(),
            revoked_at: key.revoked_at.map(|at| at.to_string()),
        }
    }
}
