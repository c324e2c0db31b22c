//! What Prometheus is told of ingestion. Labels are of closed sets.

use std::time::Duration;

use ::http::StatusCode;
use metrics::{Counter, Histogram, counter, describe_counter, describe_histogram, histogram};
use millrace_event::payload::Repairs;

use crate::Client;

/// Handles, looked up once: a request costs a few atomic additions.
#[derive(Clone)]
pub(crate) struct Figures {
    accepted: Counter,
    batch: Histogram,
    bytes: Counter,
    seconds: Histogram,
    accepted_requests: Counter,
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Figures")
    }
}

const REQUESTS: &str = "millrace_ingest_requests_total";
const REJECTED: &str = "millrace_ingest_rejected_events_total";
const CLIENT_REQUESTS: &str = "millrace_ingest_client_requests_total";
const CLIENT_EVENTS: &str = "millrace_ingest_client_events_total";
const IGNORED: &str = "millrace_ingest_ignored_events_total";
const WARNED: &str = "millrace_ingest_schema_warnings_total";
const REPAIRS: &str = "millrace_ingest_repairs_total";

impl Figures {
    /// Registers with the recorder that is installed at this moment.
    pub(crate) fn register() -> Self {
        describe_counter!("millrace_ingest_accepted_events_total", "events that are durable on the queue");
        describe_counter!(REJECTED, "events that were refused, by code");
        describe_counter!(REQUESTS, "requests, by status");
        describe_counter!(WARNED, "events that were taken and violate a declared schema");
        describe_counter!(REPAIRS, "texts that were changed to be kept, by kind");
        describe_counter!(CLIENT_REQUESTS, "requests of other systems' clients, by client and status");
        describe_counter!(CLIENT_EVENTS, "events of other systems' clients that are durable, by client");
        describe_counter!(IGNORED, "events of kinds that are not collected, by client");
        describe_counter!("millrace_ingest_body_bytes_total", "bytes of bodies as sent");
        describe_histogram!("millrace_ingest_batch_events", "events of one accepted request");
        describe_histogram!("millrace_ingest_request_seconds", "from the headers to the answer");
        Self {
            accepted: counter!("millrace_ingest_accepted_events_total"),
            batch: histogram!("millrace_ingest_batch_events"),
            bytes: counter!("millrace_ingest_body_bytes_total"),
            seconds: histogram!("millrace_ingest_request_seconds"),
            accepted_requests: counter!(REQUESTS, "status" => "202"),
        }
    }

    pub(crate) fn accepted(&self, events: usize) {
        self.accepted.increment(events as u64);
        self.batch.record(events as f64);
    }

    pub(crate) fn rejected(&self, code: &'static str) {
        counter!(REJECTED, "code" => code).increment(1);
    }

    /// Events that were taken all the same.
    pub(crate) fn warned(&self, events: u64) {
        if events > 0 {
            counter!(WARNED).increment(events);
        }
    }

    pub(crate) fn repairs(&self, repairs: &Repairs) {
        let kinds = [
            ("lone_surrogate", repairs.surrogates),
            ("nul_removed", repairs.nuls),
            ("text_cut", repairs.cut),
        ];
        for (kind, count) in kinds.into_iter().filter(|(_, count)| *count > 0) {
            counter!(REPAIRS, "kind" => kind).increment(count);
        }
    }

    pub(crate) fn body(&self, bytes: usize) {
        self.bytes.increment(bytes as u64);
    }

    /// What another system's client was answered, beside [`Figures::answered`].
    pub(crate) fn client_answered(&self, client: Client, status: StatusCode, events: usize) {
        // Statuses are of a closed set here as well.
        let status = status.as_u16().to_string();
        counter!(CLIENT_REQUESTS, "client" => client.as_str(), "status" => status).increment(1);
        counter!(CLIENT_EVENTS, "client" => client.as_str()).increment(events as u64);
    }

    /// Events of a kind that is not collected.
    pub(crate) fn ignored(&self, client: Client, events: u64) {
        counter!(IGNORED, "client" => client.as_str()).increment(events);
    }

    pub(crate) fn answered(&self, status: StatusCode, took: Duration) {
        self.seconds.record(took.as_secs_f64());
        match status {
            StatusCode::ACCEPTED => self.accepted_requests.increment(1),
            // The statuses are those of `Refusal::status`, a closed set.
            other => counter!(REQUESTS, "status" => other.as_u16().to_string()).increment(1),
        }
    }
}
