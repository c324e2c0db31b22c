//! Who watches what, and how much of that there may be.
//!
//! Everybody who watches the same site with the same filters is one group, which asks the store once for all of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use millrace_event::SiteId;
use millrace_store::{Cursor, EventStore, StoreError};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::group::{Group, Joined};
use super::{figures, full};
use crate::Shared;
use crate::error::Failure;

/// Distinct filters under which one site is watched, and all sites together: each is a group. Whoever watches without
/// filters is in none of these, and never finds them full.
const GROUPS_PER_SITE: usize = 32;
const GROUPS: usize = 256;

/// Questions of all groups that the store is asked at the same time.
const QUESTIONS_AT_ONCE: usize = 4;

/// Clients that read at the same time what they missed.
const CATCH_UPS_AT_ONCE: usize = 2;

/// How long the store's cursor is as good as new.
const CURSOR_AGE: Duration = Duration::from_millis(60);

/// All groups and connections.
pub(crate) struct Hub {
    groups: Mutex<HashMap<Key, Arc<Group>>>,
    open: Arc<Mutex<Open>>,
    /// A permit for each question of a group.
    pub(super) questions: Semaphore,
    /// A permit for each client that reads what it missed.
    pub(super) catch_ups: Semaphore,
    newest: tokio::sync::Mutex<Option<(Instant, Cursor)>>,
}

/// What a group watches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) site: SiteId,
    /// The JSON of the filters, where there are some.
    pub(super) filters: Option<String>,
}

/// Connections.
#[derive(Default)]
struct Open {
    all: usize,
    sites: HashMap<SiteId, OfSite>,
}

/// The connections of a site.
#[derive(Default)]
struct OfSite {
    count: usize,
    turn: Turn,
}

/// Held by the one client of a site whose missed events are being read: a site's clients wait for each other, not other
/// sites' for them.
pub(super) type Turn = Arc<tokio::sync::Mutex<()>>;

/// One connection's place among all.
pub(super) struct Place {
    open: Arc<Mutex<Open>>,
    site: SiteId,
    turn: Turn,
}

impl Place {
    /// Its site's turn.
    pub(super) fn turn(&self) -> Turn {
        Arc::clone(&self.turn)
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            groups: Mutex::default(),
            open: Arc::default(),
            questions: Semaphore::new(QUESTIONS_AT_ONCE),
            catch_ups: Semaphore::new(CATCH_UPS_AT_ONCE),
            newest: tokio::sync::Mutex::default(),
        }
    }
}

impl Hub {
    /// A place for one more connection.
    pub(super) fn place(&self, site: &SiteId, limits: &crate::Limits) -> Result<Place, Failure> {
        let mut open = self.open.lock();
        if open.all >= limits.live_connections {
            return Err(full("as many live connections are open as may be: try again later"));
        }
        let of_site = open.sites.entry(site.clone()).or_default();
        if of_site.count >= limits.live_connections_per_site {
            return Err(full("as many live connections of this site are open as may be: try again later"));
        }
        of_site.count += 1;
        let turn = Arc::clone(&of_site.turn);
        open.all += 1;
        metrics::gauge!(figures::CONNECTIONS).set(open.all as f64);
        Ok(Place { open: Arc::clone(&self.open), site: site.clone(), turn })
    }

    /// The group of a site and its filters, which begins to watch where it did not yet.
    pub(super) fn join(
        &self,
        shared: &Arc<Shared>,
        site: &SiteId,
        filters: Option<&Value>,
    ) -> Result<(Arc<Group>, Joined), Failure> {
        let key = Key { site: site.clone(), filters: filters.map(Value::to_string) };
        let mut groups = self.groups.lock();
        // Joined under the lock: a group ends under it, and only when nobody has joined.
        if let Some(group) = groups.get(&key) {
            return Ok((Arc::clone(group), group.join()));
        }
        let filtered = groups.keys().filter(|key| key.filters.is_some());
        let of_site = filtered.clone().filter(|key| &key.site == site).count();
        if key.filters.is_some() && (of_site >= GROUPS_PER_SITE || filtered.count() >= GROUPS) {
            return Err(full("as many different filters are watched as may be: try again later, or without"));
        }
        let group = Arc::new(Group::new(key.clone(), filters.cloned()));
        groups.insert(key, Arc::clone(&group));
        let joined = group.join();
        tokio::spawn(super::group::watch(Arc::clone(shared), Arc::clone(&group)));
        Ok((group, joined))
    }

    /// Takes a group out that nobody is in; answers whether it is out.
    pub(super) fn leave(&self, group: &Arc<Group>) -> bool {
        let mut groups = self.groups.lock();
        let is_empty = group.is_empty();
        if is_empty {
            Self::remove(&mut groups, group);
        }
        is_empty
    }

    /// Takes a group out that cannot go on.
    pub(super) fn give_up(&self, group: &Arc<Group>) {
        Self::remove(&mut self.groups.lock(), group);
    }

    fn remove(groups: &mut HashMap<Key, Arc<Group>>, group: &Arc<Group>) {
        if groups.get(&group.key).is_some_and(|known| Arc::ptr_eq(known, group)) {
            groups.remove(&group.key);
        }
    }

    /// The store's cursor, asked once for all groups that want to know it at about the same time.
    pub(super) async fn newest(&self, store: &dyn EventStore) -> Result<Cursor, StoreError> {
        let mut newest = self.newest.lock().await;
        match *newest {
            Some((asked, cursor)) if asked.elapsed() < CURSOR_AGE => Ok(cursor),
            _ => {
                let asked = Instant::now();
                let cursor = store.cursor().await?;
                *newest = Some((asked, cursor));
                Ok(cursor)
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        open.all -= 1;
        metrics::gauge!(figures::CONNECTIONS).set(open.all as f64);
        if let Some(of_site) = open.sites.get_mut(&self.site) {
            of_site.count -= 1;
            if of_site.count == 0 {
                open.sites.remove(&self.site);
            }
        }
    }
}
