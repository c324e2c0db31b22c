//! Truncations and flipped bits at every byte of a queue's last segment, and fuzzing of the reader.

use std::fs;
use std::path::Path;

use millrace_queue::Queue;
use millrace_queue::disk::fuzz::{build_segment, read_segment};
use millrace_queue::disk::{DiskQueue, inspect};
use proptest::prelude::*;

use crate::support::{append_each, copy, everything, records, reopen, scratch, segments, tiny};

const HEADER: usize = 64;
const RECORD: usize = 32;
const TEXTS: [&str; 6] = ["zero", "one one", "", "three three three", "four", "five"];

/// Where each record starts, and where the last ends.
fn places() -> Vec<usize> {
    let mut at = HEADER;
    let mut places = vec![at];
    for text in TEXTS {
        at += RECORD + text.len();
        places.push(at);
    }
    places
}

/// A queue with one segment, closed cleanly, and that segment's bytes.
async fn small(dir: &Path) -> Vec<u8> {
    let queue = DiskQueue::open(tiny(dir)).expect("open");
    append_each(&queue, TEXTS).await;
    queue.close().await.expect("close");
    let files = segments(dir);
    assert_eq!(files.len(), 1);
    let bytes = fs::read(&files[0]).expect("readable");
    assert_eq!(bytes.len(), *places().last().expect("a place"), "closed without preallocated space");
    bytes
}

/// Puts `bytes` in place of the queue's segment, and a fresh start for everything else.
fn with_segment(template: &Path, bytes: &[u8]) -> tempfile::TempDir {
    let dir = scratch();
    copy(template, dir.path());
    fs::write(&segments(dir.path())[0], bytes).expect("writable");
    dir
}

#[tokio::test]
async fn truncated_at_every_byte_everything_before_is_read_and_the_queue_goes_on() {
    let template = scratch();
    let bytes = small(template.path()).await;
    for zeros in [0, 100] {
        for length in 0..bytes.len() {
            let mut cut = bytes[..length].to_vec();
            cut.resize(length + zeros, 0);
            let dir = with_segment(template.path(), &cut);
            // A record that ends in zeros may be whole again.
            let whole = |end: &usize| cut.get(..*end) == bytes.get(..*end);
            let whole = places().iter().skip(1).take_while(|end| whole(end)).count();
            let (queue, found) = reopen(tiny(dir.path())).await;
            // A segment without its header, zeros in its place, is one damaged at the start.
            assert_eq!(found, TEXTS[..whole], "cut at {length}, {zeros} zeros");
            assert_eq!(queue.stats().next, whole as u64);
            append_each(&queue, ["after"]).await;
            drop(queue);
            let (_, found) = reopen(tiny(dir.path())).await;
            assert_eq!(found, [&TEXTS[..whole], &["after"]].concat(), "appended after a cut at {length}");
        }
    }
}

#[tokio::test]
async fn a_bit_flipped_at_every_byte_costs_at_most_its_record() {
    let template = scratch();
    let bytes = small(template.path()).await;
    let places = places();
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            let dir = with_segment(template.path(), &flipped);
            let hit = places.iter().rposition(|start| *start <= at);
            let expected: Vec<_> =
                (0..TEXTS.len()).filter(|index| Some(*index) != hit).map(|index| TEXTS[index]).collect();
            let (queue, found) = reopen(tiny(dir.path())).await;
            assert_eq!(found, expected, "bit {bit} of byte {at}");
            let stats = queue.stats();
            match hit {
                None => assert_eq!((stats.damaged_records, stats.torn_bytes, stats.next), (0, 0, 6)),
                // Nothing valid follows the last record, so it cannot be told from a torn one.
                Some(5) => assert_eq!((stats.damaged_records, stats.torn_bytes, stats.next), (0, 36, 5)),
                Some(_) => {
                    assert_eq!((stats.damaged_records, stats.torn_bytes, stats.next), (1, 0, 6));
                    assert_eq!(fs::read_dir(dir.path().join("damaged")).expect("set aside").count(), 1);
                }
            }
        }
    }
}

