//! Batches into a running server, over `/api/events`.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use async_trait::async_trait;
use bytes::Bytes;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use super::{Outcome, Rejected, Sink};
use crate::client::{Client, Endpoint, refusal};

/// The first pause before a batch is sent again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// How long a batch is sent again and again before the import gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Sends batches to a server. One that is not answered, or refused for now, is sent again with the same ids, so that
/// what the server had taken already counts once.
#[derive(Debug)]
pub struct HttpSink {
    client: Client,
    patience: Duration,
    first_pause: Duration,
}

impl HttpSink {
    /// A sink for the server at `to`. With a key the server believes the addresses and user agents in events.
    pub fn new(to: &str, key: Option<&str>) -> anyhow::Result<Self> {
        let user_agent = concat!("millrace-import/", env!("CARGO_PKG_VERSION"));
        let client = Client::new(&Endpoint::parse(to)?, "/api/events", user_agent, key)?;
        Ok(Self { client, patience: PATIENCE, first_pause: FIRST_PAUSE })
    }
}

#[async_trait]
impl Sink for HttpSink {
    async fn send(&mut self, body: Bytes, events: usize) -> anyhow::Result<Outcome> {
        let give_up = Instant::now() + self.patience;
        let mut pause = self.first_pause;
        loop {
            let (reason, after) = match self.client.post(&body).await {
                Ok(response) => match response.status {
                    200..=299 => return outcome(&response.body, events),
                    429 | 500..=599 => (refusal(response.status, &response.body), response.retry_after),
                    _ => bail!("the server refuses the batch: {}", refusal(response.status, &response.body)),
                },
                Err(error) => (format!("{error:#}"), None),
            };
            let wait = after.unwrap_or(pause).min(LONGEST_PAUSE);
            ensure!(Instant::now() + wait < give_up, "the server could not be reached for long: {reason}");
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn outcome(body: &[u8], events: usize) -> anyhow::Result<Outcome> {
    #[derive(Deserialize)]
    struct Answer {
        accepted: u64,
        #[serde(default)]
        rejected: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        index: usize,
        code: String,
        #[serde(default)]
        message: String,
    }
    let answer: Answer =
        serde_json::from_slice(body).context("the server's answer is not that of a batch")?;
    let rejected = answer.rejected.into_iter();
    let rejected: Vec<_> =
        rejected.map(|Entry { index, code, message }| Rejected { index, code, message }).collect();
    let told = answer.accepted + rejected.len() as u64;
    ensure!(told == events as u64, "of {events} events the server took or refused {told}");
    Ok(Outcome { accepted: answer.accepted, rejected })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Answer, serve};
    use super::*;

    const TWO: &str = r#"{"status":"accepted","accepted":2,"rejected":[]}"#;

    async fn send(answers: Vec<Answer>) -> (anyhow::Result<Outcome>, Vec<String>) {
        let (url, seen) = serve(answers).await;
        let mut sink = HttpSink::new(&url, Some("mr_w_secret")).unwrap();
        (sink.patience, sink.first_pause) = (Duration::from_secs(5), Duration::from_millis(10));
        let outcome =
            sink.send(Bytes::from_static(br#"{"events":[{"event_id":"1"},{"event_id":"2"}]}"#), 2).await;
        let seen = seen.lock().unwrap().clone();
        (outcome, seen)
    }

    #[tokio::test]
    async fn a_batch_is_sent_until_it_is_taken_with_the_same_ids() {
        let busy = r#"{"error":{"code":"queue_full","message":"later","field":null}}"#;
        let answers = vec![
            Answer::Status(503, busy),
            Answer::Hangup,
            Answer::Status(429, ""),
            Answer::Half,
            Answer::Status(202, TWO),
        ];
        let (outcome, seen) = send(answers).await;
        assert_eq!(outcome.unwrap(), Outcome { accepted: 2, rejected: vec![] });
        assert_eq!(seen.len(), 5);
        assert!(seen.iter().all(|request| request == &seen[0]), "{seen:?}");
        assert!(
            seen[0].contains("X-API-Key: mr_w_secret\r\n") && seen[0].contains("POST /api/events HTTP/1.1")
        );
        assert!(seen[0].ends_with(r#"{"events":[{"event_id":"1"},{"event_id":"2"}]}"#));
    }

    #[tokio::test]
    async fn what_is_refused_for_good_ends_it() {
        let unknown = r#"{"error":{"code":"key_unknown","message":"unknown or revoked key","field":null}}"#;
        let (outcome, seen) = send(vec![Answer::Status(401, unknown)]).await;
        let error = outcome.unwrap_err().to_string();
        assert_eq!(error, "the server refuses the batch: 401 key_unknown: unknown or revoked key");
        assert_eq!(seen.len(), 1);
        let (outcome, _) = send(vec![Answer::Status(200, "<html>")]).await;
        assert!(outcome.is_err());
        let (outcome, _) = send(vec![Answer::Status(202, r#"{"accepted":1,"rejected":[]}"#)]).await;
        assert_eq!(outcome.unwrap_err().to_string(), "of 2 events the server took or refused 1");
    }

    #[tokio::test]
    async fn rejections_are_told() {
        let partly = r#"{"status":"accepted","accepted":1,"rejected":[{"index":1,"code":"name_missing","field":"name","message":"an event needs a name"}]}"#;
        let (outcome, _) = send(vec![Answer::Status(202, partly)]).await;
        let rejected =
            Rejected { index: 1, code: "name_missing".into(), message: "an event needs a name".into() };
        assert_eq!(outcome.unwrap(), Outcome { accepted: 1, rejected: vec![rejected] });
    }
}
