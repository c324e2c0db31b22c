//! What a stream is asked for, and whether it may begin.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use millrace_store::Cursor;
use serde_json::Value;
use tokio::time::timeout;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::stream::{Caller, Stream};
use super::{Held, messages};
use crate::Shared;
use crate::access::{held_site, readable_site};
use crate::error::Failure;
use crate::lists::asking::Asking;
use crate::parameters::{described, shown, value};

/// `cursor`: where a client goes on.
pub(crate) struct LiveCursor(pub(super) Option<Cursor>);

/// A stream as it was asked for.
pub(super) struct Asked {
    pub(super) site_id: Option<String>,
    pub(super) cursor: Option<Cursor>,
    pub(super) filters: Option<Value>,
    pub(super) held: Option<Held>,
}

impl Asked {
    /// Lets the caller in, and waits for the first figures.
    pub(super) async fn open(self, shared: &Arc<Shared>, headers: &HeaderMap) -> Result<Stream, Failure> {
        let directory = shared.api.catalog.directory();
        let site = readable_site(&directory, self.site_id.as_deref(), headers)?;
        let key: HeaderMap = ["x-api-key", AUTHORIZATION.as_str()]
            .into_iter()
            .filter_map(|name| Some((http::HeaderName::from_static(name), headers.get(name)?.clone())))
            .collect();
        let holds_key = held_site(&directory, site.id.as_str(), &key).is_ok();
        let filters = self.filters.filter(|filters| filters.as_array().is_none_or(|list| !list.is_empty()));
        Asking::of(shared, Arc::clone(&site), Arc::clone(&directory)).filter(filters.as_ref())?;
        let place = shared.live.place(&site.id, &shared.api.limits)?;
        let (group, mut joined) = shared.live.join(shared, &site.id, filters.as_ref())?;
        let begun = timeout(shared.api.limits.query_timeout, group.begun()).await;
        begun.map_err(|_| Failure::QueryTimeout)??;
        // Until then there was no edge to begin at. The group is never left meanwhile.
        let waited = std::mem::replace(&mut joined, group.join());
        drop(waited);
        Ok(Stream {
            shared: Arc::clone(shared),
            group,
            joined,
            cursor: self.cursor,
            caller: Caller { site: site.id.clone(), headers: key, holds_key, directory },
            place,
            _held: self.held,
        })
    }
}

/// The cursor of a parameter or header.
pub(super) fn cursor(field: &'static str, text: &str) -> Result<Cursor, Failure> {
    messages::read(text).ok_or_else(|| Failure::Parameter {
        code: "cursor_invalid",
        field,
        message: format!(
            "{field} is '{}': it must be the cursor of a message, as it came; leave it out to begin now",
            shown(text)
        ),
    })
}

impl<S: Sync> FromRequestParts<S> for LiveCursor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let text = value(parts, "cursor")?.filter(|text| !text.is_empty());
        Ok(Self(text.map(|text| cursor("cursor", &text)).transpose()?))
    }
}

impl IntoParams for LiveCursor {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(18));
        described(
            "cursor",
            "The cursor of the last message that came, to go on after it; from now where it is left out.",
            schema,
        )
    }
}
