//! One file as HTTP serves it: revalidated or kept for ever, compressed once.

use std::io::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::sync::OnceCell;

/// A file and its headers.
#[derive(Clone, Debug)]
pub struct File {
    path: String,
    bytes: Bytes,
    hash: u64,
    headers: HeaderMap,
    brotli: OnceCell<Bytes>,
    gzip: OnceCell<Bytes>,
}

/// How a body travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl File {
    /// A file below `/`. What lies in `assets/` has its content's hash in its name and is kept for ever.
    pub fn new(path: &str, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let charset = if content_type.starts_with("text/") { "; charset=utf-8" } else { "" };
        let content_type = HeaderValue::try_from(format!("{content_type}{charset}"))
            .unwrap_or(HeaderValue::from_static("application/octet-stream"));
        let kept =
            if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers = [
            (CONTENT_TYPE, content_type),
            (CACHE_CONTROL, HeaderValue::from_static(kept)),
            (VARY, HeaderValue::from_static("accept-encoding")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        ];
        Self {
            path: path.to_owned(),
            hash: millrace_event::id::hash(0, &[&bytes]),
            bytes,
            headers: headers.into_iter().collect(),
            brotli: OnceCell::new(),
            gzip: OnceCell::new(),
        }
    }

    /// The file with `policy`, where it is a page.
    #[must_use]
    pub fn with_content_security_policy(mut self, policy: HeaderValue) -> Self {
        if self.headers[CONTENT_TYPE].as_bytes().starts_with(b"text/html") {
            self.headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        self
    }

    /// The file with what it is compressed, as far as the build has done that.
    #[must_use]
    pub fn with_compressed(mut self, brotli: Option<Vec<u8>>, gzip: Option<Vec<u8>>) -> Self {
        let made = |bytes: Option<Vec<u8>>| OnceCell::new_with(bytes.map(Bytes::from));
        (self.brotli, self.gzip) = (made(brotli), made(gzip));
        self
    }

    /// Its path below `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A route that answers it.
    pub(crate) fn into_route(self: Arc<Self>) -> MethodRouter {
        get(move |headers: HeaderMap| async move { self.respond(&headers).await })
    }

    /// The answer to a request with these headers.
    pub(crate) async fn respond(self: &Arc<Self>, request: &HeaderMap) -> Response {
        let encoding = if self.is_compressible() { accepted(request) } else { Encoding::Identity };
        let (encoding, body) = self.encoded(encoding).await;
        let etag = self.etag(encoding);
        let mut headers = self.headers.clone();
        headers.extend(encoding.name().map(|name| (CONTENT_ENCODING, HeaderValue::from_static(name))));
        let known = is_known(request, &etag);
        headers.extend(HeaderValue::try_from(etag).ok().map(|etag| (ETAG, etag)));
        if known {
            headers.remove(CONTENT_TYPE);
            headers.remove(CONTENT_ENCODING);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, Body::from(body)).into_response()
    }

    /// Strong, so one for each encoding.
    fn etag(&self, encoding: Encoding) -> String {
        let hash = self.hash;
        encoding.name().map_or_else(|| format!("\"{hash:016x}\""), |name| format!("\"{hash:016x}-{name}\""))
    }

    /// Text of more than a packet.
    fn is_compressible(&self) -> bool {
        const LEAST_BYTES: usize = 1_024;
        let content_type = self.headers[CONTENT_TYPE].to_str().unwrap_or_default();
        let text = ["text/", "application/json", "application/javascript", "image/svg+xml"];
        self.bytes.len() >= LEAST_BYTES && text.iter().any(|prefix| content_type.starts_with(prefix))
    }

    /// The body in `encoding`, made at its first use, beside the async threads.
    async fn encoded(self: &Arc<Self>, encoding: Encoding) -> (Encoding, Bytes) {
        let cell = match encoding {
            Encoding::Identity => return (encoding, self.bytes.clone()),
            Encoding::Brotli => &self.brotli,
            Encoding::Gzip => &self.gzip,
        };
        let bytes = self.bytes.clone();
        let compress = || tokio::task::spawn_blocking(move || encoding.compress(&bytes));
        match cell.get_or_try_init(|| async { compress().await.ok().flatten().ok_or(()) }).await {
            Ok(body) => (encoding, body.clone()),
            Err(()) => (Encoding::Identity, self.bytes.clone()),
        }
    }
}

impl Encoding {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    fn compress(self, bytes: &[u8]) -> Option<Bytes> {
        match self {
            Self::Identity => None,
            Self::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                out.write_all(bytes).ok()?;
                Some(out.finish().ok()?.into())
            }
            Self::Brotli => {
                // Of 11 levels the last two take ten times as long, for a few percent.
                let mut out = brotli::CompressorWriter::new(Vec::new(), 4_096, 9, 22);
                out.write_all(bytes).ok()?;
                Some(out.into_inner().into())
            }
        }
    }
}

/// The best encoding that the request takes.
fn accepted(request: &HeaderMap) -> Encoding {
    let takes = |wanted: &str| {
        list(request, ACCEPT_ENCODING).any(|item| {
            let mut parts = item.split(';').map(str::trim);
            let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
            let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
            named && !refused
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// Whether the client has it already.
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    list(request, IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}
