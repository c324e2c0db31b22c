//! Random questions.

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use millrace_query::{
    CheckedQuery, Context, Dimension, Direction, Filter, Interval, Metric, OrderBy, Query, Range, Statistic,
    VisitDimension,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::events::{BASE, SITES, site};
use super::questions::{HOSTILE, ZONES, goals, has_done, matches, not, property};

/// Random questions that are in order, about any of the sites.
pub fn queries() -> impl Strategy<Value = CheckedQuery> {
    let parts = (0..SITES, range(), vec(metric(), 1..4), dimensions(), filter());
    let order = vec((any::<bool>(), 0..4usize, any::<bool>()), 0..3);
    let page = (select(vec![1usize, 2, 5, 1_000]), select(vec![0usize, 0, 1, 3]));
    (parts, order, page, select(ZONES.to_vec())).prop_filter_map(
        "the question is not in order",
        |((of, range, metrics, dimensions, filter), order, (limit, offset), zone)| {
            let mut query =
                Query { site: site(of), range, metrics, dimensions, filter, order: vec![], limit, offset };
            bring_what_is_needed(&mut query);
            query.order = order
                .into_iter()
                .map(|(by_metric, place, ascending)| {
                    let term = match query.dimensions.len() {
                        0 => OrderBy::Metric(place % query.metrics.len()),
                        _ if by_metric => OrderBy::Metric(place % query.metrics.len()),
                        dimensions => OrderBy::Dimension(place % dimensions),
                    };
                    (term, if ascending { Direction::Ascending } else { Direction::Descending })
                })
                .collect();
            let zone = jiff::tz::TimeZone::get(zone).expect("a known zone");
            let goals = goals();
            query.check(Context { now: BASE.plus_millis(2 * DAY_MS), zone: &zone, goals: &goals }).ok()
        },
    )
}

/// Some of these questions, the same ones for the same number.
pub(super) fn sample(number: u64, count: usize) -> Vec<CheckedQuery> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, random);
    let queries = queries();
    (0..count).map(|_| queries.new_tree(&mut runner).expect("a query").current()).collect()
}

/// Some metrics mean something with a goal, a page or a dimension only.
fn bring_what_is_needed(query: &mut Query) {
    let mut missing = Vec::new();
    for metric in &query.metrics {
        missing.extend(match metric {
            Metric::ScrollDepth | Metric::TimeOnPage => Some(Dimension::Page),
            Metric::ConversionRate | Metric::GroupConversionRate => Some(Dimension::Goal),
            Metric::Percentage => Some(Dimension::Name),
            _ => None,
        });
    }
    for dimension in missing {
        if !query.dimensions.contains(&dimension) {
            query.dimensions.push(dimension);
        }
    }
}

fn range() -> impl Strategy<Value = Range> {
    let interval = select(vec![Interval::Hour, Interval::Day, Interval::Week, Interval::Month]);
    prop_oneof![
        2 => Just(Range::All),
        // They cut sessions anywhere.
        6 => (instant(), instant()).prop_map(|(a, b)| Range::Between(a.min(b), a.max(b).plus_millis(1))),
        2 => (1..5u32, interval).prop_map(|(count, interval)| Range::Last(count, interval)),
        1 => (1..3_000u32).prop_map(Range::Minutes),
    ]
}

fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        3 => -2 * DAY_MS..6 * DAY_MS,
        2 => (-4..12i64).prop_map(|half| half * DAY_MS / 2),
        2 => (-12..12i64).prop_map(|minutes| DAY_MS + minutes * 5 * 60_000),
        1 => (-500..500i64).prop_map(|hours| hours * 3_600_000),
    ]
    .prop_map(|millis| BASE.plus_millis(millis))
}

fn metric() -> impl Strategy<Value = Metric> {
    let statistic = select(Statistic::ALL.to_vec());
    let key = select(vec!["n", "n", "plan", HOSTILE]);
    prop_oneof![
        3 => select(Metric::WORDS.to_vec()),
        1 => (statistic, key).prop_map(|(statistic, key)| Metric::Property(statistic, key.into())),
    ]
}

