//! Which events of a batch are copies of others, by the client's own event id.
//!
//! The table `event_ids` has a hash of each id that arrived within the window. An id counts as new again when the
//! window has passed since it was counted last, whether or not the upkeep has removed it by then.
//!
//! An erasure leaves the hashes: a copy of an erased event that is still under way must not come back.

use std::collections::HashMap;
use std::time::Duration;

use millrace_event::{Event, EventId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::types::{Instant, Uuid};

/// The ids of a batch: each once, the first copy's.
#[derive(Debug)]
pub(crate) struct Ids {
    /// Ascending, and the event of each.
    hashes: Vec<Uuid>,
    received: Vec<Instant>,
    events: HashMap<Uuid, usize, foldhash::fast::RandomState>,
    /// Which events are no copy of an earlier one of the batch.
    keep: Vec<bool>,
}

impl Ids {
    pub(crate) fn of(events: &[Event]) -> Self {
        let mut ids = Self {
            hashes: Vec::new(),
            received: Vec::new(),
            events: HashMap::default(),
            keep: vec![true; events.len()],
        };
        for (place, event) in events.iter().enumerate() {
            if let EventId::Client(id) = &event.id {
                let hash = hash(event.site.as_str(), id);
                match ids.events.entry(hash) {
                    std::collections::hash_map::Entry::Occupied(_) => ids.keep[place] = false,
                    std::collections::hash_map::Entry::Vacant(entry) => {
                        entry.insert(place);
                        ids.hashes.push(hash);
                    }
                }
            }
        }
        // Neighbours in the index one after the other.
        ids.hashes.sort_unstable();
        ids.received.extend(ids.hashes.iter().map(|hash| Instant(events[ids.events[hash]].received_at)));
        ids
    }

    /// Notes the ids that are new; answers which events are not copies.
    pub(crate) async fn note(
        mut self,
        window: Duration,
        connection: &mut PgConnection,
    ) -> Result<Vec<bool>, sqlx::Error> {
        if self.hashes.is_empty() {
            return Ok(self.keep);
        }
        let fresh: Vec<Uuid> = sqlx::query_scalar(
            "INSERT INTO event_ids AS known (hash, received_at) SELECT * FROM unnest($1, $2) \
             ON CONFLICT (hash) DO UPDATE SET received_at = excluded.received_at \
             WHERE known.received_at < excluded.received_at - make_interval(secs => $3) RETURNING hash",
        )
        .bind(&self.hashes)
        .bind(&self.received)
        .bind(window.as_secs_f64())
        .fetch_all(connection)
        .await?;
        if fresh.len() < self.hashes.len() {
            for hash in fresh {
                self.events.remove(&hash);
            }
            for place in self.events.into_values() {
                self.keep[place] = false;
            }
        }
        Ok(self.keep)
    }
}

fn hash(site: &str, id: &str) -> Uuid {
    let digest = Sha256::new().chain_update(site).chain_update([0]).chain_update(id).finalize();
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    Uuid(hash)
}
