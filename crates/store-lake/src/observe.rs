//! What events look like: three columns, streamed into a fold.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::TimestampMillisecondType;
use millrace_event::Timestamp;
use millrace_store::StoreError;
use millrace_store::observed::{Fold, Observation, ObservedSchema};
use millrace_store::sql::{Value, Values};

use crate::engine::EngineError;
use crate::store::LakeStore;

/// Reads the events of the period once; after damage in the way, again without it.
pub(crate) async fn observe(
    store: &LakeStore,
    observation: &Observation,
) -> Result<ObservedSchema, StoreError> {
    loop {
        let mut values = Values::default();
        let text = format!(
            "SELECT name, timestamp, properties FROM events WHERE site = {} AND timestamp >= {} AND timestamp < {}",
            values.bind(&observation.site),
            values.bind(Value::Instant(observation.period.from)),
            values.bind(Value::Instant(observation.period.to)),
        );
        let start = Fold::new(observation);
        match store.lake.engine.fold(values.statement(text), start, read).await {
            Ok(fold) => return Ok(fold.finish()),
            Err(EngineError::Damaged(damage)) => store.lake.set_aside(&damage).await?,
            Err(EngineError::Failed(error)) => return Err(error),
        }
    }
}

fn read(fold: &mut Fold, batch: &RecordBatch) -> Result<(), StoreError> {
    let unexpected = || StoreError::Failed("an observation has a column of an unexpected type".to_owned());
    let names = batch.column(0).as_string_view_opt().ok_or_else(unexpected)?;
    let times = batch.column(1).as_primitive_opt::<TimestampMillisecondType>().ok_or_else(unexpected)?;
    let properties = batch.column(2).as_string_view_opt().ok_or_else(unexpected)?;
    for row in 0..batch.num_rows() {
        let text = if properties.is_null(row) { "" } else { properties.value(row) };
        fold.event(names.value(row), Timestamp::from_millis(times.value(row)), text);
    }
    Ok(())
}
