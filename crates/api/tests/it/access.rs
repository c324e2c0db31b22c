//! Who may read what.

use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;

use crate::support::{App, Setup};

fn private(id: &str) -> Site {
    Site { public: false, ..site(id) }
}

async fn app(sites: Vec<Site>) -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.keys = vec![
        ("r", "shop", Read),
        ("w", "shop", Write),
        ("a", "shop", Admin),
        ("b", "blog", Read),
        ("d", "demo", Write),
    ];
    let known: Vec<_> = sites.iter().map(|site| site.id.as_str().to_owned()).collect();
    setup.keys.retain(|(_, site, _)| known.iter().any(|known| known == site));
    setup.sites = sites;
    setup.app()
}

/// What `/stats` answers: the site, or the error.
async fn ask(app: &App, query: &str, headers: &[(&str, &[u8])]) -> String {
    let path = format!("/stats{query}");
    let answer = app.get_with(&path, headers).await;
    if answer.status.is_success() {
        return answer.json()["site_id"].as_str().unwrap().to_owned();
    }
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("www-authenticate"), (answer.status == 401).then_some("Bearer"));
    let (status, code, field) = answer.error();
    format!("{status} {code} {}", field.as_deref().unwrap_or("-"))
}

#[tokio::test]
async fn the_table_of_access() {
    let app = app(vec![site("demo"), private("shop"), private("blog")]).await;
    let key = |key: &'static [u8]| vec![("x-api-key", key)];
    let bearer = |value: &'static [u8]| vec![("authorization", value)];
    for (query, headers, expected) in [
        // A public site is read by anyone, whatever comes along.
        ("?site_id=demo", vec![], "demo"),
        ("?site_id=demo", key(b"nonsense"), "demo"),
        ("?site_id=demo", key(b"r"), "demo"),
        ("?site_id=demo", key(b"d"), "demo"),
        // A private one needs a key of its own that may read.
        ("?site_id=shop", vec![], "401 key_missing -"),
        ("?site_id=shop", key(b""), "401 key_missing -"),
        ("?site_id=shop", key(b"r"), "shop"),
        ("?site_id=shop", key(b"a"), "shop"),
        ("?site_id=shop", key(b" r "), "shop"),
        ("?site_id=shop", bearer(b"Bearer r"), "shop"),
        ("?site_id=shop", bearer(b"bearer  a"), "shop"),
        ("?site_id=shop", key(b"w"), "401 key_cannot_read -"),
        ("?site_id=shop", key(b"R"), "401 key_unknown -"),
        ("?site_id=shop", key(b"\xff\xfe"), "401 key_unknown -"),
        ("?site_id=shop", key(b"b"), "401 key_of_another_site site_id"),
        ("?site_id=shop", key(b"d"), "401 key_of_another_site site_id"),
        ("?site_id=shop", bearer(b"Basic cjo="), "401 key_missing -"),
        ("?site_id=shop", bearer(b"Bearer"), "401 key_missing -"),
        ("?site_id=shop", bearer(b"Bearer x"), "401 key_unknown -"),
        // The header of its own wins.
        ("?site_id=shop", vec![("x-api-key", b"r"), ("authorization", b"Bearer x")], "shop"),
        ("?site_id=shop", vec![("x-api-key", b"x"), ("authorization", b"Bearer r")], "401 key_unknown -"),
        ("?site_id=shop", vec![("x-api-key", b""), ("authorization", b"Bearer r")], "shop"),
        // Without a site the key decides.
        ("", key(b"r"), "shop"),
        ("", key(b"b"), "blog"),
        ("", key(b"d"), "demo"),
        ("", key(b"w"), "401 key_cannot_read -"),
        ("", key(b"x"), "401 key_unknown -"),
        ("", vec![], "400 site_missing site_id"),
        ("?site_id=", vec![], "400 site_missing site_id"),
        // Ids are compared to the letter.
        ("?site_id=nobody", vec![], "404 site_unknown site_id"),
        ("?site_id=nobody", key(b"r"), "404 site_unknown site_id"),
        ("?site_id=DEMO", vec![], "404 site_unknown site_id"),
    ] {
        assert_eq!(ask(&app, query, &headers).await, expected, "{query} {headers:?}");
    }
}

#[tokio::test]
async fn a_single_site_need_not_be_named() {
    assert_eq!(ask(&app(vec![site("demo")]).await, "", &[]).await, "demo");
    let shop = app(vec![private("shop")]).await;
    assert_eq!(ask(&shop, "", &[]).await, "401 key_missing -");
    assert_eq!(ask(&shop, "", &[("x-api-key", b"x")]).await, "401 key_unknown -");
    assert_eq!(ask(&shop, "", &[("x-api-key", b"r")]).await, "shop");
    assert_eq!(ask(&app(Vec::new()).await, "", &[]).await, "400 site_missing site_id");
}

#[tokio::test]
async fn every_report_asks_for_the_key() {
    let app = app(vec![private("shop"), private("blog")]).await;
    for path in [
        "/stats",
        "/analytics/summary",
        "/analytics/timeseries",
        "/analytics/top-pages",
        "/analytics/recent",
        "/metrics/realtime",
        "/metrics/hourly",
        "/metrics/summary",
        "/events/recent",
        "/metrics",
    ] {
        // A wrong parameter is nobody's business who may not read.
        for query in ["?site_id=shop", "?site_id=shop&limit=x&range=x&date=x"] {
            let path = format!("{path}{query}");
            let answer = app.get_with(&path, &[("accept", b"application/json"), ("x-api-key", b"b")]).await;
            assert_eq!(answer.error().1, "key_of_another_site", "{path}");
        }
        let path = format!("{path}?site_id=shop");
        let answer = app.get_with(&path, &[("accept", b"application/json"), ("x-api-key", b"r")]).await;
        assert_eq!(answer.status, 200, "{path}");
    }
}
