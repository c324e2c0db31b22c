//! Content types, encodings, sizes, methods: what the envelope decides.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use futures::StreamExt;
use millrace_ingest::IngestConfig;

use crate::support::{bench, bench_with, gzip};

const EVENT: &str = r#"{"site_id":"demo","name":"x"}"#;

fn padded(text: &str, bytes: usize) -> String {
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

#[tokio::test]
async fn types_and_encodings() {
    let packed = gzip(EVENT.as_bytes());
    let batch = format!("[{}]", vec![EVENT; 3_000].join(","));
    for (headers, body, status, code, stored) in [
        (vec![], EVENT.as_bytes().to_vec(), 202, "", 1),
        (vec!["content-type: text/plain;charset=UTF-8"], EVENT.into(), 202, "", 1),
        (vec!["content-type: application/x-ndjson"], format!("{EVENT}\n\n{EVENT}\n").into(), 202, "", 2),
        (
            vec!["content-type: application/x-www-form-urlencoded"],
            b"data=x".to_vec(),
            415,
            "unsupported_media_type",
            0,
        ),
        (
            vec!["content-type: multipart/form-data; boundary=x"],
            b"--x".to_vec(),
            415,
            "unsupported_media_type",
            0,
        ),
        (vec!["content-encoding: gzip"], packed.clone(), 202, "", 1),
        (vec!["content-encoding: gzip"], gzip(batch.as_bytes()), 202, "", 3_000),
        (vec![], batch.clone().into(), 202, "", 3_000),
        (
            vec!["content-encoding: gzip"],
            [gzip(b"["), gzip(EVENT.as_bytes()), gzip(b"]")].concat(),
            202,
            "",
            1,
        ),
        (vec!["content-encoding: gzip"], packed[..packed.len() - 3].to_vec(), 400, "invalid_encoding", 0),
        (vec!["content-encoding: gzip"], [&packed[..], b"xx"].concat(), 400, "invalid_encoding", 0),
        (vec!["content-encoding: gzip"], EVENT.into(), 400, "invalid_encoding", 0),
        (vec!["content-encoding: gzip, gzip"], gzip(&packed), 415, "unsupported_encoding", 0),
        (
            vec!["content-encoding: gzip", "content-encoding: gzip"],
            gzip(&packed),
            415,
            "unsupported_encoding",
            0,
        ),
        (vec!["content-encoding: compress"], EVENT.into(), 415, "unsupported_encoding", 0),
        (vec!["content-encoding: identity"], EVENT.into(), 202, "", 1),
        (vec!["content-encoding: zstd"], zstd::encode_all(EVENT.as_bytes(), 0).unwrap(), 202, "", 1),
        (vec![], [b"\xef\xbb\xbf", EVENT.as_bytes()].concat(), 202, "", 1),
        (vec![], EVENT.encode_utf16().flat_map(u16::to_le_bytes).collect(), 400, "invalid_json", 0),
        (vec![], b"{\"site_id\":\"demo\",\"name\":\"\xe4\"}".to_vec(), 400, "invalid_utf8", 0),
        (vec![], b"{\"site_id\":\"demo\",\"name\":\"\xc0\xaf\"}".to_vec(), 400, "invalid_utf8", 0),
        (vec![], Vec::new(), 400, "empty_body", 0),
        (vec![], b"[]".to_vec(), 400, "empty_batch", 0),
        (vec![], b"null".to_vec(), 400, "not_an_event", 0),
        (vec![], vec![b'['; 10_000], 400, "too_deep", 0),
        (vec![], format!("[{}]", vec![EVENT; 10_001].join(",")).into(), 413, "too_many_events", 0),
        (vec![], padded(EVENT, (1 << 20) + 1).into(), 413, "body_too_large", 0),
        (vec![], padded(EVENT, 1 << 20).into(), 202, "", 1),
    ] {
        let bench = bench();
        let shown = body[..body.len().min(60)].escape_ascii().to_string();
        let answer = bench.post(&headers, body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{headers:?} {shown}");
        assert_eq!(bench.stored().len(), stored, "{headers:?} {shown}");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
    }
}

#[tokio::test]
async fn a_bomb_is_413_and_stays_small() {
    let bench = bench();
    let bomb = gzip(&vec![b' '; 200 << 20]);
    assert!(bomb.len() < 300 << 10);
    let answer = bench.post(&["content-encoding: gzip"], bomb).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "body_too_large"));
}

#[tokio::test]
async fn the_largest_batch_is_taken_and_one_byte_more_is_not() {
    let batch = format!("[{EVENT}]");
    for (bytes, status) in [(20 << 20, 202), ((20 << 20) + 1, 413)] {
        let bench = bench();
        let answer = bench.post(&[], padded(&batch, bytes)).await;
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn other_methods_are_405_and_the_preflight_is_open() {
    let bench = bench();
    for method in ["GET", "PUT", "DELETE", "TRACE", "PATCH"] {
        for path in ["/event", "/api/events"] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            let answer = bench.send(request).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (405, "method_not_allowed"));
            assert_eq!(answer.headers["allow"], "POST, OPTIONS");
        }
    }
    let request = Request::builder().method("OPTIONS").uri("/event").header("origin", "https://a.example");
    let answer = bench.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(answer.headers["access-control-allow-headers"].to_str().unwrap().contains("X-API-Key"));
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test(start_paused = true)]
async fn slow_and_broken_bodies_store_nothing() {
    let bench = bench();
    let trickle = futures::stream::unfold(0, |n| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), n + 1))
    });
    let answer = bench.post(&[], Body::from_stream(trickle)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (408, "body_timeout"));

    let broken = futures::stream::iter([Ok(Bytes::from(EVENT)), Err(std::io::Error::other("gone"))]);
    let answer = bench.post(&[], Body::from_stream(broken)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "body_incomplete"));
    assert!(bench.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn bodies_in_flight_are_bounded() {
    let config = IngestConfig { inflight_bytes: 64 << 10, ..IngestConfig::default() };
    let bench = std::sync::Arc::new(bench_with(["demo"], config));
    let half = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 60 << 10]))]);
    let waiting = Body::from_stream(half.chain(futures::stream::pending()));
    let other = std::sync::Arc::clone(&bench);
    let slow = tokio::spawn(async move { other.post(&[], waiting).await.status });
    tokio::task::yield_now().await;
    let answer = bench.post(&[], padded(EVENT, 10_000)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (503, "overloaded"));
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(bench.post(&[], EVENT).await.status, 202);
    assert_eq!(slow.await.unwrap(), 408);
    assert_eq!(bench.post(&[], padded(EVENT, 10_000)).await.status, 202, "the share came back");
}
