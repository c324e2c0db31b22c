//! The roles of a process, supervised: one that ends early stops the others, and the process fails.

use std::future::Future;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use millrace_api::{Api, Limits};
use millrace_event::Timestamp;
use millrace_ingest::{IngestConfig, Intake};
use millrace_queue::ConsumerGroup;
use millrace_worker::Worker;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, seconds, shown};
use crate::parts::{self, Parts, Roles};
use crate::pipeline::Inside;
use crate::requeue::Requeue;
use crate::{http, readiness, telemetry};

/// A server that runs; ended by what [`Self::run`] waits for.
pub struct Running {
    /// Where it listens.
    pub address: std::net::SocketAddr,
    /// For events that come from within the process, where it ingests.
    pub intake: Option<Intake>,
    /// What it stands on.
    pub parts: Parts,
    stop_http: CancellationToken,
    stop_worker: CancellationToken,
    http: tokio::task::JoinHandle<()>,
    worker: Option<WorkerThread>,
    watch: tokio::task::JoinHandle<()>,
    looking: Option<tokio::task::JoinHandle<()>>,
}

/// The worker on its own thread: what it computes must not delay requests.
pub struct WorkerThread {
    ended: tokio::sync::oneshot::Receiver<anyhow::Result<()>>,
}

impl WorkerThread {
    /// Starts `worker`, until `stop`.
    pub fn start(worker: Worker, stop: CancellationToken) -> anyhow::Result<Self> {
        let (end, ended) = tokio::sync::oneshot::channel();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let result = match runtime {
                Ok(runtime) => runtime.block_on(worker.run(stop)).context("worker"),
                Err(error) => Err(anyhow::anyhow!("worker: {error}")),
            };
            let _ = end.send(result);
        };
        std::thread::Builder::new().name("millrace-worker".to_owned()).spawn(work).context("worker")?;
        Ok(Self { ended })
    }

    /// How it ended, if it did.
    pub fn try_ended(&mut self) -> Option<anyhow::Result<()>> {
        match self.ended.try_recv() {
            Ok(result) => Some(result),
            Err(tokio::sync::oneshot::error::TryRecvError::Empty) => None,
            Err(_) => Some(Err(anyhow::anyhow!("the worker panicked"))),
        }
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        match (&mut self.ended).await {
            Ok(result) => result,
            Err(_) => anyhow::bail!("the worker panicked"),
        }
    }
}

impl Running {
    /// Opens the parts, starts the worker, then listens: with an embedded queue ingestion takes nothing before the
    /// worker has joined.
    pub async fn start(config: &Config, roles: Roles) -> anyhow::Result<Self> {
        roles.check(config)?;
        let (prometheus, tallies) = telemetry::start_metrics()?;
        let listener = TcpListener::bind(config.server.listen)
            .await
            .with_context(|| format!("{} cannot be listened on", config.server.listen))?;
        let address = listener.local_addr()?;
        let parts = Parts::open(config, roles).await?;
        let stop_worker = CancellationToken::new();
        let (worker, progress) = if roles.worker {
            let worker = start_worker(config, &parts).await?;
            let progress = worker.progress();
            (Some(WorkerThread::start(worker, stop_worker.clone())?), Some(progress))
        } else {
            (None, None)
        };
        let intake = if roles.ingest { Some(intake(config, &parts)?) } else { None };
        let ready = Arc::new(readiness::Parts {
            queue: parts.queue().ok().cloned(),
            progress,
            store: parts.store().ok().cloned(),
        });
        let rendering = prometheus.clone();
        let mut looking = None;
        let stop_http = CancellationToken::new();
        let router = if roles.api {
            let requeue = Arc::new(Requeue::new(parts.queue().ok().cloned(), config));
            let (catalog, ready_parts) = (parts.catalog.clone(), Arc::clone(&ready));
            let inside = Inside::new(config, roles, tallies, Arc::clone(&requeue), ready_parts, catalog)?;
            let inside = Arc::new(inside);
            looking = Some(tokio::spawn(Arc::clone(&inside).watch()));
            let api = Api {
                catalog: parts.catalog.clone(),
                store: parts.store()?.clone(),
                requeue,
                pipeline: inside,
                cache: parts::open_cache(config)?,
                readiness: ready,
                prometheus: Box::new(move || rendering.render()),
                clock: Timestamp::now,
                stopping: stop_http.clone(),
                limits: Limits {
                    query_timeout: seconds(config.api.query_timeout_seconds),
                    queries_at_once: config.api.queries_at_once,
                    live_connections: config.live.connections,
                    live_connections_per_site: config.live.connections_per_site,
                    ..Limits::default()
                },
            };
            router(intake.clone(), api)
        } else {
            let operations = millrace_api::operations_router(ready, move || rendering.render());
            without_reports(intake.clone(), operations)
        };
        let limits = http::Limits {
            connections: config.server.max_connections,
            header_timeout: seconds(config.server.header_timeout_seconds),
            shutdown_timeout: seconds(config.server.shutdown_timeout_seconds),
        };
        let http = tokio::spawn(http::serve(listener, router, limits, stop_http.clone()));
        let group = ConsumerGroup::new(parts::GROUP)?;
        let watch = tokio::spawn(telemetry::watch(parts.queue().ok().cloned(), group, prometheus));
        let Roles { ingest, worker: works, api } = roles;
        tracing::info!(
            %address, ingest, worker = works, api, queue = shown(&config.queue.url), store = shown(&config.store.url),
            data_dir = %config.server.data_dir.display(), "listening on http://{address}"
        );
        Ok(Self { address, intake, parts, stop_http, stop_worker, http, worker, watch, looking })
    }

