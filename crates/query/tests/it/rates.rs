//! Rates of visitors: what is asked for them, and what is filled in.

use millrace_query::grammar::Rates;
use millrace_query::{Dimension, Filter, Metric, QueryResult};

use crate::support::{Site, row};

fn texts(result: &QueryResult) -> Vec<(String, Option<f64>)> {
    let text = |row: &millrace_query::Row| row.dimensions[0].text().expect("a text").to_owned();
    result.rows.iter().map(|row| (text(row), row.metrics[0])).collect()
}

#[test]
fn a_query_without_rates_needs_nothing_more() {
    let query =
        Site::new("UTC").query(r#"{"metrics":["visitors"],"date_range":"day","pagination":{"limit":5}}"#);
    let rates = Rates::of(&query);
    assert_eq!((rates.main(), rates.queries().len()), (&query, 0));
}

#[test]
fn each_rate_is_a_share_of_its_own_visitors() {
    let query = Site::new("UTC").query(
        r#"{"metrics":["conversion_rate","group_conversion_rate","percentage","visitors"],"date_range":"day",
            "dimensions":["event:page","event:goal"],
            "filters":[["is","event:goal",["Sign up"]],["is","visit:country",["DE"]]]}"#,
    );
    let rates = Rates::of(&query);
    let [everyone, groups, filtered] = rates.queries() else { panic!("{:?}", rates.queries()) };
    assert!(everyone.dimensions().is_empty() && filtered.dimensions().is_empty());
    assert_eq!(groups.dimensions(), [Dimension::Page]);
    assert_eq!(filtered.filter(), query.filter());
    let mut goals = 0;
    for query in [everyone, groups] {
        query.filter().walk(&mut |part| goals += usize::from(matches!(part, Filter::Reaches(_))));
        assert_eq!(query.metrics(), [Metric::Visitors]);
    }
    assert_eq!(goals, 0);

    let none = &[None, None, None, Some(3.0)][..];
    let mut result =
        QueryResult { rows: vec![row(&["/a", "Sign up"], none, 3), row(&["/b", "Sign up"], none, 1)] };
    let answers = [
        QueryResult { rows: vec![row(&[], &[Some(200.0)], 200)] },
        QueryResult { rows: vec![row(&["/b"], &[Some(4.0)], 4), row(&["/a"], &[Some(30.0)], 30)] },
        QueryResult { rows: vec![row(&[], &[Some(12.0)], 12)] },
    ];
    rates.fill(&mut result, &answers);
    assert_eq!(result.rows[0].metrics, [Some(1.5), Some(10.0), Some(25.0), Some(3.0)]);
    assert_eq!(result.rows[1].metrics[1], Some(25.0));
}

#[test]
fn a_share_of_nobody_is_nothing() {
    let query = Site::new("UTC").query(
        r#"{"metrics":["conversion_rate"],"date_range":"day","filters":[["is","event:goal",["Sign up"]]]}"#,
    );
    let rates = Rates::of(&query);
    let mut result = QueryResult { rows: vec![row(&[], &[None], 0)] };
    rates.fill(&mut result, &[QueryResult { rows: vec![row(&[], &[Some(0.0)], 0)] }]);
    assert_eq!(result.rows[0].metrics, [None]);
}

#[test]
fn rows_are_sorted_by_the_group_rate_and_cut() {
    let query = |order: &str| {
        let body = format!(
            r#"{{"metrics":["group_conversion_rate"],"date_range":"day","dimensions":["event:page"],
                "filters":[["is","event:goal",["Sign up"]]],"order_by":[["group_conversion_rate","{order}"]],
                "pagination":{{"limit":3,"offset":1}}}}"#
        );
        Site::new("UTC").query(&body)
    };
    let groups: Vec<_> =
        [("/a", 30), ("/b", 4), ("/c", 8), ("/d", 3)].map(|(page, count)| row(&[page], &[], count)).into();
    let answers = [QueryResult { rows: groups }];
    for (order, expected) in [
        // /a 10 %, /b and /c 25 %, /d all, /e nobody knows.
        ("desc", [("/b", Some(25.0)), ("/c", Some(25.0)), ("/a", Some(10.0))]),
        ("asc", [("/b", Some(25.0)), ("/c", Some(25.0)), ("/d", Some(100.0))]),
    ] {
        let query = query(order);
        let rates = Rates::of(&query);
        assert_eq!(rates.main().offset(), 0);
        assert!(rates.main().limit() >= millrace_query::Query::MOST_ROWS);
        let rows = [("/e", 5), ("/a", 3), ("/d", 3), ("/c", 2), ("/b", 1)];
        let mut result = QueryResult { rows: rows.map(|(page, count)| row(&[page], &[None], count)).into() };
        rates.fill(&mut result, &answers);
        let expected: Vec<_> = expected.map(|(page, rate)| (page.to_owned(), rate)).into();
        assert_eq!(texts(&result), expected, "{order}");
    }
}

#[test]
fn a_comparison_narrows_its_rows_and_not_what_they_are_a_share_of() {
    let compared = Site::new("UTC").compared(
        r#"{"metrics":["percentage"],"date_range":"day","dimensions":["event:page"],
            "include":{"comparisons":{"mode":"previous_period"}}}"#,
    );
    let rates = Rates::of_comparison(&compared, &[row(&["/a"], &[None], 1)]).expect("rates");
    assert_eq!(rates.main().filter(), &Filter::Is(Dimension::Page, vec!["/a".to_owned()]));
    assert_eq!(rates.queries()[0].filter(), &Filter::all());
}
