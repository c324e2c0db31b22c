//! From a body to records: admitted, judged, encoded. No I/O and no waiting, so that it can run on any thread.

use std::borrow::Cow;
use std::net::IpAddr;

use bytes::{Bytes, BytesMut};
use millrace_catalog::Directory;
use millrace_event::payload::{self, Context, Envelope, Format, Kind, Payload, Rejection, Repairs};
use millrace_event::record::{self, Arrival, encode};
use millrace_event::{MadeId, SiteId, Timestamp, id, limits};
use millrace_queue::Record;
use serde::Deserialize;

use crate::Refusal;
use crate::admit::{Admission, is_of_admission};
use crate::conform;
use crate::rejects::{Reject, Rejects};

/// Keys records by site and visitor. Written here once and for all processes: equal visitors of two ingesting
/// processes must meet in one partition. It keeps no secret.
const ROUTING_KEY: u128 = 0x6d69_6c6c_7261_6365_2072_6f75_7469_6e67;

/// What is known of a request beside its body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) operator: bool,
    pub(crate) address: Option<IpAddr>,
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) language: Option<&'a str>,
    pub(crate) received_at: Timestamp,
}

/// An event of a batch that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRejection {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Why.
    pub rejection: Rejection,
}

/// A body, ready to be appended.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) kind: Kind,
    pub(crate) records: Vec<Record>,
    /// Of the one event of [`Kind::Single`].
    pub(crate) event_id: Option<String>,
    pub(crate) rejected: Vec<EventRejection>,
    pub(crate) repairs: Repairs,
    /// Events of kinds that are not collected.
    pub(crate) ignored: u64,
    /// Events that are taken and violate a schema.
    pub(crate) warnings: u64,
}

/// What preparing needs of the process.
pub(crate) struct Preparing<'a> {
    pub(crate) directory: &'a Directory,
    /// Reserves that many ids and answers the first.
    pub(crate) reserve: &'a dyn Fn(u64) -> MadeId,
    pub(crate) batch_events: usize,
    pub(crate) rejects: &'a Rejects,
}

/// Judges every event of a plain body and encodes those that are taken.
pub(crate) fn prepare(
    body: &[u8],
    format: Format,
    origin: &Origin<'_>,
    with: &Preparing<'_>,
) -> Result<Prepared, Refusal> {
    // First of all: an unknown key is 401 whatever it sends.
    let admission = Admission::new(with.directory, origin.key, origin.operator)?;
    let text = payload::utf8(body)?;
    let envelope = Envelope::split_up_to(text, format, with.batch_events)?;
    let context = envelope.context(origin.received_at, admission.trust());
    let events = envelope.events();
    let mut recorder = Recorder::new(envelope.kind(), text.len(), events.len(), origin, with);
    let keyed = admission.trust().secret_key;
    let own = origin.key.and_then(|_| admission.site(None).ok()).map(SiteId::as_str);
    for (index, raw) in events.iter().enumerate() {
        let event = Judging { text: raw, context: &context, keyed };
        let mut admitted = None;
        let taken = recorder.take(&event, |named| Ok(*admitted.insert(admission.site(named)?)));
        if let Err(rejection) = taken {
            let would_be = || admission.site(named_site(raw)?.as_deref()).ok().map(SiteId::as_str);
            let site = admitted.map(SiteId::as_str).or(own).or_else(would_be);
            recorder.reject(index, rejection, site, raw);
        }
    }
    recorder.finish()
}

/// The site that an event names which was rejected before that was asked, so that its copy is found by whom it concerns;
/// nothing where that cannot be read.
fn named_site(raw: &str) -> Option<Option<Cow<'_, str>>> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow, default)]
        site_id: Option<Cow<'a, str>>,
    }
    Some(serde_json::from_str::<Named<'_>>(raw).ok()?.site_id)
}

/// The text of one native event, and what is known of it beside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judging<'a> {
    pub(crate) text: &'a str,
    pub(crate) context: &'a Context,
    /// See [`Arrival::keyed`].
    pub(crate) keyed: bool,
}

/// Collects the records of one request.
pub(crate) struct Recorder<'w> {
    origin: &'w Origin<'w>,
    with: &'w Preparing<'w>,
    user_agent: Option<&'w str>,
    made: MadeId,
    /// One buffer for the request; the records are slices of it.
    out: BytesMut,
    ends: Vec<(u64, usize)>,
    pub(crate) prepared: Prepared,
}

