//! The dashboard's files and the page that shows the API's description.

use std::io::Read;

use axum::Router;
use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use millrace_api::web::{File, embedded, router};
use tower::ServiceExt;

use crate::support::{Answer, Setup};

#[tokio::test]
async fn the_page_is_there_with_or_without_a_built_dashboard() {
    let app = Setup::demo(Vec::new()).await.app();
    let page = app.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<title>Millrace</title>"));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.text().contains("<style") && !page.text().contains(" style="));
    // Everything the page loads is there.
    for piece in page.text().split('"').filter(|piece| piece.starts_with("/assets/")) {
        let asset = app.get(piece).await;
        assert_eq!(asset.status, 200, "{piece}");
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(asset.header("content-security-policy"), None);
    }
    assert!(embedded().iter().any(|file| file.path() == "index.html"));
}

#[tokio::test]
async fn the_page_is_at_its_own_paths_and_may_be_framed_below_embed() {
    let app = Setup::demo(Vec::new()).await.app();
    let page = app.get("/").await;
    let policy = |answer: &Answer| answer.header("content-security-policy").unwrap().to_owned();
    for path in ["/sites", "/sites/", "/sites/demo", "/sites/demo/pages?period=7d", "/sites/a/b/c"] {
        let answer = app.get(path).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &page.body), "{path}");
        assert_eq!((policy(&answer), answer.header("etag")), (policy(&page), page.header("etag")), "{path}");
    }
    let framed = app.get("/embed/demo").await;
    assert_eq!((framed.status.as_u16(), &framed.body), (200, &page.body));
    assert_eq!(policy(&framed), policy(&page).replace("frame-ancestors 'none'", "frame-ancestors *"));
    for path in ["/embed", "/embed/", "/assets/none.js", "/api/v1/none", "/site", "/sites.html"] {
        assert_eq!(app.get(path).await.error().0, 404, "{path}");
    }
    assert_eq!(app.ask("POST", "/sites/demo", "", "").await.error().0, 405);
}

#[tokio::test]
async fn what_is_compressed_already_is_sent_as_it_is() {
    let file = File::new("assets/app-1.js", "text/javascript", "x".repeat(5_000));
    let file = file.with_compressed(Some(b"of brotli".to_vec()), None);
    let ask = async |accepted: &str| {
        let request = Request::get("/assets/app-1.js").header("accept-encoding", accepted);
        let response = router([file.clone()]).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    };
    assert_eq!(ask("br").await, "of brotli".as_bytes());
    let gzip = ask("gzip").await;
    assert_eq!(std::io::read_to_string(flate2::read::GzDecoder::new(&gzip[..])).unwrap(), "x".repeat(5_000));
    assert!(embedded().iter().all(|file| !file.path().ends_with(".br") && !file.path().ends_with(".gz")));
}

fn files() -> Router {
    let script = "console.log('ä');\n".repeat(200);
    router([
        File::new("index.html", "text/html", "<p>page"),
        File::new("assets/app-1.js", "text/javascript", script),
        File::new("assets/{odd}.css", "text/css", "p{}"),
        File::new("picture.png", "image/png", vec![0; 5_000]),
    ])
}

async fn get(path: &str, headers: &[(&str, &str)]) -> (u16, http::HeaderMap, Vec<u8>) {
    let request =
        headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    let response = files().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn text_travels_compressed_where_that_is_understood() {
    let plain = get("/assets/app-1.js", &[]).await.2;
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip;q=1.0, *;q=0.5", Some("gzip")),
        ("GZIP", Some("gzip")),
        ("br;q=0, gzip;q=0.1", Some("gzip")),
        ("br;q=0.0,gzip;q=0", None),
        ("deflate", None),
        ("identity", None),
    ] {
        let (status, headers, body) = get("/assets/app-1.js", &[("accept-encoding", accepted)]).await;
        assert_eq!(status, 200);
        assert_eq!(headers.get("vary").unwrap(), "accept-encoding");
        assert_eq!(headers.get("content-type").unwrap(), "text/javascript; charset=utf-8");
        assert_eq!(
            headers.get("content-encoding").map(|value| value.to_str().unwrap()),
            encoding,
            "{accepted}"
        );
        let mut decoded = Vec::new();
        match encoding {
            Some("br") => brotli::Decompressor::new(&body[..], 4_096).read_to_end(&mut decoded).unwrap(),
            Some(_) => flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut decoded).unwrap(),
            None => std::io::Cursor::new(&body).read_to_end(&mut decoded).unwrap(),
        };
        assert_eq!(decoded, plain);
        assert!(encoding.is_none() || body.len() < plain.len() / 10);
    }
    // Neither a picture nor a page of a few bytes is worth it.
    for path in ["/picture.png", "/"] {
        assert!(get(path, &[("accept-encoding", "gzip, br")]).await.1.get("content-encoding").is_none());
    }
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let tags: Vec<_> = ["", "gzip", "br"].map(|encoding| ("accept-encoding", encoding)).into();
    let mut seen = Vec::new();
    for encoding in tags {
        let (_, headers, _) = get("/assets/app-1.js", &[encoding]).await;
        let etag = headers.get("etag").unwrap().to_str().unwrap().to_owned();
        assert!(!seen.contains(&etag));
        for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let (status, headers, body) =
                get("/assets/app-1.js", &[encoding, ("if-none-match", &known)]).await;
            assert_eq!((status, body.len()), (304, 0), "{known}");
            assert_eq!(headers.get("etag").unwrap(), &etag);
            assert_eq!(headers.get("cache-control").unwrap(), "public, max-age=31536000, immutable");
            assert!(headers.get("content-type").is_none() && headers.get("content-encoding").is_none());
        }
        assert_eq!(get("/assets/app-1.js", &[encoding, ("if-none-match", "\"other\"")]).await.0, 200);
        seen.push(etag);
    }
}

#[tokio::test]
async fn only_the_files_there_are_are_served() {
    assert_eq!(get("/assets/%7Bodd%7D.css", &[]).await.0, 404);
    assert_eq!(get("/assets/{odd}.css", &[]).await.0, 200);
    for path in [
        "/index.html",
        "/assets/",
        "/assets/x.css",
        "/assets/../picture.png",
        "/picture.png/",
        "//picture.png",
    ] {
        assert_eq!(get(path, &[]).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn the_docs_load_nothing_from_elsewhere() {
    let app = Setup::demo(Vec::new()).await.app();
    let redirect = app.get("/docs").await;
    assert_eq!((redirect.status.as_u16(), redirect.header("location")), (303, Some("docs/")));
    let page = app.get("/docs/").await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").unwrap().contains("connect-src 'self'"));
    assert!(!page.text().contains("://"), "{}", page.text());
    let loaded = page.text().split('"').filter_map(|piece| piece.strip_prefix("./")).collect::<Vec<_>>();
    assert!(loaded.len() >= 6, "{loaded:?}");
    for name in loaded {
        assert_eq!(app.get(&format!("/docs/{name}")).await.status, 200, "{name}");
    }
    let initializer = app.get("/docs/swagger-initializer.js").await;
    assert!(initializer.text().contains("\"../openapi.json\""), "{}", initializer.text());
    assert!(initializer.text().contains("\"validatorUrl\": \"none\""), "{}", initializer.text());
    assert!(!initializer.text().contains("petstore"));
}
