//! The disk queue against a model: a vector of records, and for each group how far it read and committed.

use std::collections::BTreeMap;
use std::time::Duration;

use millrace_queue::conformance::{join, text};
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{BatchLimit, Consumer, ConsumerGroup, Offset, Offsets, Queue};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{crash, records, scratch};

const GROUPS: [&str; 2] = ["worker", "second"];

#[derive(Debug, Clone)]
enum Step {
    /// Appends records of these sizes.
    Append(Vec<usize>),
    /// A group reads at most so many records and bytes.
    Poll(usize, usize, usize),
    /// A group commits so many records behind its read position.
    Commit(usize, u64),
    /// A group commits so many records ahead of its read position, as a worker does at start.
    Skip(usize, u64),
    /// Everything is dropped and opened again.
    Reopen,
    /// The folder as it is now, with bytes of an unfinished group behind, is opened instead.
    Crash(Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(0..400_usize, 1..12).prop_map(Step::Append),
        6 => (0..2_usize, 1..20_usize, 1..2000_usize).prop_map(|(g, r, b)| Step::Poll(g, r, b)),
        4 => (0..2_usize, 0..6_u64).prop_map(|(group, behind)| Step::Commit(group, behind)),
        1 => (0..2_usize, 0..6_u64).prop_map(|(group, ahead)| Step::Skip(group, ahead)),
        2 => Just(Step::Reopen),
        2 => prop::collection::vec(any::<u8>(), 0..60).prop_map(Step::Crash),
    ]
}

#[derive(Debug, Default)]
struct Model {
    records: Vec<String>,
    /// (read, committed) of the groups that have subscribed.
    groups: BTreeMap<usize, (u64, u64)>,
}

struct System {
    dir: TempDir,
    config: DiskQueueConfig,
    consumers: BTreeMap<usize, Box<dyn Consumer>>,
    queue: Option<DiskQueue>,
}

impl System {
    fn config(&self) -> DiskQueueConfig {
        DiskQueueConfig { dir: self.dir.path().to_owned(), ..self.config.clone() }
    }

    fn queue(&self) -> &DiskQueue {
        self.queue.as_ref().expect("open")
    }

    async fn consumer(&mut self, group: usize, model: &mut Model) -> &mut dyn Consumer {
        if !self.consumers.contains_key(&group) {
            let oldest = self.queue().stats().oldest;
            let consumer = join(self.queue(), GROUPS[group]).await;
            self.consumers.insert(group, consumer);
            // A new group starts at the oldest record, which may have gone by age a moment ago.
            let name = ConsumerGroup::new(GROUPS[group]).expect("a name");
            let lag = self.queue().lag(&name).await.expect("lag");
            let start = model.records.len() as u64 - lag.records;
            assert!(model.groups.contains_key(&group) || oldest <= start);
            assert!(model.groups.contains_key(&group) || start <= self.queue().stats().oldest);
            model.groups.entry(group).or_insert((start, start));
        }
        &mut **self.consumers.get_mut(&group).expect("subscribed")
    }

    async fn take(&mut self, step: &Step, model: &mut Model) {
        match step {
            Step::Append(sizes) => {
                let first = model.records.len();
                let texts =
                    sizes.iter().zip(first..).map(|(size, index)| format!("{index}-{}", "x".repeat(*size)));
                let texts: Vec<_> = texts.collect();
                self.queue().append(records(&texts)).await.expect("append");
                model.records.extend(texts);
            }
            Step::Poll(group, count, bytes) => self.poll(*group, *count, *bytes, model).await,
            Step::Commit(group, behind) => {
                self.consumer(*group, model).await;
                let read = model.groups[group].0;
                self.commit(*group, read.saturating_sub(*behind), model).await;
            }
            Step::Skip(group, ahead) => {
                self.consumer(*group, model).await;
                let to = (model.groups[group].0 + ahead).min(model.records.len() as u64);
                self.commit(*group, to, model).await;
            }
            Step::Reopen => {
                self.consumers.clear();
                self.queue = None;
                self.open(model);
            }
            Step::Crash(torn) => {
                let crashed = crash(self.dir.path());
                tear(crashed.path(), torn);
                self.consumers.clear();
                self.queue = None;
                self.dir = crashed;
                self.open(model);
            }
        }
    }

