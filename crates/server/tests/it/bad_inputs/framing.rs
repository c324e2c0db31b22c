//! Rows 1 to 15: HTTP framing.

use std::io::{BufReader, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use super::wire::{connect, read_answer};
use super::{accepted, count, exchange, of_demo, refused, request, run, settle};
use crate::support::Server;

#[test]
fn framing_bodies() {
    let server = Server::start();
    let padded = |text: String, bytes: usize| {
        let fill = " ".repeat(bytes - text.len());
        text + &fill
    };
    let single = || of_demo("").replace("$ID", "padded");
    let batch = || format!("[{}]", single());
    run(
        &server,
        &[
            refused(1, "empty body", "", 400, "empty_body"),
            refused(1, "white space", " \r\n", 400, "empty_body"),
            refused(2, "null", "null", 400, "not_an_event"),
            refused(2, "a number", "5", 400, "not_an_event"),
            refused(2, "a string", "\"x\"", 400, "not_an_event"),
            refused(3, "an empty array", "[]", 400, "empty_batch"),
            refused(3, "no events", r#"{"events":[]}"#, 400, "empty_batch"),
            refused(4, "one event, a byte too much", padded(single(), (1 << 20) + 1), 413, "body_too_large"),
            refused(4, "a batch, a byte too much", padded(batch(), (20 << 20) + 1), 413, "body_too_large"),
            accepted(5, "one event of exactly the limit", padded(single(), 1 << 20)),
            accepted(5, "a batch of exactly the limit", padded(batch(), 20 << 20)),
        ],
    );
}

#[test]
fn framing_lengths() {
    let server = Server::start();
    let event = |id: &str| of_demo("").replace("$ID", id);
    // 6: too short a length cuts the JSON; what follows is no request.
    let short = format!("POST /event HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n{}", event("short"));
    assert_eq!(exchange(&server, short.as_bytes()).expect("row 6: an answer").status, 400);
    // 6: too long a length, and the client says that it has ended.
    let mut stream = connect(&server);
    let long = format!("POST /event HTTP/1.1\r\nHost: test\r\nContent-Length: 500\r\n\r\n{}", event("long"));
    stream.write_all(long.as_bytes()).expect("sent");
    stream.shutdown(Shutdown::Write).expect("ended");
    let status = read_answer(&mut BufReader::new(stream)).map(|answer| answer.status);
    assert!(matches!(status, None | Some(400 | 408)), "row 6: {status:?}");
    // 7: hyper lets the transfer encoding win; a second meaning must not be read from the same bytes.
    let body = event("chunked");
    let both = format!(
        "POST /event HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let status = exchange(&server, both.as_bytes()).map(|answer| answer.status);
    assert!(matches!(status, Some(400 | 202)), "row 7: {status:?}");
    // 13: gone in mid-body, a whole event already sent.
    let mut stream = connect(&server);
    let cut = format!("POST /event HTTP/1.1\r\nHost: test\r\nContent-Length: 300\r\n\r\n{}  ", event("gone"));
    stream.write_all(cut.as_bytes()).expect("sent");
    std::thread::sleep(Duration::from_millis(200));
    drop(stream);
    settle(&server);
    for id in ["short", "long", "gone"] {
        assert_eq!(count(&server, id), 0, "rows 6 and 13: {id} was not wholly sent");
    }
    assert_eq!(count(&server, "chunked"), usize::from(status == Some(202)), "row 7");
}

#[test]
fn framing_slow_clients() {
    let server = Server::start();
    std::thread::scope(|scope| {
        // 8: half a head for ever.
        scope.spawn(|| {
            let mut stream = connect(&server);
            stream.write_all(b"POST /event HTTP/1.1\r\nHost: te").expect("sent");
            let started = Instant::now();
            let _ = stream.read(&mut [0; 64]);
            assert!(started.elapsed() < Duration::from_secs(11), "row 8: open for {:?}", started.elapsed());
        });
        // 9: a byte a second.
        scope.spawn(|| {
            let stream = connect(&server);
            let mut writer = stream.try_clone().expect("a second handle");
            writer
                .write_all(b"POST /event HTTP/1.1\r\nHost: test\r\nContent-Length: 300\r\n\r\n")
                .expect("sent");
            scope.spawn(move || {
                for _ in 0..60 {
                    if writer.write_all(b" ").is_err() {
                        break;
                    }
                    std::thread::sleep(Duration::from_secs(1));
                }
            });
            let answer = read_answer(&mut BufReader::new(&stream)).expect("row 9: an answer");
            assert_eq!((answer.status, &*answer.code()), (408, "body_timeout"), "row 9");
            let _ = stream.shutdown(Shutdown::Both);
        });
        // 6: too long a length, and the client just waits.
        scope.spawn(|| {
            let waits =
                format!("POST /event HTTP/1.1\r\nHost: test\r\nContent-Length: 500\r\n\r\n{}", of_demo(""));
            let answer = exchange(&server, waits.as_bytes()).expect("row 6: an answer");
            assert_eq!(answer.status, 408, "row 6");
        });
    });
    settle(&server);
}

#[test]
fn framing_heads() {
    let server = Server::start();
    let event = |id: &str| of_demo("").replace("$ID", id);
    // 10
    let large = format!("X-Large: {}", "a".repeat(9 << 10));
    let many: Vec<String> = (0..200).map(|i| format!("X-{i}: a")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for headers in [&[&*large][..], &many] {
        let bytes = request("POST", "/event", headers, event("heads").as_bytes());
        assert_eq!(exchange(&server, &bytes).expect("row 10: an answer").status, 431, "row 10");
    }
    // 11
    let body = event("expected");
    let head = format!(
        "POST /event HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = connect(&server);
    stream.write_all(head.as_bytes()).expect("sent");
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    assert_eq!(read_answer(&mut reader).expect("row 11: go on").status, 100);
    stream.write_all(body.as_bytes()).expect("sent");
    assert_eq!(read_answer(&mut reader).expect("row 11: an answer").status, 202);
    // 12
    let stream = connect(&server);
    let mut writer = stream.try_clone().expect("a second handle");
    let thousand: Vec<u8> = (0..1_000)
        .flat_map(|i| request("POST", "/event", &[], event(&format!("piped-{i}")).as_bytes()))
        .collect();
    std::thread::scope(|scope| {
        scope.spawn(move || writer.write_all(&thousand).expect("row 12: sent"));
        let mut reader = BufReader::new(stream);
        for i in 0..1_000 {
            let answer =
                read_answer(&mut reader).unwrap_or_else(|| panic!("row 12: no answer to request {i}"));
            assert_eq!(answer.status, 202, "row 12: request {i}");
            assert!(answer.text().contains(&format!("piped-{i}\"")), "row 12: in order");
        }
    });
    // 14
    for method in ["GET", "PUT", "TRACE"] {
        for path in ["/event", "/api/events"] {
            let answer = exchange(&server, &request(method, path, &[], b"")).expect("row 14: an answer");
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, Some("POST, OPTIONS")),
                "row 14: {method}"
            );
        }
    }
    // 15
    for path in [
        "/api/events/../event",
        "/event/../../etc/passwd",
        "/event%00",
        "//event",
        "/api//events",
        "/%2e%2e/etc",
    ] {
        let answer = exchange(&server, &request("POST", path, &[], event("paths").as_bytes()));
        assert_eq!(answer.expect("row 15: an answer").status, 404, "row 15: {path}");
    }
    settle(&server);
    assert_eq!(count(&server, "heads") + count(&server, "paths"), 0, "rows 10 and 15 store nothing");
}
