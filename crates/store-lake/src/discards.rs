//! Discarded events: in memory until the tail is sealed, then rows of the manifest.
//!
//! They become durable in the seal's transaction, with the offsets they came from. Whoever reads or removes them holds
//! the lock of the seal meanwhile: so each is either here or there.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{SiteId, Timestamp};
use millrace_store::discards::{DiscardLog, Folding, Kept, Report, Selection, hour};
use millrace_store::{Discarded, StoreError};

use crate::lake::Lake;
use crate::seal::seal;
use crate::store::LakeStore;

/// Bytes of records in memory at which the tail is sealed; at twice as many the older half is only counted.
const BYTES: usize = 32 << 20;

/// Discarded events that are not durable yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pending {
    pub(crate) sites: HashMap<SiteId, OfSite>,
    /// The number of the next one.
    pub(crate) next: u64,
    /// How many of a site are kept.
    a_site: usize,
    /// Of the records that are kept.
    bytes: usize,
}

/// Those of one site.
#[derive(Clone, Debug, Default)]
pub(crate) struct OfSite {
    /// The newest, oldest of them first.
    pub(crate) kept: VecDeque<Kept>,
    /// By reason and hour: how many, and when the last one arrived.
    pub(crate) counts: HashMap<(ByteString, i64), (u64, Timestamp)>,
}

impl Pending {
    /// Nothing yet; `next` is the number of the first one to come.
    pub(crate) fn new(next: u64, a_site: usize) -> Self {
        Self { next, a_site, ..Self::default() }
    }

    /// Nothing yet; what comes follows what is here.
    pub(crate) fn successor(&self) -> Self {
        Self::new(self.next, self.a_site)
    }

    /// Counts `discarded`, and keeps the newest.
    pub(crate) fn add(&mut self, discarded: &[Discarded]) {
        for one in discarded {
            // Names are slices of what was read from the queue: they are copied, not to hold on to all of it.
            let of_site = match self.sites.get_mut(&one.site) {
                Some(of_site) => of_site,
                None => self.sites.entry(owned_site(&one.site)).or_default(),
            };
            of_site.count((one.reason.clone(), hour(one.received_at)), 1, one.received_at);
            if one.fits() {
                self.bytes += one.record.len();
                of_site.kept.push_back(Kept {
                    number: self.next,
                    received_at: one.received_at,
                    reason: one.reason.clone(),
                    detail: ByteString::from(&*one.detail),
                    record: one.record.clone(),
                });
                self.bytes -= of_site.cut(self.a_site);
            }
            self.next += 1;
        }
        self.bound();
    }

    /// Adds what came later.
    pub(crate) fn append(&mut self, later: Self) {
        self.bytes += later.bytes;
        for (site, later) in later.sites {
            let of_site = self.sites.entry(site).or_default();
            of_site.kept.extend(later.kept);
            for (key, (count, last_at)) in later.counts {
                of_site.count(key, count, last_at);
            }
            self.bytes -= of_site.cut(self.a_site);
        }
        self.next = self.next.max(later.next);
        self.bound();
    }

    fn bound(&mut self) {
        while self.bytes > 2 * BYTES {
            for of_site in self.sites.values_mut() {
                self.bytes -= of_site.cut(of_site.kept.len() / 2);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }

    /// Whether there is enough of it to be sealed.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes >= BYTES
    }
}

impl OfSite {
    fn count(&mut self, key: (ByteString, i64), count: u64, last_at: Timestamp) {
        let counted = self.counts.entry(key).or_insert((0, last_at));
        *counted = (counted.0 + count, counted.1.max(last_at));
    }

    /// Leaves the newest `most`; answers the bytes of the records that went.
    fn cut(&mut self, most: usize) -> usize {
        let surplus = self.kept.len().saturating_sub(most);
        self.kept.drain(..surplus).map(|kept| kept.record.len()).sum()
    }
}

fn owned_site(site: &SiteId) -> SiteId {
    SiteId::new(site.as_str().to_owned()).unwrap_or_else(|_| site.clone())
}

/// Once an hour, as long as the lake is open.
pub(crate) async fn keep(lake: Arc<Lake>) {
    loop {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        if let Err(error) = forget_past(&lake, Timestamp::now()).await {
            tracing::error!(%error, "discarded events past their window could not be forgotten; next try in an hour");
        }
    }
}

async fn forget_past(lake: &Arc<Lake>, now: Timestamp) -> Result<(), StoreError> {
    seal(lake).await?;
    lake.manifest.forget_past_discards(&lake.config.discards, now).await
}

#[async_trait]
impl DiscardLog for LakeStore {
    async fn report(&self, site: &SiteId, since: Timestamp) -> Result<Report, StoreError> {
        let lake = &self.lake;
        let _turn = lake.sealing.lock().await;
        let pending = lake.state.discards_of(site);
        let mut folding = Folding::new(since);
        for ((reason, of_hour), (count, last_at)) in &pending.counts {
            folding.count(reason, *of_hour, *count, *last_at);
        }
        for kept in pending.kept.iter().rev() {
            folding.kept(kept.number, kept.received_at, &kept.reason, &kept.detail);
        }
        let room = lake.config.discards.a_site.saturating_sub(pending.kept.len());
        lake.manifest.fold_discards(site, room, &mut folding).await?;
        let wanted = folding.wanted();
        let mut found = lake.manifest.discards_numbered(&wanted).await?;
        found.extend(pending.kept.into_iter().filter(|kept| wanted.contains(&kept.number)));
        Ok(folding.finish(found))
    }

    async fn newest(&self, site: &SiteId) -> Result<u64, StoreError> {
        let _turn = self.lake.sealing.lock().await;
        match self.lake.state.discards_of(site).kept.back() {
            Some(kept) => Ok(kept.number),
            None => self.lake.manifest.newest_discard(site).await,
        }
    }

    async fn page(
        &self,
        site: &SiteId,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Kept>, StoreError> {
        let lake = &self.lake;
        let _turn = lake.sealing.lock().await;
        let pending = lake.state.discards_of(site).kept;
        let room = lake.config.discards.a_site.saturating_sub(pending.len());
        let mut page = lake.manifest.page_of_discards(site, selection, after, room, limit).await?;
        let pending = pending.into_iter().filter(|kept| kept.number > after && selection.has(kept));
        page.extend(pending.take(limit - page.len()));
        Ok(page)
    }

    /// What is in memory is sealed first: after a crash the queue would bring it again.
    async fn forget(&self, site: &SiteId, numbers: &[u64]) -> Result<u64, StoreError> {
        let pending = {
            let _turn = self.lake.sealing.lock().await;
            self.lake.state.discards_of(site).kept
        };
        if pending.front().is_some_and(|first| numbers.iter().any(|number| *number >= first.number)) {
            seal(&self.lake).await?;
        }
        let _turn = self.lake.sealing.lock().await;
        self.lake.manifest.forget_discards(site, numbers).await
    }

    async fn forget_past(&self, now: Timestamp) -> Result<(), StoreError> {
        forget_past(&self.lake, now).await
    }
}
