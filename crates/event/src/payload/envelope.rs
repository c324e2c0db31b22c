//! A body taken apart into the raw text of its events.
//!
//! Invariant: whatever this accepts as JSON is valid JSON to its end, at most [`limits::DEPTH`] deep. The lines of
//! NDJSON are judged one by one when they are read.

use super::fields::{Field, Fields};
use super::{Context, Trust, json, moment};
use crate::{Timestamp, limits};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One event, an array of events, or `{"events": [...], "sent_at": ..., "historical_migration": ...}`.
    Json,
    /// An event a line; empty lines are passed over.
    Ndjson,
}

/// What a body holds, which decides the shape of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One event.
    Single,
    /// A list of events.
    Batch,
}

/// The raw events of a body.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    kind: Kind,
    events: Vec<&'a str>,
    sent_at: Option<i64>,
    /// It says `"historical_migration": true`.
    historical: bool,
    /// The syntax of every event is known to be right.
    checked: bool,
}

/// A body is refused as a whole; nothing of it is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Nothing, or white space only.
    #[error("the body is empty: send one event, an array, or {{\"events\": [...]}}")]
    EmptyBody,
    /// Not UTF-8.
    #[error("the body is not UTF-8 at byte {at}: JSON is sent as UTF-8, not as UTF-16 or Latin-1")]
    InvalidUtf8 {
        /// Bytes from the body's start.
        at: usize,
    },
    /// Not JSON.
    #[error("the body is not valid JSON: {0}")]
    InvalidJson(String),
    /// A batch without events.
    #[error("the batch has no events: send at least one")]
    EmptyBatch,
    /// Nested too deeply.
    #[error("the body nests deeper than {} levels: flatten it", limits::DEPTH)]
    TooDeep,
    /// Too many events.
    #[error("the batch has more than {limit} events: split it")]
    TooManyEvents {
        /// Events of one batch.
        limit: usize,
    },
    /// Too many bytes, after decompression.
    #[error("the body is larger than {limit} bytes after decompression: split it")]
    BodyTooLarge {
        /// Bytes of a body of its kind.
        limit: usize,
    },
    /// Valid JSON, but neither an object nor an array.
    #[error("the body is no event: send an object, an array of objects, or {{\"events\": [...]}}")]
    NotAnEvent,
}

impl EnvelopeError {
    /// A stable word for programs, of a closed set.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EmptyBody => "empty_body",
            Self::InvalidUtf8 { .. } => "invalid_utf8",
            Self::InvalidJson(_) => "invalid_json",
            Self::EmptyBatch => "empty_batch",
            Self::TooDeep => "too_deep",
            Self::TooManyEvents { .. } => "too_many_events",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::NotAnEvent => "not_an_event",
        }
    }
}

/// The text of a body: UTF-8, without its byte order mark.
///
/// # Errors
/// [`EnvelopeError::InvalidUtf8`].
pub fn utf8(body: &[u8]) -> Result<&str, EnvelopeError> {
    match simdutf8::compat::from_utf8(body) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err(EnvelopeError::InvalidUtf8 { at: error.valid_up_to() }),
    }
}

impl<'a> Envelope<'a> {
    /// Finds the events of a body, at most [`limits::BATCH_EVENTS`].
    ///
    /// # Errors
    /// When the body as a whole is refused.
    pub fn split(body: &'a str, format: Format) -> Result<Self, EnvelopeError> {
        Self::split_up_to(body, format, limits::BATCH_EVENTS)
    }

