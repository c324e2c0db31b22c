//! Continuous aggregates that never lag.
//!
//! A query of one adds what was materialised up to a watermark to what it counts from the events after it. So an
//! event that comes late, below the watermark, is not counted until its buckets are refreshed. The policies of the
//! migration materialise up to [`FRESH_MS`] before now, so the watermark is never later, and whoever changes older events
//! refreshes their buckets before answering.
//!
//! A refresh must not reach beyond that: it would move the watermark over buckets that events still come to.
//! (<https://www.tigerdata.com/docs/use-timescale/latest/continuous-aggregates/real-time-aggregates>)

use std::time::Duration;

use millrace_event::Timestamp;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::insert::counts::COUNTS;
use crate::remove::forget_days;
use crate::schema::Flavour;
use crate::store::Shared;
use crate::types::Instant;

/// `end_offset` of the policies, in milliseconds.
const FRESH_MS: i64 = 2 * 3_600_000;
/// How often a refresh is tried: one that runs at the same time, of a policy or another worker, may refuse it.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Refreshes the buckets of events from `first` to `last` that a watermark may have passed. They are stored by now, so
/// a failure is no failure of whoever stored them: it is logged, and made up for when the policy runs.
pub(crate) async fn refresh_late(shared: &Shared, first: Timestamp, last: Timestamp) {
    let Some(fresh) = fresh(shared).await else { return };
    for (view, width) in COUNTS {
        let floor = |millis: i64| millis.div_euclid(width) * width;
        let (from, to) = (floor(first.as_millis()), (floor(last.as_millis()) + width).min(floor(fresh)));
        if from < to {
            refresh(shared, view, Some(Timestamp::from_millis(from)), Timestamp::from_millis(to)).await;
        }
    }
}

/// Refreshes every bucket before `before`, and the one it lies in.
pub(crate) async fn refresh_before(shared: &Shared, before: Timestamp) {
    let Some(fresh) = fresh(shared).await else { return };
    for (view, width) in COUNTS {
        let floor = |millis: i64| millis.div_euclid(width) * width;
        let to = (floor(before.as_millis()) + width).min(floor(fresh));
        refresh(shared, view, None, Timestamp::from_millis(to)).await;
    }
}

/// What no watermark has passed, in milliseconds, by the clock that the policies go by.
async fn fresh(shared: &Shared) -> Option<i64> {
    let now =
        sqlx::query_scalar::<_, Instant>("SELECT clock_timestamp()").fetch_one(&shared.pools.write).await;
    match now {
        Ok(now) => Some(now.0.as_millis() - FRESH_MS),
        Err(error) => {
            tracing::warn!(%error, "late events are not counted in aggregates until their policies run");
            None
        }
    }
}

async fn refresh(shared: &Shared, view: &str, from: Option<Timestamp>, to: Timestamp) {
    let text = format!("CALL refresh_continuous_aggregate('{view}', $1::timestamptz, $2::timestamptz)");
    for attempt in 1..=TRIES {
        let call = sqlx::query(AssertSqlSafe(text.clone())).bind(from.map(Instant)).bind(Instant(to));
        match call.execute(&shared.pools.write).await {
            Ok(_) => return,
            Err(error) if attempt == TRIES => {
                tracing::warn!(%error, view, "late events are not counted in an aggregate until its policy runs");
            }
            Err(_) => tokio::time::sleep(PAUSE * attempt).await,
        }
    }
}

/// Removes the chunks that end before `before`, and what was counted from them by day; answers how many events.
/// There is no policy for it: it would leave the aggregates as they are.
pub(crate) async fn drop_chunks(
    before: Timestamp,
    connection: &mut PgConnection,
) -> Result<u64, sqlx::Error> {
    // A chunk is a UTC day.
    let end = Instant(Timestamp::from_millis(before.utc_day() * millrace_event::time::DAY_MS));
    let mut transaction = connection.begin().await?;
    crate::remove::lock_removing(&mut transaction).await?;
    crate::remove::lock_state(&mut transaction).await?;
    let query = sqlx::query("SELECT drop_chunks('events', older_than => $1::timestamptz)").bind(end);
    query.fetch_all(&mut *transaction).await?;
    // Where a chunk is longer than a day, what is left of it goes row by row.
    sqlx::query("DELETE FROM events WHERE timestamp < $1").bind(end).execute(&mut *transaction).await?;
    let events = forget_days(Flavour::Timescale, end, &mut transaction).await?;
    transaction.commit().await?;
    Ok(events)
}
