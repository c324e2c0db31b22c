//! Who did it: the person, else the anonymous visitor, else a keyed hash of (site, address, user agent) under a salt
//! that changes daily and is deleted after 48 hours.
//!
//! The numbers of known persons are hashes under a fixed key: the same in every process, for ever. Those of unknown
//! visitors cannot be recomputed by anybody once the day's salt is gone.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use millrace_catalog::{Catalog, CatalogError};
use millrace_event::{Timestamp, VisitorId, id};

use super::{Step, StepError};
use crate::{Draft, Verdict};

pub(super) struct Visitor {
    catalog: Arc<dyn Catalog>,
    salts: HashMap<i64, u128>,
}

impl Visitor {
    pub(super) fn new(catalog: Arc<dyn Catalog>) -> Self {
        Self { catalog, salts: HashMap::new() }
    }

    fn identify(&self, draft: &Draft) -> VisitorId {
        if let Some(again) = &draft.again {
            return again.visitor;
        }
        let event = &draft.event;
        if let Some(user) = &event.user_id {
            return VisitorId::of_user(&event.site, user);
        }
        if let Some(anonymous) = &event.anonymous_id {
            return VisitorId::of_anonymous(&event.site, anonymous);
        }
        let site = event.site.as_str().as_bytes();
        let salt = self.salts[&event.received_at.utc_day()];
        let agent = draft.user_agent.as_deref().unwrap_or_default().as_bytes();
        VisitorId(match draft.address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => id::hash(salt, &[site, &address.octets(), agent]),
            Some(IpAddr::V6(address)) => id::hash(salt, &[site, &address.octets(), agent]),
            None => id::hash(salt, &[site, agent]),
        })
    }
}

#[async_trait]
impl Step for Visitor {
    fn name(&self) -> &'static str {
        "visitor"
    }

    async fn prepare(&mut self, drafts: &[Draft]) -> Result<(), StepError> {
        let fresh = || drafts.iter().filter(|draft| draft.again.is_none());
        for day in fresh().map(|draft| draft.event.received_at.utc_day()) {
            if self.salts.contains_key(&day) {
                continue;
            }
            let secret = match self.catalog.salt(day, Timestamp::now()).await {
                Ok(salt) => salt.secret,
                // The queue was not read for two days. Its events still count; nobody can be recognised in them.
                Err(CatalogError::SaltDeleted(_)) => random(),
                Err(error) => return Err(error.into()),
            };
            self.salts.insert(day, secret);
        }
        // The batch at hand needs its own days, whatever their number; the rest is forgotten.
        let days: HashSet<i64> = fresh().map(|draft| draft.event.received_at.utc_day()).collect();
        let newest = days.iter().max().copied().unwrap_or_default();
        self.salts.retain(|known, _| days.contains(known) || newest - known <= 2);
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        draft.event.visitor = self.identify(draft);
        Verdict::Keep
    }
}

fn random() -> u128 {
    let half = || u128::from(getrandom::u64().unwrap_or_default());
    half() << 64 | half()
}
