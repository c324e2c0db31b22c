//! The whole of ingestion without HTTP: for the routes, the importer and the demo alike.

use std::borrow::Cow;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use millrace_catalog::{Catalog, Directory};
use millrace_event::payload::{EnvelopeError, Format, Kind};
use millrace_event::{MadeId, Timestamp, limits};
use millrace_queue::Queue;
use tokio::sync::Semaphore;

use crate::admit::Admission;
use crate::body::{Budget, Held};
use crate::clients::{self, Call};
use crate::figures::Figures;
use crate::prepare::{Origin, Prepared, Preparing, prepare};
use crate::rejects::Rejects;
use crate::script::Scripts;
use crate::{Encoding, EventRejection, IngestConfig, Refusal, decode};

/// Bodies up to this size are parsed on the thread that read them: a hundred microseconds at most, less than what
/// moving them costs in latency under load.
const INLINE_BYTES: usize = 64 << 10;
/// Compressed bodies up to this size are tried there too, as long as they stay within [`INLINE_BYTES`]; so are those
/// that a client packed inside.
const INLINE_ENCODED_BYTES: usize = 16 << 10;

/// Takes events in: what the routes, the importer and the demo share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    catalog: Arc<dyn Catalog>,
    queue: Arc<dyn Queue>,
    config: IngestConfig,
    rejects: Rejects,
    figures: Figures,
    budget: Budget,
    parsing: Semaphore,
    process: u64,
    /// Keys what answers to other systems' clients invent.
    secret: u128,
    count: AtomicU64,
    queue_fails: AtomicBool,
    scripts: Scripts,
}

/// A body and where it came from.
#[derive(Clone, Debug)]
pub struct Submission {
    /// As it was sent.
    pub body: Bytes,
    /// How it is compressed.
    pub encoding: Option<Encoding>,
    /// How it is written.
    pub format: Format,
    /// The key that came with it.
    pub key: Option<String>,
    /// It comes from the server's operator, not from a client: it may be for any site, and is trusted as with a key.
    pub operator: bool,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The client's user agent.
    pub user_agent: Option<String>,
    /// The language that the client's request prefers.
    pub language: Option<String>,
    /// When it arrived.
    pub received_at: Timestamp,
}

impl Submission {
    /// A plain JSON body that arrives now, from nowhere in particular.
    pub fn json(body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            encoding: None,
            format: Format::Json,
            key: None,
            operator: false,
            address: None,
            user_agent: None,
            language: None,
            received_at: Timestamp::now(),
        }
    }

    fn origin(&self) -> Origin<'_> {
        Origin {
            key: self.key.as_deref(),
            operator: self.operator,
            address: self.address,
            user_agent: self.user_agent.as_deref(),
            language: self.language.as_deref(),
            received_at: self.received_at,
        }
    }
}

/// What became durable, and what was refused of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// One event or a batch.
    pub kind: Kind,
    /// Events that are durable on the queue.
    pub accepted: usize,
    /// The one event's id, the client's or the one made here; nothing for a batch.
    pub event_id: Option<String>,
    /// The others, in order.
    pub rejected: Vec<EventRejection>,
}

impl Intake {
    /// Starts the thread that keeps rejected events, where there is a folder for them. Metrics go to the recorder
    /// that is installed by now.
    ///
    /// # Errors
    /// When that folder cannot be written.
    pub fn new(catalog: Arc<dyn Catalog>, queue: Arc<dyn Queue>, config: IngestConfig) -> io::Result<Self> {
        let mut random = [0; 24];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let (process, secret) = random.split_at(8);
        let process = process.try_into().unwrap_or_default();
        let secret = secret.try_into().unwrap_or_default();
        Ok(Self(Arc::new(Inner {
            catalog,
            queue,
            rejects: Rejects::open(config.rejects_dir.as_deref())?,
            figures: Figures::register(),
            budget: Budget::new(config.inflight_bytes),
            parsing: Semaphore::new(config.parsing.max(1)),
            process: u64::from_le_bytes(process) & MadeId::PROCESS_MASK,
            secret: u128::from_le_bytes(secret),
            count: AtomicU64::new(0),
            queue_fails: AtomicBool::new(false),
            scripts: Scripts::default(),
            config,
        })))
    }

    /// Takes a body; on return its events are durable.
    ///
    /// # Errors
    /// A [`Refusal`] of the body as a whole. After one of the queue the events may be stored or not.
    pub async fn accept(&self, submission: Submission) -> Result<Accepted, Refusal> {
        let held = self.0.budget.hold(submission.body.len())?;
        self.accept_held(submission, None, held).await
    }

    /// [`Intake::accept`] of a body that holds its share of the budget already; with `call` that of another system's
    /// client.
    pub(crate) async fn accept_held(
        &self,
        submission: Submission,
        call: Option<Arc<Call>>,
        mut held: Held,
    ) -> Result<Accepted, Refusal> {
        let prepared = if let Some(done) = self.prepare_inline(&submission, call.as_deref()) {
            done?
        } else {
            let turn = self.0.parsing.acquire().await.map_err(|_| Refusal::Internal)?;
            let this = self.clone();
            let work =
                tokio::task::spawn_blocking(move || this.prepare_all(&submission, call.as_deref(), held));
            let prepared = work.await.map_err(|error| {
                tracing::error!(error.message = %error, "a body could not be processed");
                Refusal::Internal
            })?;
            drop(turn);
            let (prepared, still_held) = prepared?;
            held = still_held;
            prepared
        };
        let accepted = self.append(prepared).await;
        drop(held);
        accepted
    }

