//! Full disks and the configured bound: nothing acknowledged is missing, and the queue goes on by itself.

use std::path::Path;
use std::process::Command;

use millrace_queue::conformance::{drain, join, take, text};
use millrace_queue::disk::faults::Faults;
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{Queue, QueueError};
use tempfile::TempDir;

use crate::support::{append_each, copy, everything, records, reopen, scratch, tiny};

/// A file system of `bytes` of its own, or faults that behave like one where mounting is not permitted.
struct SmallDisk {
    dir: TempDir,
    mounted: bool,
    faults: Faults,
}

impl SmallDisk {
    fn new(bytes: u32) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={bytes}"), "millrace-test"])
            .arg(dir.path())
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        let faults = Faults::default();
        if !mounted {
            faults.set_space(Some(bytes));
        }
        Self { dir, mounted, faults }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn open(&self, config: DiskQueueConfig) -> DiskQueue {
        self.faults.open(config).expect("open")
    }

    /// Makes the disk this large.
    fn resize(&self, bytes: u32) {
        if self.mounted {
            let size = format!("remount,size={bytes}");
            let status = Command::new("mount").args(["-o", &size]).arg(self.path()).status();
            assert!(status.expect("mount runs").success());
        } else {
            self.faults.set_space(Some(bytes));
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg("-l").arg(self.path()).status();
        }
    }
}

/// Appends until the disk is full; answers what was acknowledged.
async fn fill(queue: &DiskQueue, from: usize) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for index in from..from + 10_000 {
        let name = format!("{index} {}", "x".repeat(1000));
        match queue.append(records([&name])).await {
            Ok(()) => acknowledged.push(name),
            Err(QueueError::DiskFull { .. }) => return acknowledged,
            Err(other) => panic!("not told as a full disk: {other}"),
        }
    }
    panic!("the disk never filled");
}

#[tokio::test]
async fn a_full_disk_refuses_loses_nothing_and_heals_without_a_restart() {
    let disk = SmallDisk::new(400 << 10);
    let mut config = DiskQueueConfig::new(disk.path());
    config.segment_bytes = 100 << 10;
    let queue = disk.open(config.clone());
    let mut consumer = join(&queue, "worker").await;
    let mut expected = fill(&queue, 0).await;
    assert!(expected.len() > 100, "{} fit", expected.len());
    for _ in 0..5 {
        let error = queue.append(records(["y".repeat(1000)])).await.expect_err("still full");
        assert!(matches!(error, QueueError::DiskFull { .. }) && error.retry_after().is_some(), "{error}");
    }
    assert!(matches!(queue.health().await, Err(QueueError::DiskFull { .. })));
    // On the full disk records are read and committed, which makes room.
    let half = take(&mut *consumer, expected.len() / 2).await;
    let read: Vec<_> = half.records.iter().map(text).collect();
    assert_eq!(read, expected[..read.len()]);
    consumer.commit(&half.next).await.expect("a commit needs no space");
    expected.drain(..read.len());
    if !disk.mounted {
        disk.resize(100 << 10);
    }
    let more = fill(&queue, 20_000).await;
    assert!(!more.is_empty(), "deleted segments made room");
    expected.extend(more);
    // A restart on the full disk.
    drop((consumer, queue));
    let queue = disk.open(config);
    queue.append(records(["y".repeat(1000)])).await.expect_err("still full");
    disk.resize(8 << 20);
    queue.health().await.expect("space returned");
    append_each(&queue, ["returned"]).await;
    expected.push("returned".to_owned());
    let mut consumer = join(&queue, "worker").await;
    let found: Vec<_> = drain(&mut *consumer).await.iter().map(text).collect();
    assert_eq!(found, expected);
    assert_eq!(queue.stats().damaged_records, 0);
}

