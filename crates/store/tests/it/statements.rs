//! The SQL of each kind of report in each dialect, to the letter: `snapshots/`. Nothing of a client may be in it.

use std::fmt::Write;

use jiff::tz::TimeZone;
use millrace_event::{SessionId, SiteId, Timestamp};
use millrace_query::{
    By, CheckedQuery, Context, Dimension, Direction, Filter, Goal, GoalKind, Interval, Metric, OrderBy,
    Pattern, Period, Query, Range, Selection, Statistic, Subject, VisitDimension, Walk,
};
use millrace_store::Cursor;
use millrace_store::lists::{ArrivalList, EventList, LiveQuestion, SubjectList};
use millrace_store::sql::{DataFusion, Dialect, PostgreSql, Resolved, Statement, lists, live, query};

const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);
const HOSTILE: &str = "' OR 1=1 --";

fn base() -> Query {
    Query {
        site: SiteId::new("demo").expect("a site id"),
        range: Range::Last(7, Interval::Day),
        metrics: vec![Metric::Visitors],
        dimensions: vec![],
        filter: Filter::all(),
        order: vec![],
        limit: 10,
        offset: 0,
    }
}

fn check(query: Query) -> CheckedQuery {
    let goals = [
        Goal::new("Sign up", &GoalKind::Event("signup".to_owned())).expect("a goal"),
        Goal::new("Blog", &GoalKind::Page("/blog/**".to_owned())).expect("a goal"),
    ];
    query.check(Context { now: NOW, zone: &TimeZone::UTC, goals: &goals }).expect("a right query")
}

fn is(dimension: Dimension, value: &str) -> Filter {
    Filter::Is(dimension, vec![value.to_owned()])
}

const SOURCE: Dimension = Dimension::Visit(VisitDimension::Source);
const ENTRY: Dimension = Dimension::Visit(VisitDimension::EntryPage);

fn postgres(linked: bool) -> PostgreSql {
    let patterns = vec![Pattern::of_pages("/blog/**").expect("a pattern")];
    let values = vec!["/blog/1".to_owned()];
    PostgreSql { linked, resolved: vec![Resolved { dimension: Dimension::Page, patterns, values }] }
}

/// The statement in both dialects, and with links.
fn snapshot(name: &str, statements: [Statement; 3]) {
    let mut text = String::new();
    let show = |text: &mut String, statement: Statement| {
        assert!(!statement.text.contains(HOSTILE), "bound, not written: {}", statement.text);
        let places = statement.text.matches('$').count();
        assert!(places >= statement.values.len(), "every value has a place");
        let _ = writeln!(text, "{}\n", statement.text);
    };
    for (dialect, statement) in ["DataFusion", "PostgreSQL", "PostgreSQL, linked"].iter().zip(statements) {
        let _ = writeln!(text, "-- {dialect}");
        show(&mut text, statement);
    }
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text.trim_end());
    });
}

fn both(name: &str, asked: Query) {
    let checked = check(asked);
    snapshot(name, in_each(|dialect| query(&checked, dialect)));
}

fn in_each(write: impl Fn(&dyn Dialect) -> Statement) -> [Statement; 3] {
    [write(&DataFusion), write(&postgres(false)), write(&postgres(true))]
}

#[test]
fn totals() {
    both("totals", Query { metrics: vec![Metric::Events, Metric::Visitors, Metric::Visits], ..base() });
    let range = Range::All;
    both(
        "totals_of_all_times",
        Query { range, metrics: vec![Metric::Pageviews, Metric::AvgDuration], ..base() },
    );
    let of_sessions = vec![Metric::Visits, Metric::BounceRate, Metric::VisitDuration, Metric::ViewsPerVisit];
    both("totals_of_sessions", Query { metrics: of_sessions.clone(), ..base() });
    let all = [vec![Metric::Visitors, Metric::Pageviews], of_sessions].concat();
    both("totals_of_both", Query { metrics: all, ..base() });
}

#[test]
fn series() {
    let dimensions = vec![Dimension::Time(Interval::Day)];
    let metrics = vec![Metric::Visitors, Metric::BounceRate];
    both("series", Query { metrics, dimensions, ..base() });
}

