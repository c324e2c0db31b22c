//! Every route of the whole server.

use crate::support::{Server, request};

const ROUTES: [&str; 18] = [
    "/api/events",
    "/event",
    "/script.js",
    "/script.clicks.js",
    "/script.vitals.js",
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

/// Routes of a site that whoever may read its reports may read; changes want a key.
const OF_A_PUBLIC_SITE: [&str; 3] =
    ["/api/v1/sites/{id}/goals", "/api/v1/sites/{id}/segments", "/api/v1/sites/{id}/annotations"];

/// Routes whose question is JSON, each with one that is right.
const OF_QUESTIONS: [(&str, &str); 6] = [
    ("/api/v2/query", r#"{"site_id":"demo","metrics":["visitors"],"date_range":"7d"}"#),
    (
        "/api/v1/funnels/query",
        r#"{"site_id":"demo","date_range":"7d","steps":[{"filters":[]},{"filters":[]}]}"#,
    ),
    ("/api/v1/retention/query", r#"{"site_id":"demo","date_range":"7d"}"#),
    ("/api/v1/journeys/query", r#"{"site_id":"demo","date_range":"7d"}"#),
    ("/api/v1/activity/query", r#"{"site_id":"demo","date_range":"7d"}"#),
    ("/api/v1/engagement/query", r#"{"site_id":"demo","date_range":"7d"}"#),
];

/// Routes that want a key of the site, public or not.
const OF_A_SITE: [&str; 13] = [
    "/api/v1/sites/{id}/settings",
    "/api/v1/sites/{id}/schema",
    "/api/v1/sites/{id}/schemas",
    "/api/v1/sites/{id}/schemas/{event}",
    "/api/v1/sites/{id}/discards",
    "/api/v1/sites/{id}/discards/replay",
    "/api/v1/sites/{id}/keys",
    "/api/v1/sites/{id}/keys/{key}",
    "/api/v1/sites/{id}/annotations/{annotation}",
    "/api/v1/sites/{id}/dead-letters",
    "/api/v1/sites/{id}/rejects",
    "/api/v1/sites/{id}/goals/{goal}",
    "/api/v1/sites/{id}/segments/{segment}",
];

/// Sites, the pipeline, lists, live figures, export and SQL: method, route, path, body and answer. The last two want a key, public or not.
const OF_LISTS: [(&str, &str, &str, &str, u16); 14] = [
    ("GET", "/api/v1/sites", "/api/v1/sites", "", 200),
    ("GET", "/api/v1/sites/{id}", "/api/v1/sites/demo", "", 200),
    ("PATCH", "/api/v1/sites/{id}", "/api/v1/sites/demo", "{}", 401),
    ("GET", "/api/v1/pipeline", "/api/v1/pipeline?site_id=demo", "", 200),
    ("POST", "/api/v1/events/query", "/api/v1/events/query", LISTED, 200),
    ("POST", "/api/v1/sessions/query", "/api/v1/sessions/query", LISTED, 200),
    ("POST", "/api/v1/visitors/query", "/api/v1/visitors/query", LISTED, 200),
    ("GET", "/api/v1/sessions/{session_id}", "/api/v1/sessions/00000000000000ff?site_id=demo", "", 404),
    ("GET", "/api/v1/visitors/{visitor_id}", "/api/v1/visitors/00000000000000ff?site_id=demo", "", 404),
    // No WebSocket, and a stream without end that has no beginning either.
    ("GET", "/api/v1/live", "/api/v1/live?site_id=demo", "", 426),
    ("GET", "/api/v1/live/events", "/api/v1/live/events?site_id=demo&cursor=x", "", 400),
    ("GET", "/api/v1/live/figures", "/api/v1/live/figures?site_id=demo", "", 200),
    ("GET", "/api/v1/export/events", "/api/v1/export/events?site_id=demo", "", 401),
    ("POST", "/api/v1/sql", "/api/v1/sql", r#"{"site_id":"demo","query":"SELECT 1"}"#, 401),
];

const LISTED: &str = r#"{"site_id":"demo","date_range":"7d"}"#;

/// Routes of other systems' clients, each with a body or none, and its own answer. Those without `true` are other
/// spellings, which the description leaves out.
const OF_CLIENTS: [(&str, &str, &str, u16, bool); 37] = {
    const PLAUSIBLE: &str = r#"{"n":"pageview","u":"/","d":"demo"}"#;
    const SEGMENT: &str = r#"{"type":"track","event":"x","userId":"u","writeKey":"demo"}"#;
    const SEGMENT_BATCH: &str = r#"{"batch":[{"type":"track","event":"x","userId":"u"}],"writeKey":"demo"}"#;
    const POSTHOG: &str = r#"{"event":"x","distinct_id":"u","api_key":"demo"}"#;
    const UMAMI: &str = r#"{"type":"event","payload":{"website":"demo","url":"/"}}"#;
    const UMAMI_BATCH: &str = r#"[{"type":"event","payload":{"website":"demo","url":"/"}}]"#;
    [
        ("/api/event", "/api/event", PLAUSIBLE, 202, true),
        ("/v1/{type}", "/v1/track", SEGMENT, 200, true),
        ("/v1/{type}", "/v1/page/", SEGMENT, 200, true),
        ("/v1/{type}", "/v1/t", SEGMENT, 200, true),
        ("/v1/batch", "/v1/batch", SEGMENT_BATCH, 200, true),
        ("/v1/batch/", "/v1/batch/", SEGMENT_BATCH, 200, false),
        ("/v1/import", "/v1/import", SEGMENT_BATCH, 200, false),
        ("/v1/b", "/v1/b", SEGMENT_BATCH, 200, false),
        ("/t", "/t", SEGMENT, 200, false),
        ("/p", "/p", SEGMENT, 200, false),
        ("/i", "/i", SEGMENT, 200, false),
        ("/g", "/g", SEGMENT, 200, false),
        ("/a", "/a", SEGMENT, 200, false),
        ("/s", "/s", SEGMENT, 200, false),
        ("/b", "/b", SEGMENT_BATCH, 200, false),
        ("/api/s/{type}", "/api/s/track", SEGMENT, 200, true),
        ("/api/s/s2s/{type}", "/api/s/s2s/batch", SEGMENT_BATCH, 200, false),
        ("/v1/projects/{write_key}/settings", "/v1/projects/demo/settings", "", 200, true),
        ("/batch", "/batch", POSTHOG, 200, false),
        ("/batch/", "/batch/", POSTHOG, 200, true),
        ("/e", "/e", POSTHOG, 200, false),
        ("/e/", "/e/", POSTHOG, 200, false),
        ("/i/v0/e", "/i/v0/e", POSTHOG, 200, false),
        ("/i/v0/e/", "/i/v0/e/", POSTHOG, 200, true),
        ("/capture", "/capture", POSTHOG, 200, false),
        ("/capture/", "/capture/", POSTHOG, 200, false),
        ("/track", "/track", POSTHOG, 200, false),
        ("/track/", "/track/", POSTHOG, 200, false),
        ("/engage", "/engage", POSTHOG, 200, false),
        ("/engage/", "/engage/", POSTHOG, 200, false),
        ("/s/", "/s/", POSTHOG, 200, false),
        ("/flags", "/flags", "", 200, false),
        ("/flags/", "/flags/?v=2", "", 200, true),
        ("/decide/", "/decide/", "", 200, false),
        ("/array/{token}/config", "/array/demo/config", "", 200, true),
        ("/api/send", "/api/send", UMAMI, 200, true),
        ("/api/batch", "/api/batch", UMAMI_BATCH, 200, true),
    ]
};

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
    for (route, question) in OF_QUESTIONS {
        assert!(described.contains_key(route), "{route} is not in /openapi.json");
        let answer = request(server.addr(), "POST", route, &[], question.as_bytes()).expect("an answer");
        assert_eq!(answer.status, 200, "{route}: {}", answer.text());
    }
    for route in OF_A_SITE {
        assert!(described.contains_key(route), "{route} is not in /openapi.json");
        let has = |method: &&str| described[route].get(method.to_lowercase()).is_some();
        let method = ["GET", "POST", "DELETE"].into_iter().find(has).expect("a method");
        let answer =
            request(server.addr(), method, &route.replace("{id}", "demo"), &[], b"").expect("an answer");
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (401, &"key_missing".into()), "{route}");
    }
    for route in OF_A_PUBLIC_SITE {
        assert!(described.contains_key(route), "{route} is not in /openapi.json");
        let path = route.replace("{id}", "demo");
        assert_eq!(server.get(&path).status, 200, "{route}");
        let answer = request(server.addr(), "POST", &path, &[], b"{}").expect("an answer");
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (401, &"key_missing".into()), "{route}");
    }
    for (method, route, path, body, status) in OF_LISTS {
        assert!(described.contains_key(route), "{route} is not in /openapi.json");
        let answer = request(server.addr(), method, path, &[], body.as_bytes()).expect("an answer");
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    for (route, path, body, status, in_description) in OF_CLIENTS {
        assert_eq!(described.contains_key(route), in_description, "{route}");
        let method = if body.is_empty() { "GET" } else { "POST" };
        let answer = request(server.addr(), method, path, &[], body.as_bytes()).expect("an answer");
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    let listed = |path: &&String| {
        ROUTES.contains(&path.as_str())
            || OF_A_SITE.contains(&path.as_str())
            || OF_A_PUBLIC_SITE.contains(&path.as_str())
            || OF_QUESTIONS.iter().any(|(route, _)| route == path)
            || OF_LISTS.iter().any(|(_, route, ..)| route == path)
            || OF_CLIENTS.iter().any(|(route, ..)| route == path)
    };
    let extra: Vec<_> = described.keys().filter(|path| !listed(path)).collect();
    assert!(extra.is_empty(), "described and not listed here: {extra:?}");
}

#[test]
fn the_dashboard_and_the_documentation_are_served() {
    let server = Server::start();
    for page in ["/", "/sites", "/sites/demo/pages", "/embed/demo", "/docs/"] {
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
