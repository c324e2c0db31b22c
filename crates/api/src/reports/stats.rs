//! `GET /stats`: a site's page views, visitors and top paths, of all time or of one day.

use axum::Json;
use millrace_query::{Dimension, Filter, Metric, Range};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::openapi::REPORTS;
use crate::parameters::{Day, Limit, SiteId, TopLimit};
use crate::reader::{Ranked, Reader};

/// Views, visitors and top paths
///
/// Of everything, or of one day in the site's zone.
#[utoipa::path(
    get, path = "/stats", tag = REPORTS,
    params(SiteId, Day, TopLimit),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The figures.", body = Stats), Failure),
)]
pub(crate) async fn stats(
    reader: Reader,
    Day(date): Day,
    Limit(limit): TopLimit,
) -> Result<Json<Stats>, Failure> {
    let range = date.map_or(Range::All, Range::Day);
    let (totals, paths) = tokio::try_join!(
        reader.totals(range, &[Metric::Pageviews, Metric::Visitors]),
        top_pages(&reader, range, limit)
    )?;
    Ok(Json(Stats {
        site_id: reader.site().id.to_string(),
        date: date.map(|date| date.to_string()),
        total_views: totals.count(0),
        unique_users: totals.count(1),
        top_paths: paths.into_iter().map(|path| PathViews { path: path.value, views: path.count }).collect(),
    }))
}

/// The paths with the most page views.
pub(super) async fn top_pages(reader: &Reader, range: Range, limit: usize) -> Result<Vec<Ranked>, Failure> {
    let pageviews = Filter::Is(Dimension::Name, vec!["pageview".to_owned()]);
    reader.top(range, Dimension::Page, pageviews, limit).await
}

/// A site's figures.
#[derive(Serialize, ToSchema)]
pub(crate) struct Stats {
    /// The site.
    #[schema(example = "demo")]
    site_id: String,
    /// The day; null where the figures are of everything.
    #[schema(required = true, format = Date, example = "2026-11-20")]
    date: Option<String>,
    /// Page views.
    total_views: u64,
    /// Visitors.
    unique_users: u64,
    /// The paths with the most views, ties by path.
    top_paths: Vec<PathViews>,
}

/// A path's views.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathViews {
    /// The path.
    #[schema(example = "/pricing")]
    path: String,
    /// Its page views.
    views: u64,
}