#[test]
fn breakdowns() {
    let pages = vec![Dimension::Page];
    let metrics = vec![Metric::Visitors, Metric::TimeOnPage, Metric::ScrollDepth];
    both(
        "pages",
        Query { metrics, dimensions: pages.clone(), filter: is(Dimension::Name, HOSTILE), ..base() },
    );
    both("sources", Query { dimensions: vec![SOURCE], ..base() });
    both(
        "entry_pages",
        Query { metrics: vec![Metric::Visits, Metric::BounceRate], dimensions: vec![ENTRY], ..base() },
    );
    let filter = is(Dimension::Page, "/pricing");
    both(
        "sessions_of_a_page",
        Query { metrics: vec![Metric::BounceRate], dimensions: vec![SOURCE], filter, ..base() },
    );
    let dimensions = vec![Dimension::Property("plan".into()), Dimension::Element];
    let order =
        vec![(OrderBy::Dimension(1), Direction::Descending), (OrderBy::Metric(1), Direction::Ascending)];
    let metrics = vec![Metric::Events, Metric::AvgDuration];
    both("properties", Query { metrics, dimensions, order, offset: 20, ..base() });
    let statistics = Statistic::ALL.map(|statistic| Metric::Property(statistic, HOSTILE.into()));
    both("numbers", Query { metrics: statistics.to_vec(), dimensions: pages, ..base() });
    let metrics = vec![Metric::Visitors, Metric::TotalRevenue, Metric::AverageRevenue];
    both("goals", Query { metrics, dimensions: vec![Dimension::Goal], ..base() });
}

#[test]
fn filters() {
    let contains = Filter::Contains(Dimension::Page, vec![HOSTILE.to_owned(), "%_".to_owned()]);
    let matches = Filter::Matches(Dimension::Page, vec![Pattern::of_pages("/blog/**").expect("a pattern")]);
    let filter = Filter::And(vec![
        Filter::Or(vec![contains, matches]),
        Filter::Not(Box::new(is(SOURCE, "Google"))),
        Filter::HasDone(Box::new(Filter::And(vec![is(Dimension::Name, "signup"), is(ENTRY, "/")]))),
        Filter::Not(Box::new(Filter::HasDone(Box::new(is(Dimension::Name, "purchase"))))),
        is(Dimension::Property("plan".into()), "pro"),
        Filter::ScrolledTo(50),
        Filter::Or(vec![]),
    ]);
    both("filters", Query { filter, ..base() });
}

fn selection(filter: Filter) -> Selection {
    let period = Period { from: NOW, to: NOW.plus_millis(1) };
    Selection { site: SiteId::new("demo").expect("a site id"), period, filter, subject: None }
}

#[test]
fn walks_and_lists() {
    let walk = Walk {
        selection: selection(is(SOURCE, HOSTILE)),
        by: By::Visitor,
        marks: vec![is(Dimension::Page, "/"), is(ENTRY, "/")],
        marked_only: true,
        label: Some(Dimension::Name),
        first_mark_label: Some(Dimension::Page),
    };
    snapshot("walk", in_each(|dialect| lists::walk(&walk, dialect)));
    let of_session = Selection { subject: Some(Subject::Session(SessionId(7))), ..selection(Filter::all()) };
    let events = EventList { selection: of_session, newest_first: true, limit: Some(5), offset: 10 };
    snapshot("events", in_each(|dialect| lists::events(&events, "timestamp", dialect)));
    let list = SubjectList { selection: selection(is(Dimension::Page, "/")), limit: 5, offset: 10 };
    snapshot("sessions", in_each(|dialect| lists::sessions(&list, dialect)));
    snapshot("visitors", in_each(|dialect| lists::visitors(&list, dialect)));
}

#[test]
fn what_happens_now() {
    let buckets = vec![NOW, NOW.plus_millis(10_000)];
    for (name, filter) in [("live", Filter::all()), ("live_filtered", is(ENTRY, HOSTILE))] {
        let selection = selection(filter);
        let question = LiveQuestion { selection, buckets: buckets.clone(), names: 100, top: 10 };
        snapshot(name, in_each(|dialect| live::figures(&question, dialect)));
    }
    for (name, filter) in [("arrivals", Filter::all()), ("arrivals_filtered", is(SOURCE, HOSTILE))] {
        let selection = selection(filter);
        let list = ArrivalList { selection, after: Cursor(7), until: Cursor(u64::MAX), limit: 100 };
        snapshot(name, in_each(|dialect| live::arrivals(&list, "timestamp", dialect)));
    }
}