fn dimensions() -> impl Strategy<Value = Vec<Dimension>> {
    let interval = prop_oneof![
        3 => select(vec![Interval::Hour, Interval::Day, Interval::Week, Interval::Month]),
        1 => select(vec![Interval::TenSeconds, Interval::Minute]),
    ];
    let dimension = prop_oneof![
        6 => of_events(),
        1 => Just(Dimension::Goal),
        2 => interval.prop_map(Dimension::Time),
    ];
    vec(dimension, 0..=3).prop_map(|mut dimensions| {
        // Each once, and one time.
        let mut seen: Vec<Dimension> = Vec::new();
        dimensions.retain(|dimension| {
            let again = |known: &Dimension| {
                known == dimension || known.interval().is_some() && dimension.interval().is_some()
            };
            let is_new = !seen.iter().any(again);
            seen.push(dimension.clone());
            is_new
        });
        dimensions
    })
}

/// A dimension that can be filtered by, too.
fn of_events() -> impl Strategy<Value = Dimension> {
    let own = [Dimension::Name, Dimension::Page, Dimension::Page, Dimension::Hostname, Dimension::Element];
    prop_oneof![
        3 => select(own.to_vec()),
        1 => select(vec!["n", "plan", "a.b", HOSTILE]).prop_map(property),
        3 => select(VisitDimension::ALL.to_vec()).prop_map(Dimension::Visit),
    ]
}

/// Nested four deep at most.
fn filter() -> impl Strategy<Value = Filter> {
    // What a session has done does not ask what it has done.
    let plain = nested(leaf().boxed(), 2);
    let leaf = prop_oneof![4 => leaf(), 1 => plain.prop_map(has_done)].boxed();
    prop_oneof![2 => Just(Filter::all()), 3 => nested(leaf, 3)]
}

fn nested(leaf: BoxedStrategy<Filter>, depth: u32) -> BoxedStrategy<Filter> {
    leaf.prop_recursive(depth, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Filter::And),
            vec(inner.clone(), 0..3).prop_map(Filter::Or),
            inner.prop_map(not),
        ]
    })
    .boxed()
}

fn leaf() -> impl Strategy<Value = Filter> {
    const PATTERNS: [&str; 14] = [
        "",
        "^/",
        "(?i)GOOGLE",
        "^.$",
        r"\d+$",
        "(?s)^/.*$",
        "[^a-z]",
        r"\p{L}\b",
        "'|%",
        "/{2,}",
        r"\\'",
        "(?m)^lines$",
        r"^-?\d",
        "^(?:Direct|pro)",
    ];
    let texts = || vec(text(), 0..4);
    let goals = vec(select(goals()), 0..4).prop_map(|goals| Filter::Reaches(goals.into()));
    prop_oneof![
        6 => (of_events(), texts()).prop_map(|(dimension, values)| Filter::Is(dimension, values)),
        2 => (of_events(), texts()).prop_map(|(dimension, values)| Filter::Contains(dimension, values)),
        2 => (of_events(), vec(select(PATTERNS.to_vec()), 0..3))
            .prop_map(|(dimension, patterns)| matches(dimension, &patterns)),
        1 => (0..=101u8).prop_map(Filter::ScrolledTo),
        1 => goals,
    ]
}

fn text() -> impl Strategy<Value = String> {
    // Values of events, words for missing ones, pieces of them, and what is hostile.
    select(vec![
        "pageview",
        "pageview",
        "click",
        "purchase",
        "engagement",
        "/",
        "/",
        "/1",
        "/2",
        "/blog/one",
        "example.com",
        "button-1",
        "Google",
        "google",
        "Direct / None",
        "Direct",
        "(not set)",
        "(none)",
        "DE",
        "Firefox",
        "macOS",
        "email",
        "pro",
        "1",
        "2.5",
        "true",
        "-",
        "o",
        "ö",
        "",
        HOSTILE,
        "' OR 1=1--",
        "\\'",
        "\\",
        "%_",
        "%",
        "_",
        "(?i)",
        "\u{202e}",
        "two\nlines",
        "$1",
        "'; DROP TABLE events; --",
    ])
    .prop_map(str::to_owned)
}
