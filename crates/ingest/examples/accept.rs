//! What a request costs of our own CPU, without a socket and with a queue that does nothing:
//! `cargo run --release -p millrace-ingest --example accept`. Linux only.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use millrace_catalog::memory;
use millrace_ingest::{IngestConfig, Intake, Peer, Submission, router};
use millrace_queue::noop::NoopQueue;
use tower::ServiceExt;

const EVENT: &str = r#"{"site_id":"demo","name":"page_view","url":"https://example.com/pricing?utm_source=x","user_id":"user-000017","properties":{"plan":"a plan of some length, 200 bytes","count":17,"trial":true}}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let catalog = memory::fixed([memory::site("demo")], []);
    let intake =
        Intake::new(Arc::new(catalog), Arc::new(NoopQueue), IngestConfig::default()).expect("an intake");
    let batch = format!("[{}]", vec![EVENT; 300].join(","));
    for (what, body, rounds) in [("one event", EVENT, 100_000u64), ("a batch of 300", &batch, 1_000)] {
        let (mut in_process, mut routed) = (u64::MAX, u64::MAX);
        for _ in 0..5 {
            let start = cpu_nanos();
            for _ in 0..rounds {
                intake.accept(Submission::json(body.to_owned())).await.expect("accepted");
            }
            in_process = in_process.min((cpu_nanos() - start) / rounds);
            let router = router(intake.clone());
            let peer = Peer(SocketAddr::from(([192, 0, 2, 1], 5_000)));
            let start = cpu_nanos();
            for _ in 0..rounds {
                let request =
                    Request::post("/api/events").extension(peer).header("user-agent", "Mozilla/5.0");
                let request = request.body(Body::from(body.to_owned())).expect("a request");
                let response = router.clone().oneshot(request).await.expect("an answer");
                assert_eq!(response.status(), 202);
            }
            routed = routed.min((cpu_nanos() - start) / rounds);
        }
        println!("{what}: {in_process} ns in process, {routed} ns through the router");
    }
}

/// This thread's time on a processor, so that whatever else the machine does is not measured.
fn cpu_nanos() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("the kernel's scheduler statistics")
}
