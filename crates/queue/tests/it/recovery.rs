//! Opening after crashes and losses: locks, positions, headers, and offsets that must not be used twice.

use std::fs;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use millrace_queue::conformance::{drain, join, take, text};
use millrace_queue::disk::{DiskQueue, DiskQueueConfig, inspect};
use millrace_queue::{BatchLimit, ConsumerGroup, Offsets, Queue, QueueError};

use crate::support::{append_each, copy, everything, records, reopen, scratch, segments, tiny};

#[tokio::test]
async fn one_process_at_a_time() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let error = DiskQueue::open(tiny(dir.path())).expect_err("locked");
    assert!(matches!(&error, QueueError::Locked { path } if path == dir.path()), "{error}");
    assert!(error.to_string().contains(dir.path().to_str().expect("a name")));
    // Doctor looks all the same, and leaves everything as it is.
    append_each(&queue, ["one", "two"]).await;
    let inspection = inspect(dir.path()).expect("inspect");
    assert_eq!((inspection.next, inspection.segments[0].records), (2, 2));
    assert_eq!((inspection.segments[0].unfinished_bytes, inspection.segments[0].header_intact), (0, true));
    drop(queue);
    DiskQueue::open(tiny(dir.path())).expect("the lock is gone with the queue");
}

#[tokio::test]
async fn one_consumer_a_group_at_a_time() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let first = join(&queue, "worker").await;
    let name = ConsumerGroup::new("worker").expect("a name");
    assert!(matches!(queue.subscribe(&name).await, Err(QueueError::GroupTaken { .. })));
    drop(first);
    join(&queue, "worker").await;
    for name in ["", "Upper", "a/b", "..", "ü", &"x".repeat(65)] {
        assert!(matches!(ConsumerGroup::new(name), Err(QueueError::InvalidGroup { .. })), "{name}");
    }
}

#[tokio::test]
async fn the_copy_a_crash_leaves_has_everything_acknowledged() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let mut texts = Vec::new();
    for index in 0..60 {
        texts.push(format!("record {index}"));
        append_each(&queue, &texts[index..]).await;
        let crashed = scratch();
        copy(dir.path(), crashed.path());
        // What was being written when the power went: half a record behind the synced end.
        let last = segments(crashed.path()).pop().expect("a segment");
        let file = fs::OpenOptions::new().read(true).write(true).open(last).expect("writable");
        let bytes = inspect(crashed.path()).expect("inspect");
        let end = bytes.segments.last().map_or(0, |segment| 64 + used(segment.base, segment.records));
        let mut head = [0; 20];
        file.read_exact_at(&mut head, 64).expect("the first record");
        head[19] = 1;
        file.write_all_at(&head, end).expect("written");
        let (again, found) = reopen(tiny(crashed.path())).await;
        assert_eq!(found, texts);
        assert_eq!((again.stats().torn_bytes, again.stats().damaged_records), (20, 0));
        // A second crash, right after the start: the tail is really gone.
        let twice = scratch();
        copy(crashed.path(), twice.path());
        let (again, found) = reopen(tiny(twice.path())).await;
        assert_eq!((found, again.stats().torn_bytes), (texts.clone(), 0));
    }
    assert!(queue.stats().segments > 1);
}

/// Bytes of `count` records from number `base` on, each "record N" with its header.
fn used(base: u64, count: u64) -> u64 {
    (base..base + count).map(|index| 32 + format!("record {index}").len() as u64).sum()
}

