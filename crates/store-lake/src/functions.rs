//! Functions that reports are written with and the query engine does not have.
//!
//! - `width_bucket(instant, thresholds)`: the bucket of an instant;
//! - `contains_one_of(text, parts)`: whether one of many texts is in another;
//! - `matches_pattern(text, pattern)`: whether a pattern is found (the engine's own `regexp_like` may turn into `LIKE`,
//!   which takes a backslash for another);
//! - `property(properties, key)`, `property_number(properties, key)`: a property as text, as a decimal;
//! - `first_by(value, late, timestamp, seq)`, `last_by(value, timestamp, seq)`: the value of the first or last event;
//! - `quantile(decimal, percent)`: the least number that so many are at or below.

mod by_time;
mod contains;
mod pattern;
mod property;
mod quantile;
mod width_bucket;

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Accumulator, AggregateUDF, EmitTo, GroupsAccumulator, ScalarUDF};
use datafusion::prelude::SessionContext;

use by_time::{ByTime, Which};
use contains::ContainsOneOf;
use pattern::MatchesPattern;
use property::Property;
use quantile::Quantile;
use width_bucket::WidthBucket;

/// Makes them known to `context`.
pub(crate) fn register(context: &SessionContext) {
    context.register_udf(ScalarUDF::from(WidthBucket::new()));
    context.register_udf(ScalarUDF::from(ContainsOneOf::new()));
    context.register_udf(ScalarUDF::from(MatchesPattern::new()));
    context.register_udf(ScalarUDF::from(Property::text()));
    context.register_udf(ScalarUDF::from(Property::number()));
    context.register_udaf(AggregateUDF::from(ByTime::new(Which::First)));
    context.register_udaf(AggregateUDF::from(ByTime::new(Which::Last)));
    context.register_udaf(AggregateUDF::from(Quantile::new()));
}

/// An accumulator of one group.
struct OneGroup<T>(T);

impl<T: std::fmt::Debug> std::fmt::Debug for OneGroup<T> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}

impl<T: GroupsAccumulator + Sync + std::fmt::Debug> Accumulator for OneGroup<T> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, Array::len);
        self.0.update_batch(values, &vec![0; rows], None, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // A group that never saw a row is one all the same.
        self.0.update_batch(&[], &[], None, 1)?;
        ScalarValue::try_from_array(&self.0.evaluate(EmitTo::All)?, 0)
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.update_batch(&[], &[], None, 1)?;
        let state = self.0.state(EmitTo::All)?;
        state.iter().map(|array: &Arc<dyn Array>| ScalarValue::try_from_array(array, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, Array::len);
        self.0.merge_batch(states, &vec![0; rows], 1)
    }
}
