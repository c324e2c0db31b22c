//! What an event costs on its way from a body to records: `cargo run --release -p millrace-event --example parse`.

use std::hint::black_box;

use bytes::BytesMut;
use millrace_event::payload::{Envelope, Format, Repairs, Trust, read, utf8};
use millrace_event::record::{Arrival, encode};
use millrace_event::{MadeId, SiteId, Timestamp};

fn main() {
    let event = |i: usize, timestamp: &str, text: &str| {
        format!(
            r#"{{"site_id":"demo","name":"page_view","url":"https://example.com/pricing?utm_source=x","user_id":"user-{i:06}",{timestamp}"properties":{{"plan":"{text}","count":{i},"trial":true}}}}"#
        )
    };
    let time = r#""timestamp":"2026-11-20T10:00:00.000Z","#;
    measure("200 bytes", 500, |i| event(i, "", "a plan of some length, 200 bytes"));
    measure("with a timestamp", 500, |i| event(i, time, "pro"));
    measure("with escapes", 500, |i| event(i, time, r#"\"pro\" \ud83d\ude80"#));
    measure("alone", 1, |i| event(i, "", "a plan of some length, 200 bytes"));
}

fn measure(what: &str, events: usize, event: impl Fn(usize) -> String) {
    let body = match events {
        1 => event(0),
        _ => format!("[{}]", (0..events).map(event).collect::<Vec<_>>().join(",")),
    };
    let site = SiteId::new("demo").expect("a site id");
    let received_at = Timestamp::from_millis(1_795_168_800_000);
    let arrival = Arrival {
        site: &site,
        made: MadeId { process: 1, count: 1 },
        received_at,
        address: Some([192, 0, 2, 1].into()),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
        language: None,
        keyed: false,
    };
    let rounds = 200_000 / events;
    let (mut split, mut read_all, mut all) = (f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..5 {
        let each = |nanos: u64| nanos as f64 / (rounds * events) as f64;
        let start = cpu_nanos();
        for _ in 0..rounds {
            let text = utf8(black_box(body.as_bytes())).expect("text");
            black_box(Envelope::split(text, Format::Json).expect("events"));
        }
        split = split.min(each(cpu_nanos() - start));
        for (encoded, best) in [(false, &mut read_all), (true, &mut all)] {
            let start = cpu_nanos();
            for _ in 0..rounds {
                let text = utf8(black_box(body.as_bytes())).expect("text");
                let envelope = Envelope::split(text, Format::Json).expect("events");
                let context = envelope.context(received_at, Trust::default());
                let mut repairs = Repairs::default();
                let mut out = BytesMut::with_capacity(body.len() * 2);
                for raw in envelope.events() {
                    let payload = read(raw, &context, &mut repairs).expect("valid");
                    if encoded {
                        encode(&payload, &arrival, &mut out);
                    }
                    black_box(payload);
                }
                black_box(out);
            }
            *best = best.min(each(cpu_nanos() - start));
        }
    }
    let bytes = body.len() / events;
    println!(
        "{what:>18}: {bytes} bytes, split {split:.0} ns, and read {read_all:.0} ns, and encode {all:.0} ns an event"
    );
}

/// This thread's time on a processor, so that whatever else the machine does is not measured. Linux only.
fn cpu_nanos() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("the kernel's scheduler statistics")
}
