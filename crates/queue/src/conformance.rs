//! What every queue must do, as checks that any backend runs: `conformance::all(&make).await`, where
//! `make` gives a fresh [`Fixture`] for each check.
//!
//! The checks ask for the contract only: order holds within a key, and offsets are compared within a
//! partition. They panic with what went wrong.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    Batch, BatchLimit, Consumer, ConsumerGroup, DeadLetter, Offsets, Queue, QueueError, QueuedRecord, Record,
};

/// One queue's storage, which outlives the handles that open it.
#[async_trait]
pub trait Fixture: Send + Sync {
    /// Opens the queue: an empty one first, and later, when everything that was open is dropped, the same
    /// one again with what it keeps.
    async fn open(&self) -> Arc<dyn Queue>;
}

/// Runs every check, each on a fixture of its own.
pub async fn all(make: &(dyn Fn() -> Box<dyn Fixture> + Send + Sync)) {
    records_come_in_order_and_once(&*make()).await;
    payloads_are_any_bytes(&*make()).await;
    a_batch_keeps_its_limits(&*make()).await;
    an_empty_poll_waits_and_answers_empty(&*make()).await;
    an_append_wakes_a_waiting_poll(&*make()).await;
    a_dropped_poll_repeats(&*make()).await;
    a_group_resumes_after_its_commit(&*make()).await;
    groups_do_not_see_each_other(&*make()).await;
    a_commit_moves_forward_only(&*make()).await;
    lag_counts_what_is_not_committed(&*make()).await;
    concurrent_appends_all_arrive(&*make()).await;
    dead_letters_are_kept_and_replayed(&*make()).await;
    close_keeps_everything_and_refuses_more(&*make()).await;
}

/// Equal keys keep their order; nothing comes twice.
pub async fn records_come_in_order_and_once(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    for append in 0..20_u32 {
        let records = (0..append).map(|index| record(u64::from(index % 3), &format!("{append}/{index}")));
        queue.append(records.collect()).await.expect("append");
    }
    queue.append(Vec::new()).await.expect("an append of nothing");
    let got = drain(&mut *consumer).await;
    let mut expected = BTreeSet::new();
    for append in 0..20_u32 {
        expected.extend((0..append).map(|index| format!("{append}/{index}")));
    }
    assert_eq!(got.len(), expected.len(), "each record once");
    assert_eq!(got.iter().map(text).collect::<BTreeSet<_>>(), expected);
    for key in 0..3 {
        let of_key =
            |text: &String| text.split('/').nth(1).is_some_and(|i| i.parse::<u64>().unwrap() % 3 == key);
        let order: Vec<_> = got.iter().map(text).filter(of_key).map(|text| numbers(&text)).collect();
        assert!(order.is_sorted(), "key {key} lost its order: {order:?}");
    }
    assert!(
        got.windows(2).all(|pair| pair[0].partition != pair[1].partition || pair[0].offset < pair[1].offset)
    );
}

/// Empty, binary and large payloads come back as they were.
pub async fn payloads_are_any_bytes(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    let payloads = [
        Bytes::new(),
        Bytes::from_static(&[0; 100]),
        Bytes::from_static(b"\xff\r\n\0"),
        vec![7; 200_000].into(),
    ];
    let records = payloads.iter().map(|payload| Record { key: 1, payload: payload.clone() });
    queue.append(records.collect()).await.expect("append");
    let got: Vec<_> = drain(&mut *consumer).await.into_iter().map(|record| record.payload).collect();
    assert_eq!(got, payloads);
}

/// Records and bytes of a batch are bounded, and a record over the bytes comes alone.
pub async fn a_batch_keeps_its_limits(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    let sizes = [10, 10, 10, 500, 10, 60, 60, 10];
    let records = sizes.iter().map(|size| Record { key: 1, payload: vec![b'x'; *size].into() });
    queue.append(records.collect()).await.expect("append");
    let limit = BatchLimit { records: 2, bytes: 100, wait: Duration::from_secs(2) };
    let mut got = Vec::new();
    while got.len() < sizes.len() {
        let batch = consumer.poll(limit).await.expect("poll").records;
        let bytes: usize = batch.iter().map(|record| record.payload.len()).sum();
        assert!(!batch.is_empty() && batch.len() <= 2, "{} records", batch.len());
        assert!(bytes <= 100 || batch.len() == 1, "{bytes} bytes in {} records", batch.len());
        got.extend(batch.iter().map(|record| record.payload.len()));
    }
    assert_eq!(got, sizes);
}

/// Without a record, the answer comes after the wait, and is empty.
pub async fn an_empty_poll_waits_and_answers_empty(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    let wait = Duration::from_millis(50);
    let started = Instant::now();
    let batch = consumer.poll(BatchLimit { records: 10, bytes: 1000, wait }).await.expect("poll");
    assert!(batch.records.is_empty());
    assert!(started.elapsed() >= wait, "answered after {:?}", started.elapsed());
}

