//! The order of rows.

use millrace_query::{Direction, OrderBy, Statistic};

use super::*;
use Direction::{Ascending, Descending};

fn texts(order: &[(OrderBy, Direction)], limit: usize, offset: usize, events: &[Event]) -> Vec<String> {
    let mean = Metric::Property(Statistic::Avg, "n".into());
    let mut asked = ask(&[Metric::Events, mean, Metric::Property(Statistic::Sum, "n".into())])
        .by(&[Dimension::Page, Dimension::Element]);
    asked.query.order = order.to_vec();
    (asked.query.limit, asked.query.offset) = (limit, offset);
    asked.of(events).into_iter().map(|(texts, _)| texts.concat()).collect()
}

fn on(page: &str, element: &'static str, properties: &'static str) -> Event {
    Event { path: Some(page.to_owned().into()), element: Some(element.into()), ..with_properties(properties) }
}

#[test]
fn what_has_no_value_comes_last_and_ties_go_by_bytes() {
    let events = [
        on("b", "1", r#"{"n":9}"#),
        on("a", "2", r#"{"n":9}"#),
        on("a", "1", ""),
        on("B", "1", r#"{"n":10}"#),
        on("B", "1", r#"{"n":-10}"#),
        on("\u{e9}", "1", ""),
        on("z", "1", r#"{"n":100000000000000000.000001}"#),
        on("y", "1", r#"{"n":100000000000000000.000002}"#),
    ];
    let by = |place, direction| [(OrderBy::Metric(place), direction)];
    assert_eq!(
        texts(&[], 9, 0, &events),
        ["B1", "a1", "a2", "b1", "y1", "z1", "\u{e9}1"],
        "the first metric"
    );
    // As floats, `y` and `z` are equal: a sum is compared by its digits.
    assert_eq!(texts(&by(2, Descending), 9, 0, &events), ["y1", "z1", "a2", "b1", "B1", "a1", "\u{e9}1"]);
    assert_eq!(texts(&by(2, Ascending), 9, 0, &events), ["B1", "a2", "b1", "z1", "y1", "a1", "\u{e9}1"]);
    assert_eq!(texts(&by(1, Descending), 9, 0, &events), ["y1", "z1", "a2", "b1", "B1", "a1", "\u{e9}1"]);
    let element = [(OrderBy::Dimension(1), Descending), (OrderBy::Metric(0), Ascending)];
    assert_eq!(texts(&element, 9, 0, &events), ["a2", "a1", "b1", "y1", "z1", "\u{e9}1", "B1"]);
    assert_eq!(texts(&element, 2, 1, &events), ["a1", "b1"]);
    assert_eq!(texts(&element, 2, 7, &events), [""; 0]);
}

#[test]
fn a_total_is_one_row_whatever_page_is_asked_for() {
    let mut asked = ask(&[Metric::Events]);
    asked.query.offset = 5;
    assert_eq!(asked.total(&[]), [Some(0.0)]);
}

#[test]
fn each_aggregate_is_asked_for_once() {
    let query = ask(&[Metric::BounceRate, Metric::Visits, Metric::ViewsPerVisit]).check();
    assert_eq!(query.aggregates(), [Aggregate::Sessions, Aggregate::Bounces, Aggregate::SessionViews]);
}