    /// The configuration it runs with.
    pub fn config(&self) -> &IngestConfig {
        &self.0.config
    }

    /// The current snapshot of the catalog.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        self.0.catalog.directory()
    }

    pub(crate) fn scripts(&self) -> &Scripts {
        &self.0.scripts
    }

    pub(crate) fn secret(&self) -> u128 {
        self.0.secret
    }

    /// Does this word of another system's client open a site?
    pub(crate) fn knows(&self, token: &str) -> bool {
        let directory = self.0.catalog.directory();
        Admission::new(&directory, None, false).is_ok_and(|admission| admission.token(Some(token)).is_ok())
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.0.budget
    }

    pub(crate) fn figures(&self) -> &Figures {
        &self.0.figures
    }

    /// Nothing where the body is too large for an async thread.
    fn prepare_inline(
        &self,
        submission: &Submission,
        call: Option<&Call>,
    ) -> Option<Result<Prepared, Refusal>> {
        let body = &submission.body;
        let plain = match submission.encoding {
            None if body.len() <= INLINE_BYTES => Ok(Cow::Borrowed(&**body)),
            Some(encoding) if body.len() <= INLINE_ENCODED_BYTES => {
                decode::decode(body, encoding, INLINE_BYTES).map(Cow::Owned)
            }
            _ => return None,
        };
        let prepared = plain.and_then(|plain| {
            let json = self.unpack(&plain, call, INLINE_BYTES)?;
            Ok(self.prepare(&json, submission, call))
        });
        match prepared {
            Ok(prepared) => Some(prepared),
            Err(Refusal::Envelope(EnvelopeError::BodyTooLarge { .. })) => None,
            Err(other) => Some(Err(other)),
        }
    }

    fn prepare_all(
        &self,
        submission: &Submission,
        call: Option<&Call>,
        mut held: Held,
    ) -> Result<(Prepared, Held), Refusal> {
        let mut bytes = submission.body.len();
        let mut hold = |more: &Cow<'_, [u8]>| {
            bytes += if let Cow::Owned(more) = more { more.len() } else { 0 };
            self.0.budget.widen(&mut held, bytes)
        };
        let plain = match submission.encoding {
            None => Cow::Borrowed(&*submission.body),
            Some(encoding) => decode::decode(&submission.body, encoding, limits::BATCH_BODY_BYTES)?.into(),
        };
        hold(&plain)?;
        let json = self.unpack(&plain, call, limits::BATCH_BODY_BYTES)?;
        hold(&json)?;
        Ok((self.prepare(&json, submission, call)?, held))
    }

    /// The plain body as it is read, at most `limit` bytes of it.
    fn unpack<'a>(
        &self,
        plain: &'a [u8],
        call: Option<&'a Call>,
        limit: usize,
    ) -> Result<Cow<'a, [u8]>, Refusal> {
        let json = call.map_or(Ok(plain.into()), |call| clients::unpack(plain, call, limit));
        if let Err(Refusal::Event(rejection)) = &json {
            self.0.figures.rejected(rejection.code);
        }
        json
    }

    fn prepare(
        &self,
        plain: &[u8],
        submission: &Submission,
        call: Option<&Call>,
    ) -> Result<Prepared, Refusal> {
        let inner = &*self.0;
        let reserve = |events: u64| MadeId {
            process: inner.process,
            count: inner.count.fetch_add(events, Ordering::Relaxed),
        };
        let directory = inner.catalog.directory();
        let with = Preparing {
            directory: &directory,
            reserve: &reserve,
            batch_events: inner.config.batch_events.min(limits::BATCH_EVENTS),
            rejects: &inner.rejects,
        };
        let origin = submission.origin();
        let prepared = match call {
            Some(call) => clients::prepare(plain, call, &origin, &with),
            None => prepare(plain, submission.format, &origin, &with),
        };
        match &prepared {
            Ok(prepared) => {
                inner.figures.repairs(&prepared.repairs);
                if let Some(call) = call.filter(|_| prepared.ignored > 0) {
                    inner.figures.ignored(call.client, prepared.ignored);
                }
                inner.figures.warned(prepared.warnings);
                for rejected in &prepared.rejected {
                    inner.figures.rejected(rejected.rejection.code);
                }
            }
            Err(Refusal::Event(rejection)) => inner.figures.rejected(rejection.code),
            Err(_) => {}
        }
        prepared
    }

    async fn append(&self, prepared: Prepared) -> Result<Accepted, Refusal> {
        let inner = &*self.0;
        let accepted = prepared.records.len();
        if accepted > 0 {
            let appended = inner.queue.append(prepared.records).await;
            // Once a change, not once a request: a full queue is met by thousands of them.
            match (&appended, inner.queue_fails.swap(appended.is_err(), Ordering::Relaxed)) {
                (Err(error), false) => tracing::error!(error.message = %error, "the queue refuses events"),
                (Ok(()), true) => tracing::info!("the queue takes events again"),
                _ => {}
            }
            appended.map_err(Refusal::Queue)?;
            inner.figures.accepted(accepted);
        }
        let Prepared { kind, event_id, rejected, .. } = prepared;
        Ok(Accepted { kind, accepted, event_id, rejected })
    }
}
