//! Periods that are compared, and their rows.

use jiff::Unit;
use millrace_event::Timestamp;
use millrace_query::grammar::{Comparison, ComparisonMode, align, change, comparison_query};
use millrace_query::{Dimension, DimensionValue, Filter, Metric, Period, QueryResult, Row, VisitDimension};
use proptest::prelude::*;

use crate::support::{Site, at, row, visitors};

fn compared(site: &Site, range: &str, comparison: &str) -> Period {
    *site
        .compared(&visitors(&format!(r#""date_range":{range},"include":{{"comparisons":{comparison}}}"#)))
        .period()
}

#[test]
fn periods_are_compared_by_the_calendar() {
    let site = Site::new("Europe/Berlin");
    let (previous, year) = (r#"{"mode":"previous_period"}"#, r#"{"mode":"year_over_year"}"#);
    let matched = r#"{"mode":"previous_period","match_day_of_week":true}"#;
    let matched_year = r#"{"mode":"year_over_year","match_day_of_week":true}"#;
    for (range, comparison, from, to) in [
        (r#""day""#, previous, "2026-11-16T23:00:00Z", "2026-11-17T23:00:00Z"),
        (r#""7d""#, previous, "2026-11-04T23:00:00Z", "2026-11-11T23:00:00Z"),
        // The month is 18 days old, and the clocks went back on 25 October.
        (r#""month""#, previous, "2026-10-13T22:00:00Z", "2026-10-31T23:00:00Z"),
        (r#""month""#, year, "2025-10-31T23:00:00Z", "2025-11-18T23:00:00Z"),
        (r#""24h""#, previous, "2026-11-16T11:00:00Z", "2026-11-17T11:00:00Z"),
        (r#""24h""#, year, "2025-11-17T11:00:00Z", "2025-11-18T11:00:00Z"),
        (r#"["2024-02-29","2024-02-29"]"#, year, "2023-02-27T23:00:00Z", "2023-02-28T23:00:00Z"),
        (r#"["2024-02-29","2024-02-29"]"#, previous, "2024-02-27T23:00:00Z", "2024-02-28T23:00:00Z"),
        // Monday to Wednesday, 10 days: the nearest Monday before that is free is 14 days earlier.
        (r#"["2026-11-02","2026-11-11"]"#, matched, "2026-10-18T22:00:00Z", "2026-10-28T23:00:00Z"),
        // Sunday 1 November 2026; a year before it is a Saturday, the next day a Sunday.
        (r#"["2026-11-01","2026-11-07"]"#, matched_year, "2025-11-01T23:00:00Z", "2025-11-08T23:00:00Z"),
        (r#""7d""#, matched, "2026-11-04T23:00:00Z", "2026-11-11T23:00:00Z"),
        (
            r#"["2026-11-02T10:00:00Z","2026-11-02T10:59:59Z"]"#,
            previous,
            "2026-11-02T09:00:00Z",
            "2026-11-02T10:00:00Z",
        ),
        (
            r#"["2026-11-02T10:00:00Z","2026-11-02T10:59:59Z"]"#,
            matched,
            "2026-11-02T09:00:00Z",
            "2026-11-02T10:00:00Z",
        ),
        (
            r#""7d""#,
            r#"{"mode":"custom","date_range":["2026-01-01","2026-01-03"]}"#,
            "2025-12-31T23:00:00Z",
            "2026-01-03T23:00:00Z",
        ),
    ] {
        let period = compared(&site, range, comparison);
        assert_eq!((period.from, period.to), (at(from), at(to)), "{range} {comparison}");
    }
}

proptest! {
    #[test]
    fn the_previous_period_has_as_many_days_and_touches_none_of_them(
        zone in prop::sample::select(vec![
            "UTC", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin", "America/New_York",
            "America/Sao_Paulo",
        ]),
        start in 15_000i32..20_000,
        count in 0i32..400,
        match_day_of_week in any::<bool>(),
        mode in prop::sample::select(vec![ComparisonMode::PreviousPeriod, ComparisonMode::YearOverYear]),
    ) {
        let site = Site::new(zone);
        let day = |offset: i32| jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(offset)).expect("a day");
        let asked = millrace_query::Range::Days(day(start), day(start + count));
        let now = at("2026-11-18T10:20:30Z");
        let comparison = Comparison { mode, match_day_of_week };
        let range = comparison.range(asked, now, site.zone()).expect("a range");
        let millrace_query::Range::Days(first, last) = range else { panic!("{range:?}") };
        let days = first.until((Unit::Day, last)).expect("a span").get_days();
        if mode == ComparisonMode::PreviousPeriod {
            prop_assert_eq!(days, count);
            prop_assert!(last < day(start));
            let free = day(start).since((Unit::Day, last)).expect("a span").get_days();
            let most = if match_day_of_week { 7 } else { 1 };
            prop_assert!((1..=most).contains(&free));
        } else {
            // 29 February is on one side or the other.
            prop_assert!((days - count).abs() <= 1);
        }
        if match_day_of_week {
            prop_assert_eq!(first.weekday(), day(start).weekday());
        }
        let period = range.period(now, site.zone()).expect("a period");
        let local = |at: Timestamp| {
            jiff::Timestamp::from_millisecond(at.as_millis()).expect("an instant").to_zoned(site.zone().clone())
        };
        prop_assert_eq!(local(period.from).date(), first);
        prop_assert_eq!(local(period.to.plus_millis(-1)).date(), last);
    }
}

#[test]
fn rows_are_compared_with_those_of_the_same_values() {
    let site = Site::new("UTC");
    let body = visitors(
        r#""date_range":"7d","dimensions":["visit:source"],"filters":[["is","event:page",["/"]]],
           "pagination":{"limit":2,"offset":4},"include":{"comparisons":{"mode":"previous_period"}}"#,
    );
    let (query, compared) = (site.query(&body), site.compared(&body));
    let rows = [row(&["Direct / None"], &[Some(9.0)], 9), row(&["x"], &[Some(5.0)], 5)];
    let narrow = comparison_query(&compared, &rows).expect("a query");
    let source = Dimension::Visit(VisitDimension::Source);
    let values = Filter::Is(source, vec!["Direct / None".to_owned(), "x".to_owned()]);
    assert_eq!(
        narrow.filter(),
        &Filter::And(vec![Filter::Is(Dimension::Page, vec!["/".to_owned()]), values])
    );
    assert_eq!((narrow.period(), narrow.offset()), (compared.period(), 0));
    assert!(narrow.limit() >= 2);
    assert!(comparison_query(&compared, &[]).is_none());
    let answer = QueryResult { rows: vec![row(&["x"], &[Some(3.0)], 3)] };
    assert_eq!(align(&query, &rows, &narrow, &answer), [None, Some(&answer.rows[0])]);
}

#[test]
fn buckets_are_compared_by_their_place() {
    let site = Site::new("Europe/Berlin");
    let body = visitors(
        r#""date_range":["2026-10-24","2026-10-26"],"dimensions":["time:day","visit:source"],
           "include":{"comparisons":{"mode":"previous_period"}}"#,
    );
    let (query, compared) = (site.query(&body), site.compared(&body));
    let of = |start: Timestamp, source: &str| Row {
        dimensions: vec![DimensionValue::Bucket(start), DimensionValue::Text(source.to_owned())],
        ..row(&[], &[Some(1.0)], 1)
    };
    let starts = |query: &millrace_query::CheckedQuery| query.buckets().expect("buckets").starts().to_vec();
    let (new, old) = (starts(&query), starts(&compared));
    let rows = [of(new[0], "a"), of(new[2], "a"), of(new[2], "b")];
    let narrow = comparison_query(&compared, &rows).expect("a query");
    let answer = QueryResult { rows: vec![of(old[2], "b"), of(old[0], "a"), of(old[1], "a")] };
    let aligned = align(&query, &rows, &narrow, &answer);
    assert_eq!(aligned, [Some(&answer.rows[1]), None, Some(&answer.rows[0])]);
}

#[test]
fn changes_are_percent_and_those_of_percentages_points() {
    for (metric, value, before, expected) in [
        (Metric::Visitors, Some(0.0), Some(0.0), Some(0.0)),
        (Metric::Visitors, Some(7.0), Some(0.0), Some(100.0)),
        (Metric::Visitors, Some(0.0), Some(7.0), Some(-100.0)),
        (Metric::Visitors, Some(4.0), Some(3.0), Some(33.0)),
        (Metric::Visitors, None, Some(3.0), None),
        (Metric::VisitDuration, Some(3.0), None, None),
        (Metric::TotalRevenue, Some(5.0), Some(-5.0), Some(200.0)),
        (Metric::BounceRate, Some(40.0), Some(50.0), Some(-10.0)),
        (Metric::BounceRate, Some(0.0), Some(0.0), Some(0.0)),
        (Metric::ConversionRate, Some(2.25), Some(2.0), Some(0.25)),
    ] {
        assert_eq!(change(&metric, value, before), expected, "{metric:?} {value:?} {before:?}");
    }
}
