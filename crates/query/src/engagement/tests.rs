//! Engagement against sets of visitors.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::fold::testing::{Walked, at, context, cuts, day, fold, site, zone, zones};

fn engagement(range: Range) -> Engagement {
    Engagement { site: site(), range, filter: Filter::all() }
}

proptest! {
    #[test]
    fn engagement_is_what_sets_of_visitors_say(
        zone in zones(),
        first in 0i32..700,
        days in 0i32..40,
        mut events in prop::collection::vec((0u64..9, -40i64 * 24 * 60..45 * 24 * 60), 0..120),
        cuts in cuts(),
    ) {
        let first = Date::constant(2024, 2, 1).checked_add(first.days()).expect("a date");
        let last = first.checked_add(days.days()).expect("a date");
        let noon = first.at(12, 0, 0, 0).to_zoned(zone.clone()).expect("noon").timestamp().as_millisecond();
        let checked = engagement(Range::Days(first, last))
            .check(context(at("2030-01-01T00:00:00Z"), &zone))
            .expect("a question");
        let walked = checked.walk().selection.period;
        let mut own: Vec<Walked> =
            events.drain(..).map(|(visitor, minutes)| (visitor, noon + minutes * 60_000, 0, None)).collect();
        own.retain(|event| walked.contains(Timestamp::from_millis(event.1)));
        own.sort_by_key(|event| (event.0, event.1));
        let answer = fold(checked.fold(), &own, &cuts);

        let active = |date: Date, days: i32| {
            let from = date.checked_sub((days - 1).days()).expect("a date");
            let of_window = own.iter().filter(|event| (from..=date).contains(&day(event.1, &zone)));
            of_window.map(|event| event.0).collect::<HashSet<_>>().len() as u64
        };
        prop_assert_eq!(answer.days.len() as i32, days + 1);
        prop_assert_eq!(checked.days().len() as i32, days + 1);
        for (figures, after) in answer.days.iter().zip(0i32..) {
            let date = first.checked_add(after.days()).expect("a date");
            prop_assert_eq!(day(figures.start.as_millis(), &zone), date);
            prop_assert_ne!(day(figures.start.as_millis() - 1, &zone), date);
            let expected = (active(date, 1), active(date, 7), active(date, 30));
            prop_assert_eq!((figures.daily, figures.weekly, figures.monthly), expected);
            let stickiness = (expected.2 > 0).then(|| expected.0 as f64 * 100.0 / expected.2 as f64);
            prop_assert_eq!(figures.stickiness, stickiness);
        }
    }
}

#[test]
fn the_walk_reaches_29_days_back_and_ends_with_today() {
    let berlin = zone("Europe/Berlin");
    let now = at("2026-04-10T12:00:00Z");
    let month = Range::Days(Date::constant(2026, 4, 1), Date::constant(2026, 4, 30));
    let checked = engagement(month).check(context(now, &berlin)).expect("a question");
    let period = Period { from: at("2026-03-02T23:00:00Z"), to: at("2026-04-10T22:00:00Z") };
    assert_eq!(checked.walk().selection.period, period);
    assert_eq!(checked.days().len(), 10);

    // Days that the range cuts are whole.
    let cut = Range::Between(at("2026-04-01T10:00:00Z"), at("2026-04-02T10:00:00Z"));
    let checked = engagement(cut).check(context(now, &berlin)).expect("a question");
    assert_eq!(checked.days(), [at("2026-03-31T22:00:00Z"), at("2026-04-01T22:00:00Z")]);
    assert_eq!(checked.walk().selection.period.to, at("2026-04-02T22:00:00Z"));
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let now = at("2026-11-20T10:00:00Z");
    let check = |range| engagement(range).check(context(now, &zone("UTC")));
    assert!(check(Range::Last(400, Interval::Day)).is_ok());
    let error = check(Range::Last(401, Interval::Day)).expect_err("too many days");
    assert_eq!(error.field, "date_range");
    assert_eq!(check(Range::All).expect_err("no bounds").field, "date_range");
}
