//! Retention against sets of days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::Dimension;
use crate::fold::testing::{Walked, at, context, cuts, day, fold, site, zone, zones};

fn retention(range: Range, interval: Interval, top: Option<usize>) -> Retention {
    Retention {
        site: site(),
        range,
        filter: Filter::all(),
        start: Filter::all(),
        again: Filter::all(),
        interval,
        breakdown: top.map(|top| Breakdown { dimension: Dimension::Page, top }),
    }
}

/// The number of the calendar's piece that `date` is in; successive pieces have successive numbers.
fn piece(date: Date, interval: Interval) -> i64 {
    let days = i64::from(Date::constant(1970, 1, 5).until(date).expect("days").get_days());
    match interval {
        Interval::Day => days,
        Interval::Week => days.div_euclid(7),
        _ => i64::from(date.year()) * 12 + i64::from(date.month()),
    }
}

/// What one visitor did: the piece they started in, the label, offsets.
type Life = (i64, Option<&'static str>, BTreeSet<i64>);

fn life(events: &[Walked], pieces: &[i64], from: i64) -> Option<Life> {
    let first = events.iter().position(|event| event.2 & 1 == 1)?;
    let later = || events.iter().zip(pieces).skip(first).filter(|(event, _)| event.2 & 2 == 2);
    let offsets = later().map(|(_, piece)| piece - pieces[first]).collect();
    (events[first].1 >= from).then_some((pieces[first], events[first].3, offsets))
}

/// Sizes, counts by offset, and sums of both by offset.
type Plain = (Vec<(u64, Vec<u64>)>, Vec<(u64, u64)>);

fn expected(lives: &[&Life], first: i64, last: i64) -> Plain {
    let cohort = |start: i64| {
        let own: Vec<_> = lives.iter().filter(|life| life.0 == start).collect();
        let back = |offset: i64| own.iter().filter(|life| life.2.contains(&offset)).count() as u64;
        (own.len() as u64, (0..=last - start).map(back).collect::<Vec<_>>())
    };
    let cohorts: Vec<_> = (first..=last).map(cohort).collect();
    let sum = |offset: i64| {
        let reaching: Vec<_> = lives.iter().filter(|life| life.0 + offset <= last).collect();
        (reaching.iter().filter(|life| life.2.contains(&offset)).count() as u64, reaching.len() as u64)
    };
    (cohorts, (0..=last - first).map(sum).collect())
}

fn plain(table: &RetentionTable) -> Plain {
    let cohort = |cohort: &Cohort| {
        (cohort.visitors, cohort.returned.iter().map(|returned| returned.visitors).collect::<Vec<_>>())
    };
    let sums = table.sums.iter().map(|returned| (returned.visitors, returned.of)).collect();
    (table.cohorts.iter().map(cohort).collect(), sums)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn retention_is_what_sets_of_days_say(
        zone in zones(),
        interval in prop::sample::select(vec![Interval::Day, Interval::Week, Interval::Month]),
        // Two years with the clock changes of all zones.
        first in 0i32..700,
        days in 0i32..60,
        now in -10i32..100,
        mut events in prop::collection::vec(
            (0u64..7, -40i64 * 24 * 60..70 * 24 * 60, 0u32..4,
             prop::sample::select(vec![None, Some("a"), Some("b"), Some("c")])), 0..80,
        ),
        top in prop::option::of(1usize..3),
        cuts in cuts(),
    ) {
        let first = Date::constant(2024, 2, 1).checked_add(first.days()).expect("a date");
        let last = first.checked_add(days.days()).expect("a date");
        let noon = |date: Date| date.at(12, 0, 0, 0).to_zoned(zone.clone()).expect("noon").timestamp().as_millisecond();
        let now = noon(first.checked_add(now.days()).expect("a date"));
        let asked = retention(Range::Days(first, last), interval, top);
        let checked = asked.check(context(Timestamp::from_millis(now), &zone)).expect("a question");

        let walked = checked.walk().selection.period;
        events.iter_mut().for_each(|event| event.1 = noon(first) + event.1 * 60_000);
        if top.is_none() {
            events.iter_mut().for_each(|event| event.3 = None);
        }
        events.retain(|event| walked.contains(Timestamp::from_millis(event.1)));
        events.sort_by_key(|event| (event.0, event.1));
        let answer = fold(checked.fold(), &events, &cuts);

        let today = day(now, &zone);
        let end = match piece(today, interval) < piece(first, interval) {
            true => last,
            false => last.min(today),
        };
        // Whole pieces of the calendar are there up to the range's end.
        let (from, to) = (piece(first, interval), piece(end, interval));
        let start = first.to_zoned(zone.clone()).expect("a day").start_of_day().expect("a start");
        let mut by_visitor: BTreeMap<u64, Vec<Walked>> = BTreeMap::new();
        events.iter().for_each(|event| by_visitor.entry(event.0).or_default().push(*event));
        let lives: Vec<Life> = by_visitor
            .values()
            .filter_map(|events| {
                let pieces: Vec<i64> = events.iter().map(|event| piece(day(event.1, &zone), interval)).collect();
                life(events, &pieces, start.timestamp().as_millisecond())
            })
            .collect();
        let all: Vec<&Life> = lives.iter().collect();
        prop_assert_eq!(plain(&answer.all), expected(&all, from, to));

        let of = |value: &str| all.iter().filter(|life| life.1 == Some(value)).copied().collect::<Vec<_>>();
        let mut values: Vec<&str> = all.iter().filter_map(|life| life.1).collect();
        values.sort_unstable();
        values.dedup();
        values.sort_by_key(|value| std::cmp::Reverse(of(value).len()));
        let (shown, rest) = values.split_at(top.unwrap_or(0).min(values.len()));
        let groups: Vec<_> = answer.groups.iter().map(|group| (group.value.as_str(), plain(&group.table))).collect();
        let expected_groups: Vec<_> = shown.iter().map(|value| (*value, expected(&of(value), from, to))).collect();
        prop_assert_eq!(groups, expected_groups);
        let rest: Vec<&Life> = rest.iter().flat_map(|value| of(value)).collect();
        let other = (!rest.is_empty()).then(|| expected(&rest, from, to));
        prop_assert_eq!(answer.other.as_ref().map(plain), other);
        prop_assert!(!answer.approximate);
    }
}

const HOUR: i64 = 3_600_000;

#[test]
fn cohorts_of_days_across_a_clock_change() {
    let berlin = zone("Europe/Berlin");
    let days = Range::Days(Date::constant(2026, 3, 28), Date::constant(2026, 3, 30));
    let now = at("2026-03-30T10:00:00Z");
    let checked = retention(days, Interval::Day, None).check(context(now, &berlin)).expect("a question");
    let sunday = at("2026-03-28T23:00:00Z").as_millis();
    // 1: on Saturday, and 23 hours later Sunday's last instant. 2: on Sunday, and when Monday begins.
    let events = [
        (1, sunday - 1, 3, None),
        (1, sunday + 23 * HOUR - 1, 3, None),
        (2, sunday, 3, None),
        (2, sunday + 23 * HOUR, 3, None),
        // 3: long known.
        (3, sunday - 9_999 * HOUR, 3, None),
        (3, sunday, 3, None),
    ];
    let answer = fold(checked.fold(), &events, &[3]);
    assert_eq!(
        plain(&answer.all),
        (vec![(1, vec![1, 1, 0]), (1, vec![1, 1]), (0, vec![0])], vec![(2, 2), (2, 2), (0, 1)])
    );
    assert_eq!(answer.all.sums[2].rate, Some(0.0));
    assert_eq!(answer.all.cohorts[2].returned[0].rate, None);
}

#[test]
fn what_returns_before_it_starts_does_not_return() {
    let utc = zone("UTC");
    let date = Date::constant(2026, 3, 1);
    let asked = retention(Range::Day(date), Interval::Day, None);
    let checked = asked.check(context(at("2026-03-01T10:00:00Z"), &utc)).expect("a question");
    let midnight = at("2026-03-01T00:00:00Z").as_millis();
    let events =
        [(1, midnight, 2, None), (1, midnight, 1, None), (2, midnight, 1, None), (2, midnight, 2, None)];
    assert_eq!(plain(&fold(checked.fold(), &events, &[]).all).0, [(2, vec![1])]);
    assert_eq!(checked.walk().selection.period.from, Period::ALL.from);
}

#[test]
fn a_breakdown_of_too_many_values_keeps_the_large_ones() {
    let utc = zone("UTC");
    let date = Date::constant(2026, 3, 1);
    let asked = retention(Range::Day(date), Interval::Day, Some(1));
    let checked = asked.check(context(at("2026-03-01T10:00:00Z"), &utc)).expect("a question");
    let midnight = at("2026-03-01T00:00:00Z").as_millis();
    let labels = ["a", "a", "a", "b", "c", "d", "b", "a"];
    let events: Vec<Walked> =
        (1..).zip(labels).map(|(visitor, label)| (visitor, midnight, 3, Some(label))).collect();
    let mut few = checked.fold();
    few.most_cells = 4;
    let answer = fold(few, &events, &[]);
    assert!(answer.approximate);
    assert_eq!(answer.groups[0].value, "a");
    assert_eq!(plain(&answer.groups[0].table).0, [(4, vec![4])]);
    assert_eq!(answer.other.as_ref().map(|table| plain(table).0), Some(vec![(4, vec![4])]));
    assert_eq!(plain(&answer.all).0, [(8, vec![8])]);
}

#[test]
fn what_is_out_of_bounds_is_named() {
    let days = Range::Last(400, Interval::Day);
    let now = at("2026-11-20T10:00:00Z");
    let check = |retention: Retention| retention.check(context(now, &zone("UTC")));
    assert_eq!(check(retention(days, Interval::Day, None)).expect("400 days").buckets().starts().len(), 400);
    for (range, interval, field, message) in [
        (
            Range::Last(401, Interval::Day),
            Interval::Day,
            "date_range",
            "date_range has more than 400 buckets of a day: shorten it or take a wider interval",
        ),
        (Range::All, Interval::Day, "date_range", "this report needs a date_range with a start and an end"),
        (days, Interval::Hour, "interval", "interval is hour: it must be day, week or month"),
    ] {
        let error = check(retention(range, interval, None)).expect_err("a wrong question");
        assert_eq!((error.field, error.message.as_str()), (field, message));
    }
}

#[test]
fn an_answer_has_so_many_numbers_and_no_more() {
    let zone = zone("UTC");
    let range = |days: i8| Range::Days(Date::constant(2026, 1, 1), Date::constant(2026, 3, days));
    let check = |days, top| {
        let now = at("2027-01-01T00:00:00Z");
        retention(range(days), Interval::Day, top).check(context(now, &zone)).map(drop)
    };
    // 90 days: 4,095 numbers for each of 100 values, for the rest, and for all.
    let error = check(31, Some(100)).expect_err("417,690 numbers");
    assert!(error.field == "interval" && error.message.contains("417690"), "{error}");
    check(31, Some(90)).expect("fewer values");
    check(31, None).expect("no values");
}
