//! Questions that every store is asked: each metric, dimension and kind of filter at least once.

use millrace_event::time::DAY_MS;
use millrace_event::{SiteId, Timestamp};
use millrace_query::{
    CheckedQuery, Context, Dimension, Direction, Filter, Goal, GoalKind, Interval, Metric, OrderBy, Pattern,
    Query, Range, Statistic, VisitDimension,
};

use super::events::BASE;

/// What is nobody's name, and what a careless statement would run.
pub(super) const HOSTILE: &str = "' OR 1=1 --";

pub(super) const ZONES: [&str; 5] =
    ["UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York", "Europe/Berlin"];

/// The goals of every site.
pub(super) fn goals() -> Vec<Goal> {
    let goal = |name: &str, kind| Goal::new(name, &kind).expect("a goal");
    vec![
        goal("Buy", GoalKind::Event("purchase".into())),
        goal(HOSTILE, GoalKind::Event("%_".into())),
        goal("Blog", GoalKind::Page("/blog/**".into())),
        goal("Home", GoalKind::Page("/".into())),
        goal("Half", GoalKind::Scroll("/**".into(), 50)),
        goal("Never", GoalKind::Event("never".into())),
        Goal {
            name: "Sent".into(),
            filter: is(Dimension::Visit(VisitDimension::Source), &["Google", "Direct / None"]),
        },
    ]
}

pub(super) fn is(dimension: Dimension, values: &[&str]) -> Filter {
    Filter::Is(dimension, values.iter().map(|value| (*value).to_owned()).collect())
}

pub(super) fn matches(dimension: Dimension, patterns: &[&str]) -> Filter {
    let patterns = patterns.iter().map(|text| Pattern::new(text).expect("a pattern"));
    Filter::Matches(dimension, patterns.collect())
}

pub(super) fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

pub(super) fn has_done(filter: Filter) -> Filter {
    Filter::HasDone(Box::new(filter))
}

pub(super) fn property(key: &str) -> Dimension {
    Dimension::Property(key.to_owned().into())
}

/// Every metric that needs no goal, page or dimension.
pub(super) fn plain_metrics() -> Vec<Metric> {
    let needs = |metric: &Metric| {
        metric.is_rate_of_visitors() || matches!(metric, Metric::ScrollDepth | Metric::TimeOnPage)
    };
    let words = Metric::WORDS.into_iter().filter(|metric| !needs(metric));
    words.chain(Statistic::ALL.map(|statistic| Metric::Property(statistic, "n".into()))).collect()
}

fn days(from: i64, to: i64) -> Range {
    Range::Between(BASE.plus_millis(from * DAY_MS), BASE.plus_millis(to * DAY_MS))
}

fn instants(from: &str, to: &str) -> Range {
    let at = |text| Timestamp::parse(text).expect("a timestamp");
    Range::Between(at(from), at(to))
}

/// A question of `site`, and the zone it is asked in.
struct Asked {
    query: Query,
    zone: &'static str,
}

impl Asked {
    fn only(mut self, filter: Filter) -> Self {
        self.query.filter = filter;
        self
    }

    fn zone(mut self, zone: &'static str) -> Self {
        self.zone = zone;
        self
    }

    fn order(mut self, order: &[(OrderBy, Direction)]) -> Self {
        self.query.order = order.to_vec();
        self
    }

    fn page(mut self, limit: usize, offset: usize) -> Self {
        (self.query.limit, self.query.offset) = (limit, offset);
        self
    }
}

/// The questions about a site.
pub(super) fn questions(site: &SiteId) -> Vec<CheckedQuery> {
    let ask = |range, metrics: &[Metric], dimensions: &[Dimension]| Asked {
        query: Query {
            site: site.clone(),
            range,
            metrics: metrics.to_vec(),
            dimensions: dimensions.to_vec(),
            filter: Filter::all(),
            order: Vec::new(),
            limit: 1_000,
            offset: 0,
        },
        zone: "UTC",
    };
    let mut asked = Vec::new();
    asked.extend(figures(&ask));
    asked.extend(groups(&ask));
    asked.extend(times(&ask));
    asked.extend(filters().into_iter().enumerate().map(|(place, filter)| {
        let range = if place % 2 == 0 { Range::All } else { days(1, 3) };
        let metrics = [Metric::Events, Metric::Visitors, Metric::BounceRate, Metric::Visits];
        ask(range, &metrics, if place % 3 == 0 { &[Dimension::Name] } else { &[] }).only(filter)
    }));
    asked.extend(orders(&ask));
    let goals = goals();
    let check = |asked: Asked| {
        let zone = jiff::tz::TimeZone::get(asked.zone).expect("a known zone");
        let context = Context { now: BASE.plus_millis(2 * DAY_MS), zone: &zone, goals: &goals };
        asked.query.check(context).expect("a right query")
    };
    asked.into_iter().map(check).collect()
}

