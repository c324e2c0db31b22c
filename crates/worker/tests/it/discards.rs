//! Events that are deliberately not counted: kept once, and judged again once.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use bytes::Bytes;
use millrace_event::record::{Again, decode, encode_again};
use millrace_event::{EventId, SiteId, Timestamp, VisitorId};
use millrace_queue::{BatchLimit, ConsumerGroup, Queue, Record};
use millrace_store::EventStore;
use millrace_store::discards::{DUPLICATE, Report, Selection};
use millrace_store::memory::MemoryStore;
use millrace_worker::WorkerConfig;

use crate::support::{Bench, Sent, minute};
use crate::work::{Flaky, How};

const FIRST: Timestamp = Timestamp::from_millis(i64::MIN);

fn demo() -> SiteId {
    SiteId::new("demo").expect("a site id")
}

async fn report(store: &MemoryStore) -> Report {
    store.discards().report(&demo(), FIRST).await.expect("a report")
}

/// The tests' events arrived on a day of their own, which a window that ends now may not reach.
fn long_memory() -> WorkerConfig {
    WorkerConfig { dedup_window: Duration::from_secs(100 * 365 * 86_400), ..Bench::config() }
}

fn copies() -> Vec<Sent> {
    let sent = |id, minute| Sent {
        id: Some(id),
        url: Some("https://example.com/a"),
        address: Some("192.0.2.1"),
        agent: Some("Firefox"),
        minute,
        ..Sent::default()
    };
    vec![sent("a", 0), sent("b", 1), sent("a", 2), sent("a", 3)]
}

#[tokio::test]
async fn what_is_discarded_is_kept_with_its_reason_and_without_its_address() {
    let mut bench = Bench::new();
    assert_eq!(bench.process(&copies()).await.len(), 2);
    let report = report(&bench.memory).await;
    assert_eq!(report.held, 2);
    let [of] = &report.reasons[..] else { panic!("one reason: {report:?}") };
    assert_eq!((&*of.reason, of.count, of.last_at), (DUPLICATE, 2, minute(3)));
    let received = decode(&of.samples[0].record).expect("a record");
    assert_eq!((received.client_id.as_deref(), received.timestamp), (Some("a"), minute(3)));
    assert_eq!((received.url.as_deref(), received.address), (Some("https://example.com/a"), None));
    let visitor = bench.events("demo").await[0].visitor;
    assert_eq!(received.again.expect("what was found out").visitor, visitor);
}

#[tokio::test]
async fn a_batch_of_discarded_events_alone_is_committed() {
    let mut bench = Bench::new();
    for sent in [&copies()[..1], &copies()[2..], &[]] {
        bench.send(sent).await;
        bench.work_with(long_memory()).await;
    }
    assert_eq!(report(&bench.memory).await.reasons[0].count, 2, "not read again");
}

#[tokio::test]
async fn it_is_counted_once_however_often_the_batch_is_tried() {
    for how in [How::Before, How::After, How::Conflict] {
        let memory = Arc::new(MemoryStore::default());
        let flaky = Flaky { inner: memory.clone(), failures: AtomicU32::new(3), how };
        let mut bench = Bench::with_store(Arc::new(flaky), memory.clone());
        bench.send(&copies()).await;
        bench.work().await;
        let report = report(&memory).await;
        assert_eq!((report.reasons[0].count, report.held), (2, 2), "{how:?}");
    }
}

#[tokio::test]
async fn a_refused_event_takes_no_discarded_one_with_it() {
    let memory = Arc::new(MemoryStore::default());
    let flaky = Flaky { inner: memory.clone(), failures: AtomicU32::new(0), how: How::Refuse("b") };
    let mut bench = Bench::with_store(Arc::new(flaky), memory.clone());
    bench.send(&copies()).await;
    bench.work_with(long_memory()).await;
    assert_eq!(bench.events("demo").await.len(), 1);
    assert_eq!(report(&memory).await.reasons[0].count, 2);
    assert_eq!(bench.queue.dead_letters(9).await.expect("letters").len(), 1);
}

/// The records of what `sent` brings, as they are kept when they are discarded.
async fn kept_records(sent: &[Sent], again: &Again) -> Vec<Bytes> {
    let mut bench = Bench::new();
    bench.send(sent).await;
    let group = ConsumerGroup::new("test").expect("a group");
    let mut consumer = bench.queue.subscribe(&group).await.expect("a consumer");
    let limit = BatchLimit { records: 100, bytes: 1 << 20, wait: Duration::from_secs(1) };
    let batch = consumer.poll(limit).await.expect("records");
    batch.records.iter().map(|record| encode_again(&record.payload, again).expect("a record")).collect()
}

#[tokio::test]
async fn what_is_put_back_counts_once_with_its_time_and_visitor() {
    // Long ago, as far as a worker remembers.
    let long_ago = -6 * 24 * 60;
    let sent = |id, at| Sent { id, minute: at, address: Some("192.0.2.1"), ..Sent::default() };
    let again = Again { visitor: VisitorId(77), ..Again::default() };
    let records = kept_records(&[sent(None, long_ago), sent(Some("own"), long_ago + 1)], &again).await;
    let bench = Bench::new();
    let append = async || {
        let records = records.iter().map(|payload| Record { key: 0, payload: payload.clone() }).collect();
        bench.queue.append(records).await.expect("append");
    };
    append().await;
    append().await;
    bench.work().await;
    // A replay that was cut off, and done again once the worker had started anew.
    append().await;
    bench.work().await;
    let events = bench.events("demo").await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events.iter().all(|event| event.visitor == VisitorId(77)));
    assert_eq!(events[0].session, events[1].session);
    assert_eq!(
        events.iter().map(|event| event.timestamp).collect::<Vec<_>>(),
        [minute(long_ago), minute(long_ago + 1)]
    );
    assert_eq!(events[0].id, EventId::Client("00000000-0000-8001-8000-000000000001".into()));
    let report = report(&bench.memory).await;
    assert_eq!((report.reasons[0].count, &*report.reasons[0].reason), (4, DUPLICATE));
    let all = bench.memory.discards().page(&demo(), &Selection::default(), 0, 9).await.expect("a page");
    assert!(all.iter().all(|kept| decode(&kept.record).expect("a record").again == Some(again.clone())));
}

#[tokio::test]
async fn two_copies_in_one_batch_count_once_however_long_ago_they_arrived() {
    let days: Vec<_> = (1..=6).map(|day| Sent { minute: -day * 24 * 60, ..Sent::default() }).collect();
    let records = kept_records(&days, &Again { visitor: VisitorId(77), ..Again::default() }).await;
    let bench = Bench::new();
    let twice = records.iter().rev().chain(records.iter().rev());
    let records = twice.map(|payload| Record { key: 0, payload: payload.clone() }).collect();
    bench.queue.append(records).await.expect("append");
    bench.work().await;
    assert_eq!(bench.events("demo").await.len(), 6);
}
