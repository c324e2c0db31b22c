//! The measurements, one file each.

pub(crate) mod batch;
pub(crate) mod idle;
pub(crate) mod latency;
pub(crate) mod postgres;
pub(crate) mod reports;
pub(crate) mod single;
pub(crate) mod soak;
pub(crate) mod stack;
pub(crate) mod steps;
pub(crate) mod visible;

use std::path::PathBuf;

use tempfile::TempDir;

use crate::report::Report;

/// What measurements have in common.
#[derive(Debug)]
pub(crate) struct Bench {
    /// The binary under test.
    pub(crate) binary: PathBuf,
    /// Where folders are made.
    pub(crate) dir: PathBuf,
    /// Shorter and smaller.
    pub(crate) quick: bool,
    /// Folders stay.
    pub(crate) keep: bool,
    /// The results.
    pub(crate) report: Report,
}

/// A folder for one data directory, removed when it is dropped: declare it before the server that uses it.
#[derive(Debug)]
pub(crate) struct Folder {
    _dir: TempDir,
    /// The data directory; the server's log is beside it.
    pub(crate) data: PathBuf,
}

impl Bench {
    /// A fresh folder.
    pub(crate) fn folder(&self, name: &str) -> anyhow::Result<Folder> {
        let mut builder = tempfile::Builder::new();
        let dir = builder.prefix(&format!("{name}-")).disable_cleanup(self.keep).tempdir_in(&self.dir)?;
        let data = dir.path().join("data");
        if self.keep {
            eprintln!("  {name}: {}", dir.path().display());
        }
        Ok(Folder { _dir: dir, data })
    }

    /// `full`, or `quick` where it has to be quick.
    pub(crate) fn either<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}