    /// Waits until `stop` or until a role ends by itself, which is an error; then ends everything in the order of the
    /// data: no new requests, appends finished, worker committed, store closed.
    pub async fn run(mut self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let mut worker_ended = self.worker.is_none();
        let early = tokio::select! {
            () = stop => Ok(()),
            _ = &mut self.http => Err(anyhow::anyhow!("the HTTP server ended by itself")),
            ended = worker_end(&mut self.worker) => {
                worker_ended = true;
                Err(ended.err().unwrap_or_else(|| anyhow::anyhow!("the worker ended by itself")))
            }
        };
        tracing::info!("stopping");
        self.stop_http.cancel();
        if !self.http.is_finished() {
            let _ = (&mut self.http).await;
        }
        self.watch.abort();
        if let Some(looking) = &self.looking {
            looking.abort();
        }
        // Each part is closed whatever became of the one before; the first failure is the one that is told.
        let queue = self.parts.close_queue().await;
        self.stop_worker.cancel();
        let worker = if worker_ended { Ok(()) } else { worker_end(&mut self.worker).await };
        let store = self.parts.close_store().await;
        early.and(queue).and(worker).and(store)
    }
}

/// Waits for the worker's end; for ever without one.
async fn worker_end(worker: &mut Option<WorkerThread>) -> anyhow::Result<()> {
    match worker {
        Some(worker) => worker.ended().await,
        None => std::future::pending().await,
    }
}

/// A worker that has joined its group.
pub async fn start_worker(config: &Config, parts: &Parts) -> anyhow::Result<Worker> {
    let worker = parts::worker_config(config)?;
    let worker = Worker::start(worker, parts.queue()?.clone(), parts.store()?.clone(), parts.catalog.clone());
    worker.await.context("worker")
}

/// What takes events in, over HTTP or from within.
pub fn intake(config: &Config, parts: &Parts) -> anyhow::Result<Intake> {
    let ingest = IngestConfig {
        trusted_proxies: config.server.trusted_proxies.clone(),
        body_deadline: seconds(config.ingest.body_timeout_seconds),
        inflight_bytes: config.ingest.max_in_flight_bytes,
        rejects_dir: config.ingest.keep_rejected.then(|| config.server.data_dir.clone()),
        clients: config.ingest.clients()?,
        ..IngestConfig::default()
    };
    Ok(Intake::new(parts.catalog.clone(), parts.queue()?.clone(), ingest)?)
}

/// Every route, and the document that describes them.
fn router(intake: Option<Intake>, api: Api) -> Router {
    // The API first: what the document says of itself is taken from the left.
    let mut described = millrace_api::router(api);
    if let Some(intake) = intake.clone() {
        described = described.merge(millrace_ingest::openapi_router(intake));
    }
    millrace_api::docs::router(described)
        .merge(millrace_api::web::router(millrace_api::web::embedded()))
        .fallback(move |request| elsewhere(intake.clone(), request))
        .method_not_allowed_fallback(millrace_api::wrong_method)
}

/// The routes of a process that answers no reports.
fn without_reports(intake: Option<Intake>, operations: Router) -> Router {
    let events = intake.clone().map(|intake| Router::from(millrace_ingest::openapi_router(intake)));
    operations
        .merge(events.unwrap_or_default())
        .fallback(move |request| elsewhere(intake.clone(), request))
        .method_not_allowed_fallback(millrace_api::wrong_method)
}

/// A path that no route has: of a site's own, or of nobody's.
async fn elsewhere(intake: Option<Intake>, request: Request) -> Response {
    let own = match &intake {
        Some(intake) => millrace_ingest::at_own_path(intake, request).await,
        None => None,
    };
    match own {
        Some(response) => response,
        None => millrace_api::unknown_route().await,
    }
}

/// Ends with SIGTERM or SIGINT.
pub async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}
