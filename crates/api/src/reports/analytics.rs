//! `GET /analytics/summary`, `/analytics/timeseries`, `/analytics/top-pages`.

use axum::Json;
use millrace_event::time::DAY_MS;
use millrace_query::{Dimension, Filter, Metric, Range};
use serde::Serialize;
use utoipa::ToSchema;

use super::stats::top_pages as most_viewed;
use crate::cache::answers::{Answer, Body};
use crate::error::Failure;
use crate::openapi::REPORTS;
use crate::parameters::{Back, Limit, MOST, SiteId, TopLimit};
use crate::reader::Reader;
use crate::series::starts;

/// All events, those of the last 24 hours, and their types
#[utoipa::path(
    get, path = "/analytics/summary", tag = REPORTS,
    params(SiteId),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The summary.", body = AnalyticsSummary), Failure),
)]
pub(crate) async fn summary(reader: Reader) -> Result<Json<AnalyticsSummary>, Failure> {
    // The last 24 hours are those of the moment of computing: a kept answer is about an earlier moment as a whole.
    let answer = reader.answer(reader.question("analytics/summary"), async {
        let (all, day, types) = tokio::try_join!(
            reader.totals(Range::All, &[Metric::Events]),
            reader.totals(reader.last(DAY_MS), &[Metric::Events]),
            reader.top(Range::All, Dimension::Name, Filter::all(), MOST),
        )?;
        let by_type = types.into_iter().map(|kind| TypeCount { event_type: kind.value, count: kind.count });
        Ok(EventSummary {
            total_events: all.count(0),
            last_24_hours: day.count(0),
            by_type: by_type.collect(),
        })
    });
    let Answer { cached, body: summary } = Box::pin(answer).await?;
    Ok(Json(AnalyticsSummary { cached, summary }))
}

/// Events over time
///
/// By hour for `24h`, by day in the site's zone for `7d` and `30d`. Every bucket is there, the empty ones too.
#[utoipa::path(
    get, path = "/analytics/timeseries", tag = REPORTS,
    params(SiteId, Back),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The series, oldest first.", body = Timeseries), Failure),
)]
pub(crate) async fn timeseries(reader: Reader, back: Back) -> Result<Json<Timeseries>, Failure> {
    let query = reader.series_query(back.range(), back.interval())?;
    let buckets: Vec<_> = starts(&query).collect();
    let question = reader.question("analytics/timeseries").text(back.name()).instants(&buckets);
    let answer = reader.answer(question, async {
        let series = reader.series(&query).await?;
        let data = series.into_iter().map(|(start, count)| Point { time: start.to_string(), count });
        Ok(Series { range: back.name(), interval: back.interval().name(), data: data.collect() })
    });
    let Answer { cached, body: result } = answer.await?;
    Ok(Json(Timeseries { cached, result }))
}

/// The pages with the most views
#[utoipa::path(
    get, path = "/analytics/top-pages", tag = REPORTS,
    params(SiteId, TopLimit),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The pages, most views first, ties by path.", body = TopPages), Failure),
)]
pub(crate) async fn top_pages(reader: Reader, Limit(limit): TopLimit) -> Result<Json<TopPages>, Failure> {
    let answer = reader.answer(reader.question("analytics/top-pages").number(limit), async {
        let pages = most_viewed(&reader, Range::All, limit).await?;
        let pages = pages.into_iter().map(|page| PageCount { page_url: page.value, count: page.count });
        Ok(pages.collect::<Vec<_>>())
    });
    let Answer { cached, body: pages } = answer.await?;
    Ok(Json(TopPages { cached, pages }))
}

/// `GET /analytics/summary`
#[derive(Serialize, ToSchema)]
pub(crate) struct AnalyticsSummary {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The figures.
    #[schema(value_type = EventSummary)]
    summary: Body,
}

/// A site's events.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventSummary {
    /// All of them.
    total_events: u64,
    /// Those that happened within the last 24 hours.
    last_24_hours: u64,
    /// The most frequent types, up to 1,000.
    by_type: Vec<TypeCount>,
}

/// A type's events.
#[derive(Serialize, ToSchema)]
pub(crate) struct TypeCount {
    /// The event's name.
    #[schema(example = "pageview")]
    event_type: String,
    /// Its events.
    count: u64,
}

/// `GET /analytics/timeseries`
#[derive(Serialize, ToSchema)]
pub(crate) struct Timeseries {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The series.
    #[schema(value_type = Series)]
    result: Body,
}

/// Events over time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Series {
    /// The range asked for.
    #[schema(example = "24h")]
    range: &'static str,
    /// The width of a bucket: `hour` or `day`.
    #[schema(example = "hour")]
    interval: &'static str,
    /// The buckets, oldest first.
    data: Vec<Point>,
}

/// A bucket.
#[derive(Serialize, ToSchema)]
pub(crate) struct Point {
    /// Its first instant, UTC.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00Z")]
    time: String,
    /// Its events.
    count: u64,
}

/// `GET /analytics/top-pages`
#[derive(Serialize, ToSchema)]
pub(crate) struct TopPages {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The pages.
    #[schema(value_type = Vec<PageCount>)]
    pages: Body,
}

/// A page's views.
#[derive(Serialize, ToSchema)]
pub(crate) struct PageCount {
    /// Its path.
    #[schema(example = "/pricing")]
    page_url: String,
    /// Its page views.
    count: u64,
}
