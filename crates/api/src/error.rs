//! Every way a request fails, and the HTTP answer it gets: one enum, one envelope, one table.

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use millrace_catalog::CatalogError;
use millrace_query::QueryError;
use millrace_store::StoreError;
use serde::Serialize;
use utoipa::openapi::{ContentBuilder, HeaderBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A parameter has a value that is not allowed.
    #[error("{message}")]
    Parameter {
        /// Its stable code.
        code: &'static str,
        /// The parameter.
        field: &'static str,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// Nothing says which site is meant.
    #[error("name the site as site_id, or send one of its keys")]
    SiteMissing,
    /// There is no such site.
    #[error("there is no such site")]
    SiteUnknown,
    /// The site is not public, and no key came along.
    #[error("this site is not public: send a read key as X-API-Key or as Authorization: Bearer")]
    KeyMissing,
    /// The key opens nothing, or nothing any more.
    #[error("this key is unknown or revoked")]
    KeyUnknown,
    /// The key opens another site.
    #[error("this key belongs to another site")]
    KeyOfAnotherSite,
    /// The key is for sending events.
    #[error("this is a write key, which sends events: reports need a read key")]
    KeyCannotRead,
    /// The key is for sending events or for reading.
    #[error(
        "this key may not change the site: that needs an admin key, made with 'millrace key add --kind admin'"
    )]
    KeyCannotChange,
    /// The key is for sending events or for reading reports.
    #[error("this key may not ask SQL: that needs an admin key, made with 'millrace key add --kind admin'")]
    KeyCannotAsk,
    /// What the request brings cannot be taken.
    #[error("{message}")]
    Body {
        /// The answer's status.
        status: StatusCode,
        /// Its stable code.
        code: &'static str,
        /// The field at fault.
        field: Option<&'static str>,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// The catalog does not answer.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The queue does not take events back.
    #[error("{0}: try again later")]
    Queue(String),
    /// The copies of rejected events cannot be read.
    #[error("{0}: try again later")]
    Copies(String),
    /// The question has no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store takes too long.
    #[error("the report took too long: ask for a shorter period or try again later")]
    QueryTimeout,
    /// The answer was computed for several requests at once, and failed.
    #[error(transparent)]
    Shared(Arc<Failure>),
    /// As many of these as may run at once are under way.
    #[error("{message}")]
    Busy {
        /// Its stable code.
        code: &'static str,
        /// What is under way.
        message: &'static str,
    },
    /// There is no such path.
    #[error("there is nothing at this path: /docs lists what there is")]
    RouteUnknown,
    /// The path exists, for another method.
    #[error("this path does not take this method: the Allow header lists what it takes")]
    WrongMethod,
}

impl Failure {
    /// The table: status, stable code, field at fault.
    fn kind(&self) -> (StatusCode, &'static str, Option<&'static str>) {
        match self {
            Self::Parameter { code, field, .. } => (StatusCode::BAD_REQUEST, code, Some(field)),
            Self::SiteMissing => (StatusCode::BAD_REQUEST, "site_missing", Some("site_id")),
            Self::Query(error) => (StatusCode::BAD_REQUEST, "query_invalid", Some(error.field)),
            Self::KeyMissing => (StatusCode::UNAUTHORIZED, "key_missing", None),
            Self::KeyUnknown => (StatusCode::UNAUTHORIZED, "key_unknown", None),
            Self::KeyOfAnotherSite => (StatusCode::UNAUTHORIZED, "key_of_another_site", Some("site_id")),
            Self::KeyCannotRead => (StatusCode::UNAUTHORIZED, "key_cannot_read", None),
            Self::KeyCannotChange => (StatusCode::UNAUTHORIZED, "key_cannot_change", None),
            Self::KeyCannotAsk => (StatusCode::UNAUTHORIZED, "key_cannot_ask", None),
            Self::Body { status, code, field, .. } => (*status, code, *field),
            Self::Busy { code, .. } => (StatusCode::TOO_MANY_REQUESTS, code, None),
            Self::Queue(_) => (StatusCode::SERVICE_UNAVAILABLE, "queue_unavailable", None),
            Self::Copies(_) => (StatusCode::SERVICE_UNAVAILABLE, "rejects_unavailable", None),
            Self::Catalog(CatalogError::UnknownSite(_)) => Self::SiteUnknown.kind(),
            Self::Catalog(_) => (StatusCode::SERVICE_UNAVAILABLE, "catalog_unavailable", None),
            Self::SiteUnknown => (StatusCode::NOT_FOUND, "site_unknown", Some("site_id")),
            Self::RouteUnknown => (StatusCode::NOT_FOUND, "route_unknown", None),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", None),
            Self::Store(StoreError::Unavailable(_) | StoreError::Closed) => {
                (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", None)
            }
            Self::Store(StoreError::Invalid(_)) => (StatusCode::BAD_REQUEST, "sql_invalid", Some("query")),
            Self::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, "store_failed", None),
            Self::QueryTimeout => (StatusCode::SERVICE_UNAVAILABLE, "query_timeout", None),
            Self::Shared(failure) => failure.kind(),
        }
    }