/// A poll that waits is woken by an append, long before its wait is over.
pub async fn an_append_wakes_a_waiting_poll(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    let wait = Duration::from_secs(60);
    let poll =
        tokio::spawn(async move { consumer.poll(BatchLimit { records: 10, bytes: 1000, wait }).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!poll.is_finished());
    queue.append(vec![record(1, "wake")]).await.expect("append");
    let batch = tokio::time::timeout(Duration::from_secs(10), poll).await.expect("woken").expect("no panic");
    assert_eq!(text(&batch.expect("poll").records[0]), "wake");
}

/// A poll whose future is dropped delivers its records to the next one.
pub async fn a_dropped_poll_repeats(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    queue.append((0..100).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    let mut got = 0;
    for nanos in (0..200_000).step_by(4_000) {
        let limit = BatchLimit { records: 1, bytes: 1000, wait: Duration::ZERO };
        if let Ok(batch) = tokio::time::timeout(Duration::from_nanos(nanos), consumer.poll(limit)).await {
            for record in batch.expect("poll").records {
                assert_eq!(text(&record), got.to_string());
                got += 1;
            }
        }
    }
    let rest = drain(&mut *consumer).await;
    assert_eq!(rest.len(), 100 - got, "records were lost with a dropped poll");
}

/// After a restart a group gets what it has not committed, and nothing else.
pub async fn a_group_resumes_after_its_commit(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    queue.append((0..10).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    let first = take(&mut *consumer, 4).await;
    consumer.commit(&first.next).await.expect("commit");
    take(&mut *consumer, 3).await;
    drop((consumer, queue));

    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    let got: Vec<_> = drain(&mut *consumer).await.iter().map(text).collect();
    assert_eq!(got, ["4", "5", "6", "7", "8", "9"]);
}

/// Each group reads everything, at its own pace; a commit of one forgets nothing the other needs.
pub async fn groups_do_not_see_each_other(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let (mut fast, mut slow) = (join(&*queue, "fast").await, join(&*queue, "slow").await);
    for part in 0..10 {
        let records = (0..50).map(|index| record(1, &format!("{part}-{index}-{}", "x".repeat(100))));
        queue.append(records.collect()).await.expect("append");
        let batch = take(&mut *fast, 50).await;
        assert_eq!(batch.records.len(), 50);
        fast.commit(&batch.next).await.expect("commit");
    }
    assert_eq!(drain(&mut *slow).await.len(), 500);
}

/// A commit beyond the read position moves it; one below what is committed changes nothing.
pub async fn a_commit_moves_forward_only(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let (mut scout, mut worker) = (join(&*queue, "scout").await, join(&*queue, "worker").await);
    queue.append((0..10).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    let early = take(&mut *scout, 3).await.next;
    let late = take(&mut *scout, 4).await.next;
    worker.commit(&late).await.expect("commit");
    worker.commit(&early).await.expect("commit");
    worker.commit(&Offsets::new()).await.expect("commit of nothing");
    let group = ConsumerGroup::new("worker").expect("a name");
    assert_eq!(queue.lag(&group).await.expect("lag").records, 3);
    let got: Vec<_> = drain(&mut *worker).await.iter().map(text).collect();
    assert_eq!(got, ["7", "8", "9"]);
}

/// Lag is what was appended and not committed, whether read or not, and how old that is.
pub async fn lag_counts_what_is_not_committed(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let group = ConsumerGroup::new("worker").expect("a name");
    let mut consumer = join(&*queue, "worker").await;
    let lag = queue.lag(&group).await.expect("lag");
    assert_eq!((lag.records, lag.oldest), (0, None));
    queue.append((0..10).map(|index| record(1, &index.to_string())).collect()).await.expect("append");
    tokio::time::sleep(Duration::from_millis(60)).await;
    queue.append(vec![record(1, "late")]).await.expect("append");
    let batch = take(&mut *consumer, 10).await;
    let lag = queue.lag(&group).await.expect("lag");
    assert_eq!(lag.records, 11);
    assert!(lag.oldest.expect("an age") >= Duration::from_millis(50), "{lag:?}");
    consumer.commit(&batch.next).await.expect("commit");
    let young = queue.lag(&group).await.expect("lag");
    assert_eq!(young.records, 1);
    assert!(young.oldest.expect("an age") < lag.oldest.expect("an age") + Duration::from_secs(5));
}

/// Many appenders at once: everything acknowledged arrives, once, and each one's records in its order.
pub async fn concurrent_appends_all_arrive(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let mut consumer = join(&*queue, "worker").await;
    let appenders: Vec<_> = (0..16_u64)
        .map(|key| {
            let queue = queue.clone();
            tokio::spawn(async move {
                for index in 0..50 {
                    queue.append(vec![record(key, &format!("{key}/{index}"))]).await.expect("append");
                }
            })
        })
        .collect();
    for appender in appenders {
        appender.await.expect("no panic");
    }
    let got: Vec<_> = drain(&mut *consumer).await.iter().map(text).collect();
    assert_eq!(got.len(), 800);
    for key in 0..16 {
        let order: Vec<_> = got.iter().filter_map(|text| text.strip_prefix(&format!("{key}/"))).collect();
        assert_eq!(order, (0..50).map(|index| index.to_string()).collect::<Vec<_>>());
    }
}

/// Dead letters survive a restart, come oldest first, and are records again after the replay.
pub async fn dead_letters_are_kept_and_replayed(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    let letter = |index: u64| DeadLetter {
        partition: 0,
        offset: index,
        reason: format!("because {index} ünd more"),
        failed_at_ms: 1_700_000_000_000 + index as i64,
        payload: Bytes::from(format!("letter {index}")),
    };
    queue.bury((0..3).map(letter).collect()).await.expect("bury");
    queue.bury(vec![letter(3)]).await.expect("bury");
    drop(queue);

    let queue = fixture.open().await;
    assert_eq!(queue.dead_letters(2).await.expect("letters"), [letter(0), letter(1)]);
    queue.bury(vec![letter(4)]).await.expect("bury");
    assert_eq!(queue.dead_letters(100).await.expect("letters"), (0..5).map(letter).collect::<Vec<_>>());
    assert_eq!(queue.replay_dead_letters().await.expect("replay"), 5);
    assert_eq!(queue.dead_letters(100).await.expect("letters"), []);
    assert_eq!(queue.replay_dead_letters().await.expect("replay"), 0);
    let mut consumer = join(&*queue, "worker").await;
    let got: BTreeSet<_> = drain(&mut *consumer).await.iter().map(text).collect();
    assert_eq!(got, (0..5).map(|index| format!("letter {index}")).collect());
    queue.bury(vec![letter(9)]).await.expect("bury after a replay");
    assert_eq!(queue.dead_letters(100).await.expect("letters"), [letter(9)]);
}

/// Close finishes what was accepted; consumers go on; appends are refused as closed.
pub async fn close_keeps_everything_and_refuses_more(fixture: &dyn Fixture) {
    let queue = fixture.open().await;
    queue.health().await.expect("healthy");
    let appends: Vec<_> = (0..50)
        .map(|index| {
            let queue = queue.clone();
            tokio::spawn(async move { queue.append(vec![record(index, &index.to_string())]).await })
        })
        .collect();
    queue.close().await.expect("close");
    queue.close().await.expect("close again");
    let mut acknowledged = 0;
    for append in appends {
        match append.await.expect("no panic") {
            Ok(()) => acknowledged += 1,
            Err(error) => assert!(matches!(error, QueueError::Closed), "{error}"),
        }
    }
    assert!(matches!(queue.append(vec![record(1, "late")]).await, Err(QueueError::Closed)));
    assert!(queue.health().await.is_err());
    let mut consumer = join(&*queue, "worker").await;
    let batch = take(&mut *consumer, 1000).await;
    assert_eq!(batch.records.len(), acknowledged);
    consumer.commit(&batch.next).await.expect("commit after close");
    drop((consumer, queue));

    let queue = fixture.open().await;
    queue.append(vec![record(1, "again")]).await.expect("append");
    let mut consumer = join(&*queue, "worker").await;
    assert_eq!(drain(&mut *consumer).await.iter().map(text).collect::<Vec<_>>(), ["again"]);
}

/// A record from a text.
#[must_use]
pub fn record(key: u64, text: &str) -> Record {
    Record { key, payload: Bytes::copy_from_slice(text.as_bytes()) }
}

/// A delivered record's payload as text.
#[must_use]
pub fn text(record: &QueuedRecord) -> String {
    String::from_utf8_lossy(&record.payload).into_owned()
}

/// Subscribes.
pub async fn join(queue: &dyn Queue, group: &str) -> Box<dyn Consumer> {
    queue.subscribe(&ConsumerGroup::new(group).expect("a valid name")).await.expect("subscribe")
}

/// Polls until nothing comes.
pub async fn drain(consumer: &mut dyn Consumer) -> Vec<QueuedRecord> {
    take(consumer, usize::MAX).await.records
}

/// Polls until `count` records came or nothing comes. The limits are uneven on purpose.
pub async fn take(consumer: &mut dyn Consumer, count: usize) -> Batch {
    let mut got = Batch::default();
    loop {
        let records = (count - got.records.len()).min(37);
        let limit = BatchLimit { records, bytes: 10_000, wait: Duration::from_millis(20) };
        let batch = consumer.poll(limit).await.expect("poll");
        let moved = batch.next != got.next;
        got.next.extend(batch.next);
        if batch.records.is_empty() && !moved {
            return got;
        }
        got.records.extend(batch.records);
        if got.records.len() >= count {
            return got;
        }
    }
}

fn numbers(text: &str) -> Vec<u64> {
    text.split('/').map(|part| part.parse().expect("a number")).collect()
}
