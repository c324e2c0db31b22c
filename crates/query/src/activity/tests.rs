//! Activity against a clock that is read every quarter of an hour.

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::Row;
use crate::fold::testing::{at, context, site, zone, zones};

const QUARTER: i64 = 900_000;

fn activity(range: Range) -> Activity {
    Activity { site: site(), range, filter: Filter::all(), metric: Metric::Events }
}

/// A row for each hour: its number, from 1.
fn numbered(checked: &CheckedActivity) -> QueryResult {
    let starts = checked.query().buckets().expect("buckets").starts();
    let row = |(start, number): (&Timestamp, u32)| Row {
        dimensions: vec![DimensionValue::Bucket(*start)],
        metrics: vec![Some(f64::from(number))],
        visitors: None,
        currency: None,
        mixed_currencies: false,
    };
    QueryResult { rows: starts.iter().zip(1..).map(row).collect() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_week_is_what_the_clock_says(
        zone in zones(),
        from in 1_706_000_000_000 / QUARTER..1_770_000_000_000 / QUARTER,
        quarters in 1i64..30 * 96,
    ) {
        let (from, to) = (from * QUARTER, (from + quarters) * QUARTER);
        let asked = activity(Range::Between(Timestamp::from_millis(from), Timestamp::from_millis(to)));
        let checked = asked.check(context(at("2030-01-01T00:00:00Z"), &zone)).expect("a question");
        let answer = checked.answer(&numbered(&checked));

        // An hour ends where the clock shows another one, or is changed.
        let mut expected = [[ActivityCell::default(); 24]; 7];
        let (mut hour, mut number) = (None, 0.0);
        for quarter in 0..quarters {
            let local = jiff::Timestamp::from_millisecond(from + quarter * QUARTER)
                .expect("an instant")
                .to_zoned(zone.clone());
            let now = Some((local.date(), local.hour(), local.offset()));
            if hour != now {
                hour = now;
                number += 1.0;
                let cell = &mut expected[local.weekday().to_monday_zero_offset() as usize][local.hour() as usize];
                cell.sum += number;
                cell.hours += 1;
            }
        }
        prop_assert_eq!(answer.week, expected);
    }
}

#[test]
fn hours_of_clock_changes_count_as_often_as_they_are() {
    let berlin = zone("Europe/Berlin");
    for (date, hours) in [(Date::constant(2026, 3, 29), 0), (Date::constant(2026, 10, 25), 2)] {
        let checked = activity(Range::Day(date)).check(context(at("2027-01-01T00:00:00Z"), &berlin));
        let checked = checked.expect("a question");
        let answer = checked.answer(&numbered(&checked));
        // Two o'clock on Sunday.
        assert_eq!(answer.week[6][2].hours, hours);
        assert_eq!(answer.week[6].iter().map(|cell| cell.hours).sum::<u32>(), 23 + hours);
        assert!(answer.week[..6].iter().flatten().all(|cell| *cell == ActivityCell::default()));
    }
}

#[test]
fn hours_to_come_do_not_count() {
    let utc = zone("UTC");
    let day = activity(Range::Day(Date::constant(2026, 11, 20)));
    let checked = day.check(context(at("2026-11-20T10:20:00Z"), &utc)).expect("a question");
    let answer = checked.answer(&QueryResult::default());
    assert_eq!(answer.week[4].map(|cell| cell.hours).iter().sum::<u32>(), 11);
    assert_eq!((answer.week[4][10].mean(), answer.week[4][11].mean()), (Some(0.0), None));
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let utc = zone("UTC");
    let now = at("2026-11-20T10:00:00Z");
    let check = |activity: Activity| activity.check(context(now, &utc));
    let mean = Activity { metric: Metric::BounceRate, ..activity(Range::Last(7, Interval::Day)) };
    assert_eq!(
        check(mean).expect_err("a mean").message,
        "bounce_rate cannot be added up over hours: take events, visitors, visits, pageviews or sum(event:props:<key>)"
    );
    assert!(check(activity(Range::Last(400, Interval::Day))).is_ok());
    for range in [Range::Last(402, Interval::Day), Range::All] {
        assert_eq!(check(activity(range)).expect_err("too long").field, "date_range");
    }
}
