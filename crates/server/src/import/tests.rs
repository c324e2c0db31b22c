//! Whole files through the importer.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Keeps what it is sent and refuses events without a name.
#[derive(Default)]
struct Kept {
    events: Vec<Value>,
    batches: Vec<usize>,
}

#[async_trait]
impl Sink for Kept {
    async fn send(&mut self, body: Bytes, events: usize) -> anyhow::Result<Outcome> {
        let mut batch: Value = serde_json::from_slice(&body)?;
        let batch = batch["events"].as_array_mut().map(std::mem::take).unwrap_or_default();
        assert_eq!(batch.len(), events);
        let mut outcome = Outcome::default();
        for (index, event) in batch.into_iter().enumerate() {
            if event["name"].is_string() {
                outcome.accepted += 1;
                self.events.push(event);
            } else {
                let (code, message) = ("name_missing".to_owned(), "an event needs a name".to_owned());
                outcome.rejected.push(Rejected { index, code, message });
            }
        }
        self.batches.push(events);
        Ok(outcome)
    }
}

fn target(file: impl Into<PathBuf>) -> TargetArgs {
    TargetArgs { file: file.into(), site: Some("demo".into()), to: None, key: None, data_dir: None }
}

fn access_log(file: impl Into<PathBuf>, keep_bots: bool) -> ImportCommand {
    ImportCommand::AccessLog(AccessLogArgs { target: target(file), hostname: None, keep_bots })
}

fn real_log() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/apache_access.log")
}

async fn import(command: &ImportCommand) -> (Summary, Kept) {
    let mut sink = Kept::default();
    (run(command, &mut sink).await.unwrap(), sink)
}

#[tokio::test]
async fn a_real_log_gives_the_figures_of_an_independent_count() {
    let (summary, sink) = import(&access_log(real_log(), true)).await;
    assert_eq!((summary.lines, summary.malformed, summary.events), (10_000, 1, 3_907));
    assert_eq!(summary.accepted, 3_907);
    assert_eq!(summary.bad, [(8_899, "the user agent has no closing quote".to_owned())]);
    assert_eq!(summary.skipped.values().sum::<u64>(), 10_000 - 1 - 3_907);
    assert_eq!(summary.skipped["files that are no pages"], 9_535 - 3_907);
    assert_eq!(sink.batches, [2_000, 1_907]);

    let mut pages = HashMap::<&str, usize>::new();
    let mut days = HashMap::<i64, usize>::new();
    let mut ids = HashSet::new();
    for event in &sink.events {
        let url = event["url"].as_str().unwrap();
        *pages.entry(url.split(['?', '#']).next().unwrap()).or_default() += 1;
        *days.entry(event["timestamp"].as_i64().unwrap().div_euclid(86_400_000)).or_default() += 1;
        assert!(ids.insert(event["event_id"].as_str().unwrap()), "two events of one id");
        assert_eq!((&event["name"], &event["site_id"]), (&"pageview".into(), &"demo".into()));
        assert!(event["ip"].is_string());
    }
    assert_eq!((pages["/"], pages["/blog/tags/puppet"], pages["/projects/xdotool/"]), (572, 489, 219));
    // 17 to 20 May 2015.
    let days: Vec<usize> = (16_572..=16_575).map(|day| days[&day]).collect();
    assert_eq!(days.iter().sum::<usize>(), 3_907, "{days:?}");

    let (_, again) = import(&access_log(real_log(), true)).await;
    assert!(again.events == sink.events, "the same ids");
}

#[tokio::test]
async fn robots_are_counted_apart() {
    let (kept, _) = import(&access_log(real_log(), true)).await;
    let (summary, sink) = import(&access_log(real_log(), false)).await;
    assert_eq!((summary.events + summary.robots, summary.robots), (3_907, kept.robots));
    assert!(summary.robots > 1_000, "{} robots", summary.robots);
    for event in &sink.events {
        let user_agent = event["user_agent"].as_str().unwrap().to_lowercase();
        assert!(!user_agent.contains("bot") && !user_agent.contains("spider"), "{user_agent}");
    }
    let text = summary.to_string();
    assert!(text.contains("by robots, not counted") && text.contains("line 8899: the user agent"), "{text}");
}

#[tokio::test]
async fn hosts_and_users_and_strange_bytes_are_kept() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("access.log");
    let log = "a.example - jo [17/May/2015:10:05:03 +0000] \"GET /\\xe4?a=1 HTTP/1.1\" 200 5 \"http://b.example/\\\"\" \"Mozilla/5.0 (X11) Firefox/150.0\"\r\n\
               2001:db8::1 - - [17/May/2015:10:05:03 +0000] \"GET http://c.example/x HTTP/1.1\" 304 - \"-\" \"Mozilla/5.0 (X11) Firefox/150.0\"\r\n";
    std::fs::write(&file, log).unwrap();
    let mut command = access_log(&file, false);
    let ImportCommand::AccessLog(args) = &mut command else { unreachable!() };
    args.hostname = Some("www.demo.example".into());
    let (summary, sink) = import(&command).await;
    assert_eq!((summary.events, summary.malformed), (2, 0));
    let [one, two] = sink.events.as_slice() else { panic!("{:?}", sink.events) };
    assert_eq!(one["url"], "https://www.demo.example/\u{fffd}?a=1");
    assert_eq!(
        (&one["user_id"], &one["ip"], &one["referrer"]),
        (&"jo".into(), &Value::Null, &"http://b.example/\"".into())
    );
    assert_eq!(one["timestamp"], 1_431_857_103_000_i64);
    assert_eq!((&two["url"], &two["ip"]), (&"http://c.example/x".into(), &"2001:db8::1".into()));
    assert_eq!(two["referrer"], Value::Null);
}

