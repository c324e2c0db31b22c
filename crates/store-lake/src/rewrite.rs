//! Rewriting segments: compaction, retention, erasure.
//!
//! One rewrite runs at a time. New files are complete before one transaction swaps them for the old ones; queries
//! that began before go on reading the old files, which disappear with their last reader.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::array::{AsArray, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{TimestampMillisecondType, UInt64Type};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::streaming::StreamingTableExec;
use futures::StreamExt;
use millrace_event::time::DAY_MS;
use millrace_event::{SiteId, Timestamp, VisitorId};
use millrace_store::{Erased, Erasure, StoreError, Subject};

use crate::columns::{self, SEQ, SITE, TIMESTAMP, VISITOR};
use crate::lake::Lake;
use crate::manifest::Change;
use crate::scan::whole;
use crate::segment::{Compression, Meta, Segment, Writer};

/// Segments of one size of one day are merged when there are this many.
const FANOUT: usize = 8;
/// Rows below which all segments are of the smallest size.
const SMALLEST: u64 = 16_384;
/// Rows beyond which a segment is merged no further.
const LARGEST: u64 = 8_000_000;

/// Merges one group of segments that is due; answers whether there was one.
pub(crate) async fn compact(lake: &Arc<Lake>) -> Result<bool, StoreError> {
    let _turn = lake.rewriting.lock().await;
    let Some(group) = due(&lake.state.segments()) else {
        return Ok(false);
    };
    // A merged segment gets a checksum of its own: damage must not be carried over under it.
    for segment in &group {
        let segment = segment.clone();
        let checked = tokio::task::spawn_blocking(move || segment.check_bytes()).await;
        match checked.map_err(|error| StoreError::Failed(error.to_string()))? {
            Err(damage) if !damage.passing => {
                lake.set_aside(&damage).await?;
                return Ok(true);
            }
            checked => checked?,
        }
    }
    let start = Instant::now();
    let rows: u64 = group.iter().map(|segment| segment.meta.rows).sum();
    replace(lake, &group, |_| None).await?;
    metrics::histogram!("millrace_store_compact_seconds").record(start.elapsed());
    tracing::debug!(
        segments = group.len(),
        rows,
        duration_ms = start.elapsed().as_millis() as u64,
        "compacted"
    );
    Ok(true)
}

/// The first group of segments worth merging: of one day and size class, or all that span several days.
fn due(segments: &[Arc<Segment>]) -> Option<Vec<Arc<Segment>>> {
    let mut groups: BTreeMap<(Option<i64>, u32), Vec<Arc<Segment>>> = BTreeMap::new();
    for segment in segments {
        let (first, last) = segment.meta.timestamps;
        let day = (first.div_euclid(DAY_MS) == last.div_euclid(DAY_MS)).then(|| first.div_euclid(DAY_MS));
        if segment.meta.rows < LARGEST {
            groups.entry((day, size_class(segment.meta.rows))).or_default().push(segment.clone());
        }
    }
    let mut due = groups.into_values().filter(|group| group.len() >= FANOUT);
    due.next().map(|mut group| {
        let mut rows = 0;
        group.sort_by_key(|segment| segment.meta.number);
        group.retain(|segment| {
            rows += segment.meta.rows;
            rows <= LARGEST.max(segment.meta.rows * 2)
        });
        group
    })
}

fn size_class(rows: u64) -> u32 {
    (rows / SMALLEST).max(1).ilog(FANOUT as u64)
}

/// Removes every event before `before`.
pub(crate) async fn retain(lake: &Arc<Lake>, before: Timestamp) -> Result<Erased, StoreError> {
    let concerned = |meta: &Meta| meta.timestamps.0 < before.as_millis();
    let erased = remove(lake, concerned, move |batch| {
        let times = batch[TIMESTAMP].as_primitive::<TimestampMillisecondType>();
        times.iter().map(|at| at.map(|at| at < before.as_millis())).collect()
    })
    .await?;
    lake.manifest.retain_discards(before).await?;
    // A site that has no event left: nobody seals, and what comes now is in the tail.
    let _turn = lake.sealing.lock().await;
    let snapshot = lake.state.snapshot();
    for site in snapshot.links.sites().filter(|site| !snapshot.has_site(site)) {
        if let Some(links) = snapshot.links.of(site.as_str()) {
            forget_links(lake, site, &links.visitors()).await?;
        }
    }
    Ok(erased)
}

/// Takes links out, while nobody seals.
async fn forget_links(lake: &Lake, site: &SiteId, visitors: &HashSet<u64>) -> Result<(), StoreError> {
    lake.manifest.forget_links(site, visitors).await?;
    lake.state.forget_links(site, visitors);
    Ok(())
}

