//! A script as HTTP serves it: to any page, kept for an hour, revalidated, compressed once.

use std::io::Write;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

/// A page that has the script from before goes on with it for an hour after an update.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    (VARY, HeaderValue::from_static("accept-encoding")),
    (ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// The forms of one script, best first.
#[derive(Debug)]
pub(super) struct Served([Form; 3]);

#[derive(Debug)]
struct Form {
    /// Its name in `Content-Encoding`; nothing for the plain one.
    encoding: Option<&'static str>,
    body: Bytes,
    etag: HeaderValue,
}

impl Served {
    /// Compresses it, which takes about a millisecond.
    pub(super) fn new(script: &str) -> Self {
        let hash = millrace_event::id::hash(0, &[script.as_bytes()]);
        let form = |encoding: Option<&'static str>, body: Vec<u8>| {
            let end = encoding.map_or(String::new(), |name| format!("-{name}"));
            let etag = HeaderValue::try_from(format!("\"{hash:016x}{end}\""));
            Form { encoding, body: body.into(), etag: etag.unwrap_or(HeaderValue::from_static("\"\"")) }
        };
        Self([
            form(Some("br"), brotli(script.as_bytes())),
            form(Some("gzip"), gzip(script.as_bytes())),
            form(None, script.as_bytes().to_vec()),
        ])
    }

    /// The answer to a request with these headers.
    pub(super) fn respond(&self, request: &HeaderMap) -> Response {
        let [_, _, plain] = &self.0;
        let form = self.0.iter().find(|form| form.encoding.is_some_and(|name| takes(request, name)));
        let form = form.unwrap_or(plain);
        let mut headers: HeaderMap = HEADERS.into_iter().collect();
        headers.insert(ETAG, form.etag.clone());
        if list(request, IF_NONE_MATCH)
            .any(|known| known == "*" || known.trim_start_matches("W/").as_bytes() == form.etag.as_bytes())
        {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
        headers.extend(form.encoding.map(|name| (CONTENT_ENCODING, HeaderValue::from_static(name))));
        (headers, Body::from(form.body.clone())).into_response()
    }
}

fn takes(request: &HeaderMap, wanted: &str) -> bool {
    list(request, ACCEPT_ENCODING).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let refused = parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)));
        named && !refused
    })
}

fn list(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Writing to memory does not fail; if it ever does, an empty form must not be served.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).and_then(|()| out.finish()).expect("memory can be written")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = brotli::CompressorWriter::new(Vec::new(), 4_096, 9, 22);
    out.write_all(bytes).expect("memory can be written");
    out.into_inner()
}