#[tokio::test]
async fn damage_in_an_earlier_segment_is_counted_once_and_read_past() {
    let dir = scratch();
    let texts: Vec<_> = (0..100).map(|index| format!("record number {index}")).collect();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, &texts).await;
    drop(queue);
    let files = segments(dir.path());
    assert!(files.len() > 2);
    // The first segment loses a stretch over several records; the second its end.
    let mut first = fs::read(&files[0]).expect("readable");
    first[300..500].fill(0xAA);
    fs::write(&files[0], first).expect("writable");
    let second = fs::read(&files[1]).expect("readable");
    fs::write(&files[1], &second[..second.len() - 60]).expect("writable");

    let inspection = inspect(dir.path()).expect("inspect");
    let lost: u64 =
        inspection.segments.iter().flat_map(|segment| &segment.damaged).map(|(_, _, lost)| lost).sum();
    let (queue, found) = reopen(tiny(dir.path())).await;
    assert_eq!(queue.stats().damaged_records, lost);
    assert_eq!(found.len() as u64 + lost, 100);
    assert!(found.iter().all(|text| texts.contains(text)) && found.is_sorted_by_key(|text| number(text)));
    assert_eq!(found.last(), texts.last());
    // 200 bytes touch at most 6 records of 47 to 49 bytes; 60 cut bytes two.
    assert!((5..=9).contains(&lost), "{lost} lost");
    let mut other = millrace_queue::conformance::join(&queue, "other").await;
    assert_eq!(millrace_queue::conformance::drain(&mut *other).await.len(), found.len());
    assert_eq!(queue.stats().damaged_records, lost, "another group reads past the same damage");
}

fn number(text: &str) -> u64 {
    text.rsplit(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}

#[tokio::test]
async fn a_record_inside_a_payload_never_passes_for_one() {
    // Somebody sends a whole valid segment of another queue as a payload, and the record's header is hit.
    let dir = scratch();
    let forged = build_segment(1, 0, &vec![b"forged".to_vec(); 3], 0);
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    queue.append(vec![millrace_queue::Record { key: 0, payload: forged.into() }]).await.expect("append");
    queue.append(records(["honest"])).await.expect("append");
    drop(queue);
    let file = &segments(dir.path())[0];
    let mut bytes = fs::read(file).expect("readable");
    bytes[HEADER + 5] ^= 1;
    fs::write(file, bytes).expect("writable");
    let (queue, found) = reopen(tiny(dir.path())).await;
    assert_eq!(found, ["honest"]);
    assert_eq!(queue.stats().damaged_records, 1);
}

#[tokio::test]
async fn damage_while_the_queue_is_open_is_read_past() {
    let dir = scratch();
    let queue = DiskQueue::open(tiny(dir.path())).expect("open");
    append_each(&queue, TEXTS).await;
    let file = fs::OpenOptions::new().write(true).open(&segments(dir.path())[0]).expect("writable");
    std::os::unix::fs::FileExt::write_all_at(&file, b"!", places()[1] as u64 + 33).expect("written");
    assert_eq!(everything(&queue).await, ["zero", "", "three three three", "four", "five"]);
    assert_eq!(queue.stats().damaged_records, 1);
}

#[derive(Debug, Clone)]
enum Harm {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Zero(prop::sample::Index, usize),
    Insert(prop::sample::Index, Vec<u8>),
    Repeat(prop::sample::Index, prop::sample::Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 0..8_u8).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        at().prop_map(Harm::Cut),
        (at(), 1..300_usize).prop_map(|(at, length)| Harm::Zero(at, length)),
        (at(), prop::collection::vec(any::<u8>(), 0..50)).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        (at(), at()).prop_map(|(from, to)| Harm::Repeat(from, to)),
    ]
}

fn inflict(bytes: &mut Vec<u8>, harm: Harm) {
    if bytes.is_empty() {
        return;
    }
    match harm {
        Harm::Flip(at, bit) => *at.get_mut(bytes) ^= 1 << bit,
        Harm::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Harm::Zero(at, length) => {
            let from = at.index(bytes.len());
            let to = bytes.len().min(from + length);
            bytes[from..to].fill(0);
        }
        Harm::Insert(at, more) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, more);
        }
        Harm::Repeat(from, to) => {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let again = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.extend(again);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_survives_mutated_segments(
        payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..30),
        base in prop_oneof![0..5_u64, Just(u64::MAX - 2)],
        zeros in 0..200_usize,
        harms in prop::collection::vec(harm(), 0..6),
    ) {
        let base = base.min(u64::MAX - 1 - payloads.len() as u64);
        let mut bytes = build_segment(7, base, &payloads, zeros);
        for harm in harms {
            inflict(&mut bytes, harm);
        }
        read_segment(&bytes);
    }

    #[test]
    fn the_reader_survives_arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        read_segment(&bytes);
    }
}
