//! `GET /api/v1/export/events`: every event of a period, as a file that is written while it is read.
//!
//! Memory is bounded by a few pieces of what the store reads and what is written of them. There is no deadline for the
//! whole, but one for each piece, in both directions: a store that stands still, and a caller who takes nothing, end
//! it. An export that fails in its middle breaks the connection: what looked complete would be taken for complete.

mod csv;
mod ndjson;
mod parquet;
mod stream;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use millrace_event::{Event, Timestamp};
use millrace_query::Period;
use millrace_store::StoreError;
use millrace_store::lists::EventList;

use super::asking::Asking;
use crate::Shared;
use crate::access::held_named_site;
use crate::error::{ErrorBody, Failure};
use crate::openapi::REPORTS;
use crate::parameters::{ByFormat, DateRange, Ends, ExportFormat, Filters, SiteId};

/// How many exports run at once in a process.
pub(crate) const EXPORTS_AT_ONCE: usize = 2;

/// Writes events in one format.
trait Encoder: Send + 'static {
    /// What these events, the next ones, add to the file; may be nothing for now.
    fn events(&mut self, events: &[Event]) -> Result<Vec<u8>, StoreError>;

    /// What ends the file.
    fn end(self: Box<Self>) -> Result<Vec<u8>, StoreError>;
}

/// Exports events
///
/// The events of a period that pass the filters, the first first; of one instant, in order of arrival. Needs a read or
/// admin key, also on a public site. Two exports run at once. A transfer that breaks off is incomplete.
#[utoipa::path(
    get, path = "/api/v1/export/events", operation_id = "export_events", tag = REPORTS,
    params(SiteId, DateRange<7>, Ends, Filters, ByFormat<ExportFormat>),
    security(("key" = []), ("bearer" = [])),
    responses(
        (
            status = 200,
            description = "The events as a file: a JSON object a line, as `POST /api/events` takes them; or CSV, \
                           names of the columns first; or Parquet.",
            content(
                (String = "application/x-ndjson"),
                (String = "text/csv"),
                (Vec<u8> = "application/vnd.apache.parquet"),
            ),
        ),
        (
            status = 429,
            description = "Two exports are under way.",
            body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds to wait before another try.")),
        ),
        Failure,
    ),
)]
pub(crate) async fn events(
    State(shared): State<Arc<Shared>>,
    SiteId(site_id): SiteId,
    DateRange(date_range): DateRange<7>,
    Ends(ends): Ends,
    Filters(filters): Filters,
    ByFormat(format): ByFormat<ExportFormat>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let asking = Asking::new(&shared, site_id.as_deref(), &headers, held_named_site)?;
    let selection = asking.selection(&ends.unwrap_or(date_range), filters.as_ref(), None)?;
    let turn = Arc::clone(&shared.exports).try_acquire_owned().map_err(|_| Failure::Busy {
        code: "export_busy",
        message: "two exports are under way: wait until one of them has ended",
    })?;
    let name = file_name(&asking, &selection.period, format).await?;
    let list = EventList { selection, newest_first: false, limit: None, offset: 0 };
    let reader = &asking.reader;
    // With its first piece: a store that fails at once gets its own status.
    let opened = reader.within_deadline(async {
        let mut pieces = reader.lists().events(&list).await?;
        let first = pieces.next().await.transpose()?;
        Ok(futures::stream::iter(first.map(Ok)).chain(pieces).boxed())
    });
    let (kind, encoder): (_, Box<dyn Encoder>) = match format {
        ExportFormat::Ndjson => ("application/x-ndjson", Box::new(ndjson::Lines)),
        ExportFormat::Csv => (crate::csv::TYPE, Box::new(csv::Table::default())),
        ExportFormat::Parquet => ("application/vnd.apache.parquet", Box::new(parquet::File::new()?)),
    };
    let body = Body::from_stream(stream::bytes(opened.await?, encoder, turn));
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, body).into_response())
}

/// What browsers call the file: site, first and last day on the site's clock, format.
async fn file_name(asking: &Asking, period: &Period, format: ExportFormat) -> Result<String, Failure> {
    let reader = &asking.reader;
    let site = reader.site();
    let (first, last) = match *period == Period::ALL {
        true => {
            let span = reader.within_deadline(reader.lists().span(&site.id)).await?;
            span.unwrap_or((reader.now(), reader.now()))
        }
        false => (period.from, period.to.plus_millis(-1)),
    };
    let day = |at: Timestamp| {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
        at.to_zoned(site.timezone.clone()).date()
    };
    let extension = match format {
        ExportFormat::Ndjson => "ndjson",
        ExportFormat::Csv => "csv",
        ExportFormat::Parquet => "parquet",
    };
    // The one character of a site's id that some systems have no files with.
    let id = site.id.as_str().replace(':', "-");
    Ok(format!("attachment; filename=\"{id}-events-{}-{}.{extension}\"", day(first), day(last)))
}
