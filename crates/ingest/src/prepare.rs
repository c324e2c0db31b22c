//! From a body to records: admitted, judged, encoded. No I/O and no waiting, so that it can run on any thread.

use std::net::IpAddr;

use bytes::BytesMut;
use millrace_catalog::Directory;
use millrace_event::payload::{self, Envelope, Format, Kind, Payload, Rejection, Repairs};
use millrace_event::record::{Arrival, encode};
use millrace_event::{MadeId, SiteId, Timestamp, id, limits};
use millrace_queue::Record;

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
    let mut made = (with.reserve)(events.len() as u64);
    let mut prepared = Prepared {
        kind: envelope.kind(),
        records: Vec::new(),
        event_id: None,
        rejected: Vec::new(),
        repairs: Repairs::default(),
        warnings: 0,
    };
    let user_agent = origin.user_agent.map(|agent| payload::cut(agent, limits::USER_AGENT_CHARS).0);
    let overhead = 64 + user_agent.map_or(0, str::len);
    // One buffer for the request; the records are slices of it.
    let mut out = BytesMut::with_capacity(text.len() + events.len() * overhead);
    let mut ends: Vec<(u64, usize)> = Vec::with_capacity(events.len());
    for (index, raw) in events.iter().enumerate() {
        let mut admitted = None;
        let judged = payload::read(raw, &context, &mut prepared.repairs).and_then(|payload| {
            let site = *admitted.insert(admission.site(payload.site_id.as_deref())?);
            conform::check(with.directory.schemas(site), &payload, &mut prepared.warnings)?;
            Ok((site, payload))
        });
        match judged {
            Ok((site, payload)) => {
                let arrival = Arrival {
                    site,
                    made,
                    received_at: origin.received_at,
                    address: origin.address,
                    user_agent,
                    language: origin.language,
                    keyed: admission.trust().secret_key,
                };
                encode(&payload, &arrival, &mut out);
                ends.push((routing(&payload, &arrival), out.len()));
                if prepared.kind == Kind::Single {
                    let id = payload.event_id.map_or_else(|| made.to_string(), std::borrow::Cow::into_owned);
                    prepared.event_id = Some(id);
                }
            }
            Err(rejection) => {
                let site = admitted.or_else(|| origin.key.and_then(|_| admission.site(None).ok()));
                with.rejects.keep(&Reject {
                    at: origin.received_at,
                    site: site.map(SiteId::as_str),
                    index,
                    rejection: &rejection,
                    raw,
                });
                prepared.rejected.push(EventRejection { index, rejection });
            }
        }
        made.count = made.count.wrapping_add(1);
    }
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
