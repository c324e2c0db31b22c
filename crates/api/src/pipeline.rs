//! `GET /api/v1/pipeline`: how events come through this process, for whoever reads a site's reports.
//!
//! The numbers are the process's, of all sites together: none of them names a site, a path, an address or a key. What
//! they are taken from, the server knows alone; [`Pipeline`] is the seam.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use millrace_event::{SiteId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Shared;
use crate::error::Failure;
use crate::openapi::LIVE;
use crate::parameters;
use crate::reader::Reader;

/// What goes on inside the process: the server's knowledge.
#[async_trait]
pub trait Pipeline: Send + Sync + 'static {
    /// How events come through. Cheap: it is called every few seconds, by anyone.
    fn status(&self) -> PipelineStatus;

    /// The oldest dead letters of all sites.
    ///
    /// # Errors
    /// Says why there is no answer, without a path or an address.
    async fn dead_letters(&self) -> Result<DeadLetters, String>;

    /// The newest rejected events of a site, `limit` at most; nothing where this process keeps none.
    ///
    /// # Errors
    /// Says why there is no answer, without a path.
    async fn rejects(&self, site: &SiteId, limit: usize) -> Result<Option<Vec<Reject>>, String>;
}

/// Dead letters as the queue has them.
#[derive(Clone, Debug, Default)]
pub struct DeadLetters {
    /// How many there are.
    pub count: u64,
    /// The oldest of them: all, or as many as are looked at.
    pub letters: Vec<DeadLetter>,
}

/// A record that was taken from the queue and could not be processed.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// When it failed.
    pub at: Timestamp,
    /// Why, for people.
    pub reason: String,
    /// Its bytes.
    pub record: Bytes,
}

/// An event that was refused when it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reject {
    /// When the request arrived, UTC.
    #[schema(format = DateTime)]
    pub at: String,
    /// Why: a stable word.
    #[schema(example = "name_missing")]
    pub code: String,
    /// The field at fault.
    #[schema(required = true, example = "name")]
    pub field: Option<String>,
    /// Why, for people.
    pub message: String,
    /// The event as it was sent, cut to 4 KiB, without addresses and keys.
    pub sample: String,
}

/// How events come through this process
///
/// Whoever may read a site's reports may ask. The numbers are the process's, of all its sites together; one that is not
/// known here, such as the lag in a process without the queue, is null.
#[utoipa::path(
    get, path = "/api/v1/pipeline", operation_id = "read_pipeline", tag = LIVE,
    params(parameters::SiteId),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The state of this moment, and of ten minutes.", body = PipelineStatus), Failure),
)]
pub(crate) async fn read(_reader: Reader, State(shared): State<Arc<Shared>>) -> Json<PipelineStatus> {
    Json(shared.api.pipeline.status())
}

/// The state of the process.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = Pipeline)]
pub struct PipelineStatus {
    /// Now, UTC.
    #[schema(format = DateTime)]
    pub at: String,
    /// When the process started, UTC.
    #[schema(format = DateTime)]
    pub started_at: String,
    /// What it does: `ingest`, `worker`, `api`.
    #[schema(value_type = Vec<String>, example = json!(["ingest", "worker", "api"]))]
    pub roles: Vec<&'static str>,
    /// The queue.
    pub queue: PipelineQueue,
    /// The store.
    pub store: PipelineStore,
    /// The disk, where the process has files.
    #[schema(required = true)]
    pub disk: Option<PipelineDisk>,
    /// What became of events since the process started.
    pub totals: PipelineTotals,
    /// The last ten minutes.
    pub history: PipelineHistory,
    /// What is well and what is not.
    pub checks: Vec<PipelineCheck>,
}

/// The queue.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PipelineQueue {
    /// `disk`, `redis`, or `none` where nothing is kept.
    #[schema(example = "disk")]
    pub kind: &'static str,
    /// Records that are appended and not yet stored durably: those of the store's tail, which reports see already, are
    /// among them.
    #[schema(required = true)]
    pub lag_records: Option<u64>,
    /// How old the oldest of them is.
    #[schema(required = true)]
    pub lag_seconds: Option<f64>,
    /// Bytes on disk.
    #[schema(required = true)]
    pub bytes: Option<u64>,
    /// Files.
    #[schema(required = true)]
    pub segments: Option<u64>,
    /// Records that could not be processed, and are kept.
    #[schema(required = true)]
    pub dead_letters: Option<u64>,
}

/// The store.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PipelineStore {
    /// `lake` or `postgres`.
    #[schema(example = "lake")]
    pub kind: &'static str,
    /// Files of events.
    #[schema(required = true)]
    pub segments: Option<u64>,
    /// Events in them.
    #[schema(required = true)]
    pub segment_rows: Option<u64>,
    /// Their bytes.
    #[schema(required = true)]
    pub segment_bytes: Option<u64>,
    /// Events in memory that reports see already.
    #[schema(required = true)]
    pub tail_rows: Option<u64>,
}

/// The disk of the data directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PipelineDisk {
    /// Bytes of Millrace's own files there.
    #[schema(required = true)]
    pub data_bytes: Option<u64>,
    /// Bytes that are free for it.
    #[schema(required = true)]
    pub free_bytes: Option<u64>,
    /// Bytes of the whole disk.
    #[schema(required = true)]
    pub total_bytes: Option<u64>,
}

/// What became of events since the process started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct PipelineTotals {
    /// Taken, and durable on the queue.
    pub accepted: u64,
    /// Brought into the store.
    pub stored: u64,
    /// Refused when they were sent, by the stable code of the reason, most first.
    pub rejected: Vec<CodeCount>,
    /// Deliberately not counted, by reason, most first.
    pub discarded: Vec<ReasonCount>,
    /// Records that could not be processed.
    pub dead_letters: u64,
}

/// Events of one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeCount {
    /// The stable word.
    #[schema(example = "name_missing")]
    pub code: String,
    /// Events.
    pub count: u64,
}

/// Events of one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReasonCount {
    /// The stable word.
    #[schema(example = "robot")]
    pub reason: String,
    /// Events.
    pub count: u64,
}

/// The last ten minutes.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PipelineHistory {
    /// Seconds between two points.
    #[schema(example = 5)]
    pub interval_seconds: u64,
    /// Oldest first.
    pub points: Vec<PipelinePoint>,
}

/// What was done between the point before and this one, a second.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct PipelinePoint {
    /// The end of it, UTC.
    #[schema(format = DateTime)]
    pub at: String,
    /// Events taken a second.
    pub accepted: f64,
    /// Events stored a second.
    pub stored: f64,
    /// Events refused a second.
    pub rejected: f64,
    /// Events not counted a second.
    pub discarded: f64,
    /// Records that waited at this moment.
    #[schema(required = true)]
    pub lag_records: Option<u64>,
    /// How old the oldest of them was.
    #[schema(required = true)]
    pub lag_seconds: Option<f64>,
}

/// What is well or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PipelineCheck {
    /// `queue`, `store`, `worker`, `catalog` or `disk`.
    #[schema(example = "queue")]
    pub part: &'static str,
    /// `ok`, `warning` or `failed`.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// What is the matter, for people.
    pub message: String,
}
