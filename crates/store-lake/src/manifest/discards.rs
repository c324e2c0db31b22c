//! The manifest's rows of discarded events.

use std::collections::HashMap;

use millrace_event::{SiteId, Timestamp, VisitorId};
use millrace_store::discards::{Folding, Kept, Selection, Window, hour, is_of};
use millrace_store::{StoreError, Subject};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::{Manifest, unavailable};
use crate::discards::Pending;

/// Rows of one statement.
const ROWS: usize = 500;

const COLUMNS: &str = "number, received_at, reason, detail, record";

/// Adds what a seal has; what is beyond the window goes.
pub(super) async fn add(
    pending: &Pending,
    window: &Window,
    connection: &mut SqliteConnection,
) -> Result<(), sqlx::Error> {
    for (site, of_site) in &pending.sites {
        let kept: Vec<&Kept> = of_site.kept.iter().collect();
        for rows in kept.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new(format!("INSERT INTO discards (site, {COLUMNS}) "));
            insert.push_values(rows, |mut row, kept| {
                row.push_bind(site.as_str())
                    .push_bind(kept.number as i64)
                    .push_bind(kept.received_at.as_millis())
                    .push_bind(&*kept.reason)
                    .push_bind(&*kept.detail)
                    .push_bind(&kept.record[..]);
            });
            insert.build().execute(&mut *connection).await?;
        }
        for ((reason, hour), (count, last_at)) in &of_site.counts {
            sqlx::query(
                "INSERT INTO discard_counts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE \
                 SET count = count + excluded.count, last_at = max(last_at, excluded.last_at)",
            )
            .bind(site.as_str())
            .bind(hour)
            .bind(&**reason)
            .bind(*count as i64)
            .bind(last_at.as_millis())
            .execute(&mut *connection)
            .await?;
        }
        sqlx::query(
            "DELETE FROM discards WHERE site = ?1 AND number <= \
             (SELECT number FROM discards WHERE site = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        )
        .bind(site.as_str())
        .bind(window.a_site as i64)
        .execute(&mut *connection)
        .await?;
    }
    cut(window, connection).await?;
    sqlx::query(
        "INSERT INTO counters VALUES ('next_discard', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    )
    .bind(pending.next as i64)
    .execute(connection)
    .await
    .map(drop)
}

/// Removes the oldest of all sites that there is no room for.
async fn cut(window: &Window, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM discards").fetch_one(&mut *connection).await?;
    let surplus = rows - window.in_all as i64;
    if surplus > 0 {
        sqlx::query(
            "DELETE FROM discards WHERE number IN (SELECT number FROM discards ORDER BY number LIMIT ?)",
        )
        .bind(surplus)
        .execute(connection)
        .await?;
    }
    Ok(())
}

impl Manifest {
    /// Counts, and the newest `room` kept events of a site, newest first.
    pub(crate) async fn fold_discards(
        &self,
        site: &SiteId,
        room: usize,
        folding: &mut Folding,
    ) -> Result<(), StoreError> {
        let text = "SELECT reason, hour, count, last_at FROM discard_counts WHERE site = ? AND hour >= ?";
        let query = sqlx::query(text).bind(site.as_str()).bind(folding.first_hour());
        for row in query.fetch_all(&self.pool).await.map_err(unavailable)? {
            let last_at = Timestamp::from_millis(row.get(3));
            folding.count(row.get(0), row.get(1), row.get::<i64, _>(2) as u64, last_at);
        }
        let text = "SELECT number, received_at, reason, detail FROM discards WHERE site = ? \
                    ORDER BY number DESC LIMIT ?";
        let query = sqlx::query(text).bind(site.as_str()).bind(limit(room));
        for row in query.fetch_all(&self.pool).await.map_err(unavailable)? {
            let received_at = Timestamp::from_millis(row.get(1));
            folding.kept(row.get::<i64, _>(0) as u64, received_at, row.get(2), row.get(3));
        }
        Ok(())
    }

    /// Those of these numbers that are there.
    pub(crate) async fn discards_numbered(&self, numbers: &[u64]) -> Result<Vec<Kept>, StoreError> {
        let mut found = Vec::new();
        for numbers in numbers.chunks(ROWS) {
            let mut query =
                QueryBuilder::<Sqlite>::new(format!("SELECT {COLUMNS} FROM discards WHERE number IN "));
            query.push_tuples(numbers, |mut tuple, number| {
                tuple.push_bind(*number as i64);
            });
            let rows = query.build().fetch_all(&self.pool).await.map_err(unavailable)?;
            found.extend(rows.iter().map(kept));
        }
        Ok(found)
    }

    /// The number of a site's newest kept event; 0 where there is none.
    pub(crate) async fn newest_discard(&self, site: &SiteId) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) FROM discards WHERE site = ?");
        let newest: i64 = query.bind(site.as_str()).fetch_one(&self.pool).await.map_err(unavailable)?;
        Ok(newest as u64)
    }

    /// Of the newest `room` of a site, those selected after a number.
    pub(crate) async fn page_of_discards(
        &self,
        site: &SiteId,
        selection: &Selection,
        after: u64,
        room: usize,
        most: usize,
    ) -> Result<Vec<Kept>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM discards WHERE site = ?1 AND number > ?2 AND number > COALESCE((SELECT number \
             FROM discards WHERE site = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?3), 0) \
             AND (?4 IS NULL OR reason = ?4) AND (?5 IS NULL OR detail = ?5) AND received_at >= ?6 \
             AND received_at < ?7 ORDER BY number LIMIT ?8"
        );
        let millis = |instant: Option<Timestamp>| instant.map(Timestamp::as_millis);
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .bind(site.as_str())
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .bind(limit(room))
            .bind(selection.reason.as_deref())
            .bind(selection.detail.as_deref())
            .bind(millis(selection.from).unwrap_or(i64::MIN))
            .bind(millis(selection.to).unwrap_or(i64::MAX))
            .bind(limit(most))
            .fetch_all(&self.pool)
            .await
            .map_err(unavailable)?;
        Ok(rows.iter().map(kept).collect())
    }

    /// Removes events, and takes them out of the counts; answers how many there were.
    pub(crate) async fn forget_discards(&self, site: &SiteId, numbers: &[u64]) -> Result<u64, StoreError> {
        let change = async {
            let mut transaction = self.pool.begin().await?;
            let mut gone: HashMap<(String, i64), i64> = HashMap::new();
            for numbers in numbers.chunks(ROWS) {
                let mut delete = QueryBuilder::<Sqlite>::new("DELETE FROM discards WHERE site = ");
                delete.push_bind(site.as_str()).push(" AND number IN ");
                delete.push_tuples(numbers, |mut tuple, number| {
                    tuple.push_bind(*number as i64);
                });
                delete.push(" RETURNING reason, received_at");
                for row in delete.build().fetch_all(&mut *transaction).await? {
                    let of_hour = hour(Timestamp::from_millis(row.get(1)));
                    *gone.entry((row.get(0), of_hour)).or_default() += 1;
                }
            }
            for ((reason, hour), count) in &gone {
                for text in [
                    "UPDATE discard_counts SET count = count - ?4 WHERE site = ?1 AND hour = ?2 AND reason = ?3",
                    "DELETE FROM discard_counts WHERE site = ?1 AND hour = ?2 AND reason = ?3 AND count <= 0",
                ] {
                    let query = sqlx::query(text).bind(site.as_str()).bind(hour).bind(reason);
                    query.bind(count).execute(&mut *transaction).await?;
                }
            }
            transaction.commit().await?;
            Ok(gone.values().sum::<i64>() as u64)
        };
        change.await.map_err(unavailable)
    }

    /// Removes a visitor's events. Nothing of them is left in the file, nor in its log.
    pub(crate) async fn erase_discards(
        &self,
        site: &SiteId,
        subject: &Subject,
        visitors: impl Fn(VisitorId) -> bool,
    ) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let page = self.page_of_discards(site, &Selection::default(), after, usize::MAX, ROWS).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            let theirs: Vec<u64> = page
                .iter()
                .filter(|kept| is_of(&kept.record, subject, &visitors))
                .map(|kept| kept.number)
                .collect();
            if !theirs.is_empty() {
                let mut delete = QueryBuilder::<Sqlite>::new("DELETE FROM discards WHERE number IN ");
                delete.push_tuples(&theirs, |mut tuple, number| {
                    tuple.push_bind(*number as i64);
                });
                delete.build().execute(&self.pool).await.map_err(unavailable)?;
            }
        }
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        checkpoint.execute(&self.pool).await.map(drop).map_err(unavailable)
    }

    /// Removes what arrived before an instant.
    pub(crate) async fn retain_discards(&self, from: Timestamp) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM discards WHERE received_at < ?").bind(from.as_millis());
        delete.execute(&self.pool).await.map(drop).map_err(unavailable)
    }

    /// Removes what is past its window.
    pub(crate) async fn forget_past_discards(
        &self,
        window: &Window,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.retain_discards(window.events_from(now)).await?;
        let change = async {
            let mut transaction = self.pool.begin().await?;
            let delete =
                sqlx::query("DELETE FROM discard_counts WHERE hour < ?").bind(window.counts_from(now));
            delete.execute(&mut *transaction).await?;
            cut(window, &mut transaction).await?;
            transaction.commit().await
        };
        change.await.map_err(unavailable)
    }
}

fn kept(row: &SqliteRow) -> Kept {
    Kept {
        number: row.get::<i64, _>(0) as u64,
        received_at: Timestamp::from_millis(row.get(1)),
        reason: row.get::<String, _>(2).into(),
        detail: row.get::<String, _>(3).into(),
        record: row.get::<Vec<u8>, _>(4).into(),
    }
}

/// A number of rows as the database takes it.
fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
