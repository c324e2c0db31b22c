//! Reading a body: against a deadline, a limit, and a budget that all bodies share.

use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, header};
use axum::body::{Body, HttpBody};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use millrace_event::limits;
use millrace_event::payload::EnvelopeError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::Refusal;

/// Bytes of one permit; so a tiny body counts as this much, which bounds the number of requests as well.
const UNIT: usize = 1 << 10;

/// What all bodies in flight may take.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<Semaphore>);

/// A share of the budget, given back when dropped.
#[derive(Debug)]
pub(crate) struct Held {
    permit: OwnedSemaphorePermit,
    bytes: usize,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new((bytes / UNIT).clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Room for `bytes`, at least one unit.
    pub(crate) fn hold(&self, bytes: usize) -> Result<Held, Refusal> {
        let units = u32::try_from(bytes.div_ceil(UNIT).max(1)).map_err(|_| Refusal::Overloaded)?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(units).map_err(|_| Refusal::Overloaded)?;
        Ok(Held { permit, bytes: units as usize * UNIT })
    }

    /// Widens `held` to `bytes`.
    pub(crate) fn widen(&self, held: &mut Held, bytes: usize) -> Result<(), Refusal> {
        if bytes > held.bytes {
            let more = self.hold(bytes - held.bytes)?;
            held.bytes += more.bytes;
            held.permit.merge(more.permit);
        }
        Ok(())
    }
}

/// The whole body as it was sent, at most [`limits::BATCH_BODY_BYTES`].
pub(crate) async fn read(
    body: &mut Body,
    deadline: Duration,
    budget: &Budget,
) -> Result<(Bytes, Held), Refusal> {
    let too_large = || Refusal::from(EnvelopeError::BodyTooLarge { limit: limits::BATCH_BODY_BYTES });
    if body.size_hint().lower() > limits::BATCH_BODY_BYTES as u64 {
        return Err(too_large());
    }
    let mut held = budget.hold(UNIT)?;
    let until = Instant::now() + deadline;
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    loop {
        let frame = match timeout_at(until, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_))) => return Err(Refusal::BodyIncomplete),
            Ok(None) => break,
            Err(_) => return Err(Refusal::BodyTimeout(deadline.as_secs())),
        };
        let Ok(data) = frame.into_data() else { continue };
        let length = first.len() + all.len() + data.len();
        if length > limits::BATCH_BODY_BYTES {
            return Err(too_large());
        }
        budget.widen(&mut held, length)?;
        // Nearly every body comes in one piece, and is not copied.
        if all.is_empty() && first.is_empty() {
            first = data;
        } else {
            if all.is_empty() {
                all.extend_from_slice(&std::mem::take(&mut first));
            }
            all.extend_from_slice(&data);
        }
    }
    Ok((if all.is_empty() { first } else { all.freeze() }, held))
}

/// Reads and forgets what a refused request still sends, within bounds: closing a connection on a client that is
/// still sending takes the answer away from it.
pub(crate) async fn drain(mut body: Body, headers: &HeaderMap) {
    const BYTES: usize = 2 * limits::BATCH_BODY_BYTES;
    const TIME: Duration = Duration::from_secs(2);
    // Reading would ask the client to go on.
    if headers.contains_key(header::EXPECT) || body.is_end_stream() {
        return;
    }
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
            if bytes > BYTES {
                break;
            }
        }
    };
    // Whether it ended or not: enough was done.
    let _ = timeout(TIME, reading).await;
}
