//! The table of salts.

use async_trait::async_trait;

use super::server::{ANSWER, Server};
use crate::CatalogError;
use crate::salts::SaltTable;

/// PostgreSQL makes the random bytes: what a statement brings is in the server's log wherever statements are
/// logged. Two ids have 244 random bits, of which their hash makes 128.
const MAKE: &str = "INSERT INTO salts (utc_day, secret) \
    SELECT date '1970-01-01' + $1::bigint::integer, \
           substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FROM 1 FOR 16) \
    ON CONFLICT DO NOTHING";

#[async_trait]
impl SaltTable for Server {
    async fn get_or_make(&self, utc_day: i64) -> Result<Option<Vec<u8>>, CatalogError> {
        let work = async {
            let mut session = self.write().await?;
            sqlx::query(MAKE).bind(utc_day).persistent(false).execute(&mut session.connection).await?;
            // Another process may have been first, and its salt is everybody's.
            let secret = sqlx::query_scalar(
                "SELECT secret FROM salts WHERE utc_day = date '1970-01-01' + $1::bigint::integer",
            );
            let secret =
                secret.bind(utc_day).persistent(false).fetch_optional(&mut session.connection).await?;
            session.commit().await?;
            Ok(secret)
        };
        self.within(ANSWER, work).await
    }

    async fn delete_before(&self, utc_day: i64) -> Result<(), CatalogError> {
        let statement =
            sqlx::query("DELETE FROM salts WHERE utc_day < date '1970-01-01' + $1::bigint::integer");
        if self.execute(statement.bind(utc_day)).await? > 0
            && let Err(error) = self.within(ANSWER, rewrite(self)).await
        {
            tracing::warn!(error = %error, "deleted salts stay in the table's file until it is vacuumed");
        }
        Ok(())
    }
}

/// A deleted row stays in the table's file, and what autovacuum would free, after weeks in a table this small, it
/// does not overwrite. A rewrite leaves a file without it. It must not wait for its lock: all who ask for a salt
/// would wait behind it, for the length of a backup perhaps. The next day's rewrite takes along what this one skips.
async fn rewrite(server: &Server) -> Result<(), CatalogError> {
    let mut connection = server.connect().await?;
    sqlx::raw_sql("VACUUM (FULL, SKIP_LOCKED) salts").execute(&mut connection).await?;
    Ok(())
}
