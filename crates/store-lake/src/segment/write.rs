//! Sorting rows and writing a segment.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::interleave_record_batch;
use datafusion::arrow::datatypes::{Int64Type, TimestampMillisecondType};
use datafusion::arrow::error::ArrowError;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression as Codec, Encoding, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::metadata::SortingColumn;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use millrace_store::StoreError;

use super::{Meta, Run, path};
use crate::columns::{self, SEQ, SITE, TIMESTAMP};

/// Rows a page holds: the grain at which a query can pass over rows.
const PAGE_ROWS: usize = 8_192;
/// Rows a row group holds: the unit of work of a scan.
const ROW_GROUP_ROWS: usize = 131_072;
/// Rows handed to the encoder at a time.
const SORTED_ROWS: usize = 32_768;

/// How hard a segment is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// For a segment that will soon be merged with others.
    Fast,
    /// For one that will stay.
    Small,
}

/// The rows of `batches` sorted by (site, timestamp, seq), a list for each UTC day.
pub(crate) fn sort(batches: &[&RecordBatch]) -> Result<Vec<Vec<RecordBatch>>, ArrowError> {
    sort_by_day(batches, |timestamp| timestamp.div_euclid(millrace_event::time::DAY_MS))
}

/// The rows of `batches` sorted by (site, timestamp, seq), days disregarded.
pub(crate) fn sort_as_one(batches: &[&RecordBatch]) -> Result<Vec<RecordBatch>, ArrowError> {
    Ok(sort_by_day(batches, |_| 0)?.into_iter().flatten().collect())
}

fn sort_by_day(
    batches: &[&RecordBatch],
    day: impl Fn(i64) -> i64,
) -> Result<Vec<Vec<RecordBatch>>, ArrowError> {
    let mut rank: HashMap<&str, u32> = HashMap::new();
    for batch in batches {
        let sites = batch[SITE].as_string_view();
        let mut last = None;
        for site in sites.iter().flatten() {
            if last != Some(site) {
                rank.insert(site, 0);
                last = Some(site);
            }
        }
    }
    let mut sites: Vec<&str> = rank.keys().copied().collect();
    sites.sort_unstable();
    rank.extend(sites.iter().enumerate().map(|(place, site)| (*site, place as u32)));

    // (day, site, timestamp, seq), then where the row is.
    let mut order: Vec<(i64, u32, i64, i64, u32, u32)> =
        Vec::with_capacity(batches.iter().map(|batch| batch.num_rows()).sum());
    for (at, batch) in batches.iter().enumerate() {
        let sites = batch[SITE].as_string_view();
        let times = batch[TIMESTAMP].as_primitive::<TimestampMillisecondType>().values();
        let seqs = batch[SEQ].as_primitive::<Int64Type>().values();
        let mut last = ("", 0);
        for row in 0..batch.num_rows() {
            let site = sites.value(row);
            if last.0 != site {
                last = (site, rank.get(site).copied().unwrap_or_default());
            }
            order.push((day(times[row]), last.1, times[row], seqs[row], at as u32, row as u32));
        }
    }
    order.sort_unstable();
    order
        .chunk_by(|a, b| a.0 == b.0)
        .map(|day| {
            day.chunks(SORTED_ROWS)
                .map(|rows| {
                    let places: Vec<_> = rows.iter().map(|row| (row.4 as usize, row.5 as usize)).collect();
                    interleave_record_batch(batches, &places)
                })
                .collect()
        })
        .collect()
}

/// Writes one segment from batches in order of (site, timestamp, seq).
#[derive(Debug)]
pub(crate) struct Writer {
    parquet: ArrowWriter<Output>,
    meta: Meta,
    temporary: PathBuf,
    path: PathBuf,
}

