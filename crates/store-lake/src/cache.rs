//! Decoded columns of sealed rows, kept for the next question: decoding takes most of the time of a report of a small
//! site.
//!
//! What is kept is one column of one site's rows in one row group. Segments never change, so nothing kept is ever wrong;
//! what a replaced segment left goes with age. The bound is in bytes; what was used least lately goes first.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StringViewBuilder,
};
use datafusion::arrow::compute::concat;
use datafusion::arrow::datatypes::DataType;
use foldhash::fast::RandomState;
use parking_lot::Mutex;

use crate::columns;
use crate::segment::{Damage, Piece, arrange};

/// Segment, row group, first row, rows, column.
type Key = (i64, usize, usize, usize, usize);

/// The columns that are kept.
#[derive(Debug)]
pub(crate) struct ColumnCache {
    most_bytes: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    columns: HashMap<Key, Entry, RandomState>,
    bytes: usize,
    /// Counts uses.
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    array: ArrayRef,
    bytes: usize,
    used: u64,
}

impl ColumnCache {
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, kept: Mutex::default() }
    }

    /// Whether `rows` of `columns` are worth keeping: what would push out most of the rest is not.
    pub(crate) fn is_for(&self, rows: usize, columns: usize) -> bool {
        rows.saturating_mul(columns).saturating_mul(16) <= self.most_bytes / 2
    }

    /// The columns of `projection` of a piece's rows, all of the site's in its row group.
    pub(crate) fn read(
        &self,
        piece: &Piece,
        projection: &[usize],
        batch_rows: usize,
    ) -> Result<RecordBatch, Damage> {
        let rows = piece.wanted();
        let key =
            |column: usize| (piece.segment.meta.number, piece.row_group(), rows.start, rows.len(), column);
        let mut found = self.get(projection.iter().map(|column| key(*column)));
        let missing: Vec<usize> = (0..projection.len()).filter(|place| found[*place].is_none()).collect();
        if !missing.is_empty() {
            let wanted: Vec<usize> = missing.iter().map(|place| projection[*place]).collect();
            let decoded = decode(piece, &wanted, batch_rows)?;
            for (place, array) in missing.iter().zip(decoded) {
                self.put(key(projection[*place]), &array);
                found[*place] = Some(array);
            }
        }
        let schema = columns::schema().project(projection).map_err(|error| piece.segment.damage(error))?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        RecordBatch::try_new_with_options(Arc::new(schema), found.into_iter().flatten().collect(), &options)
            .map_err(|error| piece.segment.damage(error))
    }

    fn get(&self, keys: impl Iterator<Item = Key>) -> Vec<Option<ArrayRef>> {
        let mut kept = self.kept.lock();
        kept.clock += 1;
        let now = kept.clock;
        let get = |key| {
            let entry = kept.columns.get_mut(&key)?;
            entry.used = now;
            Some(Arc::clone(&entry.array))
        };
        keys.map(get).collect()
    }

    fn put(&self, key: Key, array: &ArrayRef) {
        let bytes = array.get_array_memory_size();
        let mut kept = self.kept.lock();
        let entry = Entry { array: Arc::clone(array), bytes, used: kept.clock };
        kept.bytes += bytes;
        if let Some(before) = kept.columns.insert(key, entry) {
            kept.bytes -= before.bytes;
        }
        if kept.bytes > self.most_bytes {
            kept.make_room(self.most_bytes / 8 * 7);
        }
        metrics::gauge!("millrace_store_column_cache_bytes").set(kept.bytes as f64);
    }
}

impl Kept {
    /// Removes what was used least lately until `bytes` are left.
    fn make_room(&mut self, bytes: usize) {
        let mut by_use: Vec<(u64, Key)> =
            self.columns.iter().map(|(key, entry)| (entry.used, *key)).collect();
        by_use.sort_unstable();
        for (_, key) in by_use {
            if self.bytes <= bytes {
                return;
            }
            if let Some(entry) = self.columns.remove(&key) {
                self.bytes -= entry.bytes;
            }
        }
    }
}

fn decode(piece: &Piece, projection: &[usize], batch_rows: usize) -> Result<Vec<ArrayRef>, Damage> {
    let damage = |error: String| piece.segment.damage(error);
    let mut batches = Vec::new();
    for batch in piece.read_wanted(projection, batch_rows)? {
        let batch = batch.map_err(|error| damage(error.to_string()))?;
        batches.push(arrange(&batch, projection).map_err(damage)?);
    }
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if rows != piece.wanted().len() {
        return Err(damage(format!("{rows} rows are there instead of {}", piece.wanted().len())));
    }
    (0..projection.len())
        .map(|column| {
            let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(column).as_ref()).collect();
            match parts.first().map(|part| part.data_type()) {
                Some(DataType::Utf8View) => Ok(texts(&parts)),
                _ => concat(&parts).map_err(|error| damage(error.to_string())),
            }
        })
        .collect()
}

/// Texts of their own, each once: those of a file share the dictionary of all its sites.
fn texts(parts: &[&dyn Array]) -> ArrayRef {
    let mut texts = StringViewBuilder::new().with_deduplicate_strings();
    for part in parts {
        part.as_string_view().iter().for_each(|text| texts.append_option(text));
    }
    Arc::new(texts.finish())
}
