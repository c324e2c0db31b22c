//! `width_bucket(instant, thresholds)`: how many of the ascending thresholds are at or below the instant.
//!
//! The same function with the same meaning is part of PostgreSQL, which is why reports are written with it.

use std::sync::Arc;

use datafusion::arrow::array::{Array, AsArray, Int32Array};
use datafusion::arrow::datatypes::{DataType, TimestampMillisecondType};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct WidthBucket {
    signature: Signature,
}

impl WidthBucket {
    pub(crate) fn new() -> Self {
        Self { signature: Signature::any(2, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for WidthBucket {
    fn name(&self) -> &str {
        "width_bucket"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int32)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [instants, ColumnarValue::Scalar(ScalarValue::List(thresholds))] = args.args.as_slice() else {
            return exec_err!("width_bucket takes instants and one list of thresholds");
        };
        let thresholds = thresholds.value(0);
        let Some(thresholds) = thresholds.as_primitive_opt::<TimestampMillisecondType>() else {
            return exec_err!("width_bucket's thresholds are instants in milliseconds");
        };
        let thresholds = thresholds.values();
        let instants = instants.to_array(args.number_rows)?;
        let Some(instants) = instants.as_primitive_opt::<TimestampMillisecondType>() else {
            return exec_err!("width_bucket's first argument is an instant in milliseconds");
        };
        // Rows come almost in order: the bucket of the row before is the best guess.
        let mut bucket = 0;
        let buckets = instants.values().iter().map(|at| {
            let above = bucket == thresholds.len() || *at < thresholds[bucket];
            let below = bucket == 0 || thresholds[bucket - 1] <= *at;
            if !(above && below) {
                bucket = thresholds.partition_point(|threshold| threshold <= at);
            }
            bucket as i32
        });
        let buckets = Int32Array::new(buckets.collect(), instants.nulls().cloned());
        Ok(ColumnarValue::Array(Arc::new(buckets)))
    }
}
