//! The table of salts.

use async_trait::async_trait;
use sqlx::sqlite::SqlitePool;

use crate::CatalogError;
use crate::key::random;
use crate::salts::SaltTable;

#[async_trait]
impl SaltTable for SqlitePool {
    async fn get_or_make(&self, utc_day: i64) -> Result<Option<Vec<u8>>, CatalogError> {
        sqlx::query("INSERT OR IGNORE INTO salts (utc_day, secret) VALUES (?, ?)")
            .bind(utc_day)
            .bind(random::<16>().as_slice())
            .execute(self)
            .await?;
        // Another process may have been first, and its salt is everybody's.
        let secret = sqlx::query_scalar("SELECT secret FROM salts WHERE utc_day = ?").bind(utc_day);
        Ok(secret.fetch_optional(self).await?)
    }

    async fn delete_before(&self, utc_day: i64) -> Result<(), CatalogError> {
        let statement = sqlx::query("DELETE FROM salts WHERE utc_day < ?").bind(utc_day);
        if statement.execute(self).await?.rows_affected() > 0 {
            // The write-ahead log still has the page as it was. Where a reader is in the way, the log is
            // overwritten by what is written next.
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(self).await?;
        }
        Ok(())
    }
}
