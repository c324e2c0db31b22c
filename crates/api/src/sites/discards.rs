//! `GET /api/v1/sites/{id}/discards`: events that were deliberately not counted, by reason.
//!
//! Samples show what visitors sent, and details what the owner's rules say: so a key is needed, as for all of a site's
//! own matters.

use axum::Json;
use millrace_event::record;
use millrace_store::discards::{Kept, Reason, ReasonReport, Replay, Report};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::Holder;
use crate::error::Failure;
use crate::openapi::SITES;
use crate::parameters::Span;
use crate::reader::within_deadline;

/// Events that were not counted, and why
///
/// Counts are exact. The events themselves are kept for a week, the newest 10,000 of a site; what is said of held ones
/// is about these.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/discards", operation_id = "read_discards", tag = SITES,
    params(("id" = String, Path, description = "The site."), Span),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The reasons, most events first.", body = Discards), Failure),
)]
pub(crate) async fn report(holder: Holder, Span(back): Span) -> Result<Json<Discards>, Failure> {
    let Holder { shared, site } = holder;
    let api = &shared.api;
    let now = (api.clock)();
    let deadline = Instant::now() + api.limits.query_timeout;
    // The current hour is one of them.
    let since = now.plus_millis(-(back.hours() - 1) * 3_600_000);
    let report = within_deadline(&shared, deadline, api.store.discards().report(&site.id, since)).await?;
    let Report { since, reasons, held, oldest } = report;
    Ok(Json(Discards {
        site_id: site.id.to_string(),
        from: since.to_string(),
        to: now.to_string(),
        total: reasons.iter().map(|of| of.count).sum(),
        reasons: reasons.into_iter().map(DiscardReason::from).collect(),
        window: DiscardWindow { held, oldest: oldest.map(|oldest| oldest.to_string()) },
    }))
}

/// What was not counted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Discards {
    /// The site.
    #[schema(example = "demo")]
    site_id: String,
    /// The start of the first hour that is counted here.
    #[schema(format = DateTime)]
    from: String,
    /// Now.
    #[schema(format = DateTime)]
    to: String,
    /// Events, of all reasons.
    total: u64,
    /// Most events first.
    reasons: Vec<DiscardReason>,
    /// What is kept of the site, whenever it arrived.
    window: DiscardWindow,
}

/// One reason.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiscardReason {
    /// The stable word.
    #[schema(example = "robot")]
    reason: String,
    /// What it says of the events.
    description: &'static str,
    /// Events.
    count: u64,
    /// Those of them that are held.
    held: u64,
    /// Whether held events can be put back on the queue.
    replayable: bool,
    /// Whether the rule judges them again then. One that asks for the address cannot: it lets them pass.
    judged_again: bool,
    /// When the last one arrived.
    #[schema(format = DateTime)]
    last_seen: String,
    /// What of a rule or list decided about the held ones, most events first.
    details: Vec<DiscardDetail>,
    /// The newest of the held ones.
    samples: Vec<DiscardSample>,
}

/// What of a rule or list decided.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiscardDetail {
    /// A pattern, a network, a name of a list.
    #[schema(example = "Googlebot")]
    detail: String,
    /// Held events.
    held: u64,
}

/// A held event as it was sent; without the address, which is never kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiscardSample {
    /// The client's own id, or the one it was given.
    event_id: String,
    /// When it arrived.
    #[schema(format = DateTime)]
    received_at: String,
    /// When it happened.
    #[schema(required = true, format = DateTime)]
    timestamp: Option<String>,
    /// Its name.
    #[schema(required = true, example = "pageview")]
    name: Option<String>,
    /// The page.
    #[schema(required = true)]
    url: Option<String>,
    /// Where the visitor came from.
    #[schema(required = true)]
    referrer: Option<String>,
    /// The user agent.
    #[schema(required = true)]
    user_agent: Option<String>,
    /// The country.
    #[schema(required = true, example = "DE")]
    country: Option<String>,
    /// What of the rule or list decided.
    #[schema(required = true)]
    detail: Option<String>,
}

/// What is kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiscardWindow {
    /// Events.
    held: u64,
    /// When the oldest of them arrived.
    #[schema(required = true, format = DateTime)]
    oldest: Option<String>,
}

impl From<ReasonReport> for DiscardReason {
    fn from(of: ReasonReport) -> Self {
        let Reason { description, replay, .. } = Reason::named(&of.reason);
        let details = of.details.into_iter();
        Self {
            reason: of.reason.into(),
            description,
            count: of.count,
            held: of.held,
            replayable: replay != Replay::Never,
            judged_again: replay == Replay::Judged,
            last_seen: of.last_at.to_string(),
            details: details.map(|(detail, held)| DiscardDetail { detail: detail.into(), held }).collect(),
            samples: of.samples.into_iter().filter_map(sample).collect(),
        }
    }
}

/// Nothing where the record cannot be read, which a newer version wrote.
fn sample(kept: Kept) -> Option<DiscardSample> {
    let received = record::decode(&kept.record).ok()?;
    let id = received.client_id.map(String::from).or_else(|| received.made.map(|made| made.to_string()));
    let country = received.again.and_then(|again| again.place.country);
    Some(DiscardSample {
        event_id: id.unwrap_or_default(),
        received_at: kept.received_at.to_string(),
        timestamp: Some(received.timestamp.to_string()),
        name: Some(received.name.into()),
        url: received.url.map(String::from),
        referrer: received.referrer.map(String::from),
        user_agent: received.user_agent.map(String::from),
        country: country.map(|country| country.as_str().to_owned()),
        detail: Some(String::from(kept.detail)).filter(|detail| !detail.is_empty()),
    })
}
