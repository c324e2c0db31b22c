//! A client of the live stream.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use http::Request;
use millrace_event::Event;
use millrace_store::memory::MemoryStore;
use millrace_store::{EventBatch, EventStore};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{App, Setup};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves an app on a port of its own.
pub(super) async fn served(app: App) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app.into_router()).await });
    addr
}

pub(super) async fn app_and_store(events: Vec<Event>) -> (App, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::default());
    add(&store, events).await;
    let mut setup = Setup::demo(Vec::new()).await;
    setup.store = store.clone();
    (setup.app(), store)
}

pub(super) async fn add(store: &MemoryStore, events: Vec<Event>) {
    store.insert(&EventBatch { events, ..EventBatch::default() }).await.unwrap();
}

/// The ids of a message's events; none of another message.
pub(super) fn ids(message: &Value) -> Vec<String> {
    let events = message["events"].as_array().map(Vec::as_slice).unwrap_or_default();
    events.iter().map(|event| event["event_id"].as_str().unwrap().to_owned()).collect()
}

pub(super) struct Client {
    pub(super) protocol: Option<String>,
    stream: WebSocketStream<TcpStream>,
}

impl Client {
    pub(super) async fn connect(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Self {
        open(addr, path, headers).await.unwrap()
    }

    /// The next message.
    pub(super) async fn next(&mut self) -> Value {
        loop {
            let frame = timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
            match frame.expect("a message").expect("a message") {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next message of events.
    pub(super) async fn events(&mut self) -> Value {
        loop {
            let message = self.next().await;
            match message["type"].as_str().unwrap() {
                "events" => return message,
                "tick" => {}
                other => panic!("{other}"),
            }
        }
    }

    pub(super) async fn say(&mut self, text: &str) {
        // It may be closed by now.
        let _ = self.stream.send(Message::text(text)).await;
    }

    /// Waits for the end; answers the code of the server's farewell.
    pub(super) async fn closed(&mut self) -> Option<u16> {
        let mut code = None;
        while let Some(Ok(frame)) = timeout(PATIENCE, self.stream.next()).await.expect("the end in time") {
            if let Message::Close(Some(frame)) = frame {
                code = Some(frame.code.into());
            }
        }
        code
    }
}

/// The status of an attempt.
pub(super) async fn status(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> u16 {
    match open(addr, path, headers).await {
        Ok(_) => 101,
        Err(refused) => refused.0,
    }
}

/// The status and error of an attempt that fails.
pub(super) async fn refused(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> (u16, Value) {
    match open(addr, path, headers).await {
        Ok(_) => panic!("{path} is open"),
        Err(refused) => refused,
    }
}

async fn open(addr: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Client, (u16, Value)> {
    let mut request = Request::get(format!("ws://{addr}{path}"))
        .header("host", addr.to_string())
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let stream = TcpStream::connect(addr).await.unwrap();
    let shaken = tokio_tungstenite::client_async(request.body(()).unwrap(), stream);
    match timeout(PATIENCE, shaken).await.expect("an answer in time") {
        Ok((stream, response)) => {
            let protocol = response.headers().get("sec-websocket-protocol");
            let protocol = protocol.map(|protocol| protocol.to_str().unwrap().to_owned());
            Ok(Client { protocol, stream })
        }
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            let error = serde_json::from_slice::<Value>(body).unwrap_or_default()["error"].clone();
            Err((response.status().as_u16(), error))
        }
        Err(other) => panic!("{other}"),
    }
}

/// Waits until something holds.
pub(super) async fn until(holds: impl AsyncFn() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it to hold in time");
}
