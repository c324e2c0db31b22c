//! `GET /api/v1/live/figures`: what happens on a site now, in one answer.

use axum::Json;
use millrace_query::{Dimension, Filter, Metric, Range, VisitDimension};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::openapi::LIVE;
use crate::parameters::{Minutes, SiteId};
use crate::reader::Reader;
use crate::series::two_decimals;

/// Minutes within which a visitor is there "now".
pub(crate) const CURRENT_MINUTES: u32 = 5;

/// Entries of each list.
pub(crate) const TOP: usize = 10;

/// A site's live figures, of the last minutes
///
/// All of them are of the same minutes, but the current visitors, who are those of the last five.
#[utoipa::path(
    get, path = "/api/v1/live/figures", operation_id = "live_figures", tag = LIVE,
    params(SiteId, Minutes),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The figures.", body = Figures), Failure),
)]
pub(crate) async fn figures(reader: Reader, Minutes(minutes): Minutes) -> Result<Json<Figures>, Failure> {
    let range = Range::Minutes(minutes);
    let metrics = [Metric::Visitors, Metric::Events, Metric::EventsPerMinute, Metric::AvgDuration];
    let top = |metric, dimension| top(&reader, range, metric, dimension);
    let views = Filter::Is(Dimension::Name, vec!["pageview".to_owned()]);
    let visit = Dimension::Visit;
    let (current, totals, top_pages, top_sources, top_elements, top_countries, top_events) = tokio::try_join!(
        reader.totals(Range::Minutes(CURRENT_MINUTES), &[Metric::Visitors]),
        reader.totals(range, &metrics),
        reader.top(range, Dimension::Page, views, TOP),
        top(Metric::Visitors, visit(VisitDimension::Source)),
        reader.top(range, Dimension::Element, Filter::all(), TOP),
        top(Metric::Visitors, visit(VisitDimension::Country)),
        reader.top(range, Dimension::Name, Filter::all(), TOP),
    )?;
    let metric = |place: usize| two_decimals(totals.metrics.get(place).copied().flatten().unwrap_or(0.0));
    let named = |list: Vec<crate::reader::Ranked>| {
        list.into_iter().map(|entry| Named { name: entry.value, count: entry.count }).collect()
    };
    Ok(Json(Figures {
        current_visitors: current.count(0),
        visitors: totals.count(0),
        events: totals.count(1),
        events_per_minute: metric(2),
        avg_duration: metric(3),
        top_pages: named(top_pages),
        top_sources,
        top_elements: named(top_elements),
        top_countries,
        top_events: named(top_events),
    }))
}

/// The values of `dimension` with the most of `metric`, ties by value.
async fn top(
    reader: &Reader,
    range: Range,
    metric: Metric,
    dimension: Dimension,
) -> Result<Vec<Named>, Failure> {
    let query = reader.check(range, vec![metric], vec![dimension], Filter::all(), TOP)?;
    let named = reader.run(&query).await?.into_iter().filter_map(|row| {
        Some(Named { name: row.dimensions.first()?.text()?.to_owned(), count: row.count(0) })
    });
    Ok(named.collect())
}

/// What happens on a site now.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveFiguresOfMinutes)]
pub(crate) struct Figures {
    /// Distinct visitors of the last five minutes, whatever `minutes` is.
    current_visitors: u64,
    /// Distinct visitors.
    visitors: u64,
    /// Events.
    events: u64,
    /// Events a minute, with two decimals.
    events_per_minute: f64,
    /// The mean duration, in seconds with two decimals, of the events that have one; 0 where none has.
    avg_duration: f64,
    /// The ten pages with the most page views; `count` is these.
    top_pages: Vec<Named>,
    /// The ten sources of sessions with the most visitors; `count` is these.
    top_sources: Vec<Named>,
    /// The ten elements with the most events; `count` is these.
    top_elements: Vec<Named>,
    /// The ten countries with the most visitors; `count` is these.
    top_countries: Vec<Named>,
    /// The ten most frequent names of events; `count` is events.
    top_events: Vec<Named>,
}

/// A value and how many there are of it.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveCount)]
pub(crate) struct Named {
    /// The value.
    #[schema(example = "/pricing")]
    pub(crate) name: String,
    /// How many.
    pub(crate) count: u64,
}
