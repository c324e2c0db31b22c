//! From records to processed events, through the list of steps.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use bytestring::ByteString;
use millrace_event::record::{self, Again, RecordError};
use millrace_event::{Event, EventId, VisitorId};
use millrace_queue::{DeadLetter, QueuedRecord};
use millrace_store::{Discarded, Link, Memory, StoreError};

/// An event on its way through the steps.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What will be stored. Visitor, session and whatever is taken apart are filled in by the steps.
    pub event: Event,
    /// The page as sent.
    pub url: Option<ByteString>,
    /// The client's address; gone with the draft, never stored.
    pub address: Option<IpAddr>,
    /// The client's user agent; gone with the draft.
    pub user_agent: Option<ByteString>,
    /// `address` is that of a server which speaks for the visitor.
    pub sender_address: bool,
    /// `user_agent` is that of such a server.
    pub sender_agent: bool,
    /// What a worker found out before it discarded the event, which is now judged again.
    pub again: Option<Again>,
    /// Whose session it belongs to, where that is known to be somebody else than the event's visitor.
    pub person: Option<VisitorId>,
    /// Visitors who are known persons by this event.
    pub links: Vec<Link>,
    /// The sender vouches that this is no robot: neither its user agent nor where it comes from is judged.
    pub vouched: bool,
    /// The pattern that says that the user agent is a robot's.
    pub robot: Option<ByteString>,
    /// The record that it came as.
    pub record: Bytes,
}

impl Draft {
    /// An event whose client is not known.
    pub fn new(event: Event) -> Self {
        Self {
            event,
            url: None,
            address: None,
            user_agent: None,
            sender_address: false,
            sender_agent: false,
            again: None,
            record: Bytes::new(),
            person: None,
            links: Vec::new(),
            vouched: false,
            robot: None,
        }
    }

    /// The address where the visitor is, as far as anybody said.
    pub fn visitor_address(&self) -> Option<IpAddr> {
        self.address.filter(|_| !self.sender_address)
    }

    /// The user agent of the visitor, as far as anybody said.
    pub fn visitor_agent(&self) -> Option<&ByteString> {
        self.user_agent.as_ref().filter(|_| !self.sender_agent)
    }
}

/// What a step decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The event goes on.
    Keep,
    /// It is deliberately not counted.
    Discard {
        /// Why: a stable word, and a label of `millrace_worker_discarded_events_total`.
        reason: &'static str,
        /// What of a rule or list decided: a pattern, a network; may be empty.
        detail: ByteString,
    },
}

impl Verdict {
    /// Not counted, for a reason that says it all.
    pub fn discard(reason: &'static str) -> Self {
        Self::Discard { reason, detail: ByteString::new() }
    }
}

/// One step of the pipeline. Steps see events in order of arrival, each batch once.
#[async_trait]
pub trait Step: Send {
    /// Takes in what the store remembers, in place of whatever it held: before the first batch, and whenever the
    /// worker goes back to what the store has.
    fn remember(&mut self, _memory: &Memory) {}

    /// Looks at a whole batch before its events are applied, to ask a database once for all of them.
    async fn prepare(&mut self, _drafts: &[Draft]) -> Result<(), StepError> {
        Ok(())
    }

    /// Its name, a label of `millrace_worker_step_seconds`.
    fn name(&self) -> &'static str;

    /// Changes one event, or discards it.
    fn apply(&mut self, draft: &mut Draft) -> Verdict;
}

/// A step cannot go on just now. The batch waits and is tried again: nothing has been applied yet.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The catalog did not answer.
    #[error(transparent)]
    Catalog(#[from] millrace_catalog::CatalogError),
}

/// What became of a batch of records.
#[derive(Debug, Default)]
pub(crate) struct Processed {
    pub(crate) events: Vec<Event>,
    pub(crate) links: Vec<Link>,
    pub(crate) discarded: Vec<Discarded>,
    pub(crate) letters: Vec<DeadLetter>,
}