#[tokio::test]
async fn a_gzipped_log_is_the_same_log() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("access.log.1");
    let mut encoder =
        flate2::write::GzEncoder::new(std::fs::File::create(&file).unwrap(), Default::default());
    encoder.write_all(&std::fs::read(real_log()).unwrap()).unwrap();
    encoder.finish().unwrap();
    let (plain, _) = import(&access_log(real_log(), false)).await;
    assert_eq!(import(&access_log(&file, false)).await.0, plain);
}

#[tokio::test]
async fn events_are_imported_and_bad_lines_are_named() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("events.ndjson");
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(40_000));
    let lines = [
        r#"{"name":"signup","event_id":"mine"}"#,
        "",
        r#"{"name":"click"}"#,
        r#"{"name":"click"}"#,
        r#"{"nome":"click"}"#,
        "not json",
        &long,
        r#"{"site_id":"other","name":"click"}"#,
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let command = ImportCommand::Ndjson(NdjsonArgs { target: target(&file) });
    let (summary, sink) = import(&command).await;
    assert_eq!((summary.lines, summary.events, summary.accepted, summary.malformed), (7, 5, 4, 2));
    assert_eq!(summary.rejected, [("name_missing".to_owned(), 1)].into());
    let numbers: Vec<u64> = summary.bad.iter().map(|(line, _)| *line).collect();
    assert_eq!(numbers, [5, 6, 7]);
    assert_eq!(summary.bad[0].1, "an event needs a name (name_missing)");
    let ids: HashSet<_> = sink.events.iter().map(|event| event["event_id"].as_str().unwrap()).collect();
    assert!(ids.len() == 4 && ids.contains("mine"), "{ids:?}");
    let sites: Vec<_> = sink.events.iter().map(|event| event["site_id"].as_str().unwrap()).collect();
    assert_eq!(sites, ["demo", "demo", "demo", "other"]);
    assert_eq!(import(&command).await.1.events, sink.events);
}

#[tokio::test]
async fn an_import_that_fails_says_where_it_was() {
    struct Broken;

    #[async_trait]
    impl Sink for Broken {
        async fn send(&mut self, _body: Bytes, _events: usize) -> anyhow::Result<Outcome> {
            bail!("the disk is full")
        }
    }

    let error = run(&access_log(real_log(), true), &mut Broken).await.unwrap_err();
    assert!(format!("{error:#}").starts_with("the import ended before line 25;"), "{error:#}");
    assert!(format!("{error:#}").ends_with("the disk is full"), "{error:#}");
    let error = run(&access_log("/no such file", true), &mut Kept::default()).await.unwrap_err();
    assert!(format!("{error:#}").starts_with("cannot read /no such file: "), "{error:#}");
}

#[tokio::test]
async fn a_log_goes_over_the_wire() {
    let accepted = |events: usize| {
        let body = format!(r#"{{"status":"accepted","accepted":{events},"rejected":[]}}"#);
        Answer::Status(202, Box::leak(body.into_boxed_str()))
    };
    let (url, seen) = serve(vec![accepted(2_000), Answer::Status(503, ""), accepted(1_907)]).await;
    let mut sink = HttpSink::new(&url, None).unwrap();
    let summary = run(&access_log(real_log(), true), &mut sink).await.unwrap();
    assert_eq!(summary.accepted, 3_907);
    let seen = seen.lock().unwrap();
    assert!(seen.len() == 3 && seen[1] == seen[2] && seen[0] != seen[1]);
}

/// What a test's server does with a request.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// Answers.
    Status(u16, &'static str),
    /// Closes the connection without an answer.
    Hangup,
    /// Closes it in the middle of an answer.
    Half,
}

/// A server that does one of these after the other; also the requests that it saw.
pub(super) async fn serve(answers: Vec<Answer>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let requests = Arc::clone(&seen);
    tokio::spawn(async move {
        let mut answers = answers.into_iter();
        while let Ok((mut stream, _)) = listener.accept().await {
            while let Some(request) = request(&mut stream).await {
                requests.lock().unwrap().push(request);
                match answers.next() {
                    Some(Answer::Status(status, body)) => {
                        let length = body.len();
                        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}");
                        stream.write_all(answer.as_bytes()).await.unwrap();
                    }
                    Some(Answer::Half) => {
                        stream
                            .write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{")
                            .await
                            .unwrap();
                        break;
                    }
                    Some(Answer::Hangup) | None => break,
                }
            }
        }
    });
    (url, seen)
}

async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    loop {
        if let Some(at) = memchr::memmem::find(&read, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..at]).to_ascii_lowercase();
            let length: usize = head.split("content-length: ").nth(1)?.lines().next()?.parse().ok()?;
            if read.len() >= at + 4 + length {
                return String::from_utf8(read).ok();
            }
        }
        (stream.read_buf(&mut read).await.ok()? > 0).then_some(())?;
    }
}
