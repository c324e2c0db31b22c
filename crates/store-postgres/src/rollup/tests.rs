//! The SQL of each kind of plan, to the letter, and what has none.

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};
use millrace_query::{CheckedQuery, Context, Dimension, Filter, Interval, Metric, Query, Range};

use super::plan;

/// 2026-11-20T10:00:00Z
const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);
const HOUR: i64 = 3_600_000;

fn check(
    range: Range,
    metrics: &[Metric],
    dimensions: &[Dimension],
    filter: Filter,
    zone: &str,
) -> CheckedQuery {
    let query = Query {
        site: SiteId::new("demo").expect("a site id"),
        range,
        metrics: metrics.to_vec(),
        dimensions: dimensions.to_vec(),
        filter,
        order: Vec::new(),
        limit: 10,
        offset: 0,
    };
    let zone = TimeZone::get(zone).expect("a zone");
    query.check(Context { now: NOW, zone: &zone, goals: &[] }).expect("a right query")
}

fn text(query: &CheckedQuery) -> Option<String> {
    plan(query, false).map(|statement| counted(&statement.text))
}

/// What is counted; around it is what every report has: the order and the most rows.
fn counted(text: &str) -> String {
    let (_, rest) = text.split_once(" FROM (").expect("a part");
    rest.rsplit_once(") AS p0").expect("the only part").0.to_owned()
}

fn pageviews() -> Filter {
    Filter::Is(Dimension::Name, vec!["pageview".to_owned()])
}

fn between(from: i64, to: i64) -> Range {
    Range::Between(NOW.plus_millis(from), NOW.plus_millis(to))
}

#[test]
fn names_of_all_times_come_from_days() {
    let query = check(Range::All, &[Metric::Events], &[Dimension::Name], Filter::all(), "UTC");
    assert_eq!(
        text(&query).as_deref(),
        Some(
            "SELECT name AS d0, CAST(COALESCE(SUM(count), 0) AS BIGINT) AS a0 FROM (SELECT bucket AS timestamp, \
             name, count FROM event_counts_day WHERE site = $1) AS counts WHERE TRUE GROUP BY d0\
            "
        )
    );
}

#[test]
fn a_series_comes_from_the_largest_buckets_that_its_own_begin_with() {
    let hours = Range::Last(3, Interval::Hour);
    let time = [Dimension::Time(Interval::Hour)];
    let series = |zone| text(&check(hours, &[Metric::Events], &time, pageviews(), zone));
    let common = |pieces: &str, filter: &str| {
        Some(format!(
            "SELECT width_bucket(timestamp, $1) AS d0, CAST(COALESCE(SUM(count), 0) AS BIGINT) AS a0 \
             FROM ({pieces}) AS counts WHERE TRUE AND name = ANY({filter}) GROUP BY d0"
        ))
    };
    let piece = |table: &str, from: &str, to: &str| {
        format!(
            "SELECT bucket AS timestamp, name, count FROM {table} WHERE site = $2 AND bucket >= {from} AND bucket < {to}"
        )
    };
    assert_eq!(series("UTC"), common(&piece("event_counts_hour", "$3", "$4"), "$5"));
    // Hours that begin at a quarter.
    assert_eq!(series("Asia/Kathmandu"), common(&piece("event_counts_minute", "$3", "$4"), "$5"));
    // Buckets of ten seconds are in no aggregate.
    let live = [Dimension::Time(Interval::TenSeconds)];
    assert_eq!(text(&check(between(0, HOUR), &[Metric::Events], &live, Filter::all(), "UTC")), None);
}

#[test]
fn what_is_left_at_the_ends_is_counted_in_smaller_buckets_and_events() {
    let query = check(between(-34 * HOUR - 1, 0), &[Metric::Pageviews], &[], Filter::all(), "UTC");
    assert_eq!(
        text(&query).as_deref(),
        Some(
            "SELECT CAST(COALESCE(SUM(count) FILTER (WHERE name = 'pageview'), 0) AS BIGINT) AS a0 FROM (\
             SELECT timestamp, name, 1::bigint AS count FROM events WHERE site = $1 AND timestamp >= $2 AND timestamp < $3 \
             UNION ALL SELECT bucket AS timestamp, name, count FROM event_counts_day WHERE site = $1 AND bucket >= $4 AND bucket < $5 \
             UNION ALL SELECT bucket AS timestamp, name, count FROM event_counts_hour WHERE site = $1 AND bucket >= $6 AND bucket < $7\
             ) AS counts WHERE TRUE"
        )
    );
}

