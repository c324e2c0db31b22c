//! Sealing: the tail becomes segments, and its offsets durable.
//!
//! Order: files written and synced under their names, the directory synced, then one transaction in the manifest,
//! then the switch in memory. A crash before the transaction leaves files the next start removes; the queue still
//! holds their events.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::array::RecordBatch;
use millrace_store::{Offsets, StoreError};

use crate::lake::Lake;
use crate::manifest::Change;
use crate::segment::{Compression, Meta, Segment, WriteError, Writer, sort};
use crate::state::Sealing;

/// The most files one seal writes; the days with the fewest rows share the last one. A client that spreads events
/// over ten years must not make thousands of files.
const MOST_FILES: usize = 64;

/// Seals everything inserted so far; answers the durable offsets.
pub(crate) async fn seal(lake: &Arc<Lake>) -> Result<Offsets, StoreError> {
    let _turn = lake.sealing.lock().await;
    let Some(sealing) = lake.state.start_sealing() else {
        return Ok(lake.state.durable());
    };
    let start = Instant::now();
    let result = write_and_commit(lake, &sealing).await;
    match result {
        Ok(segments) => {
            let rows: usize = sealing.chunks.iter().map(|chunk| chunk.rows()).sum();
            lake.state.finish_sealing(segments, sealing.offsets.clone());
            metrics::histogram!("millrace_store_seal_seconds").record(start.elapsed());
            metrics::histogram!("millrace_store_seal_rows").record(rows as f64);
            lake.sealed.notify_waiters();
            Ok(sealing.offsets)
        }
        Err(error) => {
            lake.state.undo_sealing();
            metrics::counter!("millrace_store_seal_failures_total").increment(1);
            lake.sealed.notify_waiters();
            Err(error)
        }
    }
}

async fn write_and_commit(lake: &Arc<Lake>, sealing: &Sealing) -> Result<Vec<Arc<Segment>>, StoreError> {
    let (open, first, chunks) = (lake.clone(), lake.take_numbers(MOST_FILES), sealing.chunks.clone());
    let metas = tokio::task::spawn_blocking(move || {
        let dir = open.segments_dir();
        let batches: Vec<_> = chunks.iter().map(|chunk| &chunk.batch).collect();
        write(&dir, first, &batches)
    });
    let metas =
        metas.await.map_err(|error| StoreError::Failed(format!("sealing ended early: {error}")))??;
    let change = Change {
        add: &metas,
        links: &sealing.links,
        applied: Some((&sealing.offsets, sealing.next_seq)),
        discards: Some((&sealing.discards, &lake.config.discards)),
        ..Change::default()
    };
    if let Err(error) = lake.manifest.apply(&change).await {
        lake.remove_files(&metas);
        return Err(error);
    }
    Ok(lake.segments_of(metas))
}

fn write(dir: &Path, first: i64, batches: &[&RecordBatch]) -> Result<Vec<Meta>, WriteError> {
    if batches.is_empty() {
        return Ok(Vec::new());
    }
    let mut days = sort(batches)?;
    if days.len() > MOST_FILES {
        days.sort_by_key(|day| std::cmp::Reverse(day.iter().map(RecordBatch::num_rows).sum::<usize>()));
        let rest = days.split_off(MOST_FILES - 1);
        // Sorted again as if they were one day: by site first.
        days.push(crate::segment::sort_as_one(&rest.iter().flatten().collect::<Vec<_>>())?);
    }
    let mut metas: Vec<Meta> = Vec::new();
    for (day, number) in days.iter().zip(first..) {
        let written = (|| {
            let mut writer = Writer::create(dir, number, Compression::Fast)?;
            for batch in day {
                if let Err(error) = writer.write(batch) {
                    writer.abandon();
                    return Err(error);
                }
            }
            writer.finish()
        })();
        match written {
            Ok(meta) => metas.push(meta),
            Err(error) => {
                for meta in &metas {
                    let _ = std::fs::remove_file(crate::segment::path(dir, meta.number));
                }
                return Err(error);
            }
        }
    }
    std::fs::File::open(dir)?.sync_all()?;
    Ok(metas)
}
