//! HTTP by hand, since a client library would mend what must stay broken.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::support::Server;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The error's code; empty where there is none.
    pub(crate) fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or(Value::Null);
        body["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A connection with time-outs longer than any deadline of the server.
pub(crate) fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.addr()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a time-out");
    stream.set_write_timeout(Some(Duration::from_secs(40))).expect("a time-out");
    stream
}

/// A request's bytes, with its right length.
pub(crate) fn request(method: &str, path: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: test\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(format!("{header}\r\n").as_bytes());
    }
    bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// Sends bytes and reads one answer; nothing where the connection ended without one. A server may answer and close
/// before it has read everything.
pub(crate) fn exchange(server: &Server, bytes: &[u8]) -> Option<Answer> {
    let stream = connect(server);
    let mut writer = stream.try_clone().expect("a second handle");
    std::thread::scope(|scope| {
        scope.spawn(move || drop(writer.write_all(bytes)));
        read_answer(&mut BufReader::new(stream))
    })
}

pub(crate) fn post(server: &Server, headers: &[&str], body: &[u8]) -> Answer {
    let answer = exchange(server, &request("POST", "/api/events", headers, body));
    answer.expect("a request with a right head is answered")
}

pub(crate) fn get(server: &Server, path: &str) -> Answer {
    exchange(server, &request("GET", path, &[], b"")).expect("a GET is answered")
}

/// One answer; nothing at the connection's end.
pub(crate) fn read_answer(reader: &mut impl BufRead) -> Option<Answer> {
    let mut head = String::new();
    loop {
        let before = head.len();
        match reader.read_line(&mut head) {
            Ok(0) | Err(_) => return None,
            Ok(_) if &head[before..] == "\r\n" => break,
            Ok(_) => {}
        }
    }
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut answer = Answer { status, head, body: Vec::new() };
    let chunked = answer.header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    if chunked {
        answer.body = read_chunks(reader)?;
    } else if let Some(length) = answer.header("content-length").and_then(|length| length.parse().ok()) {
        answer.body = vec![0; length];
        reader.read_exact(&mut answer.body).ok()?;
    }
    Some(answer)
}

fn read_chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let length = usize::from_str_radix(line.trim().split(';').next()?, 16).ok()?;
        let mut chunk = vec![0; length + 2];
        reader.read_exact(&mut chunk).ok()?;
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(&chunk[..length]);
    }
}