    /// Like [`Envelope::split`] with another bound on the number of events.
    ///
    /// # Errors
    /// When the body as a whole is refused.
    pub fn split_up_to(body: &'a str, format: Format, limit: usize) -> Result<Self, EnvelopeError> {
        if body.len() > limits::BATCH_BODY_BYTES {
            return Err(EnvelopeError::BodyTooLarge { limit: limits::BATCH_BODY_BYTES });
        }
        let text = body.trim_ascii();
        if text.is_empty() {
            return Err(EnvelopeError::EmptyBody);
        }
        if format == Format::Ndjson {
            return lines(text, limit);
        }
        let envelope = match text.as_bytes()[0] {
            b'[' => elements(text, limit).map(|events| Self {
                kind: Kind::Batch,
                events,
                sent_at: None,
                historical: false,
                checked: true,
            }),
            b'{' => object(text, limit),
            _ => json::check(text).map_err(not_json).and(Err(EnvelopeError::NotAnEvent)),
        };
        // A text that is deep and broken is called deep, whatever the order of its faults.
        match envelope {
            Ok(envelope) if envelope.surely_flat(text) => envelope.within_size(body.len()),
            _ if json::deeper_than(text, limits::DEPTH) => Err(EnvelopeError::TooDeep),
            Ok(envelope) => envelope.within_size(body.len()),
            Err(error) => Err(error),
        }
    }

    /// One event or a batch.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The raw text of each event; never empty.
    pub fn events(&self) -> &[&'a str] {
        &self.events
    }

    /// What [`read()`](super::read()) must know to judge the events of this body.
    pub fn context(&self, received_at: Timestamp, trust: Trust) -> Context {
        let historical = self.historical && trust.secret_key;
        Context { received_at, trust, sent_at: self.sent_at, historical, checked: self.checked }
    }

    /// Is every place of `text` within the depth, by counting alone? Around an event there are at most two levels,
    /// and outside of the events not more than are opened there.
    fn surely_flat(&self, text: &str) -> bool {
        let mut inside = 0;
        let flat = self.events.iter().all(|event| {
            let opened = json::opened(event);
            inside += opened;
            opened + 2 <= limits::DEPTH
        });
        flat && json::opened(text) - inside <= limits::DEPTH
    }

    fn within_size(self, bytes: usize) -> Result<Self, EnvelopeError> {
        match self.kind {
            Kind::Single if bytes > limits::SINGLE_BODY_BYTES => {
                Err(EnvelopeError::BodyTooLarge { limit: limits::SINGLE_BODY_BYTES })
            }
            _ => Ok(self),
        }
    }
}

fn object(text: &str, limit: usize) -> Result<Envelope<'_>, EnvelopeError> {
    json::check(text).map_err(not_json)?;
    let fields = Fields::read(text);
    match fields.get(Field::Events) {
        Some(events) if events.starts_with('[') => Ok(Envelope {
            kind: Kind::Batch,
            events: elements(events, limit)?,
            sent_at: fields.get(Field::SentAt).and_then(moment::millis),
            historical: fields.get(Field::Historical) == Some("true"),
            checked: true,
        }),
        _ => Ok(Envelope {
            kind: Kind::Single,
            events: vec![text],
            sent_at: None,
            historical: false,
            checked: true,
        }),
    }
}

pub(super) fn elements(text: &str, limit: usize) -> Result<Vec<&str>, EnvelopeError> {
    // Room for the batch's likely size, so that it is not copied while it grows.
    let mut events = Vec::with_capacity((text.len() / 160).clamp(1, limit));
    let mut more = false;
    let whole = json::array(text, |event| {
        more = events.len() == limit;
        if !more {
            events.push(event);
        }
        !more
    });
    if more {
        return Err(EnvelopeError::TooManyEvents { limit });
    }
    whole.map_err(not_json)?;
    if events.is_empty() { Err(EnvelopeError::EmptyBatch) } else { Ok(events) }
}

fn lines(text: &str, limit: usize) -> Result<Envelope<'_>, EnvelopeError> {
    let lines = text.split('\n').map(str::trim_ascii).filter(|line| !line.is_empty());
    let events: Vec<&str> = lines.take(limit + 1).collect();
    if events.len() > limit {
        return Err(EnvelopeError::TooManyEvents { limit });
    }
    Ok(Envelope { kind: Kind::Batch, events, sent_at: None, historical: false, checked: false })
}

pub(super) fn not_json(error: serde_json::Error) -> EnvelopeError {
    let mut message = error.to_string();
    if message.starts_with("trailing characters") {
        message.push_str("; several events are sent as an array, or a line each as application/x-ndjson");
    }
    EnvelopeError::InvalidJson(message)
}
