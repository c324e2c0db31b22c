//! The answer to a query.

use millrace_event::Timestamp;

use crate::CheckedQuery;

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
    pub fn new(query: &CheckedQuery, dimensions: Vec<DimensionValue>, counted: &[i64]) -> Self {
        let aggregates = query.aggregates();
        let metrics = query.metrics().iter().map(|metric| {
            let of_metric: Vec<i64> = metric
                .aggregates()
                .iter()
                .filter_map(|wanted| aggregates.iter().position(|known| known == wanted))
                .filter_map(|index| counted.get(index).copied())
                .collect();
            metric.value(&of_metric, query.period())
        });
        Self { metrics: metrics.collect(), dimensions }
    }

    /// A metric that counts, by its place in the query; 0 where there is none.
    pub fn count(&self, metric: usize) -> u64 {
        self.metrics.get(metric).copied().flatten().unwrap_or(0.0) as u64
    }
}