/// Events that go through all steps before the next do: few enough for the processor's caches, of which a batch would
/// be many times the size, and enough for what a step looks things up in to stay there, and to take its time.
const TOGETHER: usize = 128;

/// Runs `records` through `steps`.
pub(crate) async fn process(
    steps: &mut [Box<dyn Step>],
    records: &[QueuedRecord],
    now_ms: i64,
) -> Result<Processed, StepError> {
    let mut processed = Processed::default();
    let mut drafts = Vec::with_capacity(records.len());
    for record in records {
        match draft(record) {
            Ok(draft) => drafts.push(draft),
            Err(error) => processed.letters.push(letter(record, error.to_string(), now_ms)),
        }
    }
    for step in steps.iter_mut() {
        step.prepare(&drafts).await?;
    }
    processed.events.reserve(drafts.len());
    let mut spent = vec![Duration::ZERO; steps.len()];
    let mut drafts = drafts.into_iter();
    let mut few = Vec::with_capacity(TOGETHER);
    loop {
        few.extend(drafts.by_ref().take(TOGETHER));
        if few.is_empty() {
            break;
        }
        for (step, spent) in steps.iter_mut().zip(&mut spent) {
            let start = Instant::now();
            few.retain_mut(|draft| match step.apply(draft) {
                Verdict::Keep => true,
                Verdict::Discard { reason, detail } => {
                    processed.discarded.push(discarded(draft, reason, detail));
                    false
                }
            });
            *spent += start.elapsed();
        }
        for mut draft in few.drain(..) {
            processed.links.append(&mut draft.links);
            processed.events.push(draft.event);
        }
    }
    for (step, spent) in steps.iter().zip(spent) {
        metrics::histogram!("millrace_worker_step_seconds", "step" => step.name()).record(spent);
    }
    Ok(processed)
}

/// What is kept of an event that does not count, with what the steps had found out by then.
fn discarded(draft: &Draft, reason: &'static str, detail: ByteString) -> Discarded {
    let Event { site, received_at, visitor, place, .. } = &draft.event;
    let again = Again { visitor: *visitor, place: place.clone() };
    Discarded {
        site: site.clone(),
        received_at: *received_at,
        reason: ByteString::from_static(reason),
        detail,
        // It was read a moment ago, so it is a record. Were it none, it would be counted without being kept.
        record: record::encode_again(&draft.record, &again).unwrap_or_default(),
    }
}

/// The dead letter of a record.
pub(crate) fn letter(record: &QueuedRecord, reason: String, failed_at_ms: i64) -> DeadLetter {
    DeadLetter {
        reason,
        failed_at_ms,
        partition: record.partition,
        offset: record.offset,
        payload: record.payload.clone(),
    }
}

fn draft(record: &QueuedRecord) -> Result<Draft, RecordError> {
    let received = record::decode(&record.payload)?;
    let id = match (received.client_id, received.made) {
        (Some(id), _) => EventId::Client(id),
        (None, Some(made)) => EventId::Made(made),
        (None, None) => return Err(RecordError::Field("event_id")),
    };
    let event = Event {
        received_at: received.received_at,
        user_id: received.user_id,
        anonymous_id: received.anonymous_id,
        client_session_id: received.session_id,
        referrer: received.referrer,
        element: received.element,
        title: received.title,
        language: received.language,
        duration_ms: received.duration_ms,
        revenue: received.revenue,
        screen: received.screen,
        scroll_depth: received.scroll_depth,
        interactive: received.interactive,
        properties: received.properties,
        ..Event::new(received.site, id, received.name, received.timestamp)
    };
    Ok(Draft {
        url: received.url,
        address: received.address,
        user_agent: received.user_agent,
        sender_address: received.sender_address,
        sender_agent: received.sender_agent,
        vouched: received.vouched,
        again: received.again,
        record: record.payload.clone(),
        ..Draft::new(event)
    })
}
