//! What is committed leaves the disk by age: on a quiet queue, after a restart, after failures.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use millrace_queue::conformance::{drain, join, take, text};
use millrace_queue::disk::faults::Faults;
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{Consumer, Queue};

use crate::support::{append_each, copy, crash, everything, records, reopen, scratch, segments};

const ADDRESS: &str = "203.0.113.77";
const SOON: Duration = Duration::from_millis(50);
/// Leaves time for what has to happen before.
const LATER: Duration = Duration::from_secs(1);
const NEVER: Duration = Duration::from_secs(3600);

fn aged(dir: &Path, segment_age: Duration) -> DiskQueueConfig {
    DiskQueueConfig { segment_age, ..DiskQueueConfig::new(dir) }
}

/// Whether any file below `dir` has the address in it.
fn holds(dir: &Path) -> bool {
    fs::read_dir(dir).expect("readable").any(|entry| {
        let entry = entry.expect("readable");
        match entry.file_type().expect("a type").is_dir() {
            true => holds(&entry.path()),
            // One that is deleted meanwhile holds nothing.
            false => fs::read(entry.path())
                .is_ok_and(|bytes| memchr::memmem::find(&bytes, ADDRESS.as_bytes()).is_some()),
        }
    })
}

/// Whether this process has a file of `dir` open that was deleted: its bytes are still on the medium.
fn deleted_and_open(dir: &Path) -> bool {
    let dir = dir.to_str().expect("a name");
    let Ok(descriptors) = fs::read_dir("/proc/self/fd") else { return false };
    descriptors.flatten().filter_map(|descriptor| fs::read_link(descriptor.path()).ok()).any(|target| {
        let target = target.to_string_lossy();
        target.starts_with(dir) && target.ends_with("(deleted)")
    })
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

async fn commit_all(consumer: &mut dyn Consumer, count: usize) -> Vec<u64> {
    let batch = take(consumer, count).await;
    assert_eq!(batch.records.len(), count);
    consumer.commit(&batch.next).await.expect("commit");
    batch.records.iter().map(|record| record.offset).collect()
}

#[tokio::test]
async fn a_committed_record_leaves_a_quiet_disk_and_offsets_go_on() {
    let dir = scratch();
    let queue = DiskQueue::open(aged(dir.path(), SOON)).expect("open");
    let mut consumer = join(&queue, "worker").await;
    for round in 0..3 {
        append_each(&queue, [ADDRESS, ADDRESS]).await;
        assert!(holds(dir.path()));
        // The age passes before the commit in one round, and after it in the others.
        if round == 1 {
            eventually("closed by age", || segments(dir.path()).len() == 2).await;
            assert!(holds(dir.path()), "not committed");
        }
        assert_eq!(commit_all(&mut *consumer, 2).await, [2 * round, 2 * round + 1]);
        eventually("gone", || !holds(dir.path())).await;
        // What the consumer read last was this file; its next poll lets go of it.
        assert!(drain(&mut *consumer).await.is_empty());
        assert!(!deleted_and_open(dir.path()));
        assert_eq!((segments(dir.path()).len(), queue.stats().bytes), (1, 64));
    }
    // A crash now, and a clean end: the next record's offset is the same.
    let crashed = scratch();
    copy(dir.path(), crashed.path());
    drop((consumer, queue));
    for dir in [dir.path(), crashed.path()] {
        let queue = DiskQueue::open(aged(dir, NEVER)).expect("open");
        let mut consumer = join(&queue, "worker").await;
        append_each(&queue, ["next"]).await;
        assert_eq!(commit_all(&mut *consumer, 1).await, [6]);
        assert_eq!(queue.stats().damaged_records, 0);
    }
}

#[tokio::test]
async fn an_old_segment_stays_for_the_slowest_group_and_goes_with_its_commit() {
    let dir = scratch();
    let queue = DiskQueue::open(aged(dir.path(), SOON)).expect("open");
    let (mut fast, mut slow) = (join(&queue, "fast").await, join(&queue, "slow").await);
    append_each(&queue, [ADDRESS]).await;
    commit_all(&mut *fast, 1).await;
    eventually("closed by age", || segments(dir.path()).len() == 2).await;
    tokio::time::sleep(3 * SOON).await;
    assert_eq!(segments(dir.path()).len(), 2, "an empty segment is not closed again");
    assert!(holds(dir.path()));
    commit_all(&mut *slow, 1).await;
    assert!(!holds(dir.path()), "deleted when the commit returns");
    // The other group's consumer still has the file open, until its next poll.
    assert_eq!(deleted_and_open(dir.path()), cfg!(target_os = "linux"));
    assert!(drain(&mut *fast).await.is_empty());
    assert!(!deleted_and_open(dir.path()));
}

#[tokio::test]
async fn the_age_counts_through_a_restart() {
    let dir = scratch();
    let queue = DiskQueue::open(aged(dir.path(), NEVER)).expect("open");
    let mut consumer = join(&queue, "worker").await;
    append_each(&queue, [ADDRESS, "uncommitted"]).await;
    commit_all(&mut *consumer, 1).await;
    drop((consumer, queue));
    // Longer than it has been: nothing is closed.
    let queue = DiskQueue::open(aged(dir.path(), NEVER)).expect("open");
    tokio::time::sleep(SOON).await;
    assert_eq!(segments(dir.path()).len(), 1);
    drop(queue);
    let queue = DiskQueue::open(aged(dir.path(), SOON)).expect("open");
    let mut consumer = join(&queue, "worker").await;
    eventually("closed by age", || segments(dir.path()).len() == 2).await;
    assert_eq!(commit_all(&mut *consumer, 1).await, [1]);
    assert!(!holds(dir.path()));
}

#[tokio::test]
async fn a_segment_goes_only_when_the_next_one_is_synced_and_that_is_tried_again() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = faults.open(aged(dir.path(), LATER)).expect("open");
    let mut consumer = join(&queue, "worker").await;
    append_each(&queue, [ADDRESS]).await;
    commit_all(&mut *consumer, 1).await;
    // The new segment's header first, then its name.
    faults.fail_syncs(1);
    faults.fail_dir_syncs(1);
    let syncs = faults.syncs();
    eventually("a failed sync", || faults.syncs() > syncs).await;
    assert!(holds(dir.path()), "kept while there is no other segment");
    // The second attempt fails as well, and a crash then loses nothing.
    eventually("a second attempt", || faults.syncs() > syncs + 1).await;
    let crashed = crash(dir.path());
    eventually("gone", || !holds(dir.path())).await;
    append_each(&queue, ["next"]).await;
    assert_eq!(commit_all(&mut *consumer, 1).await, [1]);
    drop((consumer, queue));
    let (queue, _) = reopen(aged(crashed.path(), NEVER)).await;
    assert_eq!((queue.stats().next, queue.stats().damaged_records), (1, 0));
}