#[tokio::test]
async fn a_queue_that_lost_its_end_never_reuses_offsets_its_groups_committed() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, (0..10).map(|index| index.to_string())).await;
    let slow = join(&queue, "slow").await;
    let mut consumer = join(&queue, "worker").await;
    let batch = take(&mut *consumer, 10).await;
    consumer.commit(&batch.next).await.expect("commit");
    drop((consumer, slow, queue));
    let file = segments(dir.path()).pop().expect("a segment");
    fs::write(&file, &fs::read(&file).expect("readable")[..64 + 33 * 4 + 5]).expect("writable");

    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, ["new"]).await;
    let mut consumer = join(&queue, "worker").await;
    let found = drain(&mut *consumer).await;
    assert_eq!(found.iter().map(text).collect::<Vec<_>>(), ["new"]);
    assert_eq!(found[0].offset, 10);
    drop((consumer, queue));
    // For the slow group the records are gone, but the skipped offsets are not counted as damage.
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let mut slow = join(&queue, "slow").await;
    let found: Vec<_> = drain(&mut *slow).await.iter().map(text).collect();
    assert_eq!(found, ["0", "1", "2", "3", "new"]);
    assert_eq!(queue.stats().damaged_records, 0);
}

#[tokio::test]
async fn a_commit_beyond_the_end_renumbers_what_came_since_the_start() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    // The folder was lost; the store still knows offset 1000. Records arrive before the worker is there.
    let texts: Vec<_> = (0..100).map(|index| format!("early {index}")).collect();
    append_each(&queue, &texts).await;
    let mut consumer = join(&queue, "worker").await;
    consumer.commit(&Offsets::from([(0, 1000)])).await.expect("commit");
    append_each(&queue, ["late"]).await;
    let found = drain(&mut *consumer).await;
    assert!(found.iter().all(|record| record.offset >= 1000));
    let mut expected = texts;
    expected.push("late".to_owned());
    assert_eq!(found.iter().map(text).collect::<Vec<_>>(), expected);
    let lag = queue.lag(&ConsumerGroup::new("worker").expect("a name")).await.expect("lag");
    assert_eq!(lag.records, 101);
    drop((consumer, queue));
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let mut consumer = join(&queue, "worker").await;
    assert_eq!(drain(&mut *consumer).await.len(), 101);
    assert_eq!(queue.stats().damaged_records, 0);
}

#[tokio::test]
async fn a_torn_position_falls_back_to_the_commit_before_and_a_lost_one_to_the_oldest_record() {
    let dir = scratch();
    let queue = DiskQueue::open(DiskQueueConfig::new(dir.path())).expect("open");
    append_each(&queue, (0..10).map(|index| index.to_string())).await;
    let mut consumer = join(&queue, "worker").await;
    for _ in 0..3 {
        let batch = take(&mut *consumer, 2).await;
        consumer.commit(&batch.next).await.expect("commit");
    }
    drop((consumer, queue));
    let path = dir.path().join("groups/worker.pos");
    let bytes = fs::read(&path).expect("readable");
    // Created with sequences 0 and 1; the three commits are 2, 3 and 4, the last in the first slot.
    for (harmed, expected) in [(&[30][..], 4), (&[4096 + 30], 6), (&[30, 4096 + 30], 0)] {
        let mut bytes = bytes.clone();
        harmed.iter().for_each(|at| bytes[*at] ^= 1);
        fs::write(&path, bytes).expect("writable");
        let queue = DiskQueue::open(DiskQueueConfig::new(dir.path())).expect("open");
        let mut consumer = join(&queue, "worker").await;
        assert_eq!(drain(&mut *consumer).await[0].offset, expected, "{harmed:?}");
    }
}

#[tokio::test]
async fn lost_headers_and_identity_cost_no_record() {
    let dir = scratch();
    let texts: Vec<_> = (0..100).map(|index| format!("record {index}")).collect();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, &texts).await;
    drop(queue);
    let files = segments(dir.path());
    assert!(files.len() > 2);
    fs::remove_file(dir.path().join("identity")).expect("removed");
    for file in &files[1..] {
        let file = fs::OpenOptions::new().write(true).open(file).expect("writable");
        file.write_all_at(&[0xFF; 64], 0).expect("written");
    }
    let (queue, found) = reopen(tiny(dir.path())).await;
    assert_eq!(found, texts);
    append_each(&queue, ["more"]).await;
    drop(queue);
    // The other way round: all headers lost, the identity kept.
    let file = fs::OpenOptions::new().write(true).open(&files[0]).expect("writable");
    file.write_all_at(&[0; 64], 0).expect("written");
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let mut other = join(&queue, "other").await;
    assert_eq!(drain(&mut *other).await.len(), 101);
}