/// Removes a visitor's events, and those of whoever is linked to them; then the links. In this order: a crash in
/// between leaves links, and the next try finds by them what is left.
pub(crate) async fn erase(lake: &Arc<Lake>, erasure: &Erasure) -> Result<Erased, StoreError> {
    let concerned = |meta: &Meta| meta.sites.contains_key(erasure.site.as_str());
    let visitor = erasure.subject.visitor(&erasure.site).0;
    let links = lake.state.snapshot().links.of(erasure.site.as_str());
    // As of now; who signs in meanwhile is of what comes while it runs.
    let mut visitors = links.map(|links| links.linked_to(visitor)).unwrap_or_default();
    visitors.insert(visitor);
    let (gone, erasure) = (visitors.clone(), erasure.clone());
    let Erasure { site, subject } = erasure.clone();
    let erased = remove(lake, concerned, move |batch| {
        let site: BooleanArray = batch[SITE]
            .as_string_view()
            .iter()
            .map(|site| Some(site == Some(erasure.site.as_str())))
            .collect();
        let text = |column: &str, wanted: &str| -> Vec<bool> {
            batch[column].as_string_view().iter().map(|text| text == Some(wanted)).collect()
        };
        let named = match &erasure.subject {
            Subject::User(id) => text("user_id", id),
            Subject::Anonymous(id) => text("anonymous_id", id),
            Subject::Visitor(_) => vec![false; batch.num_rows()],
        };
        let came_as = batch[VISITOR].as_primitive::<UInt64Type>().values();
        let theirs = named.iter().zip(came_as).map(|(named, visitor)| *named || gone.contains(visitor));
        site.iter().zip(theirs).map(|(site, theirs)| Some(site? && theirs)).collect()
    })
    .await?;
    let theirs = |visitor: VisitorId| visitors.contains(&visitor.0);
    lake.manifest.erase_discards(&site, &subject, theirs).await?;
    let _turn = lake.sealing.lock().await;
    forget_links(lake, &site, &visitors).await?;
    Ok(erased)
}

/// Seals, then rewrites the segments `concerned` without the rows `gone` marks. Events that come while it runs are
/// not looked at.
async fn remove(
    lake: &Arc<Lake>,
    concerned: impl Fn(&Meta) -> bool,
    gone: impl Fn(&RecordBatch) -> BooleanArray + Clone + Send + Sync + 'static,
) -> Result<Erased, StoreError> {
    let _turn = lake.rewriting.lock().await;
    crate::seal::seal(lake).await?;
    let mut events = 0;
    for segment in lake.state.segments().iter().filter(|segment| concerned(&segment.meta)) {
        let gone = gone.clone();
        let left = replace(lake, std::slice::from_ref(segment), move |batch| Some(gone(batch))).await?;
        events += segment.meta.rows - left;
    }
    Ok(Erased { events })
}

/// Merges `group` into one segment without the rows that `gone` marks, and puts it in their place; answers the rows
/// that are left.
async fn replace(
    lake: &Arc<Lake>,
    group: &[Arc<Segment>],
    gone: impl Fn(&RecordBatch) -> Option<BooleanArray> + Send + Sync + 'static,
) -> Result<u64, StoreError> {
    let (dir, number) = (lake.segments_dir(), lake.take_numbers(1));
    let (segments, context) = (group.to_vec(), lake.engine.context().clone());
    let batch_rows = context.state().config().batch_size();
    let before: u64 = group.iter().map(|segment| segment.meta.rows).sum();
    let merge = async move {
        let partitions =
            segments.iter().map(|segment| whole(segment, batch_rows)).collect::<Result<Vec<_>, _>>()?;
        let input = StreamingTableExec::try_new(columns::schema(), partitions, None, [], false, None);
        let input = input.map_err(failed)?;
        let order = [SITE, TIMESTAMP, SEQ]
            .map(|name| col(name, &columns::schema()).map(PhysicalSortExpr::new_default));
        let order = order.into_iter().collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let order = LexOrdering::new(order).ok_or(StoreError::Closed)?;
        let merged = SortPreservingMergeExec::new(order, Arc::new(input));
        let mut rows = merged.execute(0, context.task_ctx()).map_err(failed)?;
        let mut writer = Writer::create(&dir, number, Compression::Small)?;
        while let Some(batch) = rows.next().await {
            let written = batch.map_err(failed).and_then(|batch| {
                let batch = match gone(&batch) {
                    None => batch,
                    Some(gone) => {
                        let kept: BooleanArray = gone.iter().map(|gone| gone.map(|gone| !gone)).collect();
                        filter_record_batch(&batch, &kept)
                            .map_err(|error| StoreError::Failed(error.to_string()))?
                    }
                };
                Ok(writer.write(&batch)?)
            });
            if let Err(error) = written {
                writer.abandon();
                return Err(error);
            }
            tokio::task::yield_now().await;
        }
        if writer.rows() == 0 || writer.rows() == before && segments.len() == 1 {
            let rows = writer.rows();
            writer.abandon();
            return Ok((rows, None));
        }
        let meta = writer.finish()?;
        std::fs::File::open(&dir).and_then(|dir| dir.sync_all()).map_err(crate::lake::io)?;
        Ok((meta.rows, Some(meta)))
    };
    let (rows, written) = lake.engine.spawn(merge).await??;
    if rows == before && written.is_none() {
        return Ok(rows);
    }
    let old: Vec<i64> = group.iter().map(|segment| segment.meta.number).collect();
    let add: Vec<Meta> = written.into_iter().collect();
    if let Err(error) = lake.manifest.apply(&Change { add: &add, remove: &old, ..Change::default() }).await {
        lake.remove_files(&add);
        return Err(error);
    }
    lake.state.replace(&old, lake.segments_of(add));
    Ok(rows)
}

fn failed(error: datafusion::error::DataFusionError) -> StoreError {
    StoreError::Failed(format!("segments could not be rewritten: {error}"))
}
