//! What a client is answered: refusals to status codes, and the wire's shapes.

use ::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use millrace_event::payload::{EnvelopeError, Rejection};
use millrace_queue::QueueError;
use serde::Serialize;
use utoipa::ToSchema;

/// A request is refused as a whole; nothing of it was stored, as far as the client may assume.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// The body.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The one event of the body.
    #[error(transparent)]
    Event(#[from] Rejection),
    /// Neither JSON nor NDJSON.
    #[error("the content type is not taken: send application/json, text/plain or application/x-ndjson")]
    MediaType,
    /// Not UTF-8 by its own word.
    #[error("the charset is not taken: send UTF-8")]
    Charset,
    /// Unknown, or more than one.
    #[error("the content encoding is not taken: send one of gzip, br, zstd, deflate, or none")]
    Encoding,
    /// Not what its content encoding says, or not all of it.
    #[error("the body cannot be decoded: it is truncated, damaged, or not of its Content-Encoding")]
    Undecodable,
    /// The connection gave less than it announced.
    #[error("the body ended before its announced length")]
    BodyIncomplete,
    /// Too slow.
    #[error("the body took longer than {0} s: send it at once")]
    BodyTimeout(u64),
    /// The budget of bytes in flight is used up.
    #[error("too many bodies are in flight: try again")]
    Overloaded,
    /// The key is unknown or revoked.
    #[error("the key is unknown or revoked: list the site's keys with 'millrace key list'")]
    KeyUnknown,
    /// A key that may only read.
    #[error("the key may read and not write: send one made with 'millrace key add --kind write'")]
    KeyReadOnly,
    /// The queue could not take the events.
    #[error("{}", queue_message(.0))]
    Queue(QueueError),
    /// A task of this process failed; a bug, and no reason to lose the event: the client tries again.
    #[error("the server failed to process the body: try again")]
    Internal,
    /// Another method than POST.
    #[error("the method is not allowed: events are sent with POST")]
    Method,
}

impl Refusal {
    /// A stable word for programs, of a closed set.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Envelope(error) => error.code(),
            Self::Event(rejection) => rejection.code,
            Self::MediaType | Self::Charset => "unsupported_media_type",
            Self::Encoding => "unsupported_encoding",
            Self::Undecodable => "invalid_encoding",
            Self::BodyIncomplete => "body_incomplete",
            Self::BodyTimeout(_) => "body_timeout",
            Self::Overloaded => "overloaded",
            Self::KeyUnknown => "key_unknown",
            Self::KeyReadOnly => "key_read_only",
            Self::Queue(QueueError::Full { .. } | QueueError::Deep { .. }) => "queue_full",
            Self::Queue(QueueError::DiskFull { .. }) => "disk_full",
            Self::Queue(_) => "queue_unavailable",
            Self::Internal => "internal",
            Self::Method => "method_not_allowed",
        }
    }

    /// The field at fault, where there is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Event(rejection) => rejection.field.as_deref(),
            _ => None,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Envelope(EnvelopeError::TooManyEvents { .. } | EnvelopeError::BodyTooLarge { .. }) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Event(rejection) => match rejection.code {
                "site_unknown" => StatusCode::NOT_FOUND,
                "key_missing" | "key_of_another_site" | "key_unknown" | "key_read_only" => {
                    StatusCode::UNAUTHORIZED
                }
                _ => StatusCode::BAD_REQUEST,
            },
            Self::Envelope(_) | Self::Undecodable | Self::BodyIncomplete => StatusCode::BAD_REQUEST,
            Self::MediaType | Self::Charset | Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTimeout(_) => StatusCode::REQUEST_TIMEOUT,
            Self::KeyUnknown | Self::KeyReadOnly => StatusCode::UNAUTHORIZED,
            Self::Overloaded | Self::Queue(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// Seconds after which the same request may be sent again.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Overloaded => Some(1),
            Self::Queue(error) => Some(error.retry_after().map_or(5, |after| after.as_secs().max(1))),
            _ => None,
        }
    }
}

/// The operating system's words and paths are for the log, not for clients.
fn queue_message(error: &QueueError) -> &'static str {
    match error {
        QueueError::Full { .. } | QueueError::Deep { .. } => {
            "the queue is full: try again, the worker is catching up"
        }
        QueueError::DiskFull { .. } => "the server's disk is full: try again once there is space",
        _ => "the queue does not take events now: try again",
    }
}

/// One event was stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SingleAnswer {
    /// Always `accepted`.
    #[schema(example = "accepted")]
    pub(crate) status: &'static str,
    /// The client's id of the event, or the one that was made for it.
    pub(crate) event_id: String,
}

/// A batch was stored, except for what is listed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchAnswer<'a> {
    /// Always `accepted`.
    #[schema(example = "accepted")]
    pub(crate) status: &'static str,
    /// Events that were stored.
    pub(crate) accepted: usize,
    /// Events that were not, in order.
    pub(crate) rejected: Vec<RejectedEvent<'a>>,
}

/// An event of a batch that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedEvent<'a> {
    /// Its place in the batch, from 0.
    pub(crate) index: usize,
    /// A stable word for programs.
    #[schema(example = "name_missing")]
    pub(crate) code: &'a str,
    /// The field at fault.
    #[schema(example = "name")]
    pub(crate) field: Option<&'a str>,
    /// What is wrong and how to mend it.
    pub(crate) message: &'a str,
}

/// The answer to a refused request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorAnswer<'a> {
    /// Why.
    pub(crate) error: ErrorBody<'a>,
}

/// Why a request was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody<'a> {
    /// A stable word for programs.
    #[schema(example = "empty_body")]
    pub(crate) code: &'a str,
    /// What is wrong and how to mend it.
    pub(crate) message: &'a str,
    /// The field at fault.
    pub(crate) field: Option<&'a str>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let message = self.to_string();
        let error = ErrorBody { code: self.code(), message: &message, field: self.field() };
        let mut response = json(self.status(), &ErrorAnswer { error });
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status() == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        }
        response
    }
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // These shapes have string keys only and cannot fail to serialize.
    let body = Bytes::from(serde_json::to_vec(body).unwrap_or_default());
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
