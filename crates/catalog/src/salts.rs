//! The salts of anonymous visitors: made once for all processes, kept for their time, then forgotten for good.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;

use crate::{CatalogError, Salt};

/// After its day has ended, a salt is kept for 48 hours.
const KEPT_MS: i64 = 2 * DAY_MS;

/// Where a backend keeps salts for all processes.
#[async_trait]
pub(crate) trait SaltTable: Sync {
    /// The 16 bytes of a day: those that are there, else new ones, committed. Nothing where another process
    /// deletes them at this moment.
    async fn get_or_make(&self, utc_day: i64) -> Result<Option<Vec<u8>>, CatalogError>;

    /// Deletes the salts of the days before this one, and what the database keeps of them, as far as it can.
    async fn delete_before(&self, utc_day: i64) -> Result<(), CatalogError>;
}

/// The salts that this process has read. Bounded by the days that events may come from.
#[derive(Debug, Default)]
pub(crate) struct Salts(Mutex<Known>);

#[derive(Default)]
struct Known {
    secrets: HashMap<i64, u128>,
    /// Days before this one have been deleted.
    deleted_below: Option<i64>,
}

impl Salts {
    /// The salt of a day, after whatever has to be deleted by `now` is deleted.
    pub(crate) async fn get(
        &self,
        table: &impl SaltTable,
        utc_day: i64,
        now: Timestamp,
    ) -> Result<Salt, CatalogError> {
        let oldest = oldest_kept(now);
        let known = {
            let known = self.known();
            (known.deleted_below == Some(oldest)).then(|| known.secrets.get(&utc_day).copied())
        };
        let known = match known {
            Some(known) => known,
            None => {
                self.forget(table, now).await?;
                self.known().secrets.get(&utc_day).copied()
            }
        };
        if utc_day < oldest {
            return Err(CatalogError::SaltDeleted(utc_day));
        }
        if let Some(secret) = known {
            return Ok(Salt { utc_day, secret });
        }
        let secret = table.get_or_make(utc_day).await?.ok_or(CatalogError::SaltDeleted(utc_day))?;
        let secret = secret.try_into().map(u128::from_le_bytes).map_err(|_| CatalogError::Invalid {
            what: "salts.secret",
            value: format!("of day {utc_day}, not 16 bytes"),
        })?;
        self.known().secrets.insert(utc_day, secret);
        Ok(Salt { utc_day, secret })
    }

    /// Deletes the salts whose time is over at `now`.
    pub(crate) async fn forget(&self, table: &impl SaltTable, now: Timestamp) -> Result<(), CatalogError> {
        let oldest = oldest_kept(now);
        self.known().secrets.retain(|day, _| *day >= oldest);
        table.delete_before(oldest).await?;
        self.known().deleted_below = Some(oldest);
        Ok(())
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Known {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Known").field("days", &self.secrets.len()).finish_non_exhaustive()
    }
}

/// The first UTC day whose salt may still exist at `now`: it ended at most 48 hours ago.
pub(crate) fn oldest_kept(now: Timestamp) -> i64 {
    // Day `d` ends at `d + 1`; the smallest `d` with `(d + 1) * DAY_MS + KEPT_MS >= now`.
    let (earliest_end, whole) = (now.as_millis() - KEPT_MS, DAY_MS);
    (earliest_end + whole - 1).div_euclid(whole) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_lives_through_its_day_and_48_hours_more() {
        for (now, oldest) in [
            (10 * DAY_MS, 7),
            (10 * DAY_MS + 1, 8),
            (11 * DAY_MS - 1, 8),
            (11 * DAY_MS, 8),
            (11 * DAY_MS + 1, 9),
            (0, -3),
        ] {
            assert_eq!(oldest_kept(Timestamp::from_millis(now)), oldest, "{now}");
        }
    }
}
