//! Which rows of a segment a query reads, and reading them.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, new_null_array};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection,
};
use datafusion::parquet::file::page_index::column_index::ColumnIndexMetaData;

use super::{Damage, Segment};
use crate::columns::{self, TIMESTAMP};

/// What is known of the rows a query wants; each bound is included.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) site: Option<String>,
    pub(crate) timestamps: (i64, i64),
    pub(crate) received: (i64, i64),
    pub(crate) seqs: (i64, i64),
}

impl Default for Bounds {
    fn default() -> Self {
        let all = (i64::MIN, i64::MAX);
        Self { site: None, timestamps: all, received: all, seqs: all }
    }
}

/// Rows of one row group: the unit of work of a scan.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) segment: Arc<Segment>,
    row_group: usize,
    /// All rows of the site in it, or all there are.
    wanted: Range<usize>,
    /// Those of them to read, ascending.
    selection: RowSelection,
}

impl Segment {
    /// The pieces that may hold rows within `bounds`; opens no file that holds none.
    pub(crate) fn pieces(self: &Arc<Self>, bounds: &Bounds) -> Result<Vec<Piece>, Damage> {
        let meta = &self.meta;
        if !overlap(meta.timestamps, bounds.timestamps)
            || !overlap(meta.received, bounds.received)
            || !overlap(meta.seqs, bounds.seqs)
        {
            return Ok(Vec::new());
        }
        let rows = match &bounds.site {
            None => 0..meta.rows,
            Some(site) => match meta.sites.get(site) {
                Some(run) if overlap(run.timestamps, bounds.timestamps) => run.rows.clone(),
                _ => return Ok(Vec::new()),
            },
        };
        let footer = self.footer()?.metadata();
        let timestamp = columns::schema().index_of(TIMESTAMP).map_err(|error| self.damage(error))?;
        let mut pieces = Vec::new();
        let mut first = 0;
        for (row_group, group) in footer.row_groups().iter().enumerate() {
            let end = first + group.num_rows() as u64;
            let (from, to) = (rows.start.max(first), rows.end.min(end));
            if from < to {
                let wanted = (from - first) as usize..(to - first) as usize;
                let all = wanted.clone();
                let pages = footer.offset_index().and_then(|index| index.get(row_group)?.get(timestamp));
                let times = footer.column_index().and_then(|index| index.get(row_group)?.get(timestamp));
                let runs = match (pages, times) {
                    (Some(pages), Some(ColumnIndexMetaData::INT64(times))) => {
                        let locations = pages.page_locations();
                        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
                        for (page, location) in locations.iter().enumerate() {
                            let page_end = locations
                                .get(page + 1)
                                .map_or(group.num_rows() as usize, |next| next.first_row_index as usize);
                            let start = wanted.start.max(location.first_row_index as usize);
                            let end = wanted.end.min(page_end);
                            let within = times
                                .min_value(page)
                                .zip(times.max_value(page))
                                .is_none_or(|(min, max)| overlap((*min, *max), bounds.timestamps));
                            if start >= end || !within {
                                continue;
                            }
                            match runs.last_mut() {
                                Some(last) if last.end == start => last.end = end,
                                _ => runs.push(start..end),
                            }
                        }
                        runs
                    }
                    _ => vec![wanted],
                };
                if !runs.is_empty() {
                    let selection =
                        RowSelection::from_consecutive_ranges(runs.into_iter(), group.num_rows() as usize);
                    pieces.push(Piece { segment: self.clone(), row_group, wanted: all, selection });
                }
            }
            first = end;
        }
        Ok(pieces)
    }
}

impl Piece {
    /// Reads the columns of `projection` (indexes of the schema), `batch_rows` at a time.
    pub(crate) fn read(
        &self,
        projection: &[usize],
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, Damage> {
        self.read_rows(self.selection.clone(), projection, batch_rows)
    }

    /// The same of all of [`Self::wanted`].
    pub(crate) fn read_wanted(
        &self,
        projection: &[usize],
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, Damage> {
        let group = self.segment.footer()?.metadata().row_group(self.row_group);
        let wanted = std::iter::once(self.wanted.clone());
        let selection = RowSelection::from_consecutive_ranges(wanted, group.num_rows() as usize);
        self.read_rows(selection, projection, batch_rows)
    }

    /// The site's rows in the row group.
    pub(crate) fn wanted(&self) -> Range<usize> {
        self.wanted.clone()
    }

    /// The row group's place in the file.
    pub(crate) fn row_group(&self) -> usize {
        self.row_group
    }

    fn read_rows(
        &self,
        selection: RowSelection,
        projection: &[usize],
        batch_rows: usize,
    ) -> Result<ParquetRecordBatchReader, Damage> {
        let file = self.segment.open()?;
        let footer = self.segment.footer()?.clone();
        // Columns are only ever added at the end: what an older file has not, `arrange` fills in.
        let columns = footer.parquet_schema().root_schema().get_fields().len();
        let present = projection.iter().copied().filter(|column| *column < columns);
        let mask = ProjectionMask::roots(footer.parquet_schema(), present);
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer)
            .with_row_groups(vec![self.row_group])
            .with_row_selection(selection)
            .with_projection(mask)
            .with_batch_size(batch_rows)
            .build()
            .map_err(|error| self.segment.damage(error))
    }
}

/// The columns of `projection`, in its order; a reader answers them in the file's. A column that may be absent and is
/// not in the file, which an older version wrote, says nothing in any row.
pub(crate) fn arrange(batch: &RecordBatch, projection: &[usize]) -> Result<RecordBatch, String> {
    let schema = columns::schema().project(projection).map_err(|error| error.to_string())?;
    let mut arranged = Vec::with_capacity(projection.len());
    for field in schema.fields() {
        arranged.push(match batch.column_by_name(field.name()) {
            Some(column) => column.clone(),
            None if field.is_nullable() => new_null_array(field.data_type(), batch.num_rows()),
            None => return Err(format!("it has no column '{}'", field.name())),
        });
    }
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(schema), arranged, &options).map_err(|error| error.to_string())
}

fn overlap<T: PartialOrd>(a: (T, T), b: (T, T)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}
