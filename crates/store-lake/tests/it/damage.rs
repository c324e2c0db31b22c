use std::fs;

use millrace_event::time::DAY_MS;
use millrace_store::conformance::{Draft, Harness, event};
use millrace_store::{EventBatch, EventStore};
use millrace_store_lake::{LakeConfig, LakeStore, inspect};

use crate::conformance::LakeHarness;

/// Two days, a segment each, of 500 events a day.
async fn two_days() -> LakeHarness {
    let harness = LakeHarness::new(1_000_000).await;
    for day in 0..2 {
        let drafts = (0..500).map(|n| Draft { at: day * DAY_MS + n, kind: n as u16, ..Draft::default() });
        let batch = EventBatch {
            events: drafts.map(|draft| event(&draft)).collect(),
            offsets: [(0, 500 * (day as u64 + 1))].into(),
            ..EventBatch::default()
        };
        harness.store.insert(&batch).await.expect("insert");
        harness.store.flush().await.expect("flush");
    }
    harness
}

fn segment_files(harness: &LakeHarness) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(harness.dir.path().join("segments")).expect("segments");
    let mut files: Vec<_> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

async fn events_left(harness: &LakeHarness) -> usize {
    let site = event(&Draft::default()).site;
    harness.store.recent(&site, 10_000).await.expect("the rest answers").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_segment_that_cannot_be_decoded_costs_its_own_events_only() {
    let mut harness = two_days().await;
    let file = segment_files(&harness).remove(0);
    let mut bytes = fs::read(&file).expect("a segment");
    // The pages, not the footer: found out in the middle of a query.
    let end = bytes.len() - 4_000;
    bytes[4..end.max(200)].fill(0xa5);
    fs::write(&file, &bytes).expect("written");
    harness.reopen().await;
    assert_eq!(events_left(&harness).await, 500);
    assert!(!file.exists(), "the file was moved");
    assert_eq!(fs::read_dir(harness.dir.path().join("damaged")).expect("damaged").count(), 1);
    harness.reopen().await;
    assert_eq!(events_left(&harness).await, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortened_or_missing_segment_is_set_aside_at_start() {
    let mut harness = two_days().await;
    let files = segment_files(&harness);
    let bytes = fs::read(&files[0]).expect("a segment");
    fs::write(&files[0], &bytes[..bytes.len() / 2]).expect("written");
    harness.reopen().await;
    assert_eq!(events_left(&harness).await, 500);
    fs::remove_file(&files[1]).expect("removed");
    harness.reopen().await;
    assert_eq!(events_left(&harness).await, 0);
    let inspection = inspect(harness.dir.path()).await.expect("inspection").expect("a lake");
    assert_eq!(inspection.damaged.len(), 2);
    assert_eq!(inspection.damaged.iter().map(|damaged| damaged.rows).sum::<u64>(), 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_flipped_bit_is_found_by_inspection() {
    let harness = two_days().await;
    let file = segment_files(&harness).remove(1);
    let mut bytes = fs::read(&file).expect("a segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&file, &bytes).expect("written");
    let inspection = inspect(harness.dir.path()).await.expect("inspection").expect("a lake");
    assert_eq!(inspection.problems.len(), 1, "{inspection:?}");
    assert!(inspection.problems[0].contains("CRC32C"), "{inspection:?}");
    assert_eq!(inspection.events, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_seal_that_never_committed_are_removed() {
    let mut harness = two_days().await;
    let segments = harness.dir.path().join("segments");
    fs::copy(&segment_files(&harness)[0], segments.join("000000009999.parquet")).expect("copied");
    fs::write(segments.join("000000010000.parquet.tmp"), b"half").expect("written");
    harness.reopen().await;
    assert_eq!(segment_files(&harness).len(), 2);
    assert_eq!(events_left(&harness).await, 1_000);
    assert!(harness.store().applied().await.expect("applied").get(&0) == Some(&1_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_manifest_is_an_error_and_costs_no_segment() {
    let harness = two_days().await;
    let copy = tempfile::tempdir().expect("a folder");
    fs::create_dir(copy.path().join("segments")).expect("a folder");
    for file in segment_files(&harness) {
        fs::copy(&file, copy.path().join("segments").join(file.file_name().expect("a name")))
            .expect("copied");
    }
    let error = LakeStore::open(LakeConfig::new(copy.path())).await.expect_err("refused");
    assert!(error.to_string().contains("manifest.sqlite"), "{error}");
    assert_eq!(fs::read_dir(copy.path().join("segments")).expect("segments").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_is_refused() {
    let harness = two_days().await;
    let error = LakeStore::open(LakeConfig::new(harness.dir.path())).await.expect_err("refused");
    assert!(error.to_string().contains("another process"), "{error}");
}