/// Each metric: in all, by something, and with what it needs.
fn figures(ask: &impl Fn(Range, &[Metric], &[Dimension]) -> Asked) -> Vec<Asked> {
    let rates = [
        Metric::ConversionRate,
        Metric::GroupConversionRate,
        Metric::Percentage,
        Metric::Events,
        Metric::TotalRevenue,
    ];
    let of_pages = [Metric::ScrollDepth, Metric::TimeOnPage, Metric::Visits, Metric::ViewsPerVisit];
    let reaches = Filter::Reaches(goals()[..3].into());
    let twice = Filter::Reaches([&goals()[2..4], &goals()[2..4]].concat().into());
    vec![
        ask(Range::All, &plain_metrics(), &[]),
        ask(days(1, 3), &plain_metrics(), &[]),
        ask(days(-1, 2), &plain_metrics(), &[Dimension::Name]),
        ask(Range::All, &of_pages, &[Dimension::Page]),
        ask(days(0, 2), &of_pages, &[]).only(is(Dimension::Page, &["/", HOSTILE])),
        ask(Range::All, &rates, &[Dimension::Goal]),
        ask(days(0, 3), &rates, &[Dimension::Goal, Dimension::Visit(VisitDimension::Country)]),
        ask(Range::All, &rates, &[Dimension::Goal]).only(reaches.clone()),
        ask(Range::All, &rates, &[Dimension::Goal]).only(twice),
        ask(Range::All, &rates, &[Dimension::Name]).only(reaches.and(not(is(Dimension::Page, &["/1"])))),
    ]
}

/// Each dimension, those of sessions in pairs.
fn groups(ask: &impl Fn(Range, &[Metric], &[Dimension]) -> Asked) -> Vec<Asked> {
    let of_sessions =
        [Metric::Visits, Metric::BounceRate, Metric::VisitDuration, Metric::ViewsPerVisit, Metric::Visitors];
    let pairs = VisitDimension::ALL.chunks(2).enumerate().map(|(place, pair)| {
        let pair: Vec<_> = pair.iter().map(|dimension| Dimension::Visit(*dimension)).collect();
        ask(if place % 2 == 0 { Range::All } else { days(1, 3) }, &of_sessions, &pair)
    });
    let own = [
        Dimension::Hostname,
        Dimension::Element,
        property("plan"),
        property("n"),
        property(HOSTILE),
        property("a.b"),
    ];
    let own = own.map(|dimension| ask(Range::All, &[Metric::Events, Metric::BounceRate], &[dimension]));
    let numbers = Statistic::ALL.map(|statistic| Metric::Property(statistic, "n".into()));
    pairs
        .chain(own)
        .chain([ask(days(0, 4), &numbers, &[property("plan"), Dimension::Page]).page(7, 1)])
        .collect()
}

/// Each interval, over clock changes.
fn times(ask: &impl Fn(Range, &[Metric], &[Dimension]) -> Asked) -> Vec<Asked> {
    let metrics = [Metric::Events, Metric::Visits, Metric::VisitDuration, Metric::Visitors];
    let by = |range, interval, zone| ask(range, &metrics, &[Dimension::Time(interval)]).zone(zone);
    let around_midnight = instants("2026-10-22T23:00:00Z", "2026-10-23T01:00:00Z");
    let visits = [Dimension::Visit(VisitDimension::EntryPage), Dimension::Time(Interval::Day)];
    vec![
        by(around_midnight, Interval::TenSeconds, "UTC"),
        by(around_midnight, Interval::Minute, "Asia/Kathmandu"),
        by(instants("2026-10-03T10:00:00Z", "2026-10-03T20:00:00Z"), Interval::Hour, "Australia/Lord_Howe"),
        by(instants("2026-10-24T22:00:00Z", "2026-10-25T05:30:00Z"), Interval::Hour, "Europe/Berlin"),
        by(instants("2026-11-01T03:00:00Z", "2026-11-01T09:00:00Z"), Interval::Hour, "America/New_York"),
        by(days(-20, 12), Interval::Day, "Europe/Berlin"),
        by(Range::Last(3, Interval::Week), Interval::Week, "America/New_York"),
        by(Range::Last(15, Interval::Month), Interval::Month, "Asia/Kathmandu"),
        ask(Range::ThisYear, &metrics, &[Dimension::Name, Dimension::Time(Interval::Month)]).page(3, 1),
        ask(days(0, 4), &metrics, &visits).zone("Asia/Kathmandu"),
        ask(Range::Minutes(30), &metrics, &[]),
    ]
}

