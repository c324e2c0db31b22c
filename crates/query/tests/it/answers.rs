//! What answers show.

use millrace_query::grammar::{Labels, Request, country_name, metric_json, total_rows_query};
use millrace_query::{DimensionValue, Metric, Row, Statistic};
use serde_json::{Value, json};

use crate::support::{Site, row, site_id};

#[test]
fn metrics_are_rounded_as_they_are_shown() {
    let property = |statistic| Metric::Property(statistic, "x".into());
    for (metric, value, currency, expected) in [
        (Metric::Visitors, Some(12.0), None, "12"),
        (Metric::BounceRate, Some(93.5), None, "94"),
        (Metric::VisitDuration, Some(41.4999), None, "41"),
        (Metric::TimeOnPage, None, None, "null"),
        (Metric::ViewsPerVisit, Some(2.0), None, "2.0"),
        (Metric::ViewsPerVisit, Some(1.0 / 3.0), None, "0.33"),
        (Metric::ConversionRate, Some(200.0 / 3.0), None, "66.67"),
        (Metric::Percentage, Some(12.345_678), None, "12.35"),
        (Metric::AvgDuration, Some(8.234_56), None, "8.235"),
        (property(Statistic::Sum), Some(0.000_1), None, "0.0001"),
        (property(Statistic::Avg), Some(1e300), None, "1e+300"),
        (Metric::TotalRevenue, Some(5.0), None, "null"),
        (Metric::TotalRevenue, None, Some("EUR"), "null"),
        (
            Metric::TotalRevenue,
            Some(96_336_315.0),
            Some("USD"),
            r#"{"value":96336315.0,"currency":"USD","short":"$96.3M","long":"$96,336,315.00"}"#,
        ),
        (
            Metric::AverageRevenue,
            Some(-1_234.567),
            Some("EUR"),
            r#"{"value":-1234.57,"currency":"EUR","short":"-€1.2K","long":"-€1,234.57"}"#,
        ),
        (
            Metric::TotalRevenue,
            Some(999.4),
            Some("JPY"),
            r#"{"value":999.0,"currency":"JPY","short":"¥999","long":"¥999"}"#,
        ),
        (
            Metric::TotalRevenue,
            Some(999_950.0),
            Some("CHF"),
            r#"{"value":999950.0,"currency":"CHF","short":"CHF 1.0M","long":"CHF 999,950.00"}"#,
        ),
    ] {
        let expected: Value = serde_json::from_str(expected).expect("JSON");
        assert_eq!(metric_json(&metric, value, currency), expected, "{metric:?} {value:?}");
    }
}

#[test]
fn rows_show_labels_and_names_of_countries() {
    let site = Site::new("Europe/Berlin");
    let text = r#"{"metrics":["visitors","bounce_rate"],"date_range":"day",
                   "dimensions":["time","visit:country_name","visit:country"]}"#;
    let request = site.parse(text).expect("a request");
    let query = request.check(site_id(), &site.context()).expect("a query");
    let labels = Labels::new(&query, site.zone());
    let start = query.buckets().expect("buckets").starts()[13];
    let text = |text: &str| DimensionValue::Text(text.to_owned());
    let one = Row {
        dimensions: vec![DimensionValue::Bucket(start), text("DE"), text("DE")],
        ..row(&[], &[Some(3.0), Some(33.3)], 3)
    };
    let expected = json!({ "metrics": [3, 33], "dimensions": ["2026-11-18 13:00:00", "Germany", "DE"] });
    assert_eq!(request.row_json(&one, &labels), expected);
    assert_eq!(
        (country_name("(not set)"), country_name("QQ"), country_name("XK")),
        ("(not set)", "QQ", "Kosovo")
    );
}

#[test]
fn a_compared_row_shows_what_was_and_the_change() {
    let site = Site::new("UTC");
    let text = r#"{"metrics":["visitors","bounce_rate","visit_duration"],"date_range":"7d",
                   "dimensions":["time","visit:source"],"include":{"comparisons":{"mode":"previous_period"}}}"#;
    let request = site.parse(text).expect("a request");
    let (query, compared) = (site.query(text), site.compared(text));
    let starts = |query: &millrace_query::CheckedQuery| query.buckets().expect("buckets").starts()[2];
    let of = |start, metrics: &[Option<f64>]| Row {
        dimensions: vec![DimensionValue::Bucket(start), DimensionValue::Text("x".to_owned())],
        ..row(&[], metrics, 1)
    };
    let new = of(starts(&query), &[Some(6.0), Some(40.4), Some(10.0)]);
    let old = of(starts(&compared), &[Some(4.0), Some(50.0), None]);
    let shown = |before| request.comparison_json((&query, &new), (&compared, before), site.zone());
    let dimensions = json!(["2026-11-07", "x"]);
    assert_eq!(
        shown(Some(&old)),
        json!({ "metrics": [4, 50, null], "dimensions": dimensions, "change": [50, -10, null] })
    );
    assert_eq!(
        shown(None),
        json!({ "metrics": [0, null, null], "dimensions": dimensions, "change": [100, null, null] })
    );
    let range = json!(["2026-11-05T00:00:00+00:00", "2026-11-11T23:59:59+00:00"]);
    assert_eq!(Request::compared_date_range(&compared, site.zone()), range);
}

#[test]
fn rows_are_counted_without_the_limit() {
    let query = Site::new("UTC").query(
        r#"{"metrics":["visits"],"date_range":"7d","dimensions":["visit:source"],"pagination":{"limit":3,"offset":9}}"#,
    );
    let total = total_rows_query(&query);
    assert_eq!((total.offset(), total.dimensions(), total.filter()), (0, query.dimensions(), query.filter()));
    assert!(total.limit() > query.limit());
}

#[test]
fn meta_has_what_was_asked_for() {
    let site = Site::new("UTC");
    let meta = |include: &str| {
        let text = format!(
            r#"{{"metrics":["visits"],"date_range":"7d","dimensions":["time"],"include":{include}}}"#
        );
        let (request, query) = (site.parse(&text).expect("a request"), site.query(&text));
        Value::Object(request.beside_rows(&Labels::new(&query, site.zone()), Some(7)))
    };
    assert_eq!(meta("{}"), json!({}));
    let all = meta(r#"{"imports":true,"time_labels":true,"total_rows":true}"#);
    assert_eq!((&all["imports_included"], &all["total_rows"]), (&json!(false), &json!(7)));
    assert_eq!(all["time_labels"][6], "2026-11-18");
}