    /// What the caller may know: of a store's failure, that there was one.
    fn message(&self) -> String {
        match self {
            Self::Store(StoreError::Unavailable(_) | StoreError::Closed) => {
                "the store is unavailable: try again later".to_owned()
            }
            Self::Store(StoreError::Invalid(message)) => message.clone(),
            Self::Store(_) => "the report failed: the server's log says why".to_owned(),
            Self::Catalog(CatalogError::UnknownSite(_)) => Self::SiteUnknown.message(),
            Self::Catalog(_) => "the catalog is unavailable: try again later".to_owned(),
            Self::Shared(failure) => failure.message(),
            _ => self.to_string(),
        }
    }

    /// Makes it the failure of several requests, which is logged here for all of them.
    pub(crate) fn share(self) -> Arc<Self> {
        self.log();
        Arc::new(self)
    }

    /// The one place where a failure is logged; a caller's own mistakes are not.
    fn log(&self) {
        match self {
            Self::Store(error @ (StoreError::Unavailable(_) | StoreError::Closed)) => {
                tracing::warn!(%error, "a report is unavailable");
            }
            Self::Store(StoreError::Invalid(_)) => {}
            Self::Store(error) => tracing::error!(%error, "a report failed"),
            Self::QueryTimeout => tracing::warn!("a report took too long"),
            Self::Catalog(CatalogError::UnknownSite(_)) => {}
            Self::Catalog(error) => tracing::error!(%error, "the catalog failed"),
            Self::Queue(error) => tracing::warn!(error, "a request needs the queue"),
            _ => {}
        }
    }
}

/// Seconds after which a 503 or 429 is worth another try.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.log();
        let (status, code, field) = self.kind();
        let body = ErrorBody { error: ErrorDetail { code, message: self.message(), field } };
        let mut response = (status, Json(body)).into_response();
        let header = match status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Some((RETRY_AFTER, RETRY_AFTER_SECONDS))
            }
            StatusCode::UNAUTHORIZED => Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            _ => None,
        };
        response.headers_mut().extend(header);
        response
    }
}

/// What a failed request gets.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorDetail {
    /// Stable, for programs.
    #[schema(example = "limit_invalid")]
    code: &'static str,
    /// For people.
    #[schema(example = "limit is '0': it must be 1 to 1000")]
    message: String,
    /// The parameter or field at fault, where it is one.
    #[schema(required = true, example = "limit")]
    field: Option<&'static str>,
}

/// What may be wrong with any report, for its description.
impl IntoResponses for Failure {
    fn responses() -> std::collections::BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let envelope = || ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
        let described = [
            ("400", "A parameter is wrong; the message says what is allowed."),
            (
                "401",
                "The site is not public and the key is missing, unknown, for writing, or of another site.",
            ),
            ("404", "There is no such site."),
            ("500", "The store failed; the server's log says why."),
            ("503", "The store is unavailable or took too long."),
        ];
        let responses = described.map(|(status, description)| {
            let mut response =
                ResponseBuilder::new().description(description).content("application/json", envelope());
            if status == "503" {
                let seconds = HeaderBuilder::new().description(Some("Seconds to wait before another try."));
                response = response.header("Retry-After", seconds.build());
            }
            (status.to_owned(), RefOr::T(response.build()))
        });
        responses.into()
    }
}

/// The server's fallback: 404 in the envelope.
pub async fn unknown_route() -> Response {
    Failure::RouteUnknown.into_response()
}

/// The server's fallback for a known path with another method: 405 in the envelope.
pub async fn wrong_method() -> Response {
    Failure::WrongMethod.into_response()
}