impl Writer {
    /// Opens the temporary file of segment `number`.
    pub(crate) fn create(dir: &Path, number: i64, compression: Compression) -> Result<Self, WriteError> {
        let path = path(dir, number);
        let temporary = path.with_extension("parquet.tmp");
        let output = Output {
            file: BufWriter::with_capacity(1 << 18, File::create(&temporary)?),
            bytes: 0,
            crc32c: 0,
        };
        let parquet = ArrowWriter::try_new(output, columns::schema(), Some(properties(compression)))?;
        let meta = Meta {
            number,
            rows: 0,
            bytes: 0,
            crc32c: 0,
            timestamps: (i64::MAX, i64::MIN),
            received: (i64::MAX, i64::MIN),
            seqs: (i64::MAX, i64::MIN),
            sites: HashMap::new(),
        };
        Ok(Self { parquet, meta, temporary, path })
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        let meta = &mut self.meta;
        let sites = batch[SITE].as_string_view();
        let times = batch[TIMESTAMP].as_primitive::<TimestampMillisecondType>().values();
        let received = batch["received_at"].as_primitive::<TimestampMillisecondType>().values();
        let seqs = batch[SEQ].as_primitive::<Int64Type>().values();
        for row in 0..batch.num_rows() {
            widen(&mut meta.timestamps, times[row]);
            widen(&mut meta.received, received[row]);
            widen(&mut meta.seqs, seqs[row]);
        }
        let mut row = 0;
        while row < batch.num_rows() {
            let site = sites.value(row);
            let end = row + (row..batch.num_rows()).take_while(|at| sites.value(*at) == site).count();
            let (first, last) = (times[row], times[end - 1]);
            let at = meta.rows + row as u64;
            let run = meta
                .sites
                .entry(site.to_owned())
                .or_insert_with(|| Run { rows: at..at, timestamps: (first, last) });
            run.rows.end = meta.rows + end as u64;
            run.timestamps.1 = last;
            row = end;
        }
        meta.rows += batch.num_rows() as u64;
        Ok(self.parquet.write(batch)?)
    }

    /// Rows written so far.
    pub(crate) fn rows(&self) -> u64 {
        self.meta.rows
    }

    /// Completes the file: synced, under its name. The directory is synced by the caller, once for many segments.
    pub(crate) fn finish(mut self) -> Result<Meta, WriteError> {
        self.parquet.finish()?;
        let output = self.parquet.inner_mut();
        output.file.flush()?;
        output.file.get_ref().sync_all()?;
        self.meta.bytes = output.bytes;
        self.meta.crc32c = output.crc32c;
        std::fs::rename(&self.temporary, &self.path)?;
        Ok(self.meta)
    }

    /// Gives the file up.
    pub(crate) fn abandon(self) {
        let _ = std::fs::remove_file(&self.temporary);
    }
}

fn widen<T: PartialOrd + Copy>(range: &mut (T, T), value: T) {
    if value < range.0 {
        range.0 = value;
    }
    if value > range.1 {
        range.1 = value;
    }
}

fn properties(compression: Compression) -> WriterProperties {
    let level = ZstdLevel::try_new(if compression == Compression::Fast { 1 } else { 3 }).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_compression(Codec::ZSTD(level))
        .set_created_by(concat!("millrace ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(PAGE_ROWS / 4)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_dictionary_page_size_limit(4 << 20)
        // Only what a scan asks for: the rest would be bytes in every file and memory in every footer.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_sorting_columns(Some(
            [0, 1, 2]
                .map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: false })
                .to_vec(),
        ));
    properties =
        properties.set_column_statistics_enabled(ColumnPath::from(TIMESTAMP), EnabledStatistics::Page);
    for steps in [TIMESTAMP, SEQ, "received_at", "made_count"] {
        properties = properties
            .set_column_dictionary_enabled(ColumnPath::from(steps), false)
            .set_column_encoding(ColumnPath::from(steps), Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

/// Counts and checks what it passes on.
#[derive(Debug)]
struct Output {
    file: BufWriter<File>,
    bytes: u64,
    crc32c: u32,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.crc32c = crc32c::crc32c_append(self.crc32c, bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A segment could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Parquet(#[from] ParquetError),
    #[error(transparent)]
    Arrow(#[from] ArrowError),
}

impl From<WriteError> for StoreError {
    fn from(error: WriteError) -> Self {
        Self::Unavailable(format!("a segment could not be written: {error}"))
    }
}
