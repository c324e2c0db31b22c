//! What the queue cannot take is not acknowledged.

use std::io;
use std::sync::Arc;

use millrace_queue::QueueError;

use crate::support::bench;

#[tokio::test]
async fn a_queue_that_refuses_is_503_and_recovers() {
    let event = r#"{"site_id":"demo","name":"x"}"#;
    let bench = bench();
    let path = || "/secret/path".into();
    let source = Arc::new(io::Error::other("secret reason"));
    for (error, code) in [
        (QueueError::Full { bytes: 1, max_bytes: 1 }, "queue_full"),
        (QueueError::DiskFull { path: path() }, "disk_full"),
        (QueueError::Io { action: "sync", path: path(), source }, "queue_unavailable"),
        (QueueError::Closed, "queue_unavailable"),
        (QueueError::TooLarge { bytes: 1, max_bytes: 1 }, "queue_unavailable"),
    ] {
        bench.fail_with(Some(error));
        for body in [event.to_owned(), format!("[{event},{event}]")] {
            let answer = bench.post(&[], body).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (503, code));
            assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
            assert!(!answer.body.to_string().contains("secret"), "{}", answer.body);
        }
    }
    assert!(bench.stored().is_empty());
    bench.fail_with(None);
    assert_eq!(bench.post(&[], event).await.status, 202);
    assert_eq!(bench.stored().len(), 1);
}
