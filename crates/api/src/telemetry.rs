//! How many requests there were and how long they took, by the route's pattern and the status: labels that no
//! client can multiply. And what the cache was good for, of all sites together.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

const SECONDS: &str = "millrace_api_request_seconds";
const TOTAL: &str = "millrace_api_requests_total";

/// Reports whose answer was there, or under way.
pub(crate) const CACHE_FOUND: &str = "millrace_api_cache_found_total";
/// Reports that were computed, of those that are kept.
pub(crate) const CACHE_MISSES: &str = "millrace_api_cache_misses_total";
/// Failures of the cache, each of which left a report as it would be without one.
pub(crate) const CACHE_ERRORS: &str = "millrace_api_cache_errors_total";

/// Names the units, for whoever reads the metrics.
pub(crate) fn describe() {
    describe_histogram!(SECONDS, Unit::Seconds, "how long a request to the API took");
    describe_counter!(TOTAL, Unit::Count, "requests to the API");
    describe_counter!(CACHE_FOUND, Unit::Count, "reports answered from the cache");
    describe_counter!(CACHE_MISSES, Unit::Count, "reports that the cache did not have");
    describe_counter!(CACHE_ERRORS, Unit::Count, "failures of the cache");
}

/// The layer around every route.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("?", MatchedPath::as_str).to_owned();
    let start = Instant::now();
    let response = next.run(request).await;
    let labels = [("route", route), ("status", response.status().as_u16().to_string())];
    histogram!(SECONDS, &labels).record(start.elapsed().as_secs_f64());
    counter!(TOTAL, &labels).increment(1);
    response
}
