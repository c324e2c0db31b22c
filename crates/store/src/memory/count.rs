//! Every aggregate of a group of events, by definition.

use std::collections::{BTreeMap, BTreeSet};

use bytestring::ByteString;
use millrace_event::{Event, SessionId, properties};
use millrace_query::{Aggregate, Cell, Statistic, decimal};

use super::facts::{Facts, PAGEVIEW, Session};

/// The name of the event that says how long a page was in view.
const ENGAGEMENT: &str = "engagement";

/// Counts `events`, each of which is one of `facts`.
pub(super) fn count(aggregate: &Aggregate, facts: &Facts<'_>, events: &[&Event]) -> Cell {
    let named = |name: &'static str| events.iter().filter(move |event| event.name == name);
    let durations = || events.iter().filter_map(|event| event.duration_ms);
    let revenues = || events.iter().filter_map(|event| event.revenue);
    let currencies = || revenues().map(|revenue| revenue.currency);
    let text = |currency: millrace_event::Currency| Cell::Text(currency.as_str().to_owned());
    match aggregate {
        Aggregate::Events => whole(events.len()),
        Aggregate::Pageviews => whole(named(PAGEVIEW).count()),
        Aggregate::Visitors => distinct(events.iter().map(|event| event.visitor)),
        Aggregate::Sessions => distinct(events.iter().map(|event| event.session)),
        Aggregate::DurationSum => Cell::Integer(durations().sum()),
        Aggregate::DurationCount => whole(durations().count()),
        Aggregate::RevenueSum => {
            let sum: i128 = revenues().map(|revenue| i128::from(revenue.micros)).sum();
            Cell::Decimal(sum.to_string())
        }
        Aggregate::RevenueCount => whole(revenues().count()),
        Aggregate::CurrencyMin => currencies().min().map_or(Cell::Null, text),
        Aggregate::CurrencyMax => currencies().max().map_or(Cell::Null, text),
        Aggregate::TimeInView => Cell::Integer(named(ENGAGEMENT).filter_map(|event| event.duration_ms).sum()),
        Aggregate::SessionsWithView => distinct(named(PAGEVIEW).map(|event| event.session)),
        Aggregate::NumberCount(key) => whole(numbers(key, events).len()),
        Aggregate::Number(statistic, key) => {
            let number = statistic_of(*statistic, &numbers(key, events));
            number.map_or(Cell::Null, |micros| Cell::Decimal(decimal::text(micros)))
        }
        Aggregate::Bounces => whole(sessions(facts, events).filter(|session| session.is_bounce()).count()),
        Aggregate::SessionTime => Cell::Integer(sessions(facts, events).map(Session::length).sum()),
        Aggregate::SessionViews => {
            Cell::Integer(sessions(facts, events).map(|session| session.pageviews as i64).sum())
        }
        Aggregate::ScrollSum => Cell::Integer(depths(events).values().map(|depth| i64::from(*depth)).sum()),
        Aggregate::ScrollCount => whole(depths(events).len()),
    }
}

fn whole(count: usize) -> Cell {
    Cell::Integer(count as i64)
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Cell {
    whole(values.collect::<BTreeSet<_>>().len())
}

/// The sessions that have one of the events, each once.
fn sessions<'f, 'a>(facts: &'f Facts<'a>, events: &[&Event]) -> impl Iterator<Item = &'f Session<'a>> {
    let sessions: BTreeMap<SessionId, _> =
        events.iter().map(|event| (event.session, facts.session(event))).collect();
    sessions.into_values()
}

/// How far each session saw it at most.
fn depths(events: &[&Event]) -> BTreeMap<SessionId, u8> {
    let mut depths = BTreeMap::new();
    for event in events {
        if let Some(depth) = event.scroll_depth {
            let most = depths.entry(event.session).or_insert(depth);
            *most = depth.max(*most);
        }
    }
    depths
}

/// The values of a property that are numbers, in millionths, ascending.
fn numbers(key: &ByteString, events: &[&Event]) -> Vec<i128> {
    let values = events.iter().filter_map(|event| properties::get(&event.properties, key));
    let mut numbers: Vec<_> = values.filter_map(|value| decimal::micros(&value.into_text())).collect();
    numbers.sort_unstable();
    numbers
}

/// Of ascending numbers; nothing where there are none.
fn statistic_of(statistic: Statistic, numbers: &[i128]) -> Option<i128> {
    // The least number that so many percent are at or below.
    let quantile =
        |percent: usize| numbers.get((numbers.len() * percent).div_ceil(100).checked_sub(1)?).copied();
    match statistic {
        Statistic::Sum => (!numbers.is_empty()).then(|| numbers.iter().sum()),
        Statistic::Min => numbers.first().copied(),
        Statistic::Max => numbers.last().copied(),
        Statistic::P50 => quantile(50),
        Statistic::P95 => quantile(95),
        Statistic::P99 => quantile(99),
        // A mean is computed from the sum and the count.
        Statistic::Avg => None,
    }
}
