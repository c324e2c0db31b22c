//! The generator against servers of a few lines.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What a test's server answers to the request of this number: after how long, the status and the body.
type Answers = dyn Fn(usize) -> (Duration, u16, &'static str) + Send + Sync;

/// The bodies that a server was sent.
#[derive(Default)]
struct Seen(Mutex<Vec<Value>>);

async fn serve(answers: Box<Answers>) -> (String, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, answers) = (Arc::new(Seen::default()), Arc::new(answers));
    let state = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, Arc::clone(&state), Arc::clone(&answers)));
        }
    });
    (url, seen)
}

async fn converse(mut stream: TcpStream, seen: Arc<Seen>, answers: Arc<Box<Answers>>) -> Option<()> {
    let mut read = Vec::new();
    loop {
        let (head, length) = loop {
            if let Some(at) = memchr::memmem::find(&read, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&read[..at]).to_ascii_lowercase();
                let length = head.split("content-length: ").nth(1)?.lines().next()?.parse::<usize>().ok()?;
                break (at + 4, length);
            }
            (stream.read_buf(&mut read).await.ok()? > 0).then_some(())?;
        };
        while read.len() < head + length {
            (stream.read_buf(&mut read).await.ok()? > 0).then_some(())?;
        }
        let number = {
            let mut seen = seen.0.lock().unwrap();
            seen.push(serde_json::from_slice(&read[head..head + length]).unwrap());
            seen.len() - 1
        };
        read.drain(..head + length);
        let (pause, status, body) = answers(number);
        tokio::time::sleep(pause).await;
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

fn plan(to: &str) -> Plan {
    Plan { seed: 7, connections: 4, ..Plan::new(to, "demo") }
}

const ACCEPTED: &str = r#"{"status":"accepted","event_id":"x"}"#;

#[tokio::test]
async fn exactly_so_many_events_are_sent_in_batches() {
    let (url, seen) = serve(Box::new(|_| {
        let body = r#"{"status":"accepted","accepted":9,"rejected":[{"index":1,"code":"name_missing"}]}"#;
        (Duration::ZERO, 202, body)
    }))
    .await;
    let plan = Plan { batch: 10, events: Some(95), ids: true, ..plan(&url) };
    let summary = run(&plan).await.unwrap();
    let seen = seen.0.lock().unwrap();
    let mut sizes: Vec<usize> = seen.iter().map(|batch| batch.as_array().unwrap().len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 10, 10, 10, 10, 10, 10, 10, 10, 10]);
    let mut ids = HashMap::<&str, usize>::new();
    for event in seen.iter().flat_map(|batch| batch.as_array().unwrap()) {
        *ids.entry(event["event_id"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(ids.len(), 95);
    assert_eq!((summary.sent, summary.accepted, summary.rejected, summary.failed), (95, 90, 10, 0));
    assert_eq!((summary.requests, summary.latency.len()), (10, 10));
}

#[tokio::test]
async fn failures_are_repeated_only_where_events_have_ids() {
    let busy = |number: usize| match number % 3 {
        0 => (Duration::ZERO, 503, r#"{"error":{"code":"queue_full","message":"later","field":null}}"#),
        _ => (Duration::ZERO, 202, ACCEPTED),
    };
    let (url, seen) = serve(Box::new(busy)).await;
    let summary = run(&Plan { events: Some(12), connections: 1, ..plan(&url) }).await.unwrap();
    assert_eq!((summary.sent, summary.accepted, summary.failed, summary.requests), (12, 8, 4, 12));
    assert_eq!(summary.reasons["503 queue_full: later"], 4);
    assert_eq!(seen.0.lock().unwrap().len(), 12);

    let (url, seen) = serve(Box::new(busy)).await;
    let plan = Plan { events: Some(12), connections: 1, ids: true, ..plan(&url) };
    let summary = run(&plan).await.unwrap();
    assert_eq!((summary.sent, summary.accepted, summary.failed), (12, 12, 0));
    assert_eq!((summary.requests, summary.retries), (18, 6));
    let seen = seen.0.lock().unwrap();
    assert_eq!(seen[0], seen[1], "the same event with the same id");
}

#[tokio::test]
async fn judgements_are_counted_and_refusals_end_it() {
    let (url, _) = serve(Box::new(|_| (Duration::ZERO, 400, "{}"))).await;
    let summary = run(&Plan { events: Some(5), ..plan(&url) }).await.unwrap();
    assert_eq!((summary.sent, summary.rejected, summary.failed), (5, 5, 0));

    let unknown = r#"{"error":{"code":"site_unknown","message":"there is no site 'demo'","field":null}}"#;
    let (url, _) = serve(Box::new(move |_| (Duration::ZERO, 404, unknown))).await;
    let error = run(&Plan { events: Some(5), ..plan(&url) }).await.unwrap_err();
    assert_eq!(error.to_string(), "the server refuses events: 404 site_unknown: there is no site 'demo'");
}

#[tokio::test]
async fn a_rate_is_kept_and_a_stall_is_not_hidden() {
    // Of the requests of one second, one takes 300 ms; on one connection it delays those behind it.
    let (url, _) =
        serve(Box::new(|number| (Duration::from_millis(if number == 20 { 300 } else { 0 }), 202, ACCEPTED)))
            .await;
    let duration = Some(Duration::from_secs(1));
    let plan = Plan { rate: Some(100.0), duration, connections: 1, ..plan(&url) };
    let summary = run(&plan).await.unwrap();
    assert!((90..=101).contains(&summary.sent), "{summary}");
    assert_eq!(summary.accepted, summary.sent);
    let slow = summary.latency.iter_recorded().filter(|value| value.value_iterated_to() > 100_000);
    let slow: u64 = slow.map(|value| value.count_at_value()).sum();
    assert!(slow >= 10, "only {slow} requests felt the stall: {summary}");
}

#[tokio::test]
async fn it_ends_when_told_to() {
    let (url, _) = serve(Box::new(|_| (Duration::from_millis(1), 202, ACCEPTED))).await;
    let plan = plan(&url);
    let begin = Instant::now();
    let summary = run_until(&plan, tokio::time::sleep(Duration::from_millis(200)), false).await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5));
    assert!(summary.accepted > 10 && summary.failed == 0, "{summary}");
}

#[tokio::test]
async fn nobody_at_home_is_told_in_the_summary() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let summary = run(&Plan { events: Some(4), ..plan(&url) }).await.unwrap();
    assert_eq!((summary.failed, summary.accepted), (4, 0));
    let reason = summary.reasons.keys().next().unwrap();
    assert!(reason.starts_with("cannot connect to 127.0.0.1:"), "{reason}");
}

#[tokio::test]
async fn a_plan_that_makes_no_sense_is_refused() {
    let base = plan("http://127.0.0.1:9");
    for wrong in [
        Plan { rate: Some(0.0), ..base.clone() },
        Plan { batch: 0, ..base.clone() },
        Plan { batch: 10_001, ..base.clone() },
        Plan { connections: 0, ..base.clone() },
        Plan { site: None, ..base.clone() },
        Plan { burst: "5:30".parse().ok(), ..base.clone() },
        Plan { to: "https://stats.example".into(), ..base },
    ] {
        assert!(run(&wrong).await.is_err(), "{wrong:?}");
    }
}
