//! The hand-over under every interleaving that loom can reach with two preemptions a thread:
//! `RUSTFLAGS="--cfg loom" cargo test -p millrace-queue --release --lib loom`.

use bytes::Bytes;
use loom::future::block_on;
use loom::sync::{Arc, Mutex};
use loom::thread;

use super::{Append, Commit, Group, Handover};
use crate::{QueueError, Record};

impl<F: FnMut(&mut Group) -> Result<(), QueueError>> Commit for F {
    fn commit(&mut self, group: &mut Group) -> Result<(), QueueError> {
        self(group)
    }

    fn due(&self) -> Option<std::time::Instant> {
        None
    }

    fn idle(&mut self) {}
}

/// What the commits have made durable, by key.
type Synced = Arc<Mutex<Vec<u64>>>;

fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(model);
}

fn append(key: u64) -> Append {
    Append { records: vec![Record { key, payload: Bytes::new() }], bytes: 1, _permit: None }
}

fn keys(group: &Group) -> Vec<u64> {
    group.appends.iter().flat_map(|append| &append.records).map(|record| record.key).collect()
}

fn write(handover: &Arc<Handover>, synced: &Synced) -> thread::JoinHandle<()> {
    let (handover, synced) = (handover.clone(), synced.clone());
    thread::spawn(move || {
        handover.run(&mut |group: &mut Group| {
            // Between taking the group and its sync, anybody may run.
            thread::yield_now();
            synced.lock().unwrap().extend(keys(group));
            Ok(())
        });
    })
}

fn submit(handover: &Arc<Handover>, synced: &Synced, key: u64) -> thread::JoinHandle<()> {
    let (handover, synced) = (handover.clone(), synced.clone());
    thread::spawn(move || match handover.submit(append(key)) {
        Ok(ticket) => {
            block_on(ticket).expect("accepted, so committed");
            assert!(synced.lock().unwrap().contains(&key), "answered before the sync");
        }
        Err(error) => {
            assert!(matches!(error, QueueError::Closed));
            assert!(!synced.lock().unwrap().contains(&key), "refused, yet written");
        }
    })
}

/// A lost wake-up would leave a thread waiting for ever, which loom reports as a deadlock.
#[test]
fn loom_everybody_is_answered_after_the_sync() {
    check(|| {
        // One record a group, so that groups also follow each other.
        let (handover, synced) = (Arc::new(Handover::new(100, 1)), Synced::default());
        let writer = write(&handover, &synced);
        let other = submit(&handover, &synced, 1);
        let ticket = handover.submit(append(2)).expect("open");
        block_on(ticket).expect("committed");
        assert!(synced.lock().unwrap().contains(&2), "answered before the sync");
        other.join().unwrap();
        handover.close();
        writer.join().unwrap();
    });
}

#[test]
fn loom_appends_share_a_group() {
    check(|| {
        let (handover, synced) = (Arc::new(Handover::new(100, 100)), Synced::default());
        let writer = write(&handover, &synced);
        let other = submit(&handover, &synced, 1);
        let ticket = handover.submit(append(2)).expect("open");
        block_on(ticket).expect("committed");
        other.join().unwrap();
        handover.close();
        writer.join().unwrap();
        assert_eq!(synced.lock().unwrap().len(), 2, "each once");
    });
}

#[test]
fn loom_close_answers_everybody() {
    check(|| {
        let (handover, synced) = (Arc::new(Handover::new(100, 100)), Synced::default());
        let writer = write(&handover, &synced);
        let appender = submit(&handover, &synced, 1);
        handover.close();
        appender.join().unwrap();
        writer.join().unwrap();
        assert!(matches!(handover.submit(append(2)), Err(QueueError::Closed)));
    });
}

#[test]
fn loom_each_group_gets_its_own_outcome() {
    check(|| {
        let handover = Arc::new(Handover::new(100, 1));
        let writing = handover.clone();
        let writer = thread::spawn(move || {
            writing.run(&mut |group: &mut Group| match keys(group).contains(&1) {
                true => Err(QueueError::DiskFull { path: "full".into() }),
                false => Ok(()),
            });
        });
        let failing = handover.submit(append(1)).expect("open");
        let appending = handover.clone();
        let other = thread::spawn(move || block_on(appending.submit(append(2)).expect("open")));
        assert!(matches!(block_on(failing), Err(QueueError::DiskFull { .. })));
        assert!(other.join().unwrap().is_ok());
        handover.close();
        writer.join().unwrap();
    });
}

#[test]
fn loom_a_writer_that_stops_leaves_nobody_waiting() {
    check(|| {
        let handover = Arc::new(Handover::new(100, 1));
        let stopping = handover.clone();
        let writer = thread::spawn(move || {
            drop(stopping.take(None));
            stopping.abandon();
        });
        let appending = handover.clone();
        let other = thread::spawn(move || match appending.submit(append(1)) {
            Ok(ticket) => block_on(ticket),
            Err(error) => Err(error),
        });
        let outcome = match handover.submit(append(2)) {
            Ok(ticket) => block_on(ticket),
            Err(error) => Err(error),
        };
        assert!(matches!(outcome, Err(QueueError::Closed)));
        assert!(matches!(other.join().unwrap(), Err(QueueError::Closed)));
        writer.join().unwrap();
    });
}
