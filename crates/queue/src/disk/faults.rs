//! A file system that fails on demand, under a real one: what power cuts, full disks and broken media do
//! to the writer, in tests.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use super::files::{Files, LogFile, OsFiles};
use super::{DiskQueue, DiskQueueConfig};
use crate::QueueError;

/// Switches for the faults; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Switches>);

#[derive(Debug, Default)]
struct Switches {
    failing_syncs: AtomicU64,
    failing_dir_syncs: AtomicU64,
    failing_truncations: AtomicU64,
    /// Bytes that may still be written, plus one; 0 is without bound.
    space: AtomicI64,
    sync_micros: AtomicU64,
    syncs: AtomicU64,
}

impl Faults {
    /// Opens a queue whose writer works on the failing files.
    ///
    /// # Errors
    /// As [`DiskQueue::open`].
    pub fn open(&self, config: DiskQueueConfig) -> Result<DiskQueue, QueueError> {
        DiskQueue::open_on(config, Arc::new(self.clone()))
    }

    /// The next `count` syncs of a file fail with `EIO`; the bytes may or may not be on the medium.
    pub fn fail_syncs(&self, count: u64) {
        self.0.failing_syncs.store(count, Ordering::SeqCst);
    }

    /// The next `count` syncs of a folder fail with `EIO`.
    pub fn fail_dir_syncs(&self, count: u64) {
        self.0.failing_dir_syncs.store(count, Ordering::SeqCst);
    }

    /// The next `count` truncations fail with `EIO`.
    pub fn fail_truncations(&self, count: u64) {
        self.0.failing_truncations.store(count, Ordering::SeqCst);
    }

    /// After `bytes` more bytes, writes are cut short and fail with `ENOSPC`. Rewriting a byte counts
    /// again. `None`: as much as the real disk has.
    pub fn set_space(&self, bytes: Option<u32>) {
        self.0.space.store(bytes.map_or(0, |bytes| i64::from(bytes) + 1), Ordering::SeqCst);
    }

    /// Each sync takes at least this long.
    pub fn slow_syncs(&self, time: Duration) {
        self.0.sync_micros.store(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// How many syncs of files were asked for.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.0.syncs.load(Ordering::SeqCst)
    }

    /// How many of `wanted` bytes still fit.
    fn take_space(&self, wanted: usize) -> usize {
        let mut granted = wanted;
        let _ = self.0.space.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |space| {
            granted = wanted;
            if space == 0 {
                return None;
            }
            granted = wanted.min((space - 1) as usize);
            Some(space - granted as i64)
        });
        granted
    }
}

/// Uses up one of `count`.
fn due(count: &AtomicU64) -> io::Result<()> {
    let used = count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    match used {
        Ok(_) => Err(io::Error::from_raw_os_error(rustix::io::Errno::IO.raw_os_error())),
        Err(_) => Ok(()),
    }
}

impl Files for Faults {
    fn create(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        Ok(Box::new(FaultyFile { file: OsFiles.create(path)?, faults: self.clone() }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        Ok(Box::new(FaultyFile { file: OsFiles.open(path)?, faults: self.clone() }))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        due(&self.0.failing_dir_syncs)?;
        OsFiles.sync_dir(dir)
    }

    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        match self.0.space.load(Ordering::SeqCst) {
            0 => OsFiles.free_bytes(dir),
            space => Ok(space.unsigned_abs() - 1),
        }
    }
}

#[derive(Debug)]
struct FaultyFile {
    file: Box<dyn LogFile>,
    faults: Faults,
}

impl LogFile for FaultyFile {
    fn write_all_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let granted = self.faults.take_space(bytes.len());
        self.file.write_all_at(&bytes[..granted], at)?;
        if granted < bytes.len() {
            return Err(io::Error::from_raw_os_error(rustix::io::Errno::NOSPC.raw_os_error()));
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.faults.0.syncs.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_micros(self.faults.0.sync_micros.load(Ordering::SeqCst)));
        due(&self.faults.0.failing_syncs)?;
        self.file.sync_data()
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        due(&self.faults.0.failing_truncations)?;
        self.file.set_len(length)
    }
}
