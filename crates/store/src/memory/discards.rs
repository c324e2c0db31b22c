//! Discarded events in a list: what other stores are held to.

use std::collections::{BTreeMap, HashSet, VecDeque};

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{SiteId, Timestamp, VisitorId};

use super::MemoryStore;
use crate::discards::{DiscardLog, Folding, Kept, Report, Selection, Window, hour, is_of};
use crate::{Discarded, Erasure, StoreError};

/// What is kept, and what was counted.
#[derive(Debug, Default)]
pub(super) struct Discards {
    window: Window,
    last: u64,
    /// By site, oldest first.
    kept: BTreeMap<SiteId, VecDeque<Kept>>,
    /// By site, reason and hour: how many, and when the last one arrived.
    counts: BTreeMap<(SiteId, ByteString, i64), (u64, Timestamp)>,
}

impl Discards {
    pub(super) fn add(&mut self, discarded: &[Discarded]) {
        for one in discarded {
            self.last += 1;
            let key = (one.site.clone(), one.reason.clone(), hour(one.received_at));
            let counted = self.counts.entry(key).or_insert((0, one.received_at));
            *counted = (counted.0 + 1, counted.1.max(one.received_at));
            if !one.fits() {
                continue;
            }
            let kept = Kept {
                number: self.last,
                received_at: one.received_at,
                reason: one.reason.clone(),
                detail: one.detail.clone(),
                record: one.record.clone(),
            };
            let of_site = self.kept.entry(one.site.clone()).or_default();
            of_site.push_back(kept);
            if of_site.len() > self.window.a_site {
                of_site.pop_front();
            }
        }
    }

    pub(super) fn erase(&mut self, erasure: &Erasure, visitors: impl Fn(VisitorId) -> bool) {
        if let Some(kept) = self.kept.get_mut(&erasure.site) {
            kept.retain(|kept| !is_of(&kept.record, &erasure.subject, &visitors));
        }
    }

    pub(super) fn retain(&mut self, from: Timestamp) {
        self.kept.values_mut().for_each(|kept| kept.retain(|kept| kept.received_at >= from));
    }

    /// Newest first.
    fn of(&self, site: &SiteId) -> impl DoubleEndedIterator<Item = &Kept> {
        self.kept.get(site).into_iter().flatten().rev()
    }
}

#[async_trait]
impl DiscardLog for MemoryStore {
    async fn report(&self, site: &SiteId, since: Timestamp) -> Result<Report, StoreError> {
        let discards = &self.state.lock().discards;
        let mut folding = Folding::new(since);
        for ((of, reason, of_hour), (count, last_at)) in &discards.counts {
            if of == site {
                folding.count(reason, *of_hour, *count, *last_at);
            }
        }
        for kept in discards.of(site) {
            folding.kept(kept.number, kept.received_at, &kept.reason, &kept.detail);
        }
        let wanted = folding.wanted();
        let wanted = discards.of(site).filter(|kept| wanted.contains(&kept.number)).cloned().collect();
        Ok(folding.finish(wanted))
    }

    async fn newest(&self, site: &SiteId) -> Result<u64, StoreError> {
        Ok(self.state.lock().discards.of(site).next().map_or(0, |kept| kept.number))
    }

    async fn page(
        &self,
        site: &SiteId,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Kept>, StoreError> {
        let discards = &self.state.lock().discards;
        let selected = discards.of(site).rev().filter(|kept| kept.number > after && selection.has(kept));
        Ok(selected.take(limit).cloned().collect())
    }

    async fn forget(&self, site: &SiteId, numbers: &[u64]) -> Result<u64, StoreError> {
        let mut state = self.state.lock();
        let Discards { kept, counts, .. } = &mut state.discards;
        let Some(kept) = kept.get_mut(site) else { return Ok(0) };
        let numbers: HashSet<_> = numbers.iter().collect();
        let (gone, left): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(kept).into_iter().partition(|kept| numbers.contains(&kept.number));
        *kept = left;
        for kept in &gone {
            let key = (site.clone(), kept.reason.clone(), hour(kept.received_at));
            if let Some((count, _)) = counts.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&key);
                }
            }
        }
        Ok(gone.len() as u64)
    }

    async fn forget_past(&self, now: Timestamp) -> Result<(), StoreError> {
        let discards = &mut self.state.lock().discards;
        let Window { in_all, .. } = discards.window;
        let (events, counts) = (discards.window.events_from(now), discards.window.counts_from(now));
        discards.retain(events);
        let mut numbers: Vec<_> = discards.kept.values().flatten().map(|kept| kept.number).collect();
        numbers.sort_unstable();
        if let Some(first) = numbers.len().checked_sub(in_all).and_then(|surplus| numbers.get(surplus)) {
            discards.kept.values_mut().for_each(|kept| kept.retain(|kept| kept.number >= *first));
        }
        discards.counts.retain(|(_, _, hour), _| *hour >= counts);
        Ok(())
    }
}
