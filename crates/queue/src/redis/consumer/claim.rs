//! Pending entries: what was given to a member, this one or another, and not acknowledged.

use redis::Value;
use tokio::time::Instant;

use super::RedisConsumer;
use crate::redis::keys::Id;
use crate::redis::lease::Member;
use crate::redis::reply::{Entry, bytes, entries, items, number};
use crate::{BatchLimit, DeadLetter, Partition, QueueError};

/// Pending entries asked for at a time.
const PAGE: usize = 1_000;
/// Deliveries after which a record comes with few others.
const FEW_AFTER: u64 = 2;
/// How many others.
const FEW: usize = 32;
/// Deliveries after which a record comes alone.
const ALONE_AFTER: u64 = 3;

/// An entry that somebody was given.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) id: Id,
    /// How often.
    deliveries: u64,
    /// By this very member, which lives: that is no sign of a record that kills.
    ours: bool,
}

impl RedisConsumer {
    /// Claims the next pending entries into the empty buffer, and buries those that were given out too often.
    pub(super) async fn claim(&mut self, limit: BatchLimit) {
        for partition in self.parts.keys().copied().collect::<Vec<_>>() {
            if !self.buffer.is_empty() {
                return;
            }
            if let Err(error) = self.claim_of(partition, limit).await {
                // Its turn comes again; the others go on meanwhile.
                self.failed(partition, error);
            }
        }
    }

    async fn claim_of(&mut self, partition: Partition, limit: BatchLimit) -> Result<(), QueueError> {
        self.find_lost(partition).await?;
        while let Some(part) = self.parts.get(&partition) {
            let most = self.member.shared.config.max_deliveries;
            let (run, buried) = next_run(part.pending.iter(), limit.records.max(1), u64::from(most));
            let Some(first) = run.first() else { break };
            let ids: Vec<Id> = run.iter().map(|pending| pending.id).collect();
            let claimed = if buried {
                self.member.bury(partition, first).await?;
                Vec::new()
            } else {
                self.member.claim(partition, &run).await?
            };
            let Some(part) = self.parts.get_mut(&partition) else { break };
            part.pending.drain(..ids.len());
            self.buffer_entries(partition, claimed);
            if let (Some(part), Some(last)) =
                (self.parts.get_mut(&partition), ids.last().and_then(|id| id.offset()))
            {
                // Also past what was buried, or deleted by its id.
                part.read = part.read.max(last + 1);
                if buried {
                    part.open.push_back(last);
                }
            }
            if !self.buffer.is_empty() || buried {
                return Ok(());
            }
        }
        Ok(())
    }

    /// After a lost answer: what of this partition is pending and was not read.
    async fn find_lost(&mut self, partition: Partition) -> Result<(), QueueError> {
        let Some(from) = self.parts.get(&partition).filter(|part| part.lost()).map(|part| part.read) else {
            return Ok(());
        };
        if self.parts.get(&partition).is_some_and(|part| part.retry_at.is_some_and(|at| at > Instant::now()))
        {
            return Ok(());
        }
        let pending = self.member.pending(partition).await?;
        if let Some(part) = self.parts.get_mut(&partition) {
            part.pending = pending.into_iter().filter(|pending| pending.id >= Id::of(from)).collect();
            part.retry_at = None;
        }
        Ok(())
    }
}

/// The next entries to be given out together, and whether it is one to be buried instead.
fn next_run<'a>(
    mut pending: impl Iterator<Item = &'a Pending>,
    limit: usize,
    max_deliveries: u64,
) -> (Vec<Pending>, bool) {
    let Some(first) = pending.next() else { return (Vec::new(), false) };
    if !first.ours && first.deliveries >= max_deliveries {
        return (vec![first.clone()], true);
    }
    let company = |pending: &Pending| match pending.deliveries {
        _ if pending.ours => PAGE,
        deliveries if deliveries >= ALONE_AFTER => 1,
        deliveries if deliveries >= FEW_AFTER => FEW,
        _ => PAGE,
    };
    let alike = |other: &&Pending| {
        (other.ours, company(other)) == (first.ours, company(first))
            && (!first.ours || other.deliveries == first.deliveries)
    };
    let others = pending.take_while(alike).take(company(first).min(limit) - 1);
    (std::iter::once(first).chain(others).cloned().collect(), false)
}

