//! The SQL of each kind of report, to the letter.

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};
use millrace_query::{CheckedQuery, Context, Dimension, Filter, Interval, Metric, Query, Range};
use millrace_store::sql::{DataFusion, PostgreSql, Value, query, query_people};

const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

fn check(range: Range, metrics: &[Metric], dimensions: &[Dimension], filter: Filter) -> CheckedQuery {
    let query = Query {
        site: SiteId::new("demo").expect("a site id"),
        range,
        metrics: metrics.to_vec(),
        dimensions: dimensions.to_vec(),
        filter,
        limit: 10,
        offset: 0,
    };
    query.check(Context { now: NOW, zone: &TimeZone::UTC }).expect("a right query")
}

#[test]
fn a_total() {
    let total = check(Range::All, &[Metric::Events, Metric::Visitors], &[], Filter::all());
    let statement = query(&total, &DataFusion);
    assert_eq!(
        statement.text,
        "SELECT COUNT(*) AS a0, COUNT(DISTINCT visitor) AS a1 FROM events WHERE site = $1"
    );
    assert_eq!(statement.values, [Value::Text("demo".to_owned())]);
}

#[test]
fn a_breakdown_in_either_dialect() {
    let pages = check(
        Range::Last(2, Interval::Day),
        &[Metric::Pageviews],
        &[Dimension::Page],
        Filter::Is(Dimension::Name, vec!["' OR 1=1 --".to_owned()]),
    );
    let common = "SELECT path AS d0, COUNT(*) FILTER (WHERE name = 'pageview') AS a0 FROM events \
                  WHERE site = $1 AND timestamp >= $2 AND timestamp < $3 AND name IN ($4) AND path IS NOT NULL \
                  GROUP BY d0 ORDER BY a0 DESC NULLS LAST, ";
    assert_eq!(query(&pages, &DataFusion).text, format!("{common}path LIMIT 10 OFFSET 0"));
    assert_eq!(query(&pages, &PostgreSql).text, format!("{common}path COLLATE \"C\" LIMIT 10 OFFSET 0"));
    assert_eq!(
        query(&pages, &DataFusion).values[3],
        Value::Text("' OR 1=1 --".to_owned()),
        "bound, not written"
    );
}

#[test]
fn persons_in_the_place_of_visitors() {
    let total = check(Range::All, &[Metric::Events, Metric::Visitors], &[], Filter::all());
    assert_eq!(
        query_people(&total, &PostgreSql).text,
        "SELECT COUNT(*) AS a0, COUNT(DISTINCT COALESCE(person, visitor)) AS a1 FROM events \
         LEFT JOIN (SELECT visitor AS linked, person FROM visitor_links WHERE site = $1) AS links ON linked = visitor \
         WHERE site = $2"
    );
}

#[test]
fn a_series_sees_instants_only() {
    let series = check(
        Range::Last(3, Interval::Hour),
        &[Metric::AvgDuration],
        &[Dimension::Time(Interval::Hour), Dimension::Name],
        Filter::Not(Box::new(Filter::Or(vec![]))),
    );
    let statement = query(&series, &DataFusion);
    assert_eq!(
        statement.text,
        "SELECT width_bucket(timestamp, $1) AS d0, name AS d1, \
         CAST(COALESCE(SUM(duration_ms), 0) AS BIGINT) AS a0, COUNT(duration_ms) AS a1 FROM events \
         WHERE site = $2 AND timestamp >= $3 AND timestamp < $4 AND NOT COALESCE(FALSE, FALSE) \
         GROUP BY d0, d1 ORDER BY d0, name LIMIT 10 OFFSET 0"
    );
    let hour = 3_600_000;
    let starts = [-2, -1, 0].map(|hours| NOW.plus_millis(hours * hour)).to_vec();
    assert_eq!(statement.values[0], Value::Instants(starts));
}
