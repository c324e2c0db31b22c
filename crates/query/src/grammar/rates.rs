//! Rates of visitors: metrics that need the visitors of a second query.
//!
//! - `conversion_rate`: of all visitors who pass the filters but those of goals, whatever the dimensions.
//! - `group_conversion_rate`: of the visitors of the same group who pass the filters but those of goals; `event:goal`
//!   makes no groups of them.
//! - `percentage`: of all visitors who pass the filters, whatever the dimensions.
//!
//! Each is 100 times the row's visitors by those, exact until the one division.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::comparison_query;
use crate::{CheckedQuery, Dimension, DimensionValue, Direction, Filter, Metric, OrderBy, QueryResult, Row};

/// The most groups that a query besides the asked one may have: rates and comparisons of rows beyond are absent.
pub(super) const MOST_GROUPS: usize = 100_000;

/// What to run for a query with rates of visitors, and how to fill them in.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates {
    asked: CheckedQuery,
    main: CheckedQuery,
    queries: Vec<CheckedQuery>,
    /// Which of the queries tells the visitors that conversions are a share of.
    conversion: Option<usize>,
    /// The same of a group's.
    group: Option<usize>,
    /// The same of percentages.
    percentage: Option<usize>,
}

impl Rates {
    /// What `query` needs; nothing more than itself where it asks for no rate.
    pub fn of(query: &CheckedQuery) -> Self {
        let mut queries = Vec::new();
        let mut add = |metric: Metric, dimensions: Vec<Dimension>, filter: Filter| {
            let asks = query.metrics().contains(&metric);
            asks.then(|| {
                queries.push(query.derived(|query| {
                    query.metrics = vec![Metric::Visitors];
                    query.dimensions = dimensions;
                    query.filter = filter;
                    query.order = vec![(OrderBy::Metric(0), Direction::Descending)];
                    query.limit = MOST_GROUPS;
                    query.offset = 0;
                }));
                queries.len() - 1
            })
        };
        let everyone = query.filter().without_goals();
        let groups = query.dimensions().iter().filter(|dimension| **dimension != Dimension::Goal);
        let conversion = add(Metric::ConversionRate, Vec::new(), everyone.clone());
        let group = add(Metric::GroupConversionRate, groups.cloned().collect(), everyone);
        let percentage = add(Metric::Percentage, Vec::new(), query.filter().clone());
        let main = match orders_by_group_rate(query) {
            true => query.derived(|query| {
                query.limit = MOST_GROUPS;
                query.offset = 0;
            }),
            false => query.clone(),
        };
        Self { asked: query.clone(), main, queries, conversion, group, percentage }
    }

    /// Those of a compared query for what is in `rows` alone, which [`comparison_query`] narrows the main query to: what
    /// the rates are a share of stays whole. Nothing where there is no row.
    pub fn of_comparison(compared: &CheckedQuery, rows: &[Row]) -> Option<Self> {
        let main = comparison_query(compared, rows)?;
        Some(Self { asked: main.clone(), main, ..Self::of(compared) })
    }

    /// The query to run in place of the asked one: the same, or all of its rows where only this module can sort them.
    pub fn main(&self) -> &CheckedQuery {
        &self.main
    }

    /// The further queries to run.
    pub fn queries(&self) -> &[CheckedQuery] {
        &self.queries
    }

    /// Fills the rates into the answer to [`Self::main`], from the answers to [`Self::queries`], in their order, and
    /// brings its rows into the order and the number asked for.
    pub fn fill(&self, result: &mut QueryResult, answers: &[QueryResult]) {
        let total = |place: Option<usize>| answers.get(place?)?.rows.first()?.visitors;
        let (conversion, percentage) = (total(self.conversion), total(self.percentage));
        let of_group: HashMap<&[DimensionValue], u64> = match self.group.and_then(|place| answers.get(place))
        {
            Some(answer) => {
                let visitors = |row| -> Option<(&[DimensionValue], u64)> {
                    let row: &Row = row;
                    Some((&row.dimensions, row.visitors?))
                };
                answer.rows.iter().filter_map(visitors).collect()
            }
            None => HashMap::new(),
        };
        for row in &mut result.rows {
            let group = self.group.and_then(|_| {
                let kept = row.dimensions.iter().zip(self.asked.dimensions());
                let key: Vec<DimensionValue> = kept
                    .filter(|(_, dimension)| **dimension != Dimension::Goal)
                    .map(|(value, _)| value.clone())
                    .collect();
                of_group.get(key.as_slice()).copied()
            });
            for (value, metric) in row.metrics.iter_mut().zip(self.asked.metrics()) {
                let total = match metric {
                    Metric::ConversionRate => conversion,
                    Metric::GroupConversionRate => group,
                    Metric::Percentage => percentage,
                    _ => continue,
                };
                *value = percent(row.visitors, total);
            }
        }
        if orders_by_group_rate(&self.asked) {
            result.rows.sort_by(|one, other| compare(&self.asked, one, other));
            let past = self.asked.offset().min(result.rows.len());
            result.rows.drain(..past);
            result.rows.truncate(self.asked.limit());
        }
    }
}

fn percent(visitors: Option<u64>, total: Option<u64>) -> Option<f64> {
    let total = total.filter(|total| *total > 0)?;
    Some(100.0 * visitors? as f64 / total as f64)
}

fn orders_by_group_rate(query: &CheckedQuery) -> bool {
    query.order().iter().any(|(term, _)| match term {
        OrderBy::Metric(place) => query.metrics().get(*place) == Some(&Metric::GroupConversionRate),
        OrderBy::Dimension(_) => false,
    })
}

/// The order that [`crate::Query::order`] describes.
fn compare(query: &CheckedQuery, one: &Row, other: &Row) -> Ordering {
    let of_term = |(term, direction): &(OrderBy, Direction)| {
        let turned = |ordering: Ordering| match direction {
            Direction::Ascending => ordering,
            Direction::Descending => ordering.reverse(),
        };
        match term {
            OrderBy::Dimension(place) => {
                turned(one.dimensions.get(*place).cmp(&other.dimensions.get(*place)))
            }
            OrderBy::Metric(place) => {
                let value = |row: &Row| row.metrics.get(*place).copied().flatten();
                match (value(one), value(other)) {
                    (Some(one), Some(other)) => turned(one.total_cmp(&other)),
                    // What has no value comes last, whatever the direction.
                    (one, other) => other.is_some().cmp(&one.is_some()),
                }
            }
        }
    };
    let by_terms = query.order().iter().map(of_term).find(|ordering| ordering.is_ne());
    by_terms.unwrap_or_else(|| one.dimensions.cmp(&other.dimensions))
}