#[tokio::test]
async fn a_newer_format_is_refused_not_cut() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, ["one"]).await;
    drop(queue);
    let file = &segments(dir.path())[0];
    let mut bytes = fs::read(file).expect("readable");
    bytes[8] = 2;
    let crc = crc32c::crc32c(&bytes[..60]);
    bytes[60..64].copy_from_slice(&crc.to_le_bytes());
    fs::write(file, &bytes).expect("writable");
    let error = DiskQueue::open(tiny(dir.path())).expect_err("refused");
    assert!(matches!(error, QueueError::UnknownVersion { version: 2, known: 1, .. }), "{error}");
    assert_eq!(&fs::read(file).expect("readable"), &bytes, "untouched");
}

#[tokio::test]
async fn segments_go_only_below_every_groups_commit() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, (0..200).map(|index| format!("record {index}"))).await;
    let all = segments(dir.path()).len();
    let (mut fast, mut slow) = (join(&queue, "fast").await, join(&queue, "slow").await);
    let batch = take(&mut *fast, 200).await;
    fast.commit(&batch.next).await.expect("commit");
    assert_eq!(segments(dir.path()).len(), all, "the slow group needs them");
    let batch = take(&mut *slow, 100).await;
    slow.commit(&batch.next).await.expect("commit");
    let left = segments(dir.path());
    assert!(left.len() < all && left.len() >= all / 2);
    let oldest = queue.stats().oldest;
    assert!(oldest <= 100 && left[0].ends_with(format!("{oldest:020}.seg")));
    assert_eq!(everything(&queue).await.len() as u64, 200 - oldest);
}

#[tokio::test]
async fn a_clock_that_stepped_back_gives_no_negative_age() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, ["one"]).await;
    drop(queue);
    // The record was written by a clock in the far future, with a valid checksum.
    let file = &segments(dir.path())[0];
    let mut bytes = fs::read(file).expect("readable");
    let id: [u8; 8] = bytes[16..24].try_into().expect("eight bytes");
    bytes[64 + 24..64 + 32].copy_from_slice(&i64::MAX.to_le_bytes());
    let crc = crc32c::crc32c_append(crc32c::crc32c(&id), &bytes[64 + 8..64 + 32]);
    bytes[64 + 4..64 + 8].copy_from_slice(&crc.to_le_bytes());
    fs::write(file, bytes).expect("writable");
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    let lag = queue.lag(&ConsumerGroup::new("worker").expect("a name")).await.expect("lag");
    assert_eq!((lag.records, lag.oldest), (1, Some(Duration::ZERO)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_follows_a_fast_writer_over_many_segments() {
    let dir = scratch();
    let queue = std::sync::Arc::new(DiskQueue::open(tiny(dir.path())).expect("open"));
    let writer = tokio::spawn({
        let queue = queue.clone();
        async move {
            for index in 0..2000 {
                queue.append(records([index.to_string()])).await.expect("append");
            }
        }
    });
    let mut consumer = join(&*queue, "worker").await;
    let mut next = 0;
    while next < 2000 {
        let limit = BatchLimit { records: 7, bytes: 100, wait: Duration::from_secs(5) };
        let batch = consumer.poll(limit).await.expect("poll");
        for record in &batch.records {
            assert_eq!((record.offset, text(record)), (next, next.to_string()));
            next += 1;
        }
        consumer.commit(&batch.next).await.expect("commit");
    }
    writer.await.expect("no panic");
    assert_eq!(queue.stats().segments, 1, "the rest was deleted on the way");
}
