//! Other systems' clients, unchanged: their bodies translated to native events, their own answers.
//!
//! A request passes the stations of a native one (`body`, `decode`, one append), with two of its own between them:
//! the client's file takes its body apart and writes each event as native JSON ([`Native`]), and afterwards answers in
//! the client's own words.
//!
//! Invariants: what a client takes for success is said after the append returned, never before; content is judged by
//! `payload::read` alone; no event of an unknown site or key is acknowledged, except where a client's own protocol
//! says that an event was not counted (Plausible's `x-plausible-dropped`).

use std::borrow::Cow;
use std::net::IpAddr;
use std::str::FromStr;

use axum::response::Response;
use millrace_event::payload::{self, Context, Kind, Rejection, raw};
use millrace_event::{SiteId, limits};

use self::native::Native;
use crate::admit::{self, Admission, is_of_admission};
use crate::prepare::{Judging, Origin, Prepared, Preparing, Recorder};
use crate::{Accepted, Refusal};

mod encoded;
mod native;
mod plausible;
mod posthog;
pub(crate) mod routes;
mod segment;
mod umami;

/// Bytes of one event as another system's client sent it: there is more in it than is kept.
const EVENT_BYTES: usize = 256 << 10;
/// Bytes of a rejected event in which its tokens are looked for: more than is kept of it.
const COPY_BYTES: usize = 8 << 10;

/// Words in a user agent that no library which sends events needs.
const ROBOTS: [&str; 6] = ["bot", "crawl", "spider", "+http", "scrap", "headless"];

/// A system whose clients are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    /// Plausible Analytics.
    Plausible,
    /// Segment, and what speaks its protocol: RudderStack, Jitsu.
    Segment,
    /// PostHog.
    PostHog,
    /// Umami.
    Umami,
}

impl Client {
    /// Every system.
    pub const ALL: [Self; 4] = [Self::Plausible, Self::Segment, Self::PostHog, Self::Umami];

    /// Its name in the configuration and on metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plausible => "plausible",
            Self::Segment => "segment",
            Self::PostHog => "posthog",
            Self::Umami => "umami",
        }
    }
}

impl FromStr for Client {
    type Err = UnknownClient;

    fn from_str(text: &str) -> Result<Self, UnknownClient> {
        Self::ALL.into_iter().find(|client| client.as_str() == text).ok_or(UnknownClient)
    }
}

/// The text names no system whose clients are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the known clients are plausible, segment, posthog and umami")]
pub struct UnknownClient;

/// What of a foreign request, beside its body, says how that is to be read.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) client: Client,
    /// What the path says of the events: Segment's `track`, Umami's `batch`, PostHog's `engage`.
    pub(crate) route: String,
    /// The site or key that path or headers name.
    pub(crate) token: Option<String>,
    /// The query string, as sent.
    pub(crate) query: String,
    /// The body is a form.
    pub(crate) form: bool,
    /// Whom a server speaks for: the first of `X-Forwarded-For`, believed with a key only.
    pub(crate) forwarded: Option<IpAddr>,
    /// Keys the ids that answers invent.
    pub(crate) secret: u128,
}

/// A body taken apart.
#[derive(Debug)]
struct Batch<'a> {
    kind: Kind,
    events: Vec<&'a str>,
    /// The site or key of those events that name none.
    token: Option<String>,
    /// The client's clock at sending, as raw JSON.
    sent_at: Option<&'a str>,
    /// History is imported.
    historical: bool,
}

/// What became of one event of a body.
enum Translated {
    /// It is written.
    Event,
    /// It is of a kind that is not collected, and its client need not know.
    Ignored,
}

/// The JSON of a body whose content encoding is off already: its client may have packed it once more.
///
/// # Errors
/// [`payload::EnvelopeError::BodyTooLarge`] where that has more than `limit` bytes.
pub(crate) fn unpack<'a>(plain: &'a [u8], call: &'a Call, limit: usize) -> Result<Cow<'a, [u8]>, Refusal> {
    match call.client {
        Client::PostHog => encoded::unpack(plain, call, limit),
        _ => Ok(plain.into()),
    }
}

