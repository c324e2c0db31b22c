//! `GET /api/v1/live`: the stream as a WebSocket.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use http::header::{HOST, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use url::Url;

use super::Held;
use super::asked::{self, LiveCursor};
use super::messages::{Described, Message};
use super::stream::{End, Out};
use crate::Shared;
use crate::error::{ErrorBody, Failure};
use crate::openapi::LIVE;
use crate::parameters::{Filters, SiteId};

/// The protocol that is spoken.
const PROTOCOL: &str = "millrace.live.v1";

/// What stands before a key among the protocols: a page cannot set headers of a WebSocket.
const KEY: &str = "millrace.key.";

/// Bytes of what a client sends; nobody reads it.
const CLIENT_BYTES: usize = 4 << 10;

/// Messages that a client may send before it is taken for one that means another server.
const CLIENT_MESSAGES: u32 = 100;

/// What a connection reads and writes at a time.
const BUFFER_BYTES: usize = 2 << 10;

/// Bytes that wait to be taken: a message, and answers to a client's pings.
const WRITE_BYTES: usize = 1 << 20;

/// Pings that a client may send between two of ours.
const CLIENT_PINGS: u32 = 100;

/// The time from one ping to the next, and how long a client may be silent.
const PING: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(75);

/// How long a message may take to be taken.
pub(super) const SEND: Duration = Duration::from_secs(30);

/// How long the end may take.
const CLOSE: Duration = Duration::from_secs(1);

/// What happens on a site, as it happens
///
/// A WebSocket. The first message is a snapshot of the figures; a tick brings them again each second, and events come
/// as they arrive, both of those that pass the filters. With filters, events are those that happened within a day of
/// their arrival. Every message has a cursor: a client that connects again with the last one it got gets every later
/// event once, whatever happened to the server meanwhile. A client that reads too slowly gets ticks alone until it has
/// caught up; if it misses more than 10,000 events, it goes on from now with a new snapshot.
///
/// A page cannot set headers of a WebSocket: it offers the protocols `millrace.live.v1` and `millrace.key.KEY`. The page
/// has to be of this host.
#[utoipa::path(
    get, path = "/api/v1/live", operation_id = "live", tag = LIVE,
    params(SiteId, LiveCursor, Filters),
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 101, description = "Messages, each JSON in a text frame.", body = Described),
        (status = 403, description = "A page of another host asks.", body = ErrorBody),
        (status = 426, description = "This is no WebSocket.", body = ErrorBody),
        Failure,
    ),
)]
pub(crate) async fn live(
    State(shared): State<Arc<Shared>>,
    SiteId(site_id): SiteId,
    cursor: LiveCursor,
    Filters(filters): Filters,
    held: Option<Extension<Held>>,
    mut headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    take_key(&mut headers);
    let held = held.map(|Extension(held)| held);
    let asked = asked::Asked { site_id, cursor: cursor.0, filters, held: held.clone() };
    let upgrade = upgrade.map_err(|_| Failure::Body {
        status: StatusCode::UPGRADE_REQUIRED,
        code: "upgrade_missing",
        field: None,
        message: "this is a WebSocket: connect to it as one, or ask /api/v1/live/events".to_owned(),
    })?;
    check_origin(&headers)?;
    let opened = asked.open(&shared, &headers).await?;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BYTES)
        .max_message_size(CLIENT_BYTES)
        .max_frame_size(CLIENT_BYTES);
    Ok(upgrade.on_upgrade(async move |socket| {
        let mut socket = Socket::new(socket);
        let end = opened.run(&mut socket).await;
        socket.close(end).await;
        // The stop of the server waits for the farewell, too.
        drop(held);
    }))
}

/// Puts the key that stands among the protocols where every other request has it.
fn take_key(headers: &mut HeaderMap) {
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let key = offered.flat_map(|value| value.split(',')).find_map(|word| word.trim().strip_prefix(KEY));
    let Some(mut key) = key.and_then(|key| HeaderValue::from_str(key).ok()) else { return };
    if !headers.contains_key("x-api-key") {
        key.set_sensitive(true);
        headers.insert("x-api-key", key);
    }
}

/// A page of any host may open a socket and read what comes, of a server that only its visitor reaches, too: that is
/// left to the pages of this host, as the other answers are by the browser itself.
fn check_origin(headers: &HeaderMap) -> Result<(), Failure> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let is_own = || {
        let origin = Url::parse(origin.to_str().ok()?).ok()?;
        let host = format!("{}://{}", origin.scheme(), headers.get(HOST)?.to_str().ok()?);
        let host = Url::parse(&host).ok()?;
        let of = |url: &Url| Some((url.host_str()?.to_owned(), url.port_or_known_default()));
        Some(of(&origin)? == of(&host)?)
    };
    match is_own() {
        Some(true) => Ok(()),
        _ => Err(Failure::Body {
            status: StatusCode::FORBIDDEN,
            code: "origin_forbidden",
            field: None,
            message: "a page of another host may not connect; if it is this host's, let your proxy pass the Host header on"
                .to_owned(),
        }),
    }
}

struct Socket {
    socket: WebSocket,
    ping: Interval,
    heard: Instant,
    talk: u32,
    pings: u32,
}

impl Socket {
    fn new(socket: WebSocket) -> Self {
        let mut ping = interval_at(Instant::now() + PING, PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { socket, ping, heard: Instant::now(), talk: 0, pings: 0 }
    }

    /// Says why, and waits a moment for the client's answer.
    async fn close(mut self, end: End) {
        let (code, reason) = match end {
            End::Gone => return,
            End::Talks => (close_code::POLICY, "this server only sends"),
            End::Forbidden => (close_code::POLICY, "the site may not be read with this key any more"),
            End::Over => (close_code::POLICY, "the site, or what a filter names, is gone"),
            End::Stopping => (close_code::AWAY, "the server stops"),
        };
        let farewell = async {
            let frame = CloseFrame { code, reason: reason.into() };
            if self.socket.send(Frame::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = self.socket.recv().await {}
            }
        };
        let _ = timeout(CLOSE, farewell).await;
    }
}

impl Out for Socket {
    async fn send(&mut self, message: &Message) -> Result<(), End> {
        match timeout(SEND, self.socket.send(Frame::Text(message.text.clone()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn idle(&mut self) -> End {
        loop {
            tokio::select! {
                frame = self.socket.recv() => match frame {
                    None | Some(Err(_) | Ok(Frame::Close(_))) => return End::Gone,
                    Some(Ok(frame)) => {
                        self.heard = Instant::now();
                        self.talk += u32::from(matches!(frame, Frame::Text(_) | Frame::Binary(_)));
                        self.pings += u32::from(matches!(frame, Frame::Ping(_)));
                        if self.talk > CLIENT_MESSAGES || self.pings > CLIENT_PINGS {
                            return End::Talks;
                        }
                    }
                },
                _ = self.ping.tick() => {
                    self.pings = 0;
                    if self.heard.elapsed() > SILENCE {
                        return End::Gone;
                    }
                    match timeout(SEND, self.socket.send(Frame::Ping(Default::default()))).await {
                        Ok(Ok(())) => {}
                        Ok(Err(_)) | Err(_) => return End::Gone,
                    }
                }
            }
        }
    }
}
