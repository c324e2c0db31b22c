//! Sealed rows: immutable Parquet files, sorted by (site, timestamp, seq).
//!
//! What a query needs to know before it opens a file is in [`Meta`], kept by the manifest: which times, which
//! arrivals, and for each site which run of rows. A file is named by its number and never changed; one that is
//! replaced is removed when the last query that reads it is done.

mod read;
mod write;

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::file::metadata::PageIndexPolicy;
use millrace_store::StoreError;

pub(crate) use read::{Bounds, Piece, arrange};
pub(crate) use write::{Compression, WriteError, Writer, sort, sort_as_one};

/// What the manifest knows of a segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Meta {
    pub(crate) number: i64,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
    pub(crate) crc32c: u32,
    /// First and last time of happening, both included, in milliseconds.
    pub(crate) timestamps: (i64, i64),
    /// First and last time of arrival.
    pub(crate) received: (i64, i64),
    /// First and last place in the order of arrival.
    pub(crate) seqs: (i64, i64),
    /// Where each site's rows are.
    pub(crate) sites: HashMap<String, Run>,
}

/// The rows of one site in a segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) rows: Range<u64>,
    /// First and last time of happening.
    pub(crate) timestamps: (i64, i64),
}

/// A segment that queries can read.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) meta: Meta,
    path: PathBuf,
    footer: OnceLock<ArrowReaderMetadata>,
    obsolete: AtomicBool,
}

impl Segment {
    pub(crate) fn new(meta: Meta, dir: &Path) -> Self {
        let path = path(dir, meta.number);
        Self { meta, path, footer: OnceLock::new(), obsolete: AtomicBool::new(false) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file is removed once nobody reads it any more.
    pub(crate) fn retire(&self) {
        self.obsolete.store(true, Ordering::Release);
    }

    /// Checks that the file is there in full length.
    pub(crate) fn check_present(&self) -> Result<(), Damage> {
        let length = std::fs::metadata(&self.path).map_err(|error| self.unreadable(&error))?.len();
        if length != self.meta.bytes {
            return Err(self.damage(format!("it has {length} bytes instead of {}", self.meta.bytes)));
        }
        Ok(())
    }

    /// Reads the whole file and compares its checksum.
    pub(crate) fn check_bytes(&self) -> Result<(), Damage> {
        use std::io::Read;
        self.check_present()?;
        let mut file = self.open()?;
        let mut buffer = vec![0; 1 << 18];
        let mut crc = 0;
        loop {
            match file.read(&mut buffer).map_err(|error| self.unreadable(&error))? {
                0 => break,
                length => crc = crc32c::crc32c_append(crc, &buffer[..length]),
            }
        }
        if crc != self.meta.crc32c {
            return Err(self.damage(format!("its CRC32C is {crc:08x} instead of {:08x}", self.meta.crc32c)));
        }
        Ok(())
    }

    /// The footer with its page index; read once.
    fn footer(&self) -> Result<&ArrowReaderMetadata, Damage> {
        if let Some(footer) = self.footer.get() {
            return Ok(footer);
        }
        let file = self.open()?;
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let footer = ArrowReaderMetadata::load(&file, options).map_err(|error| self.damage(error))?;
        let rows = footer.metadata().file_metadata().num_rows();
        if rows as u64 != self.meta.rows {
            return Err(self.damage(format!("it has {rows} rows instead of {}", self.meta.rows)));
        }
        Ok(self.footer.get_or_init(|| footer))
    }

    fn open(&self) -> Result<File, Damage> {
        File::open(&self.path).map_err(|error| self.unreadable(&error))
    }

    /// A file that is gone is damage; whatever else the operating system says (no descriptors, no permission, an
    /// error of the disk) may pass, and must not cost the segment.
    fn unreadable(&self, error: &std::io::Error) -> Damage {
        let passing = error.kind() != std::io::ErrorKind::NotFound;
        Damage { segment: self.meta.number, reason: error.to_string(), passing }
    }

    pub(crate) fn damage(&self, reason: impl ToString) -> Damage {
        Damage { segment: self.meta.number, reason: reason.to_string(), passing: false }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if *self.obsolete.get_mut()
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(segment.path = %self.path.display(), %error, "a replaced segment could not be removed");
        }
    }
}

/// A segment that cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("segment {segment} cannot be read: {reason}")]
pub(crate) struct Damage {
    pub(crate) segment: i64,
    pub(crate) reason: String,
    /// Trying again may help: nothing is wrong with the file itself.
    pub(crate) passing: bool,
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> Self {
        if damage.passing { Self::Unavailable(damage.to_string()) } else { Self::Failed(damage.to_string()) }
    }
}

/// A set of segments.
pub(crate) type Segments = Vec<Arc<Segment>>;

/// The path of segment `number`.
pub(crate) fn path(dir: &Path, number: i64) -> PathBuf {
    dir.join(format!("{number:012}.parquet"))
}

/// The number in a segment's file name.
pub(crate) fn number(name: &str) -> Option<i64> {
    name.strip_suffix(".parquet")?.parse().ok()
}
