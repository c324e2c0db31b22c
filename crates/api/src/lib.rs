//! HTTP out: the reports, health and metrics, the API's description, the dashboard's files.
//!
//! A request for a report passes three stations, each an extractor or a call of its own: `access` decides which
//! site it is about and whether the caller may read it, `parameters` reads the rest of its query string, and a
//! `reader::Reader` asks the store, or gives the answer that [`cache`] has. What comes back is put into wire types
//! that no other crate sees.
//!
//! What a site's owner decides is under `sites`; whoever changes something there has shown an admin key of the site.
//!
//! **Architecture invariant:** nothing but `sites` changes anything. Every query runs under one deadline, and every
//! failure leaves through `error` as the one envelope.

mod access;
pub mod cache;
mod csv;
pub mod docs;
mod error;
mod lists;
mod live;
mod openapi;
mod operations;
mod parameters;
pub mod pipeline;
mod queries;
mod reader;
mod reports;
mod series;
mod sites;
mod telemetry;
pub mod web;

use std::sync::Arc;
use std::time::Duration;

use axum::middleware;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use millrace_catalog::Catalog;
use millrace_event::Timestamp;
use millrace_store::EventStore;
use millrace_store::discards::Requeue;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use error::{unknown_route, wrong_method};
pub use live::Held;
pub use operations::{NotReady, Readiness, operations_router};

/// What the API reads from.
pub struct Api {
    /// Sites and keys.
    pub catalog: Arc<dyn Catalog>,
    /// Events.
    pub store: Arc<dyn EventStore>,
    /// The way back to the queue, for discarded events that are replayed.
    pub requeue: Arc<dyn Requeue>,
    /// Whether every part does its work.
    pub readiness: Arc<dyn Readiness>,
    /// How events come through the process.
    pub pipeline: Arc<dyn pipeline::Pipeline>,
    /// Renders the process's metrics in Prometheus' text format, version 0.0.4.
    pub prometheus: Box<dyn Fn() -> String + Send + Sync>,
    /// Answers that are kept for a while.
    pub cache: cache::Answers,
    /// The instant of asking; `Timestamp::now` but in tests.
    pub clock: fn() -> Timestamp,
    /// The server stops: what has no end ends.
    pub stopping: CancellationToken,
    /// The bounds.
    pub limits: Limits,
}

/// What one request, and all of them together, may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a report may take, all of its queries together, waiting included.
    pub query_timeout: Duration,
    /// How many queries run at once; further ones wait.
    pub queries_at_once: usize,
    /// How long the readiness check may take before it counts as a reason of its own.
    pub readiness_timeout: Duration,
    /// Live streams that are open at the same time; further ones get a 503.
    pub live_connections: usize,
    /// The same of one site.
    pub live_connections_per_site: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_timeout: Duration::from_secs(30),
            queries_at_once: 64,
            readiness_timeout: Duration::from_secs(5),
            live_connections: 5_000,
            live_connections_per_site: 2_000,
        }
    }
}

/// Every route of the API, with its description.
///
/// The server merges ingestion's into it, hands the whole to [`docs::router`], adds [`web::router`], and sets
/// [`unknown_route`] and [`wrong_method`] as fallbacks. Call it once the metrics' recorder is installed.
pub fn router(api: Api) -> OpenApiRouter {
    telemetry::describe();
    live::figures::describe();
    let queries = Semaphore::new(api.limits.queries_at_once);
    OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(reports::stats::stats))
        .routes(routes!(reports::analytics::summary))
        .routes(routes!(reports::analytics::timeseries))
        .routes(routes!(reports::analytics::top_pages))
        .routes(routes!(reports::recent::analytics_recent))
        .routes(routes!(reports::recent::events_recent))
        .routes(routes!(reports::metrics::hourly))
        .routes(routes!(reports::metrics::summary))
        .routes(routes!(live::realtime))
        .routes(routes!(live::metrics))
        .routes(routes!(live::socket::live))
        .routes(routes!(live::sse::events))
        .routes(routes!(queries::table::query))
        .routes(routes!(queries::funnels::query))
        .routes(routes!(queries::retention::query))
        .routes(routes!(queries::journeys::query))
        .routes(routes!(queries::activity::query))
        .routes(routes!(queries::engagement::query))
        .routes(routes!(lists::figures::figures))
        .routes(routes!(lists::events::query))
        .routes(routes!(lists::sessions::query))
        .routes(routes!(lists::sessions::read))
        .routes(routes!(lists::visitors::query))
        .routes(routes!(lists::visitors::read))
        .routes(routes!(lists::export::events))
        .routes(routes!(lists::sql::query))
        .routes(routes!(pipeline::read))
        .routes(routes!(sites::site::list))
        .routes(routes!(sites::site::read, sites::site::change))
        .routes(routes!(sites::keys::list, sites::keys::add))
        .routes(routes!(sites::keys::revoke))
        .routes(routes!(sites::settings::read, sites::settings::replace))
        .routes(routes!(sites::observed::read))
        .routes(routes!(sites::schemas::list))
        .routes(routes!(sites::schemas::read, sites::schemas::declare, sites::schemas::remove))
        .routes(routes!(sites::goals::list, sites::goals::add))
        .routes(routes!(sites::goals::replace, sites::goals::remove))
        .routes(routes!(sites::segments::list, sites::segments::add))
        .routes(routes!(sites::segments::replace, sites::segments::remove))
        .routes(routes!(sites::annotations::list, sites::annotations::add))
        .routes(routes!(sites::annotations::replace, sites::annotations::remove))
        .routes(routes!(sites::letters::dead_letters))
        .routes(routes!(sites::letters::rejects))
        .routes(routes!(sites::discards::report))
        .routes(routes!(sites::replay::replay))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .route_layer(SetResponseHeaderLayer::if_not_present(
            CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .route_layer(middleware::from_fn(telemetry::measure))
        .with_state(Arc::new(Shared {
            api,
            queries,
            observations: Semaphore::new(OBSERVATIONS_AT_ONCE),
            replaying: Mutex::new(()),
            exports: Arc::new(Semaphore::new(lists::export::EXPORTS_AT_ONCE)),
            statements: lists::sql::Statements::default(),
            live: live::Hub::default(),
        }))
}

/// What the handlers share.
struct Shared {
    api: Api,
    /// A permit for each query that may run.
    queries: Semaphore,
    /// A permit for each observation that may run: one reads every event of its period.
    observations: Semaphore,
    /// Held while discarded events are put back on the queue: two who do the same at once would do it twice.
    replaying: Mutex<()>,
    /// A permit for each export that may run, which goes with its body.
    exports: Arc<Semaphore>,
    /// The sites that somebody asks SQL of.
    statements: lists::sql::Statements,
    /// The live streams.
    live: live::Hub,
}

/// How many observations run at once; one may take up to 150 MB and a core.
const OBSERVATIONS_AT_ONCE: usize = 2;
