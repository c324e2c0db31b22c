//! Serving HTTP: deadlines on heads, a bound on connections, and a shutdown that finishes what it began.
//!
//! `axum::serve` sets no timer, so half a request's head would stay open for ever; this loop serves each connection
//! with hyper and a timer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse;
use http::{HeaderValue, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use millrace_api::Held;
use millrace_ingest::Peer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Bounds of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections open at the same time.
    pub connections: usize,
    /// For a request's head, and between two requests.
    pub header_timeout: Duration,
    /// For requests to end after the stop.
    pub shutdown_timeout: Duration,
}

/// Bytes of all header fields of a request.
const HEADER_BYTES: usize = 8 << 10;
/// Header fields of a request.
const HEADER_FIELDS: usize = 100;

/// Serves `router` until `stop`, then waits for the requests under way.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let open = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_headers(HEADER_FIELDS);
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => break,
            permit = open.clone().acquire_owned() => permit,
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most often: those of other connections will come free.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (builder, router, stop) = (builder.clone(), router.clone(), stop.clone());
        let held = Held(Arc::new((permit, connections.token())));
        connections.spawn(async move {
            // Also held by what HTTP hands over: a WebSocket counts among the connections, and the stop waits for it.
            connection(builder, stream, peer, router, held, stop).await;
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(limits.shutdown_timeout, connections.wait()).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "connections are cut: their requests did not end in time"
        );
    }
}

async fn connection(
    builder: http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    held: Held,
    stop: CancellationToken,
) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let (router, held) = (router.clone(), held.clone());
        async move {
            if header_bytes(&request) > HEADER_BYTES {
                let mut answer = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                return Ok(answer);
            }
            request.extensions_mut().insert(Peer(peer));
            request.extensions_mut().insert(held);
            router.oneshot(request.map(Body::new)).await
        }
    });
    let mut connection =
        std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            // The request under way is answered, then the connection ends.
            connection.as_mut().graceful_shutdown();
            connection.as_mut().await
        }
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn header_bytes(request: &Request<Incoming>) -> usize {
    request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
