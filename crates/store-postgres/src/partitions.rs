//! The partitions of `events`: one a month, in UTC, named `events_2026_11`; of the years before 2016 one a year,
//! since a query that looks at everything locks and plans for each of them.
//!
//! They are made before they are needed, in transactions of their own: attaching a table leaves readers and writers
//! at work, where creating a partition in place would wait for all of them.

use std::collections::HashSet;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use millrace_store::StoreError;
use parking_lot::Mutex;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::error::store_error;
use crate::store::Shared;
use crate::types::INSTANTS;

/// The first year whose months have partitions of their own: as far back as clients can date an event, and more.
const FIRST_YEAR_OF_MONTHS: i16 = 2016;
/// Months that are made ahead, the current one included.
const AHEAD: usize = 3;
/// What is locked, with the schema: attaching a partition, and removing events.
const ATTACHING: i32 = 0x6d72_6101;

/// A partition as its name says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Partition {
    first: Date,
    end: Date,
}

/// Partitions that this process has seen.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<HashSet<Partition>>);

impl Known {
    /// Looks again from now on.
    pub(crate) fn forget(&self) {
        self.0.lock().clear();
    }
}

impl Partition {
    /// The one that `instant` belongs to.
    pub(crate) fn of(instant: Timestamp) -> Result<Self, StoreError> {
        let refuse =
            || StoreError::Refused(format!("its timestamp {instant} is in no month of the years 1 to 9999"));
        if !INSTANTS.contains(&instant) {
            return Err(refuse());
        }
        let instant = jiff::Timestamp::from_millisecond(instant.as_millis()).map_err(|_| refuse())?;
        let date = instant.to_zoned(TimeZone::UTC).date();
        let (first, span) = if date.year() < FIRST_YEAR_OF_MONTHS {
            (date.first_of_year(), 1.year())
        } else {
            (date.first_of_month(), 1.month())
        };
        // The last year of the calendar has no next one; the server takes any end beyond it.
        let end = first.checked_add(span).map_err(|_| refuse())?;
        Ok(Self { first, end })
    }

    /// The one that goes by `name`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix("events_")?.split('_').map(|part| part.parse().ok());
        let (year, month): (i16, i8) = match (parts.next()??, parts.next()) {
            (year, Some(month)) => (year, i8::try_from(month?).ok()?),
            (year, None) => (year, 1),
        };
        let first = Date::new(year, month, 1).ok()?;
        let partition = Self::of(start(first)).ok()?;
        (partition.name() == name).then_some(partition)
    }

    pub(crate) fn name(&self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        if year < FIRST_YEAR_OF_MONTHS {
            format!("events_{year:04}")
        } else {
            format!("events_{year:04}_{month:02}")
        }
    }

    /// The instants it holds.
    pub(crate) fn instants(&self) -> Range<Timestamp> {
        start(self.first)..start(self.end)
    }
}

fn start(date: Date) -> Timestamp {
    let days =
        date.since(Date::constant(1970, 1, 1)).map(|span| i64::from(span.get_days())).unwrap_or_default();
    Timestamp::from_millis(days * DAY_MS)
}

/// Makes the partitions of now and the months to come.
pub(crate) async fn make_ahead(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    let mut at = now;
    for _ in 0..AHEAD {
        ensure(shared, std::iter::once(at)).await?;
        at = Partition::of(at)?.instants().end;
    }
    Ok(())
}

/// Sees to it that events of these times have a partition to go to.
pub(crate) async fn ensure(
    shared: &Shared,
    times: impl Iterator<Item = Timestamp>,
) -> Result<(), StoreError> {
    let days: HashSet<i64, foldhash::fast::RandomState> = times.map(Timestamp::utc_day).collect();
    let mut missing = HashSet::new();
    {
        let known = shared.partitions.0.lock();
        for day in days {
            let partition = Partition::of(Timestamp::from_millis(day.saturating_mul(DAY_MS)))?;
            if !known.contains(&partition) {
                missing.insert(partition);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut connection = shared.pools.write.acquire().await.map_err(store_error)?;
    for partition in missing {
        make(&partition, &mut connection).await.map_err(store_error)?;
        shared.partitions.0.lock().insert(partition);
    }
    Ok(())
}

/// Another process may be making it too: whoever gets the lock second finds it.
async fn make(partition: &Partition, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let name = partition.name();
    if attached(&name, connection).await? {
        return Ok(());
    }
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))")
        .bind(ATTACHING)
        .execute(&mut *transaction)
        .await?;
    if !attached(&name, &mut transaction).await? {
        let statements = format!(
            "CREATE TABLE {name} (LIKE events INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE); \
             ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ('{} 00:00Z') TO ('{} 00:00Z');",
            partition.first, partition.end
        );
        sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

async fn attached(name: &str, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = to_regclass('events') AND inhrelid = to_regclass($1))",
    )
    .bind(name)
    .fetch_one(connection)
    .await
}

/// The partitions there are, oldest first.
pub(crate) async fn list(connection: &mut PgConnection) -> Result<Vec<Partition>, sqlx::Error> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid \
         WHERE inhparent = to_regclass('events') AND NOT inhdetachpending",
    )
    .fetch_all(connection)
    .await?;
    let mut partitions: Vec<_> = names.iter().filter_map(|name| Partition::named(name)).collect();
    partitions.sort();
    Ok(partitions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_a_name_and_bounds() {
        for (at, name, first, end) in [
            ("2026-11-21T10:00:00Z", "events_2026_11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            ("2026-12-31T23:59:59Z", "events_2026_12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2016-01-01T00:00:00Z", "events_2016_01", "2016-01-01T00:00:00Z", "2016-02-01T00:00:00Z"),
            ("2015-12-31T23:59:59Z", "events_2015", "2015-01-01T00:00:00Z", "2016-01-01T00:00:00Z"),
            ("1970-01-01T00:00:00Z", "events_1970", "1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59Z", "events_1969", "1969-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            let partition = Partition::of(Timestamp::parse(at).expect("an instant")).expect("a partition");
            assert_eq!(partition.name(), name);
            let instants = partition.instants();
            assert_eq!((instants.start.to_string(), instants.end.to_string()), (first.into(), end.into()));
            assert_eq!(Partition::named(name), Some(partition));
        }
    }

    #[test]
    fn another_table_is_no_partition() {
        for name in [
            "events",
            "events_",
            "events_2026",
            "events_2026_13",
            "events_2015_01",
            "events_2026_1",
            "events_old",
        ] {
            assert_eq!(Partition::named(name), None, "{name}");
        }
    }
}
