//! The answer to a query.

use millrace_event::Timestamp;

use crate::{Aggregate, CheckedQuery};

/// Rows in the order the query asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueryResult {
    /// One row for each combination of dimensions that has events; exactly one without dimensions.
    pub rows: Vec<Row>,
}

/// One group of events.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// In the order of the query's dimensions.
    pub dimensions: Vec<DimensionValue>,
    /// In the order of the query's metrics.
    pub metrics: Vec<Option<f64>>,
    /// Distinct visitors, where a rate of them is asked for.
    pub visitors: Option<u64>,
    /// The currency of amounts, where they have one in common.
    pub currency: Option<String>,
    /// There are amounts, and no currency that they have in common: they cannot be added up.
    pub mixed_currencies: bool,
}

/// What an engine counted.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A decimal: digits, a point, six digits.
    Decimal(String),
    /// A text.
    Text(String),
}

impl Cell {
    /// The number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Decimal(digits) => digits.parse().ok(),
            Self::Null | Self::Text(_) => None,
        }
    }

    /// The whole number, where it is one.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What the events of a row have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DimensionValue {
    /// A text.
    Text(String),
    /// The start of a bucket.
    Bucket(Timestamp),
}

impl DimensionValue {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bucket(_) => None,
        }
    }
}

impl Row {
    /// A row of what an engine counted, `counted` in the order of [`CheckedQuery::aggregates`].
    pub fn new(query: &CheckedQuery, dimensions: Vec<DimensionValue>, counted: &[Cell]) -> Self {
        let of = |wanted: &Aggregate| -> &Cell {
            let place = query.aggregates().iter().position(|known| known == wanted);
            place.and_then(|place| counted.get(place)).unwrap_or(&Cell::Null)
        };
        let metrics = query.metrics().iter().map(|metric| {
            let aggregates = metric.aggregates();
            let of_metric: Vec<&Cell> = aggregates.iter().map(of).collect();
            metric.value(&of_metric, query.period())
        });
        let currency = of(&Aggregate::CurrencyMin);
        Self {
            metrics: metrics.collect(),
            dimensions,
            visitors: of(&Aggregate::Visitors).integer().map(|visitors| visitors as u64),
            currency: currency.text().filter(|_| currency == of(&Aggregate::CurrencyMax)).map(str::to_owned),
            mixed_currencies: currency != of(&Aggregate::CurrencyMax),
        }
    }

    /// A metric that counts, by its place in the query; 0 where there is none.
    pub fn count(&self, metric: usize) -> u64 {
        self.metrics.get(metric).copied().flatten().unwrap_or(0.0) as u64
    }
}
