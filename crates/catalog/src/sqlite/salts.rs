//! The salts of anonymous visitors: made once for all processes, then forgotten for good.

use std::collections::HashMap;
use std::sync::Mutex;

use millrace_event::Timestamp;
use sqlx::sqlite::SqlitePool;

use crate::key::random;
use crate::salts::oldest_kept;
use crate::{CatalogError, Salt};

/// The salts that this process has read. Bounded by the days that events may come from.
#[derive(Debug, Default)]
pub(super) struct Salts(Mutex<Known>);

#[derive(Default)]
struct Known {
    secrets: HashMap<i64, u128>,
    /// Days before this one have been deleted.
    deleted_below: Option<i64>,
}

impl Salts {
    /// The salt of a day, after whatever has to be deleted by `now` is deleted.
    pub(super) async fn get(
        &self,
        pool: &SqlitePool,
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
                self.forget(pool, now).await?;
                self.known().secrets.get(&utc_day).copied()
            }
        };
        if utc_day < oldest {
            return Err(CatalogError::SaltDeleted(utc_day));
        }
        if let Some(secret) = known {
            return Ok(Salt { utc_day, secret });
        }
        sqlx::query("INSERT OR IGNORE INTO salts (utc_day, secret) VALUES (?, ?)")
            .bind(utc_day)
            .bind(random::<16>().as_slice())
            .execute(pool)
            .await?;
        // Another process may have been first, and its salt is everybody's.
        let secret: Option<Vec<u8>> = sqlx::query_scalar("SELECT secret FROM salts WHERE utc_day = ?")
            .bind(utc_day)
            .fetch_optional(pool)
            .await?;
        let secret = secret.ok_or(CatalogError::SaltDeleted(utc_day))?;
        let secret = secret.try_into().map(u128::from_le_bytes).map_err(|_| CatalogError::Invalid {
            what: "salts.secret",
            value: format!("of day {utc_day}, not 16 bytes"),
        })?;
        self.known().secrets.insert(utc_day, secret);
        Ok(Salt { utc_day, secret })
    }

    /// Deletes the salts whose time is over at `now`.
    pub(super) async fn forget(&self, pool: &SqlitePool, now: Timestamp) -> Result<(), CatalogError> {
        let oldest = oldest_kept(now);
        self.known().secrets.retain(|day, _| *day >= oldest);
        let statement = sqlx::query("DELETE FROM salts WHERE utc_day < ?").bind(oldest);
        if statement.execute(pool).await?.rows_affected() > 0 {
            // The write-ahead log still has the page as it was. Where a reader is in the way, the log is
            // overwritten by what is written next.
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await?;
        }
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