#[tokio::test]
async fn space_that_ends_at_any_byte_tears_nothing() {
    for space in (0..2500).step_by(7) {
        let dir = scratch();
        let faults = Faults::default();
        let mut config = tiny(dir.path());
        // Zeros ahead of the data would cover what a failed write left.
        config.preallocate_bytes *= u64::from(space % 2);
        let queue = faults.open(config).expect("open");
        faults.set_space(Some(space));
        let mut acknowledged = Vec::new();
        for index in 0..20 {
            // Ever shorter, so that what a failed group left would stand behind the next one.
            let pair = [format!("record {index}"), "another".repeat(20 - index)];
            match queue.append(records(&pair)).await {
                Ok(()) => acknowledged.extend(pair),
                Err(QueueError::DiskFull { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        faults.set_space(None);
        append_each(&queue, ["after"]).await;
        acknowledged.push("after".to_owned());
        // A crash rather than a clean close, which would trim what a failed write left.
        let crashed = scratch();
        copy(dir.path(), crashed.path());
        let (queue, found) = reopen(tiny(crashed.path())).await;
        assert_eq!(found, acknowledged, "space {space}");
        assert_eq!((queue.stats().damaged_records, queue.stats().torn_bytes), (0, 0));
    }
}

#[tokio::test]
async fn an_append_that_fits_does_not_fail_for_preallocation() {
    let dir = scratch();
    let faults = Faults::default();
    let mut config = tiny(dir.path());
    config.segment_bytes = 1 << 20;
    config.preallocate_bytes = 1 << 19;
    let queue = faults.open(config).expect("open");
    // A segment's header, and a record with its own, to the byte.
    faults.set_space(Some(64 + 32 + 3));
    append_each(&queue, ["one"]).await;
    assert!(matches!(queue.append(records(["two"])).await, Err(QueueError::DiskFull { .. })));
    assert_eq!(everything(&queue).await, ["one"]);
}

#[tokio::test]
async fn the_bound_answers_full_and_a_commit_makes_room() {
    let dir = scratch();
    let mut config = tiny(dir.path());
    config.max_bytes = 10_000;
    let queue = DiskQueue::open(config.clone()).expect("open");
    let mut consumer = join(&queue, "worker").await;
    for round in 0..20 {
        let mut count = 0;
        let error = loop {
            match queue.append(records(["z".repeat(200)])).await {
                Ok(()) if count < 100 => count += 1,
                Ok(()) => panic!("the bound does not hold"),
                Err(error) => break error,
            }
        };
        let QueueError::Full { bytes, max_bytes } = error else { panic!("{error}") };
        assert!(bytes <= max_bytes && bytes + 232 > max_bytes, "{bytes}");
        assert!(queue.stats().bytes <= config.max_bytes);
        assert!(matches!(queue.health().await, Err(QueueError::Full { .. })));
        assert!(count >= if round == 0 { 40 } else { 30 }, "{count} in round {round}");
        let batch = take(&mut *consumer, usize::MAX).await;
        assert_eq!(batch.records.len(), count);
        consumer.commit(&batch.next).await.expect("commit");
        queue.health().await.expect("room again");
        assert!(queue.stats().bytes <= 2300, "at most the last segment is left: {:?}", queue.stats());
    }
    // An append larger than the bound never fits.
    queue.append(records(vec!["z".repeat(1000); 11])).await.expect_err("larger than the bound");
}

#[tokio::test]
async fn a_record_over_the_bound_refuses_its_append() {
    let dir = scratch();
    let mut config = tiny(dir.path());
    config.max_record_bytes = 100;
    let queue = DiskQueue::open(config).expect("open");
    let error = queue.append(records(["fine".to_owned(), "x".repeat(101)])).await.expect_err("too large");
    assert!(matches!(error, QueueError::TooLarge { bytes: 101, max_bytes: 100 }));
    assert_eq!(error.retry_after(), None);
    queue.append(records(["x".repeat(100)])).await.expect("exactly the bound");
    assert_eq!(queue.stats().next, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_in_memory_are_bounded() {
    let dir = scratch();
    let mut config = DiskQueueConfig::new(dir.path());
    config.pending_bytes = 1000;
    let queue = std::sync::Arc::new(DiskQueue::open(config).expect("open"));
    // Each is larger than the whole bound: they take turns, and all of them pass.
    let appends: Vec<_> = (0..20)
        .map(|_| {
            let queue = queue.clone();
            tokio::spawn(async move { queue.append(records(["x".repeat(5000)])).await })
        })
        .collect();
    for append in appends {
        append.await.expect("no panic").expect("append");
    }
    assert_eq!(queue.stats().next, 20);
}