    async fn commit(&mut self, group: usize, offset: Offset, model: &mut Model) {
        let consumer = self.consumer(group, model).await;
        consumer.commit(&Offsets::from([(0, offset)])).await.expect("commit");
        let (read, committed) = model.groups.get_mut(&group).expect("subscribed");
        *committed = offset.max(*committed);
        *read = offset.max(*read);
    }

    async fn poll(&mut self, group: usize, count: usize, bytes: usize, model: &mut Model) {
        let limit = BatchLimit { records: count, bytes, wait: Duration::ZERO };
        let batch = self.consumer(group, model).await.poll(limit).await.expect("poll");
        let (read, _) = model.groups.get_mut(&group).expect("subscribed");
        let rest = &model.records[*read as usize..];
        let mut room = bytes;
        let mut expected = Vec::new();
        for text in rest.iter().take(count) {
            if !expected.is_empty() && text.len() > room {
                break;
            }
            room = room.saturating_sub(text.len());
            expected.push(text.clone());
        }
        assert_eq!(batch.records.iter().map(text).collect::<Vec<_>>(), expected);
        assert!(batch.records.iter().zip(*read..).all(|(record, offset)| record.offset == offset));
        *read += expected.len() as u64;
        assert_eq!(batch.next, Offsets::from([(0, *read)]));
    }

    fn open(&mut self, model: &mut Model) {
        self.queue = Some(DiskQueue::open(self.config()).expect("open"));
        for (read, committed) in model.groups.values_mut() {
            *read = *committed;
        }
    }

    async fn check(&self, model: &Model) {
        let stats = self.queue().stats();
        assert_eq!((stats.next, stats.damaged_records), (model.records.len() as u64, 0));
        for (group, (_, committed)) in &model.groups {
            let name = ConsumerGroup::new(GROUPS[*group]).expect("a name");
            let lag = self.queue().lag(&name).await.expect("lag");
            assert_eq!(lag.records, model.records.len() as u64 - committed);
            assert_eq!(lag.oldest.is_some(), lag.records > 0);
            assert!(stats.oldest <= *committed, "deleted what {name} has not committed");
        }
    }
}

/// Bytes of a group that never was synced, behind the last record.
fn tear(dir: &std::path::Path, torn: &[u8]) {
    let inspection = millrace_queue::disk::inspect(dir).expect("inspect");
    let Some(last) = inspection.segments.last() else { return };
    let mut bytes = std::fs::read(&last.path).expect("readable");
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    // The last record may end in zeros of its own: a header of an empty payload does.
    let end = end.max(64) + 8;
    bytes.resize(bytes.len().max(end + torn.len()), 0);
    bytes[end..end + torn.len()].copy_from_slice(torn);
    std::fs::write(&last.path, bytes).expect("writable");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_queue_does_what_a_vector_does(
        steps in prop::collection::vec(step(), 1..40),
        segment_bytes in 200..4000_u64,
        preallocate_bytes in 0..2000_u64,
        segment_age in prop_oneof![Just(3_600_000), Just(0), 1..20_u64].prop_map(Duration::from_millis),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let dir = scratch();
            let mut config = DiskQueueConfig::new(dir.path());
            (config.segment_bytes, config.preallocate_bytes) = (segment_bytes, preallocate_bytes);
            config.segment_age = segment_age;
            let mut system = System { dir, config, consumers: BTreeMap::new(), queue: None };
            let mut model = Model::default();
            system.open(&mut model);
            for step in &steps {
                system.take(step, &mut model).await;
                system.check(&model).await;
            }
        });
    }
}