impl<'w> Recorder<'w> {
    /// For a body of `bytes` that makes `events` at most.
    pub(crate) fn new(
        kind: Kind,
        bytes: usize,
        events: usize,
        origin: &'w Origin<'w>,
        with: &'w Preparing<'w>,
    ) -> Self {
        let user_agent = origin.user_agent.map(|agent| payload::cut(agent, limits::USER_AGENT_CHARS).0);
        let overhead = 64 + user_agent.map_or(0, str::len);
        Self {
            origin,
            with,
            user_agent,
            made: (with.reserve)(events as u64),
            out: BytesMut::with_capacity(bytes + events * overhead),
            ends: Vec::with_capacity(events),
            prepared: Prepared {
                kind,
                records: Vec::new(),
                event_id: None,
                rejected: Vec::new(),
                repairs: Repairs::default(),
                ignored: 0,
                warnings: 0,
            },
        }
    }

    /// Judges one event, admits it to the site that `site` answers for the one it names, and encodes it.
    pub(crate) fn take<'d>(
        &mut self,
        event: &Judging<'_>,
        site: impl FnOnce(Option<&str>) -> Result<&'d SiteId, Rejection>,
    ) -> Result<(), Rejection> {
        let made = self.made;
        self.made.count = made.count.wrapping_add(1);
        let payload = payload::read(event.text, event.context, &mut self.prepared.repairs)?;
        let site = site(payload.site_id.as_deref())?;
        conform::check(self.with.directory.schemas(site), &payload, &mut self.prepared.warnings)?;
        let arrival = Arrival {
            site,
            made,
            received_at: self.origin.received_at,
            address: self.origin.address,
            user_agent: self.user_agent,
            language: self.origin.language,
            keyed: event.keyed,
        };
        encode(&payload, &arrival, &mut self.out);
        self.ends.push((routing(&payload, &arrival), self.out.len()));
        if self.prepared.kind == Kind::Single {
            let id = payload.event_id.map_or_else(|| made.to_string(), std::borrow::Cow::into_owned);
            self.prepared.event_id = Some(id);
        }
        Ok(())
    }

    /// Leaves the event at `index` out, and keeps a copy of `raw`.
    pub(crate) fn reject(&mut self, index: usize, rejection: Rejection, site: Option<&str>, raw: &str) {
        let at = self.origin.received_at;
        self.with.rejects.keep(&Reject { at, site, index, rejection: &rejection, raw });
        self.prepared.rejected.push(EventRejection { index, rejection });
    }

    /// Is there anything to append?
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The body, ready to be appended.
    pub(crate) fn finish(self) -> Result<Prepared, Refusal> {
        let Self { out, ends, mut prepared, .. } = self;
        if ends.is_empty() {
            refuse_whole(&prepared)?;
        }
        let all = out.freeze();
        let mut start = 0;
        prepared.records = ends
            .into_iter()
            .map(|(key, end)| Record { key, payload: all.slice(std::mem::replace(&mut start, end)..end) })
            .collect();
        Ok(prepared)
    }
}

/// Where nothing was taken: a single event's rejection is the request's refusal; and a batch of which no event
/// was admitted anywhere is refused like a single event, never with a 2xx.
fn refuse_whole(prepared: &Prepared) -> Result<(), Refusal> {
    let mut rejections = prepared.rejected.iter().map(|rejected| &rejected.rejection);
    let first = match prepared.kind {
        Kind::Single => rejections.next(),
        Kind::Batch => rejections.find(|rejection| is_of_admission(rejection)),
    };
    first.map_or(Ok(()), |rejection| Err(rejection.clone().into()))
}

/// The key of a record that is put back on the queue: for a visitor with an id the one it had. The address of others is
/// gone; their records stay together.
pub fn routing_again(record: &Bytes) -> u64 {
    let Ok(received) = record::decode(record) else { return 0 };
    let site = received.site.as_str().as_bytes();
    match (received.user_id.or(received.anonymous_id), received.again) {
        (Some(id), _) => id::hash(ROUTING_KEY, &[site, id.as_bytes()]),
        (None, Some(again)) => id::hash(ROUTING_KEY, &[site, &again.visitor.0.to_le_bytes()]),
        (None, None) => id::hash(ROUTING_KEY, &[site]),
    }
}

fn routing(payload: &Payload<'_>, arrival: &Arrival<'_>) -> u64 {
    let site = arrival.site.as_str().as_bytes();
    if let Some(id) = payload.user_id.as_deref().or(payload.anonymous_id.as_deref()) {
        return id::hash(ROUTING_KEY, &[site, id.as_bytes()]);
    }
    let agent = payload.user_agent.as_deref().or(arrival.user_agent).unwrap_or_default().as_bytes();
    match payload.address.or(arrival.address) {
        Some(IpAddr::V4(address)) => id::hash(ROUTING_KEY, &[site, &address.octets(), agent]),
        Some(IpAddr::V6(address)) => id::hash(ROUTING_KEY, &[site, &address.octets(), agent]),
        None => id::hash(ROUTING_KEY, &[site, agent]),
    }
}