#[tokio::test]
async fn an_abandoned_segment_goes_by_age_too() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = faults.open(aged(dir.path(), LATER)).expect("open");
    let mut consumer = join(&queue, "worker").await;
    append_each(&queue, ["first"]).await;
    commit_all(&mut *consumer, 1).await;
    // Neither synced nor cut: never acknowledged, and in the file all the same.
    faults.fail_truncations(1);
    faults.fail_syncs(1);
    queue.append(records([ADDRESS])).await.expect_err("its sync failed");
    assert!(holds(dir.path()));
    eventually("gone", || !holds(dir.path())).await;
    append_each(&queue, ["last"]).await;
    let found: Vec<_> = drain(&mut *consumer).await.iter().map(text).collect();
    assert_eq!(found, ["last"]);
}

#[tokio::test]
async fn copies_of_damaged_bytes_go_by_age() {
    let dir = scratch();
    let damaged = dir.path().join("damaged");
    fs::create_dir_all(&damaged).expect("writable");
    let now = SystemTime::now();
    for (name, days) in [("old.bin", 31), ("old.torn", 400), ("young.bin", 29)] {
        let file = File::create(damaged.join(name)).expect("writable");
        file.set_modified(now - Duration::from_secs(days * 86_400)).expect("a time");
    }
    let queue = DiskQueue::open(DiskQueueConfig::new(dir.path())).expect("open");
    let left = || -> Vec<_> {
        let entries = fs::read_dir(&damaged).expect("readable");
        entries.map(|entry| entry.expect("readable").file_name()).collect()
    };
    assert_eq!(left(), ["young.bin"]);
    // A server that never restarts does it when it begins a segment.
    let file = File::options().write(true).open(damaged.join("young.bin")).expect("there");
    file.set_modified(now - Duration::from_secs(31 * 86_400)).expect("a time");
    append_each(&queue, ["first"]).await;
    assert!(left().is_empty());
    assert_eq!(everything(&queue).await, ["first"]);
}
