//! The answer to a query: events in groups, each group counted.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use millrace_event::Event;
use millrace_query::{
    Aggregate, Cell, CheckedQuery, Dimension, DimensionValue, Direction, OrderBy, QueryResult, Row,
};

use super::count::count;
use super::facts::Facts;

/// The answer to `query` over `events`, which come in order of arrival.
///
/// Without dimensions there is one row whatever the limit and the offset say.
pub fn answer<'a>(query: &CheckedQuery, events: impl Iterator<Item = &'a Event>) -> QueryResult {
    let facts = Facts::new(query.site(), *query.period(), events);
    let mut groups: Vec<Group> = groups(query, &facts)
        .into_iter()
        .map(|(dimensions, events)| {
            let counted =
                query.aggregates().iter().map(|aggregate| count(aggregate, &facts, &events)).collect();
            Group { dimensions, counted }
        })
        .collect();
    // The groups come in the order of their dimensions already, and the sort is stable.
    groups.sort_by(|a, b| compare(query, a, b));
    let (offset, limit) = match query.dimensions() {
        [] => (0, 1),
        _ => (query.offset(), query.limit()),
    };
    let asked = groups.into_iter().skip(offset).take(limit);
    QueryResult { rows: asked.map(|group| Row::new(query, group.dimensions, &group.counted)).collect() }
}

/// A row before its metrics are computed.
struct Group {
    dimensions: Vec<DimensionValue>,
    /// In the order of [`CheckedQuery::aggregates`].
    counted: Vec<Cell>,
}

fn groups<'a>(query: &CheckedQuery, facts: &Facts<'a>) -> BTreeMap<Vec<DimensionValue>, Vec<&'a Event>> {
    let mut groups = BTreeMap::new();
    if query.dimensions().is_empty() {
        groups.insert(Vec::new(), Vec::new());
    }
    let passing = facts.holds(query.filter());
    // An event counts for each goal it reaches; once where goals are not told apart.
    let goals: Vec<(Option<&str>, Vec<bool>)> = match query.dimensions().contains(&Dimension::Goal) {
        true => {
            query.goals().iter().map(|goal| (Some(goal.name.as_str()), facts.holds(&goal.filter))).collect()
        }
        false => vec![(None, vec![true; facts.events.len()])],
    };
    for (goal, reaches) in &goals {
        for (place, event) in facts.events.iter().enumerate() {
            if !passing[place] || !reaches[place] {
                continue;
            }
            let value = |dimension| value(query, facts, dimension, *goal, event);
            // An event that lacks one of the dimensions belongs to no group.
            if let Some(key) = query.dimensions().iter().map(value).collect::<Option<Vec<_>>>() {
                groups.entry(key).or_default().push(*event);
            }
        }
    }
    groups
}

fn value<'a>(
    query: &CheckedQuery,
    facts: &Facts<'a>,
    dimension: &Dimension,
    goal: Option<&str>,
    event: &'a Event,
) -> Option<DimensionValue> {
    match dimension {
        Dimension::Time(_) => {
            let buckets = query.buckets()?;
            Some(DimensionValue::Bucket(buckets.starts()[buckets.index(event.timestamp)?]))
        }
        Dimension::Goal => goal.map(|name| DimensionValue::Text(name.to_owned())),
        _ => facts.shown(dimension, event).map(|text| DimensionValue::Text(text.into_owned())),
    }
}

fn compare(query: &CheckedQuery, a: &Group, b: &Group) -> Ordering {
    let directed = |ordering: Ordering, direction| match direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    };
    let terms = query.order().iter().map(|(term, direction)| match term {
        OrderBy::Dimension(place) => directed(a.dimensions[*place].cmp(&b.dimensions[*place]), *direction),
        OrderBy::Metric(place) => match (a.number(query, *place), b.number(query, *place)) {
            (Some(a), Some(b)) => directed(a.compare(&b), *direction),
            // What has no value comes last, whatever the direction.
            (a, b) => a.is_none().cmp(&b.is_none()),
        },
    });
    terms.fold(Ordering::Equal, Ordering::then)
}

/// What a metric is ordered by.
enum Number {
    /// Of an aggregate alone.
    Exact(i128),
    /// Of an aggregate by another.
    Mean(f64),
}

impl Number {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Exact(a), Self::Exact(b)) => a.cmp(b),
            (Self::Mean(a), Self::Mean(b)) => a.total_cmp(b),
            // A metric is one or the other.
            _ => Ordering::Equal,
        }
    }
}

impl Group {
    fn number(&self, query: &CheckedQuery, metric: usize) -> Option<Number> {
        let cell = |wanted: &Aggregate| {
            let place = query.aggregates().iter().position(|aggregate| aggregate == wanted)?;
            self.counted.get(place)
        };
        // Amounts of several currencies, and none at all, have no value.
        let currencies = [Aggregate::CurrencyMin, Aggregate::CurrencyMax].map(|wanted| cell(&wanted));
        let in_one = currencies[0] == currencies[1] && currencies[0].is_some_and(|cell| cell != &Cell::Null);
        if query.metrics()[metric].is_revenue() && !in_one {
            return None;
        }
        match query.metrics()[metric].order() {
            (only, None) => exact(cell(&only)?).map(Number::Exact),
            (sum, Some(count)) => {
                let (sum, count) = (cell(&sum)?.number()?, cell(&count)?.number()?);
                (count != 0.0).then(|| Number::Mean(sum / count))
            }
        }
    }
}

/// The digits of a number as an integer: all values of an aggregate have as many after the point.
fn exact(cell: &Cell) -> Option<i128> {
    match cell {
        Cell::Integer(number) => Some(i128::from(*number)),
        Cell::Decimal(digits) => digits.replace('.', "").parse().ok(),
        Cell::Null | Cell::Text(_) => None,
    }
}