#[test]
fn visitors_come_from_days_and_the_events_around_them() {
    let query =
        check(Range::Last(2, Interval::Day), &[Metric::Visitors], &[], Filter::all(), "Europe/Berlin");
    assert_eq!(
        text(&query).as_deref(),
        Some(
            "SELECT visitors AS a0 FROM (SELECT COUNT(*) AS visitors FROM (SELECT DISTINCT visitor FROM (\
             SELECT visitor AS visitor FROM events WHERE site = $1 AND timestamp >= $2 AND timestamp < $3 UNION ALL \
             SELECT visitor FROM daily_site_visitors, daily_site_stats WHERE site_day = id AND site = $1 AND day >= ($4 AT TIME ZONE 'UTC')::date \
             AND day < ($5 AT TIME ZONE 'UTC')::date UNION ALL \
             SELECT visitor AS visitor FROM events WHERE site = $1 AND timestamp >= $6 AND timestamp < $7) AS seen) AS people) \
             AS people WHERE TRUE"
        )
    );
    let day = check(
        Range::Last(1, Interval::Day),
        &[Metric::Pageviews, Metric::Visitors],
        &[],
        Filter::all(),
        "UTC",
    );
    assert_eq!(
        text(&day).as_deref(),
        Some(
            "SELECT views AS a0, visitors AS a1 FROM (SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS events, \
             CAST(COALESCE(SUM(count) FILTER (WHERE name = 'pageview'), 0) AS BIGINT) AS views FROM (\
             SELECT bucket AS timestamp, name, count FROM event_counts_day WHERE site = $4 AND bucket >= $5 AND bucket < $6\
             ) AS counts WHERE TRUE) AS counted, \
             (SELECT CAST(COALESCE(SUM(unique_users), 0) AS BIGINT) AS visitors FROM daily_site_stats WHERE site = $1 \
             AND day >= ($2 AT TIME ZONE 'UTC')::date AND day < ($3 AT TIME ZONE 'UTC')::date) AS people WHERE TRUE"
        )
    );
}

#[test]
fn where_visitors_are_linked_those_of_events_are_the_persons() {
    let query =
        check(Range::Last(2, Interval::Day), &[Metric::Visitors], &[], Filter::all(), "Europe/Berlin");
    let events = "SELECT COALESCE(person, visitor) AS visitor FROM events LEFT JOIN (SELECT visitor AS linked, person \
                  FROM visitor_links WHERE site = $2) AS links ON linked = visitor WHERE site = $1";
    assert_eq!(
        plan(&query, true).map(|statement| counted(&statement.text)),
        Some(format!(
            "SELECT visitors AS a0 FROM (SELECT COUNT(*) AS visitors FROM (SELECT DISTINCT visitor FROM (\
             {events} AND timestamp >= $3 AND timestamp < $4 UNION ALL \
             SELECT visitor FROM daily_site_visitors, daily_site_stats WHERE site_day = id AND site = $1 AND day >= ($5 AT TIME ZONE 'UTC')::date \
             AND day < ($6 AT TIME ZONE 'UTC')::date UNION ALL \
             {events} AND timestamp >= $7 AND timestamp < $8) AS seen) AS people) \
             AS people WHERE TRUE"
        ))
    );
}

#[test]
fn visitors_of_days_are_counted_already() {
    let days = |zone| {
        let time = [Dimension::Time(Interval::Day)];
        text(&check(Range::Last(7, Interval::Day), &[Metric::Visitors], &time, Filter::all(), zone))
    };
    assert_eq!(
        days("UTC").as_deref(),
        Some(
            "SELECT width_bucket((day::timestamp AT TIME ZONE 'UTC'), $1) AS d0, CAST(SUM(unique_users) AS BIGINT) AS a0 \
             FROM daily_site_stats WHERE site = $2 AND day >= ($3 AT TIME ZONE 'UTC')::date \
             AND day < ($4 AT TIME ZONE 'UTC')::date GROUP BY d0"
        )
    );
    assert_eq!(days("Europe/Berlin"), None);
}

#[test]
fn pages_come_from_days() {
    let pages = |range, filter| text(&check(range, &[Metric::Pageviews], &[Dimension::Page], filter, "UTC"));
    assert_eq!(
        pages(Range::All, pageviews()).as_deref(),
        Some(
            "SELECT path AS d0, CAST(SUM(views) AS BIGINT) AS a0 FROM (SELECT path, views FROM daily_site_path_counts \
             WHERE site = $1) AS counts WHERE TRUE AND path IS NOT NULL GROUP BY d0\
            "
        )
    );
    // Less than a day; and pages that have other events only.
    assert_eq!(pages(between(-HOUR, 0), pageviews()), None);
    assert_eq!(pages(Range::All, Filter::all()), None);
}

#[test]
fn what_no_aggregate_has_is_counted_from_the_events() {
    let page = Filter::Is(Dimension::Page, vec!["/".to_owned()]);
    for (metric, dimensions, filter) in [
        (Metric::Visits, vec![], Filter::all()),
        (Metric::AvgDuration, vec![], Filter::all()),
        (Metric::Events, vec![Dimension::Hostname], Filter::all()),
        (Metric::Events, vec![], Filter::Not(Box::new(page))),
        (Metric::Visitors, vec![], pageviews()),
        (Metric::Visitors, vec![Dimension::Name], Filter::all()),
    ] {
        let query = check(Range::All, &[metric], &dimensions, filter, "UTC");
        assert_eq!(text(&query), None, "{query:?}");
    }
}
