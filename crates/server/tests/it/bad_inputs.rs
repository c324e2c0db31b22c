//! Bad inputs 1 to 56 over a real socket against the real server, each with its best answer.
//!
//! The numbers are those of the list of bad inputs: framing 1 to 15, encoding 16 to 28, JSON 29 to 44, semantics 45
//! to 56. A [`Row`] is one request, its answer, and what must have been stored of it. In its body `$ID` stands for an
//! event id that no other row has; a refused row's id must not be found afterwards.

mod encoding;
mod framing;
mod json;
mod semantics;
mod wire;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Server, recent};
pub(crate) use wire::{exchange, get, post, request};

/// As many of the latest events as one request shows.
const LATEST: usize = 1_000;

/// One bad input.
pub(crate) struct Row {
    number: u8,
    what: String,
    headers: Vec<String>,
    body: Vec<u8>,
    status: u16,
    code: &'static str,
    /// JSON pointers into the stored event, and the text that must be there.
    stored: Vec<(&'static str, String)>,
    /// Text that the stored event must show, digit for digit.
    shows: Option<&'static str>,
}

/// A row that posts `body` and is refused with `status` and `code`.
pub(crate) fn refused(
    number: u8,
    what: &str,
    body: impl Into<Vec<u8>>,
    status: u16,
    code: &'static str,
) -> Row {
    let (headers, stored) = (Vec::new(), Vec::new());
    Row { number, what: what.to_owned(), headers, body: body.into(), status, code, stored, shows: None }
}

/// A row that posts `body` and is accepted.
pub(crate) fn accepted(number: u8, what: &str, body: impl Into<Vec<u8>>) -> Row {
    refused(number, what, body, 202, "")
}

/// An accepted row of one event of site `demo` with these `fields`, written as JSON.
pub(crate) fn event(number: u8, what: &str, fields: &str) -> Row {
    accepted(number, what, of_demo(fields))
}

/// One event of site `demo`, named `x` where the fields name none.
pub(crate) fn of_demo(fields: &str) -> String {
    let name = if fields.contains("\"name\"") { "" } else { r#","name":"x""# };
    let comma = if fields.is_empty() { "" } else { "," };
    format!(r#"{{"site_id":"demo","event_id":"$ID"{name}{comma}{fields}}}"#)
}

impl Row {
    pub(crate) fn header(mut self, header: &str) -> Self {
        self.headers.push(header.to_owned());
        self
    }

    /// The stored event has this text at the JSON pointer.
    pub(crate) fn stores(mut self, pointer: &'static str, text: impl Into<String>) -> Self {
        self.stored.push((pointer, text.into()));
        self
    }

    /// The stored event shows this text as it is.
    pub(crate) fn shows(mut self, text: &'static str) -> Self {
        self.shows = Some(text);
        self
    }

    fn id(&self, place: usize) -> String {
        format!("row-{}-{place}", self.number)
    }

    fn send(&self, server: &Server, id: &str) -> Result<(), String> {
        let headers: Vec<&str> = self.headers.iter().map(String::as_str).collect();
        let answer = post(server, &headers, &with_id(&self.body, id));
        if (answer.status, answer.code()) == (self.status, self.code.to_owned()) {
            Ok(())
        } else {
            let (status, text) = (answer.status, answer.text());
            Err(format!("expected {} {}, got {status} {text}", self.status, self.code))
        }
    }

    fn check(&self, id: &str, events: &[Value], raw: &str) -> Result<(), String> {
        let Some(event) = events.iter().find(|event| event["event_id"] == id) else {
            let wanted = !self.stored.is_empty() || self.shows.is_some();
            return if wanted { Err("was not stored".to_owned()) } else { Ok(()) };
        };
        if self.status != 202 {
            return Err(format!("was refused and stored: {event}"));
        }
        for (pointer, text) in &self.stored {
            let found = event.pointer(pointer).and_then(Value::as_str);
            if found != Some(text) {
                return Err(format!("stored {found:?} at {pointer}, expected {text:?}"));
            }
        }
        match self.shows {
            Some(text) if !raw.contains(text) => Err(format!("does not show {text}: {event}")),
            _ => Ok(()),
        }
    }
}

/// Sends every row, waits until what was accepted is visible, and checks what was stored. Every failure is listed.
pub(crate) fn run(server: &Server, rows: &[Row]) {
    let mut failures = Vec::new();
    let mut note = |row: &Row, result: Result<(), String>| {
        if let Err(failure) = result {
            failures.push(format!("row {} ({}): {failure}", row.number, row.what));
        }
    };
    for (place, row) in rows.iter().enumerate() {
        note(row, row.send(server, &row.id(place)));
    }
    settle(server);
    let raw = get(server, &format!("/analytics/recent?site_id=demo&limit={LATEST}")).text();
    let latest = recent(server, LATEST);
    let events = latest["events"].as_array().expect("events");
    for (place, row) in rows.iter().enumerate() {
        note(row, row.check(&row.id(place), events, &raw));
    }
    assert!(
        failures.is_empty(),
        "{} of {} rows failed:\n{}",
        failures.len(),
        rows.len(),
        failures.join("\n")
    );
}

/// Waits until everything that was accepted so far is visible: the queue keeps the order, so a last event tells.
pub(crate) fn settle(server: &Server) {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let id = format!("settled-{}", COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let answer = post(server, &[], &with_id(of_demo("").as_bytes(), &id));
    assert_eq!(answer.status, 202, "the server still takes events: {}", answer.text());
    let until = Instant::now() + Duration::from_secs(20);
    while count(server, &id) == 0 {
        assert!(Instant::now() < until, "an accepted event was not visible after 20 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How often an event of this id is among the latest.
pub(crate) fn count(server: &Server, id: &str) -> usize {
    let latest = recent(server, LATEST);
    let events = latest["events"].as_array().map_or(&[][..], Vec::as_slice);
    events.iter().filter(|event| event["event_id"] == id).count()
}

/// Every event that the site has ever had.
pub(crate) fn total(server: &Server) -> u64 {
    server.get_json("/analytics/summary?site_id=demo")["summary"]["total_events"].as_u64().expect("a count")
}

fn with_id(body: &[u8], id: &str) -> Vec<u8> {
    // Compressed and broken bodies have no placeholder, and must not be touched.
    match std::str::from_utf8(body) {
        Ok(text) if text.len() < 1 << 16 => text.replace("$ID", id).into_bytes(),
        _ => body.to_vec(),
    }
}
