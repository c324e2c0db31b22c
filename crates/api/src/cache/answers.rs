//! Gives the kept answer to a question, or computes and keeps it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use metrics::counter;
use millrace_event::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep, timeout_at};

use super::flights::{Flights, Outcome};
use super::{Cache, CacheError, Key, MOST_BYTES, entry};
use crate::error::Failure;
use crate::telemetry::{CACHE_ERRORS, CACHE_FOUND, CACHE_MISSES};

/// How long one process waits for the answer that another has claimed, before it computes too.
const OTHERS_WITHIN: Duration = Duration::from_millis(500);

/// How often it looks for that answer.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The cache, as reports use it. [`none`](super::none), [`memory`](super::memory()) and [`redis`](super::redis()) make it.
#[derive(Debug)]
pub struct Answers {
    kept: Option<(Arc<dyn Cache>, Duration)>,
    flights: Flights,
}

/// An answer and where it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Whether it was computed for an earlier request, all of it: kept, or under way when this one came.
    pub(crate) cached: bool,
    /// Its JSON text.
    pub(crate) body: Body,
}

/// JSON text, written as it is.
#[derive(Clone, Debug)]
pub(crate) struct Body(Arc<RawValue>);

impl Body {
    /// The text.
    pub(crate) fn text(&self) -> &str {
        self.0.get()
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Answers {
    /// Answers that `cache` keeps for `ttl`. Without the one or the other every answer is computed.
    pub fn new(cache: Option<Arc<dyn Cache>>, ttl: Duration) -> Self {
        Self { kept: cache.filter(|_| !ttl.is_zero()).map(|cache| (cache, ttl)), flights: Flights::default() }
    }

    /// The answer to the question of `key`: the kept one, one that is under way, or what `compute` answers.
    pub(crate) async fn get(
        &self,
        key: Key,
        clock: fn() -> Timestamp,
        deadline: Instant,
        compute: impl Future<Output = Result<Box<RawValue>, Failure>>,
    ) -> Result<Answer, Failure> {
        let Some((cache, ttl)) = &self.kept else {
            return Ok(Answer { cached: false, body: Body(compute.await?.into()) });
        };
        let seat = self.flights.board(key);
        let outcome = timeout_at(deadline, seat.outcome()).await;
        let mut outcome = outcome.map_err(|_| Failure::QueryTimeout)?;
        match &*outcome {
            Outcome::Answered(body) => {
                counter!(CACHE_FOUND).increment(1);
                return Ok(Answer { cached: true, body: Body(Arc::clone(body)) });
            }
            Outcome::Failed(failure) => return Err(Failure::Shared(Arc::clone(failure))),
            Outcome::Open => {}
        }
        let answer = Lookup { cache, ttl: *ttl, key, clock }.get(deadline, compute).await;
        let answer = answer.map_err(|failure| match failure {
            // The others may have more time left.
            Failure::QueryTimeout => failure,
            failure => Failure::Shared(failure.share()),
        });
        *outcome = match &answer {
            Ok(answer) => Outcome::Answered(Arc::clone(&answer.body.0)),
            Err(Failure::Shared(failure)) => Outcome::Failed(Arc::clone(failure)),
            Err(_) => return answer,
        };
        seat.close();
        answer
    }
}

/// One question to the cache, of the one who computes if need be.
#[derive(Clone, Copy)]
struct Lookup<'a> {
    cache: &'a Arc<dyn Cache>,
    ttl: Duration,
    key: Key,
    clock: fn() -> Timestamp,
}

impl<'a> Lookup<'a> {
    async fn get(
        self,
        deadline: Instant,
        compute: impl Future<Output = Result<Box<RawValue>, Failure>>,
    ) -> Result<Answer, Failure> {
        let claim = match self.find_or_claim(deadline).await {
            Ok(found) => {
                counter!(CACHE_FOUND).increment(1);
                return Ok(Answer { cached: true, body: Body(found) });
            }
            Err(claim) => claim,
        };
        counter!(CACHE_MISSES).increment(1);
        let body = compute.await?;
        if body.get().len() <= MOST_BYTES {
            let bytes = entry::encode(&self.key, (self.clock)(), &body);
            told(self.cache.put(&self.key, bytes, self.ttl).await);
        }
        drop(claim);
        Ok(Answer { cached: false, body: Body(body.into()) })
    }

    /// The kept answer, or the right to compute it: a claim, or nothing where none is needed or waiting is over.
    async fn find_or_claim(self, deadline: Instant) -> Result<Arc<RawValue>, Option<Claim>> {
        let patience = deadline.min(Instant::now() + OTHERS_WITHIN);
        loop {
            let bytes = told(self.cache.get(&self.key).await).ok_or(None)?;
            let found = bytes.and_then(|bytes| entry::decode(&self.key, (self.clock)(), self.ttl, &bytes));
            if let Some(body) = found {
                return Ok(body);
            }
            if !self.cache.shared() {
                return Err(None);
            }
            if told(self.cache.claim(&self.key).await).ok_or(None)? {
                return Err(Some(Claim { cache: Arc::clone(self.cache), key: self.key }));
            }
            if Instant::now() + LOOK_EVERY > patience {
                return Err(None);
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

/// Released when it goes, also where its holder is cancelled.
struct Claim {
    cache: Arc<dyn Cache>,
    key: Key,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Without a runtime the process ends, and the claim ends by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (cache, key) = (Arc::clone(&self.cache), self.key);
            runtime.spawn(async move { told(cache.release(&key).await) });
        }
    }
}

/// Counts a failure of the cache; what was not asked did not fail.
fn told<T>(result: Result<T, CacheError>) -> Option<T> {
    if let Err(CacheError::Failed(_) | CacheError::Url(_)) = &result {
        counter!(CACHE_ERRORS).increment(1);
    }
    result.ok()
}