impl Member {
    /// Everything of a partition that is pending in the group, whoever has it, in order.
    pub(super) async fn pending(&self, partition: Partition) -> Result<Vec<Pending>, QueueError> {
        let mut all = Vec::new();
        let mut from = "-".to_owned();
        loop {
            let mut pending = redis::cmd("XPENDING");
            pending.arg(&self.shared.streams[partition as usize]).arg(self.group.as_str());
            pending.arg(&from).arg("+").arg(PAGE);
            let page = items(self.shared.ask(&pending).await?);
            let full = page.len() == PAGE;
            all.extend(page.into_iter().filter_map(|value| self.pending_entry(value)));
            match all.last() {
                Some(last) if full => from = format!("({}", last.id),
                _ => return Ok(all),
            }
        }
    }

    fn pending_entry(&self, value: Value) -> Option<Pending> {
        let mut parts = items(value).into_iter();
        let id = Id::parse(&bytes(parts.next()?)?)?;
        let ours = bytes(parts.next()?)? == self.name.as_bytes();
        let deliveries = number(&parts.nth(1)?)?;
        Some(Pending { id, deliveries, ours })
    }

    /// Takes entries over. Entries that were deleted by their id are not among what comes.
    async fn claim(&self, partition: Partition, run: &[Pending]) -> Result<Vec<Entry>, QueueError> {
        let mut claim = redis::cmd("XCLAIM");
        claim.arg(&self.shared.streams[partition as usize]).arg(self.group.as_str()).arg(&self.name).arg(0);
        run.iter().for_each(|pending| {
            claim.arg(pending.id.to_string());
        });
        // What this member has already it is given again without being counted.
        if let Some(first) = run.first().filter(|first| first.ours) {
            claim.arg("RETRYCOUNT").arg(first.deliveries);
        }
        Ok(entries(self.shared.ask(&claim).await?))
    }

    async fn bury(&self, partition: Partition, pending: &Pending) -> Result<(), QueueError> {
        let mut range = redis::cmd("XRANGE");
        range
            .arg(&self.shared.streams[partition as usize])
            .arg(pending.id.to_string())
            .arg(pending.id.to_string());
        for entry in entries(self.shared.ask(&range).await?) {
            let letter = DeadLetter {
                partition,
                offset: pending.id.offset().unwrap_or(0),
                reason: format!(
                    "given to a worker {} times that did not come back: it may be what takes workers down",
                    pending.deliveries
                ),
                failed_at_ms: self.shared.now().await?.cast_signed(),
                payload: entry.payload,
            };
            tracing::error!(
                partition,
                offset = letter.offset,
                reason = letter.reason,
                "a record becomes a dead letter"
            );
            self.shared.bury(&[letter]).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn company_grows_smaller_with_each_delivery() {
        let pending = |deliveries: &[u64]| -> Vec<Pending> {
            let one = |(sequence, deliveries): (usize, &u64)| Pending {
                id: Id { milliseconds: 1, sequence: sequence as u64 },
                deliveries: deliveries % 100,
                ours: *deliveries >= 100,
            };
            deliveries.iter().enumerate().map(one).collect()
        };
        let run = |deliveries: &[u64], limit| {
            let (run, buried) = next_run(pending(deliveries).iter(), limit, 5);
            (run.len(), buried)
        };
        assert_eq!(run(&[], 10), (0, false));
        assert_eq!(run(&[1; 5_000], 8_000), (PAGE, false));
        assert_eq!(run(&[1; 5_000], 10), (10, false));
        assert_eq!(run(&[1, 1, 2, 1], 10), (2, false));
        assert_eq!(run(&[2; 100], 1_000), (FEW, false));
        assert_eq!(run(&[3, 3], 10), (1, false));
        assert_eq!(run(&[4, 1], 10), (1, false));
        assert_eq!(run(&[5, 5], 10), (1, true));
        // What this very member has says nothing about it.
        assert_eq!(run(&[107, 107, 7], 10), (2, false));
        assert_eq!(run(&[101, 1], 10), (1, false));
    }
}
