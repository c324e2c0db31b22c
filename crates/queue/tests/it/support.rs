//! What the tests share.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use millrace_queue::conformance::{join, text};
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{BatchLimit, Queue, Record};
use tempfile::TempDir;

/// A folder in memory where there is one: tests that open thousands of queues measure no disk.
pub(crate) fn scratch() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// Tiny segments, so that a handful of records crosses their borders.
pub(crate) fn tiny(dir: &Path) -> DiskQueueConfig {
    let mut config = DiskQueueConfig::new(dir);
    config.segment_bytes = 2000;
    config.preallocate_bytes = 700;
    config
}

pub(crate) fn records(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<Record> {
    let record = |text: &str| Record { key: 0, payload: Bytes::copy_from_slice(text.as_bytes()) };
    texts.into_iter().map(|text| record(text.as_ref())).collect()
}

/// Everything a new group sees.
pub(crate) async fn everything(queue: &DiskQueue) -> Vec<String> {
    let mut consumer = join(queue, "everything").await;
    let limit = BatchLimit { records: 37, bytes: 10_000, wait: Duration::ZERO };
    let mut found = Vec::new();
    loop {
        let batch = consumer.poll(limit).await.expect("poll");
        found.extend(batch.records.iter().map(text));
        if batch.next[&0] >= queue.stats().next {
            return found;
        }
    }
}

/// Opens a queue, reads all of it, and answers that with the queue.
pub(crate) async fn reopen(config: DiskQueueConfig) -> (DiskQueue, Vec<String>) {
    let queue = DiskQueue::open(config).expect("open");
    let found = everything(&queue).await;
    (queue, found)
}

pub(crate) fn segments(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("segments")).expect("a queue");
    let mut found: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
    found.sort();
    found
}

/// The folder as a crash at this moment would leave it, in a new place. The lock is not copied.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_name() != "lock" {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// As `copy`, of a queue that may be closing a segment for its age meanwhile.
pub(crate) fn crash(from: &Path) -> TempDir {
    loop {
        let to = scratch();
        let before = segments(from);
        for folder in ["groups", "damaged"] {
            if from.join(folder).exists() {
                copy(&from.join(folder), &to.path().join(folder));
            }
        }
        fs::copy(from.join("identity"), to.path().join("identity")).expect("copied");
        fs::create_dir(to.path().join("segments")).expect("writable");
        let name = |path: &PathBuf| to.path().join("segments").join(path.file_name().expect("a name"));
        let copied = before.iter().all(|path| fs::copy(path, name(path)).is_ok());
        // Else it is a mixture that no moment had.
        if copied && segments(from) == before {
            return to;
        }
    }
}

/// One append each.
pub(crate) async fn append_each(queue: &DiskQueue, texts: impl IntoIterator<Item = impl AsRef<str>>) {
    for text in texts {
        queue.append(records([text])).await.expect("append");
    }
}
