//! Rows not sealed yet, in memory.

use std::sync::Arc;

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{Int64Type, TimestampMillisecondType};

use crate::columns::{self, TIMESTAMP};

/// Rows that were inserted one after the other; never changed, so that a query can hold on to them.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The rows, in order of arrival.
    pub(crate) batch: RecordBatch,
    /// The earliest time of happening, in milliseconds.
    pub(crate) min_timestamp: i64,
    /// The latest.
    pub(crate) max_timestamp: i64,
    /// The first and the last place in the order of arrival.
    pub(crate) seqs: (i64, i64),
}

impl Chunk {
    /// Looks through a batch of at least one row.
    pub(crate) fn new(batch: RecordBatch) -> Self {
        let column = batch.column_by_name(TIMESTAMP).expect("every batch has a timestamp");
        let values = column.as_primitive::<TimestampMillisecondType>().values();
        let (min, max) =
            values.iter().fold((i64::MAX, i64::MIN), |(min, max), at| (min.min(*at), max.max(*at)));
        let seqs = batch[columns::SEQ].as_primitive::<Int64Type>().values();
        let seqs = seqs.first().copied().zip(seqs.last().copied()).expect("a batch of at least one row");
        Self { batch, min_timestamp: min, max_timestamp: max, seqs }
    }

    pub(crate) fn rows(&self) -> usize {
        self.batch.num_rows()
    }
}

/// The chunks of the tail, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tail {
    pub(crate) chunks: Vec<Arc<Chunk>>,
    pub(crate) rows: usize,
}

impl Tail {
    /// Chunks of this many rows are left as they are.
    const WHOLE: usize = 16_384;

    /// Adds rows. Small neighbours are joined, so that single events do not make a query walk over thousands of
    /// chunks; each row is copied once for every doubling, up to [`Self::WHOLE`].
    pub(crate) fn push(&mut self, chunk: Chunk) {
        self.rows += chunk.rows();
        self.chunks.push(Arc::new(chunk));
        while let [.., before, last] = self.chunks.as_slice() {
            if before.rows() > last.rows() * 2 || before.rows() + last.rows() > Self::WHOLE {
                break;
            }
            let Ok(joined) = concat_batches(&columns::schema(), [&before.batch, &last.batch]) else {
                break;
            };
            self.chunks.truncate(self.chunks.len() - 2);
            self.chunks.push(Arc::new(Chunk::new(joined)));
        }
    }
}
