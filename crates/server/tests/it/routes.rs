//! Every route of the whole server.

use crate::support::{Server, request};

const ROUTES: [&str; 15] = [
    "/api/events",
    "/event",
    "/stats",
    "/analytics/summary",
    "/analytics/top-pages",
    "/analytics/timeseries",
    "/analytics/recent",
    "/metrics/realtime",
    "/metrics/hourly",
    "/metrics/summary",
    "/events/recent",
    "/metrics",
    "/healthz",
    "/readyz",
    "/openapi.json",
];

/// Routes that want a key of the site, public or not.
const OF_A_SITE: [&str; 4] = [
    "/api/v1/sites/{id}/settings",
    "/api/v1/sites/{id}/schema",
    "/api/v1/sites/{id}/schemas",
    "/api/v1/sites/{id}/schemas/{event}",
];

#[test]
fn every_route_is_described_and_answers() {
    let server = Server::start();
    let document = server.get_json("/openapi.json");
    let described = document["paths"].as_object().expect("paths");
    for route in ROUTES {
        assert!(described.contains_key(route), "{route} is not in /openapi.json");
        let answer = if route.starts_with("/api/") || route == "/event" {
            request(server.addr(), "POST", route, &[], b"{\"name\":\"pageview\"}").expect("an answer")
        } else {
            server.get(&format!("{route}?site_id=demo"))
        };
        assert!((200..300).contains(&answer.status) || route == "/readyz", "{route}: {}", answer.text());
    }
    for route in OF_A_SITE {
        assert!(described.contains_key(route), "{route} is not in /openapi.json");
        let answer = server.get(&route.replace("{id}", "demo"));
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (401, &"key_missing".into()), "{route}");
    }
    let listed = |path: &&String| ROUTES.contains(&path.as_str()) || OF_A_SITE.contains(&path.as_str());
    let extra: Vec<_> = described.keys().filter(|path| !listed(path)).collect();
    assert!(extra.is_empty(), "described and not listed here: {extra:?}");
}

#[test]
fn the_dashboard_and_the_documentation_are_served() {
    let server = Server::start();
    for page in ["/", "/docs/"] {
        let answer = server.get(page);
        assert_eq!(answer.status, 200, "{page}");
        assert!(
            answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")),
            "{page}: {}",
            answer.head
        );
    }
    let answer = server.get("/no-such-page");
    assert_eq!((answer.status, answer.json()["error"]["code"].is_string()), (404, true));
}

#[test]
fn cors_is_open_on_ingestion_only() {
    let server = Server::start();
    let origin = [("origin", "https://shop.example"), ("access-control-request-method", "POST")];
    let preflight = request(server.addr(), "OPTIONS", "/api/events", &origin, b"").expect("an answer");
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"), "{}", preflight.head);
    let report = request(server.addr(), "GET", "/stats?site_id=demo", &origin[..1], b"").expect("an answer");
    assert_eq!(report.header("access-control-allow-origin"), None);
}
