//! The questions as requests. `bench/compare` asks the same.

use serde_json::{Value, json};

use crate::wire::post_to;

/// Where the metrics of `totals` and `days` have the page views.
pub(crate) const PAGEVIEWS_OF_TOTALS: usize = 2;
pub(crate) const PAGEVIEWS_OF_DAYS: usize = 1;

/// What a dashboard asks besides totals and days: dimension and metrics, of which the first ten rows are shown.
const TABLES: [(&str, &str, &[&str]); 9] = [
    ("pages", "event:page", &["visitors", "pageviews"]),
    ("entry_pages", "visit:entry_page", &["visitors"]),
    ("source", "visit:source", &["visitors"]),
    ("channel", "visit:channel", &["visitors"]),
    ("country", "visit:country", &["visitors"]),
    ("browser", "visit:browser", &["visitors"]),
    ("os", "visit:os", &["visitors"]),
    ("device", "visit:device", &["visitors"]),
    ("events", "event:name", &["events"]),
];

/// A question about visitors' ways.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WalkQuestion {
    /// Its name.
    pub(crate) name: &'static str,
    path: &'static str,
    rest: fn() -> Value,
}

/// A funnel of three steps.
pub(crate) const FUNNEL: WalkQuestion = WalkQuestion {
    name: "funnel",
    path: "/api/v1/funnels/query",
    rest: || {
        json!({"window": "7d", "steps": [
            {"filters": [["is", "event:page", ["/"]]]},
            {"filters": [["is", "event:name", ["pageview"]], ["contains", "event:page", ["/products/"]]]},
            {"filters": [["is", "event:name", ["button_click"]]]},
        ]})
    },
};

/// Weekly retention.
pub(crate) const RETENTION: WalkQuestion =
    WalkQuestion { name: "retention", path: "/api/v1/retention/query", rest: || json!({"interval": "week"}) };

impl WalkQuestion {
    /// The request for a site.
    pub(crate) fn request(&self, site: &str) -> Vec<u8> {
        request(self.path, site, (self.rest)())
    }
}

/// A dashboard's questions about a site, by name.
pub(crate) fn overview(site: &str) -> Vec<(&'static str, Vec<u8>)> {
    let query = |rest| request("/api/v2/query", site, rest);
    let totals = query(json!({
        "metrics": ["visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration"],
        "include": {"comparisons": {"mode": "previous_period"}},
    }));
    let days = query(json!({"metrics": ["visitors", "pageviews"], "dimensions": ["time:day"]}));
    let tables = TABLES.iter().map(|(name, dimension, metrics)| {
        let ten = json!({"limit": 10, "offset": 0});
        (*name, query(json!({"metrics": metrics, "dimensions": [dimension], "pagination": ten})))
    });
    [("totals", totals), ("days", days)].into_iter().chain(tables).collect()
}

/// A request about thirty days of a site.
fn request(path: &str, site: &str, mut body: Value) -> Vec<u8> {
    body["site_id"] = site.into();
    body["date_range"] = "30d".into();
    post_to(path, body.to_string().as_bytes())
}