/// Each kind of filter, and what is hostile in it.
fn filters() -> Vec<Filter> {
    use VisitDimension::{Channel, City, EntryPage, ExitPage, Os, Referrer, Source};
    let visit = Dimension::Visit;
    let contains = |dimension, values: &[&str]| match is(dimension, values) {
        Filter::Is(dimension, values) => Filter::Contains(dimension, values),
        other => other,
    };
    let deep = (0..28).fold(is(Dimension::Name, &["click"]), |inner, _| not(inner));
    vec![
        Filter::Or(vec![]),
        is(Dimension::Name, &[]),
        is(Dimension::Name, &["pageview", "%_"]),
        is(Dimension::Page, &[HOSTILE, "%", "\u{202e}", "'", "\\'"]),
        not(is(Dimension::Page, &["/1"])),
        is(visit(Source), &["Direct / None"]),
        not(is(visit(Source), &["Google", "Direct / None"])),
        is(visit(Os), &["(not set)"]),
        is(visit(Channel), &["Direct", "Paid Search"]),
        is(visit(ExitPage), &["/"]),
        not(is(visit(EntryPage), &["/"])),
        is(property("plan"), &["(none)", "pro"]),
        is(property("n"), &["true", "1e3", "\u{661}\u{662}", ""]),
        is(property(HOSTILE), &["(none)"]),
        contains(Dimension::Page, &["%", "\\", "(?i)", "\u{1f600}"]),
        contains(Dimension::Page, &[""]),
        contains(visit(City), &["(not", "ö"]),
        contains(visit(Referrer), &["'"]),
        not(contains(Dimension::Element, &["-1", "_"])),
        matches(Dimension::Page, &["^/[0-9]$", "(?i)LONG PATH"]),
        matches(Dimension::Page, &["(?m)^lines$"]),
        not(matches(Dimension::Page, &["^.*$"])),
        matches(visit(Source), &["(?i)^GOOGLE$", "^Direct"]),
        matches(property("n"), &[r"^\d+$"]),
        Filter::ScrolledTo(50),
        not(Filter::ScrolledTo(0)),
        Filter::Reaches(goals().into()),
        not(Filter::Reaches([].into())),
        has_done(is(Dimension::Name, &["purchase"])),
        not(has_done(is(Dimension::Page, &["/2"]))),
        has_done(is(visit(Source), &["Google"]).and(not(is(Dimension::Name, &["pageview"])))),
        has_done(Filter::Reaches(goals()[4..5].into())).and(is(Dimension::Name, &["pageview"])),
        Filter::Or(vec![
            is(Dimension::Page, &["/1", HOSTILE]),
            Filter::And(vec![is(Dimension::Name, &["click"]), not(is(visit(ExitPage), &["/2"]))]),
            has_done(Filter::ScrolledTo(99)),
        ]),
        deep,
        // As many values, and as many parts, as a filter may have: engines walk expressions by recursion.
        Filter::Contains(Dimension::Page, (0..9_999).map(|n| format!("/{n}")).collect()),
        Filter::Is(Dimension::Element, (0..9_999).map(|n| format!("button-{n}")).collect()),
        Filter::Or((0..998).map(|n| is(Dimension::Page, &[&format!("/{n}")])).collect()),
    ]
}

/// Orders, each way, and pages.
fn orders(ask: &impl Fn(Range, &[Metric], &[Dimension]) -> Asked) -> Vec<Asked> {
    use Direction::{Ascending, Descending};
    let sum = Metric::Property(Statistic::Sum, "n".into());
    let mean = Metric::Property(Statistic::Avg, "n".into());
    let metrics = [sum, mean, Metric::AverageRevenue, Metric::AvgDuration];
    let (by_metric, by_dimension) = (OrderBy::Metric, OrderBy::Dimension);
    let dimensions = [Dimension::Page, Dimension::Visit(VisitDimension::Browser)];
    let asked = |order: &[(OrderBy, Direction)]| ask(Range::All, &metrics, &dimensions).order(order);
    vec![
        asked(&[]).page(5, 0),
        asked(&[(by_metric(0), Ascending)]).page(5, 2),
        asked(&[(by_metric(2), Ascending), (by_dimension(1), Descending)]),
        asked(&[(by_metric(3), Descending)]).page(3, 900),
        asked(&[(by_dimension(1), Descending), (by_metric(3), Ascending)]).page(6, 1),
        ask(days(0, 4), &metrics, &[Dimension::Time(Interval::Day), Dimension::Name])
            .order(&[(by_dimension(1), Ascending), (by_dimension(0), Descending)]),
    ]
}
