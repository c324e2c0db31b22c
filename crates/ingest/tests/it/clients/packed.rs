//! Bodies that are packed once more inside: where they are unpacked, and what that may take.

use std::time::Duration;

use millrace_ingest::IngestConfig;
use tokio::time::timeout;

use crate::support::{bench, bench_with, gzip};

const EVENT: &str = r#"{"event":"x","distinct_id":"u1","uuid":"i1","api_key":"demo"}"#;

/// `EVENT` and that many spaces, gzipped, in base64, in a form.
fn form(spaces: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = "data=".to_owned();
    for group in gzip(format!("{EVENT}{}", " ".repeat(spaces)).as_bytes()).chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(group.get(i).copied().unwrap_or(0)));
        text.extend((0..=group.len()).map(|i| char::from(ALPHABET[(bits >> (18 - 6 * i)) as usize & 63])));
    }
    text
}

#[tokio::test]
async fn what_a_form_holds_counts_against_the_budget() {
    let config = IngestConfig { inflight_bytes: 1 << 20, ..IngestConfig::default() };
    let bench = bench_with(["demo"], config);
    for (spaces, status) in [(100, 200), (500 << 10, 200), (4 << 20, 503), (500 << 10, 200)] {
        assert!(form(spaces).len() < 16 << 10);
        let answer = bench.request("POST", "/e/", &[], form(spaces)).await;
        assert_eq!(answer.status, status, "{spaces}: {}", answer.text);
        let answer = bench.request("GET", &format!("/e/?{}", form(spaces)), &[], "").await;
        assert_eq!(answer.status, status, "{spaces} in the query: {}", answer.text);
    }
    let answer = bench.request("POST", "/e/", &[], form(21 << 20)).await;
    assert_eq!(answer.status, 413, "{}", answer.text);
}

/// The one thread for blocking work is taken: what is answered all the same was unpacked where it arrived.
#[test]
fn only_what_is_small_unpacked_is_unpacked_on_an_async_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
    let runtime = runtime.unwrap();
    let (release, wait) = std::sync::mpsc::channel::<()>();
    runtime.spawn_blocking(move || wait.recv());
    runtime.block_on(async {
        let bench = bench();
        let shown = |body: &str| body.chars().take(30).collect::<String>();
        for (path, body) in [
            ("/e/", form(100)),
            ("/e/?compression=gzip-js&_=1", EVENT.to_owned()),
            ("/e/?ip=1", form(50 << 10)),
        ] {
            let answer = bench.request("POST", path, &[], body.clone());
            let answer = timeout(Duration::from_secs(20), answer).await;
            assert_eq!(answer.map(|answer| answer.status.as_u16()), Ok(200), "{path} {}", shown(&body));
        }
        for (method, path, body) in [
            ("POST", "/e/".to_owned(), form(1 << 20)),
            ("GET", format!("/e/?{}", form(1 << 20)), String::new()),
        ] {
            let answer = timeout(Duration::from_millis(300), bench.request(method, &path, &[], body)).await;
            assert!(answer.is_err(), "{method} {} was answered", shown(&path));
        }
        release.send(()).unwrap();
        let answer = bench.request("POST", "/e/", &[], form(1 << 20)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    });
}

#[tokio::test]
async fn json_that_is_called_a_form_is_json() {
    let form = "content-type: application/x-www-form-urlencoded";
    for body in [
        r#"{"event":"x","distinct_id":"u1","api_key":"demo","properties":{"$current_url":"https://shop.test/?a=1&data=e30&b"}}"#,
        r#" [{"event":"x","distinct_id":"u1","api_key":"demo","properties":{"$current_url":"https://shop.test/?a=1&data=e30&b"}}]"#,
    ] {
        let bench = bench();
        let answer = bench.request("POST", "/e/", &[form], body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.text);
        assert_eq!(bench.stored()[0].url.as_deref(), Some("https://shop.test/?a=1&data=e30&b"), "{body}");
    }
}
