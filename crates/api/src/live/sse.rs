//! `GET /api/v1/live/events`: the stream as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};

use super::Held;
use super::asked::{Asked, LiveCursor};
use super::messages::{Described, Message};
use super::socket::SEND;
use super::stream::{End, Out};
use crate::Shared;
use crate::error::Failure;
use crate::openapi::LIVE;
use crate::parameters::{Filters, SiteId};

/// The time from one comment to the next, which keeps proxies from ending what is silent.
const BEAT: Duration = Duration::from_secs(15);

/// When a browser that lost its connection is to try again, in milliseconds.
const FIRST: &str = "retry: 2000\n\n";

/// What happens on a site, as server-sent events
///
/// The messages of the WebSocket at `/api/v1/live`, each an event of its type, with its cursor as the id: a browser that
/// connects again goes on where it was by itself.
#[utoipa::path(
    get, path = "/api/v1/live/events", operation_id = "live_events", tag = LIVE,
    params(SiteId, LiveCursor, Filters),
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Messages, without end.", body = Described, content_type = "text/event-stream"),
        Failure,
    ),
)]
pub(crate) async fn events(
    State(shared): State<Arc<Shared>>,
    SiteId(site_id): SiteId,
    LiveCursor(cursor): LiveCursor,
    Filters(filters): Filters,
    held: Option<Extension<Held>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // A browser that connects again asks the same address again: the header is newer.
    let last = headers.get("last-event-id").filter(|value| !value.is_empty());
    let cursor = match last {
        Some(last) => Some(super::asked::cursor("last-event-id", last.to_str().unwrap_or("?"))?),
        None => cursor,
    };
    let asked = Asked { site_id, cursor, filters, held: held.map(|Extension(held)| held) };
    // What a page of another host asks for, its browser keeps from it.
    let stream = asked.open(&shared, &headers).await?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut beat = interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut out = Events { sender, beat };
        if out.pass(Bytes::from_static(FIRST.as_bytes())).await.is_ok() {
            stream.run(&mut out).await;
        }
    });
    let body = futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|bytes| (Ok::<_, std::convert::Infallible>(bytes), receiver))
    });
    let headers = [
        (CONTENT_TYPE.as_str(), "text/event-stream"),
        (CACHE_CONTROL.as_str(), "no-store"),
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

struct Events {
    sender: mpsc::Sender<Bytes>,
    beat: Interval,
}

impl Events {
    async fn pass(&mut self, bytes: Bytes) -> Result<(), End> {
        match timeout(SEND, self.sender.send(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

impl Out for Events {
    async fn send(&mut self, message: &Message) -> Result<(), End> {
        let (kind, text) = (message.kind.name(), message.text.as_str());
        let id = super::messages::shown(message.to);
        self.pass(Bytes::from(format!("id: {id}\nevent: {kind}\ndata: {text}\n\n"))).await
    }

    async fn idle(&mut self) -> End {
        loop {
            tokio::select! {
                () = self.sender.closed() => return End::Gone,
                _ = self.beat.tick() => {
                    // Where there is no room, the client has something to read anyway.
                    let _ = self.sender.try_send(Bytes::from_static(b":\n\n"));
                }
            }
        }
    }
}