/// Judges every event of a foreign body, unpacked, and encodes those that are taken.
pub(crate) fn prepare(
    plain: &[u8],
    call: &Call,
    origin: &Origin<'_>,
    with: &Preparing<'_>,
) -> Result<Prepared, Refusal> {
    let admission = Admission::new(with.directory, origin.key, origin.operator)?;
    let body = raw::value(payload::utf8(plain)?)?;
    let batch = match call.client {
        Client::Plausible => plausible::split(body)?,
        Client::Segment => segment::split(body, call, with.batch_events)?,
        Client::PostHog => posthog::split(body, call, with.batch_events)?,
        Client::Umami => umami::split(body, call, with.batch_events)?,
    };
    if batch.kind == Kind::Single && body.len() > limits::SINGLE_BODY_BYTES {
        return Err(payload::EnvelopeError::BodyTooLarge { limit: limits::SINGLE_BODY_BYTES }.into());
    }
    // An event may be for several sites, or bring that of the page before along.
    let each = match call.client {
        Client::Plausible => plausible::SITES,
        Client::PostHog => 2,
        Client::Segment | Client::Umami => 1,
    };
    let events = batch.events.len() * each;
    let mut recorder = Recorder::new(batch.kind, body.len(), events, origin, with);
    let mut door = Door { admission: &admission, last: None };
    let mut native = Native::default();
    for (index, event) in batch.events.iter().enumerate() {
        native.clear();
        let translated = if event.len() > EVENT_BYTES {
            let message = format!("the event has {} bytes, the limit is {EVENT_BYTES}", event.len());
            Err(Rejection::whole("event_too_large", message))
        } else {
            match call.client {
                Client::Plausible => plausible::translate(event, call, &mut native),
                Client::Segment => segment::translate(event, call, &batch, &mut native),
                Client::PostHog => posthog::translate(event, call, &batch, origin.received_at, &mut native),
                Client::Umami => umami::translate(event, &mut native),
            }
        };
        match translated {
            Ok(Translated::Event) => {
                take(&mut recorder, &mut door, &mut native, index, event, &batch, origin);
                native.clear();
                if call.client == Client::PostHog
                    && posthog::page_before(event, call, &batch, origin.received_at, &mut native)
                {
                    take(&mut recorder, &mut door, &mut native, index, event, &batch, origin);
                }
            }
            Ok(Translated::Ignored) => {
                match door.open(native.tokens.first().or(batch.token.as_ref()).map(|token| &**token)) {
                    Ok(_) => recorder.prepared.ignored += 1,
                    Err(rejection) => recorder.reject(index, rejection, None, ""),
                }
            }
            Err(rejection) => {
                native.tokens.extend(batch.token.clone());
                recorder.reject(index, rejection, None, &without(event, &native.tokens));
            }
        }
    }
    recorder.prepared.repairs = sum(recorder.prepared.repairs, native.repairs);
    let rejected = &recorder.prepared.rejected;
    let of_admission = rejected.iter().find(|event| is_of_admission(&event.rejection));
    // These protocols have no place to name one bad event among others. What its key keeps out is sent again under
    // another one, where events have ids; and a request of nothing but rejections is refused.
    let again = matches!(call.client, Client::Segment | Client::PostHog) && of_admission.is_some();
    // Plausible's says for how many sites the event was not counted, also where it was for none.
    if call.client == Client::Plausible && recorder.is_empty() && of_admission.is_some() {
        return Ok(recorder.prepared);
    }
    if let Some(first) = of_admission.or(rejected.first()).filter(|_| again || recorder.is_empty()) {
        return Err(first.rejection.clone().into());
    }
    recorder.finish()
}

/// Records one event for each site that it names.
fn take(
    recorder: &mut Recorder<'_>,
    door: &mut Door<'_>,
    native: &mut Native,
    index: usize,
    event: &str,
    batch: &Batch<'_>,
    origin: &Origin<'_>,
) {
    let mut tokens = std::mem::take(&mut native.tokens);
    if tokens.is_empty() {
        tokens.extend(batch.token.clone());
    }
    let from_server = native.from_server;
    let text = native.finish();
    let named = tokens.iter().map(|token| Some(token.as_str()));
    let mut copy = None;
    for token in if tokens.is_empty() { vec![None] } else { named.collect() } {
        let mut site = None;
        let taken = door.open(token).and_then(|(id, trust)| {
            site = Some(id.clone());
            let context = Context::of_made(origin.received_at, trust, batch.historical);
            let keyed = trust.secret_key || from_server && !is_robot(origin.user_agent);
            recorder.take(&Judging { text, context: &context, keyed }, |_| Ok(id))
        });
        if let Err(rejection) = taken {
            let site = site.as_ref().map(SiteId::as_str);
            let copy = copy.get_or_insert_with(|| without(event, &tokens));
            recorder.reject(index, rejection, site, copy);
        }
    }
}

/// Does the request's own user agent say that a robot sent it? Then a library's name in an event, which anyone may send
/// without a key, is no reason not to judge it. The words are those that make a program a robot to the worker.
fn is_robot(user_agent: Option<&str>) -> bool {
    let agent = user_agent.unwrap_or_default().to_ascii_lowercase();
    ROBOTS.iter().any(|word| agent.contains(word))
}

/// Opens sites to tokens, and remembers the last: a batch names one of them a thousand times.
struct Door<'w> {
    admission: &'w Admission<'w>,
    last: Option<(String, admit::Opened<'w>)>,
}

impl<'w> Door<'w> {
    fn open(&mut self, token: Option<&str>) -> Result<admit::Opened<'w>, Rejection> {
        match (&self.last, token) {
            (Some((last, opened)), Some(token)) if last == token => return Ok(*opened),
            _ => {}
        }
        let opened = self.admission.token(token)?;
        self.last = token.map(|token| (token.to_owned(), opened));
        Ok(opened)
    }
}

/// What the client is told.
pub(crate) fn answer(result: Result<Accepted, Refusal>, call: &Call, origin: &Answering) -> Response {
    match call.client {
        Client::Plausible => plausible::answer(result, origin),
        Client::Segment => segment::answer(result),
        Client::PostHog => posthog::answer(result),
        Client::Umami => umami::answer(result, call, origin),
    }
}

/// What answers are made of, beside what became of the events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answering {
    /// The client's address as it was seen.
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    /// Plausible's `X-Debug-Request: true`.
    pub(crate) debug: bool,
}

/// The beginning of an event for an operator's eyes, without what may be a key.
fn without(event: &str, tokens: &[String]) -> String {
    let start = &event[..event.floor_char_boundary(COPY_BYTES)];
    tokens
        .iter()
        .filter(|token| !token.is_empty())
        .fold(start.to_owned(), |event, token| event.replace(token.as_str(), "***"))
}

fn sum(a: payload::Repairs, b: payload::Repairs) -> payload::Repairs {
    payload::Repairs { surrogates: a.surrogates + b.surrogates, nuls: a.nuls + b.nuls, cut: a.cut + b.cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_beginning_without_tokens() {
        let event = format!(r#"{{"d":"demo","a":"demo {}"#, "🚀".repeat(100_000));
        let copy = without(&event, &["demo".to_owned(), String::new()]);
        assert!(copy.starts_with(r#"{"d":"***","a":"*** 🚀"#) && copy.len() <= COPY_BYTES, "{}", copy.len());
    }
}
