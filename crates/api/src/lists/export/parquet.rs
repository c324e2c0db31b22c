//! Events as a Parquet file: a column for each of [`COLUMNS`], compressed by Zstandard.

use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{
    ArrayRef, BooleanArray, Decimal128Array, Float64Array, RecordBatch, StringArray,
    TimestampMillisecondArray, UInt32Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use millrace_event::Event;
use millrace_store::StoreError;

use super::Encoder;
use crate::lists::columns::{COLUMNS, Of};

/// Rows of a group, and bytes of what it takes in memory until it is written: whichever is reached first.
const GROUP_ROWS: usize = 50_000;
const GROUP_BYTES: usize = 32 << 20;

/// Rows that become arrays at once.
const BATCH_ROWS: usize = 4_096;

/// Amounts: as many digits as millionths in 64 bits have, six of them after the point.
const AMOUNT: (u8, i8) = (19, 6);

/// The file, the bytes of which are taken away while it grows.
pub(super) struct File {
    writer: ArrowWriter<Vec<u8>>,
    schema: SchemaRef,
}

impl File {
    pub(super) fn new() -> Result<Self, StoreError> {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .build();
        let schema = schema();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties));
        Ok(Self { writer: writer.map_err(failed)?, schema })
    }
}

impl Encoder for File {
    fn events(&mut self, events: &[Event]) -> Result<Vec<u8>, StoreError> {
        for events in events.chunks(BATCH_ROWS) {
            let columns = COLUMNS.iter().map(|column| array(&column.of, events));
            let columns = columns.collect::<Result<_, _>>().map_err(arrow_failed)?;
            let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(arrow_failed)?;
            self.writer.write(&batch).map_err(failed)?;
            if self.writer.memory_size() > GROUP_BYTES {
                self.writer.flush().map_err(failed)?;
            }
        }
        // Offsets in the file are those of all that was written, taken away or not.
        Ok(std::mem::take(self.writer.inner_mut()))
    }

    fn end(self: Box<Self>) -> Result<Vec<u8>, StoreError> {
        self.writer.into_inner().map_err(failed)
    }
}

fn schema() -> SchemaRef {
    let fields = COLUMNS.iter().map(|column| {
        let (kind, is_optional) = match column.of {
            Of::Text(_) => (DataType::Utf8, true),
            Of::Instant(_) => (DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())), false),
            Of::Whole(_) => (DataType::UInt32, true),
            Of::Seconds(_) => (DataType::Float64, true),
            Of::Amount(_) => (DataType::Decimal128(AMOUNT.0, AMOUNT.1), true),
            Of::Flag(_) => (DataType::Boolean, false),
        };
        Field::new(column.name, kind, is_optional)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn array(of: &Of, events: &[Event]) -> Result<ArrayRef, ArrowError> {
    Ok(match of {
        Of::Text(of) => Arc::new(events.iter().map(of).collect::<StringArray>()),
        Of::Instant(of) => {
            let millis = events.iter().map(|event| of(event).as_millis());
            Arc::new(TimestampMillisecondArray::from_iter_values(millis).with_timezone("UTC"))
        }
        Of::Whole(of) => Arc::new(events.iter().map(of).collect::<UInt32Array>()),
        Of::Seconds(of) => {
            let seconds = |event| of(event).map(|millis| millis as f64 / 1_000.0);
            Arc::new(events.iter().map(seconds).collect::<Float64Array>())
        }
        Of::Amount(of) => {
            let micros = events.iter().map(|event| of(event).map(i128::from));
            let amounts = micros.collect::<Decimal128Array>();
            Arc::new(amounts.with_precision_and_scale(AMOUNT.0, AMOUNT.1)?)
        }
        Of::Flag(of) => Arc::new(events.iter().map(|event| Some(of(event))).collect::<BooleanArray>()),
    })
}

fn failed(error: ParquetError) -> StoreError {
    StoreError::Failed(format!("the export's Parquet: {error}"))
}

fn arrow_failed(error: ArrowError) -> StoreError {
    StoreError::Failed(format!("the export's rows: {error}"))
}

#[cfg(test)]
mod tests {
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use millrace_event::{EventId, SiteId, Timestamp};

    use super::*;

    #[test]
    fn pieces_that_are_taken_away_early_make_one_file() {
        let event = |number: i64| {
            let site = SiteId::new("demo").expect("an id");
            let id = EventId::Client(number.to_string().into());
            Event::new(site, id, "pageview", Timestamp::from_millis(number))
        };
        let events: Vec<Event> = (0..10_000).map(event).collect();
        let mut file = Box::new(File::new().expect("a file"));
        let mut bytes = Vec::new();
        for piece in events.chunks(3_000) {
            bytes.extend(file.events(piece).expect("written"));
            file.writer.flush().expect("a group");
        }
        assert!(!bytes.is_empty(), "groups are handed on before the end");
        bytes.extend(file.end().expect("the end"));
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).expect("a file");
        assert_eq!(reader.metadata().num_row_groups(), 4);
        let rows = reader.build().expect("a reader").map(|batch| batch.expect("rows").num_rows());
        assert_eq!(rows.sum::<usize>(), 10_000);
    }
}
