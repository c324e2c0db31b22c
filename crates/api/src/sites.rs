//! What a site's owner sees and decides, under `/api/v1/sites/{id}`. Always with a key of the site, public or not, but
//! that whoever may read a site's reports may read what it is, and its goals, segments and annotations, which they need
//! for that.

pub(crate) mod annotations;
pub(crate) mod discards;
pub(crate) mod goals;
pub(crate) mod keys;
pub(crate) mod letters;
pub(crate) mod observed;
pub(crate) mod replay;
mod saved;
pub(crate) mod schemas;
pub(crate) mod segments;
pub(crate) mod settings;
pub(crate) mod site;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use millrace_catalog::key::KeyId;
use millrace_catalog::{Catalog, Site};

use crate::access::{administered_site, held_site, presented_grant, readable_site};
use crate::error::Failure;
use crate::{Api, Shared};

/// Bytes of a body.
const BODY_BYTES: usize = 1 << 20;
/// How long a caller may take to send one.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Somebody who holds a read or admin key of the path's site.
pub(crate) struct Holder {
    pub(crate) shared: Arc<Shared>,
    pub(crate) site: Arc<Site>,
}

/// Somebody who holds an admin key of the path's site.
pub(crate) struct Administrator {
    pub(crate) shared: Arc<Shared>,
    pub(crate) site: Arc<Site>,
    /// The key that was shown.
    pub(crate) key: KeyId,
    headers: HeaderMap,
}

/// Somebody who may read the reports of the path's site: anyone, where it is public.
pub(crate) struct Viewer {
    pub(crate) shared: Arc<Shared>,
    pub(crate) site: Arc<Site>,
}

impl FromRequestParts<Arc<Shared>> for Viewer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let id = site_id(parts).await?;
        let site = readable_site(&shared.api.catalog.directory(), Some(&id), &parts.headers)?;
        Ok(Self { shared: Arc::clone(shared), site })
    }
}

impl FromRequestParts<Arc<Shared>> for Holder {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let id = site_id(parts).await?;
        let site = held_site(&shared.api.catalog.directory(), &id, &parts.headers)?;
        Ok(Self { shared: Arc::clone(shared), site })
    }
}

impl FromRequestParts<Arc<Shared>> for Administrator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shared: &Arc<Shared>) -> Result<Self, Failure> {
        let id = site_id(parts).await?;
        let directory = shared.api.catalog.directory();
        let site = administered_site(&directory, &id, &parts.headers)?;
        let grant = presented_grant(&directory, &parts.headers).ok_or(Failure::KeyMissing)?;
        Ok(Self { shared: Arc::clone(shared), site, key: grant.key.clone(), headers: parts.headers.clone() })
    }
}

impl Administrator {
    /// The text of a body. Its sender may take seconds over it, in which a key may be revoked: what is asked for is done
    /// by the rights of when it was asked.
    pub(crate) async fn text(&self, body: Body) -> Result<String, Failure> {
        let text = text(body).await?;
        administered_site(&self.catalog().directory(), self.site.id.as_str(), &self.headers)?;
        Ok(text)
    }

    /// The catalog.
    pub(crate) fn catalog(&self) -> &Arc<dyn Catalog> {
        let Api { catalog, .. } = &self.shared.api;
        catalog
    }
}

/// The `id` of the path.
async fn site_id(parts: &mut Parts) -> Result<String, Failure> {
    let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Failure::SiteUnknown)?;
    let id = params.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.to_owned());
    id.ok_or(Failure::SiteUnknown)
}

/// The text of a body, read once its sender has shown a key.
pub(crate) async fn text(body: Body) -> Result<String, Failure> {
    let refused = |status, code, message: &str| Failure::Body {
        status,
        code,
        field: None,
        message: message.to_owned(),
    };
    let limited = Limited::new(body, BODY_BYTES).collect();
    let read = tokio::time::timeout(BODY_TIMEOUT, limited).await;
    let slow = "the body was too slow: send it at once";
    let read = read.map_err(|_| refused(StatusCode::REQUEST_TIMEOUT, "body_timeout", slow))?;
    let bytes = match read {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "a body has 1 MiB at most"));
        }
        Err(_) => {
            let cut = "the body ended before its announced length";
            return Err(refused(StatusCode::BAD_REQUEST, "body_incomplete", cut));
        }
    };
    String::from_utf8(bytes.into())
        .map_err(|_| refused(StatusCode::BAD_REQUEST, "invalid_utf8", "the body is no UTF-8"))
}
