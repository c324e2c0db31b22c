//! Syncs that fail: what they covered is never reported stored, and the queue goes on in a new segment.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use millrace_queue::disk::faults::Faults;
use millrace_queue::{Queue, QueueError};

use crate::support::{append_each, copy, everything, records, reopen, scratch, segments, tiny};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_failed_sync_answers_its_whole_group() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = Arc::new(faults.open(tiny(dir.path())).expect("open"));
    append_each(&queue, ["before"]).await;
    let syncs = faults.syncs();
    // While the first append syncs, the others gather behind it: two groups, the second fails.
    faults.slow_syncs(Duration::from_millis(300));
    let first = tokio::spawn({
        let queue = queue.clone();
        async move { queue.append(records(["first"])).await }
    });
    for _ in 0..5000 {
        if faults.syncs() > syncs {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(faults.syncs() > syncs, "an append syncs");
    let gathered: Vec<_> = (0..20)
        .map(|index| {
            let queue = queue.clone();
            tokio::spawn(async move { queue.append(records([format!("lost {index}")])).await })
        })
        .collect();
    first.await.expect("no panic").expect("the first group's sync worked");
    faults.slow_syncs(Duration::ZERO);
    // The second group is in its sync, or about to be; either way it has not passed `due` yet.
    faults.fail_syncs(1);
    for append in gathered {
        let error = append.await.expect("no panic").expect_err("its sync failed");
        assert!(matches!(error, QueueError::Io { action: "sync", .. }), "{error}");
        assert!(error.retry_after().is_some());
    }
    assert_eq!(faults.syncs() - syncs, 3, "one sync for each group, and one attempt to keep the cut");
    append_each(&queue, ["after"]).await;
    assert_eq!(everything(&queue).await, ["before", "first", "after"]);
    drop(queue);
    let (_, found) = reopen(tiny(dir.path())).await;
    assert_eq!(found, ["before", "first", "after"]);
}

#[tokio::test]
async fn a_segment_is_abandoned_even_when_it_cannot_be_cut() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = faults.open(tiny(dir.path())).expect("open");
    append_each(&queue, ["one", "two"]).await;
    faults.fail_syncs(1);
    faults.fail_truncations(1);
    queue.append(records(["never", "reported"])).await.expect_err("the sync failed");
    append_each(&queue, ["three", "four"]).await;
    assert_eq!(segments(dir.path()).len(), 2);
    let abandoned = fs::read(&segments(dir.path())[0]).expect("readable");
    assert!(memchr::memmem::find(&abandoned, b"reported").is_some(), "the bytes are still there");
    assert_eq!(everything(&queue).await, ["one", "two", "three", "four"]);
    // A crash now: the new segment's base hides the abandoned records from the next start, too.
    let crashed = scratch();
    copy(dir.path(), crashed.path());
    let (queue, found) = reopen(tiny(crashed.path())).await;
    assert_eq!(found, ["one", "two", "three", "four"]);
    let mut other = millrace_queue::conformance::join(&queue, "other").await;
    let found: Vec<_> = millrace_queue::conformance::drain(&mut *other).await;
    let texts: Vec<_> = found.iter().map(millrace_queue::conformance::text).collect();
    assert_eq!(texts, ["one", "two", "three", "four"]);
    assert_eq!(found.iter().map(|record| record.offset).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_eq!(queue.stats().damaged_records, 0, "abandoned records are not damage");
}

#[tokio::test]
async fn the_first_group_of_a_segment_may_fail() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = faults.open(tiny(dir.path())).expect("open");
    // The header's sync fails, then the folder's: no segment yet.
    faults.fail_syncs(1);
    queue.append(records(["failed"])).await.expect_err("failed");
    faults.fail_dir_syncs(1);
    queue.append(records(["failed"])).await.expect_err("failed");
    // The header is synced, the first group is not; then with a record in the segment.
    queue.health().await.expect("the probe made a segment");
    faults.fail_syncs(1);
    queue.append(records(["failed"])).await.expect_err("failed");
    append_each(&queue, ["zero"]).await;
    faults.fail_syncs(1);
    queue.append(records(["failed"])).await.expect_err("failed");
    queue.health().await.expect("the probe made a segment");
    // Right behind the probe's fresh segment: the next one has its name.
    faults.fail_syncs(1);
    queue.append(records(["failed"])).await.expect_err("failed");
    append_each(&queue, ["one"]).await;
    assert_eq!(everything(&queue).await, ["zero", "one"]);
    drop(queue);
    let (queue, found) = reopen(tiny(dir.path())).await;
    assert_eq!((found.len(), queue.stats().next), (2, 2));
}

#[tokio::test]
async fn health_says_no_while_the_disk_fails_and_yes_after() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = faults.open(tiny(dir.path())).expect("open");
    append_each(&queue, ["one"]).await;
    queue.health().await.expect("healthy");
    faults.fail_syncs(1000);
    queue.append(records(["two"])).await.expect_err("failed");
    assert!(matches!(queue.health().await, Err(QueueError::Io { .. })));
    assert!(matches!(queue.health().await, Err(QueueError::Io { .. })));
    faults.fail_syncs(0);
    queue.health().await.expect("healthy again, without an append");
    append_each(&queue, ["three"]).await;
    assert_eq!(everything(&queue).await, ["one", "three"]);
}

#[tokio::test]
async fn nothing_is_delivered_before_its_sync() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = Arc::new(faults.open(tiny(dir.path())).expect("open"));
    append_each(&queue, ["one"]).await;
    faults.slow_syncs(Duration::from_millis(400));
    let append = tokio::spawn({
        let queue = queue.clone();
        async move { queue.append(records(["two"])).await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!append.is_finished());
    assert_eq!(everything(&queue).await, ["one"]);
    append.await.expect("no panic").expect("append");
    assert_eq!(queue.stats().next, 2);
}

#[tokio::test]
async fn a_dead_letter_is_buried_only_when_synced() {
    let dir = scratch();
    let faults = Faults::default();
    let queue = faults.open(tiny(dir.path())).expect("open");
    let letter = |text: &'static str| millrace_queue::DeadLetter {
        partition: 0,
        offset: 1,
        reason: "x".repeat(5000),
        failed_at_ms: 2,
        payload: text.into(),
    };
    queue.bury(vec![letter("one")]).await.expect("bury");
    faults.fail_syncs(1);
    queue.bury(vec![letter("lost")]).await.expect_err("failed");
    queue.bury(vec![letter("two")]).await.expect("bury");
    // The replay fails half-way: the letters stay.
    faults.fail_syncs(1);
    queue.replay_dead_letters().await.expect_err("failed");
    let kept = queue.dead_letters(10).await.expect("letters");
    assert_eq!(kept.iter().map(|letter| &letter.payload[..]).collect::<Vec<_>>(), [b"one", b"two"]);
    assert_eq!(kept[0].reason.len(), 4096);
    assert_eq!(queue.replay_dead_letters().await.expect("replay"), 2);
    assert_eq!(everything(&queue).await, ["one", "two"]);
}
