//! The live stream of the real binary: over restarts, and at its end.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

use crate::support::{Server, Start, request, run, wait_for};

struct Client(WebSocket<TcpStream>);

impl Client {
    /// Nothing where the server is not there, or goes away.
    fn try_connect(addr: SocketAddr, query: &str, key: Option<&str>) -> Option<Self> {
        let mut request = http::Request::get(format!("ws://{addr}/api/v1/live?{query}"))
            .header("host", addr.to_string())
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        if let Some(key) = key {
            request =
                request.header("sec-websocket-protocol", format!("millrace.live.v1, millrace.key.{key}"));
        }
        let stream = TcpStream::connect(addr).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time-out");
        tungstenite::client(request.body(()).expect("a request"), stream).ok().map(|(socket, _)| Self(socket))
    }

    fn connect(addr: SocketAddr, query: &str, key: Option<&str>) -> Self {
        Self::try_connect(addr, query, key).expect("a live stream")
    }

    /// The next message; the code of the farewell at the end, where there was one.
    fn next(&mut self) -> Result<Value, Option<u16>> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Ok(Message::Close(frame)) => return Err(frame.map(|frame| frame.code.into())),
                Ok(_) => {}
                Err(_) => return Err(None),
            }
        }
    }
}

fn ids(message: &Value) -> Vec<String> {
    let events = message["events"].as_array().map(Vec::as_slice).unwrap_or_default();
    events.iter().map(|event| event["event_id"].as_str().expect("an id").to_owned()).collect()
}

fn post(addr: SocketAddr, id: &str) -> bool {
    let event = json!({"site_id": "demo", "name": "pageview", "url": "/", "event_id": id, "user_id": "u"});
    let answer = request(addr, "POST", "/api/events", &[], event.to_string().as_bytes());
    answer.is_ok_and(|answer| answer.status == 202)
}

/// Sends events one after the other until told to stop; answers those that were acknowledged.
fn load(addr: SocketAddr, round: usize, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<Vec<String>> {
    std::thread::spawn(move || {
        let ids = (0..).map(|n| format!("{round}-{n}"));
        ids.take_while(|_| !stop.load(Ordering::Relaxed)).filter(|id| post(addr, id)).collect()
    })
}

#[test]
fn a_cursor_goes_on_over_restarts_and_crashes() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = |seal: &str| {
        let env = vec![("MILLRACE__STORE__SEAL_SECONDS", seal.to_owned())];
        Server::start_with(Start { data_dir: Some(folder.path().to_owned()), env, ..Start::default() })
    };
    let mut server = start("1");
    let mut cursor =
        Client::connect(server.addr(), "site_id=demo", None).next().expect("a snapshot")["cursor"].clone();
    let (mut acknowledged, mut seen) = (Vec::new(), Vec::new());
    // What is not sealed when it is killed comes again from the queue, with the cursors that it had.
    for (round, seal) in ["1", "60", "60", "1"].into_iter().enumerate() {
        let stop = Arc::new(AtomicBool::new(false));
        let clients =
            [load(server.addr(), 2 * round, stop.clone()), load(server.addr(), 2 * round + 1, stop.clone())];
        let query = format!("site_id=demo&cursor={}", cursor.as_str().expect("a cursor"));
        let mut client = Client::connect(server.addr(), &query, None);
        let until = Instant::now() + Duration::from_secs(3);
        while Instant::now() < until {
            let message = client.next().expect("a message");
            seen.extend(ids(&message));
            cursor = message["cursor"].clone();
        }
        if round % 2 == 0 {
            drop(server.kill());
            stop.store(true, Ordering::Relaxed);
        } else {
            stop.store(true, Ordering::Relaxed);
            assert!(server.terminate().0.success());
        }
        acknowledged.extend(clients.into_iter().flat_map(|client| client.join().expect("a client")));
        server = start(seal);
    }
    let query = format!("site_id=demo&cursor={}", cursor.as_str().expect("a cursor"));
    let mut client = Client::connect(server.addr(), &query, None);
    assert!(post(server.addr(), "last"));
    while seen.last().is_none_or(|id| id != "last") {
        seen.extend(ids(&client.next().expect("a message")));
    }
    assert!(acknowledged.len() > 100, "{} events", acknowledged.len());
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "nothing came twice");
    let missing: Vec<_> = acknowledged.iter().filter(|id| !distinct.contains(id)).collect();
    assert!(missing.is_empty(), "never came: {missing:?}");
}

#[test]
fn the_stop_waits_for_no_stream() {
    let mut server = Server::start();
    let mut sockets: Vec<_> = (0..20).map(|_| Client::connect(server.addr(), "site_id=demo", None)).collect();
    let addr = server.addr();
    let streaming =
        std::thread::spawn(move || request(addr, "GET", "/api/v1/live/events?site_id=demo", &[], b""));
    for socket in &mut sockets {
        socket.next().expect("a snapshot");
    }
    wait_for("21 streams", || server.get("/metrics").text().contains("millrace_live_connections 21\n"));
    let (status, took) = server.terminate();
    assert!(status.success());
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    for mut socket in sockets {
        let end = std::iter::from_fn(|| Some(socket.next())).find_map(Result::err);
        assert_eq!(end, Some(Some(1001)));
    }
    // A stream of events is whole: its last chunk came.
    let answer = streaming.join().expect("a client").expect("an answer");
    assert!(answer.text().contains("event: snapshot\n"));
}

#[test]
fn a_revoked_key_ends_its_streams() {
    let server = Server::start();
    run(server.data_dir(), &["site", "add", "private"]);
    let printed = run(server.data_dir(), &["key", "add", "--site", "private", "--kind", "read"]);
    let secret = printed.trim();
    let mut socket = None;
    wait_for("the key to be known", || {
        socket = Client::try_connect(server.addr(), "site_id=private", Some(secret));
        socket.is_some()
    });
    let mut socket = socket.expect("a socket");
    socket.next().expect("a snapshot");
    let list = run(server.data_dir(), &["key", "list", "--site", "private"]);
    let id = list.lines().last().and_then(|line| line.split_whitespace().next()).expect("an id").to_owned();
    run(server.data_dir(), &["key", "revoke", &id]);
    let since = Instant::now();
    let end = std::iter::from_fn(|| Some(socket.next())).find_map(Result::err);
    assert_eq!(end, Some(Some(1008)));
    assert!(since.elapsed() < Duration::from_secs(10));
}

/// However many watch, the store is asked once a second; and what was acknowledged is with all of them soon.
#[test]
fn many_who_watch_ask_once() {
    let server = Server::start();
    let mut sockets: Vec<_> =
        (0..100).map(|_| Client::connect(server.addr(), "site_id=demo", None)).collect();
    for socket in &mut sockets {
        socket.next().expect("a snapshot");
    }
    let asked = || {
        let text = server.get("/metrics").text();
        let line = text
            .lines()
            .find(|line| line.starts_with("millrace_live_store_queries_total{about=\"figures\"}"));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).expect("a counter")
    };
    let (before, since) = (asked(), Instant::now());
    for _ in 0..5 {
        assert_eq!(sockets[0].next().expect("a tick")["type"], "tick");
    }
    let seconds = since.elapsed().as_secs_f64();
    let questions = asked() - before;
    assert!((4..=seconds.ceil() as u64 + 1).contains(&questions), "{questions} questions in {seconds} s");
    assert!(post(server.addr(), "e1"));
    for socket in &mut sockets {
        let found = loop {
            let found = ids(&socket.next().expect("a message"));
            if !found.is_empty() {
                break found;
            }
        };
        assert_eq!(found, ["e1"]);
    }
}
