mod enrich;

use std::collections::HashSet;

use crate::support::{Bench, Sent};

fn sent(minute: i64) -> Sent {
    Sent { minute, user: Some("u1"), ..Sent::default() }
}

#[tokio::test]
async fn a_client_id_counts_once_within_a_batch_across_batches_and_restarts() {
    let mut bench = Bench::new();
    let now = millrace_event::Timestamp::now();
    let minute = (now.as_millis() - crate::support::NOW.as_millis()) / 60_000;
    let one = Sent { id: Some("a"), ..sent(minute) };
    assert_eq!(bench.process(&[one.clone(), one.clone()]).await.len(), 1);
    assert_eq!(bench.process(std::slice::from_ref(&one)).await.len(), 1, "another worker, another batch");
    assert_eq!(bench.process(&[Sent { id: Some("b"), ..one.clone() }]).await.len(), 2);
    let other = Sent { site: Some("other"), ..one };
    bench.process(&[other]).await;
    assert_eq!(bench.events("other").await.len(), 1, "each site has its own ids");
}

#[tokio::test]
async fn events_without_an_id_all_count() {
    let mut bench = Bench::new();
    assert_eq!(bench.process(&[sent(0), sent(0), sent(0)]).await.len(), 3);
}

#[tokio::test]
async fn a_late_event_is_compared_with_what_is_stored_however_old() {
    let mut bench = Bench::new();
    let year = 365 * 24 * 60;
    let old = Sent { id: Some("old"), received: Some(0), ..sent(-year) };
    assert_eq!(bench.process(std::slice::from_ref(&old)).await.len(), 1);
    // Imported again half a year later: memory has long forgotten it.
    let again = Sent { received: Some(year / 2), ..old.clone() };
    let new = Sent { id: Some("new"), ..again.clone() };
    assert_eq!(bench.process(&[again, new]).await.len(), 2);
}

#[tokio::test]
async fn memory_of_ids_is_bounded() {
    let mut bench = Bench::new();
    let ids = ["i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9"];
    let now = millrace_event::Timestamp::now();
    let minute = (now.as_millis() - crate::support::NOW.as_millis()) / 60_000;
    let all: Vec<_> = ids.iter().map(|id| Sent { id: Some(id), ..sent(minute) }).collect();
    bench.send(&all).await;
    bench.send(&[all[9].clone(), all[8].clone(), all[0].clone()]).await;
    let config = millrace_worker::WorkerConfig { dedup_ids: 4, ..Bench::config() };
    bench.work_with(config).await;
    // Of four ids in memory, and at most a generation more, the first is forgotten and the last two are known.
    assert_eq!(bench.events("demo").await.len(), 11);
}

#[tokio::test]
async fn sessions_close_after_thirty_minutes_of_silence_in_event_time() {
    let mut bench = Bench::new();
    let events = bench.process(&[sent(0), sent(29), sent(58), sent(88), sent(89)]).await;
    let sessions: Vec<_> = events.iter().map(|event| event.session).collect();
    assert_eq!(sessions[0], sessions[1]);
    assert_eq!(sessions[1], sessions[2]);
    assert_ne!(sessions[2], sessions[3], "88 is thirty minutes after 58");
    assert_eq!(sessions[3], sessions[4]);
}

#[tokio::test]
async fn a_late_event_joins_the_session_it_belongs_to() {
    let mut bench = Bench::new();
    let events = bench.process(&[sent(0), sent(10), sent(120), sent(5), sent(-20), sent(130)]).await;
    let sessions: Vec<_> = events.iter().map(|event| event.session).collect();
    assert_eq!(sessions[3], sessions[0]);
    assert_eq!(sessions[4], sessions[0], "before its first event, by less than thirty minutes");
    assert_eq!(sessions[5], sessions[2]);
    assert_ne!(sessions[0], sessions[2]);
}

#[tokio::test]
async fn a_session_goes_on_after_a_restart_of_the_worker() {
    let mut bench = Bench::new();
    let now = (millrace_event::Timestamp::now().as_millis() - crate::support::NOW.as_millis()) / 60_000;
    let first = bench.process(&[sent(now - 10)]).await;
    let second = bench.process(&[sent(now)]).await;
    assert_eq!(first[0].session, second[1].session);
}

#[tokio::test]
async fn the_clients_own_session_id_wins() {
    let mut bench = Bench::new();
    let own = |minute, session| Sent { session: Some(session), ..sent(minute) };
    let events = bench.process(&[own(0, "s1"), own(1, "s2"), own(500, "s1"), sent(1)]).await;
    assert_eq!(events[0].session, events[2].session);
    assert_ne!(events[0].session, events[1].session);
    assert_ne!(events[0].session, events[3].session);
    assert_eq!(events[0].client_session_id.as_deref(), Some("s1"));
}

#[tokio::test]
async fn visitors_are_persons_then_anonymous_then_address_and_agent_of_a_day() {
    let mut bench = Bench::new();
    let anonymous = |address, agent, minute| Sent {
        address: Some(address),
        agent: Some(agent),
        minute,
        ..Sent::default()
    };
    let events = bench
        .process(&[
            Sent { user: Some("x"), anonymous: Some("y"), ..anonymous("192.0.2.1", "A", 0) },
            Sent { user: Some("x"), ..anonymous("192.0.2.9", "B", 9_000) },
            Sent { anonymous: Some("x"), ..anonymous("192.0.2.1", "A", 0) },
            anonymous("192.0.2.1", "A", 0),
            anonymous("::ffff:192.0.2.1", "A", 1),
            anonymous("192.0.2.1", "B", 0),
            anonymous("192.0.2.2", "A", 0),
            anonymous("192.0.2.1", "A", 24 * 60),
        ])
        .await;
    let visitors: Vec<_> = events.iter().map(|event| event.visitor).collect();
    assert_eq!(visitors[0], visitors[1], "a person is known by name, on any day");
    assert_eq!(visitors[3], visitors[4], "an IPv4 address is the same in IPv6 clothes");
    let distinct: HashSet<_> = visitors.iter().collect();
    assert_eq!(distinct.len(), 6, "{visitors:?}");
}

#[tokio::test]
async fn pages_are_taken_apart_and_own_referrers_are_none() {
    let mut bench = Bench::new();
    let page = |url, referrer| Sent { url: Some(url), referrer: Some(referrer), ..sent(0) };
    let events = bench
        .process(&[
            page(
                "https://user@Example.com:8443/a/b?utm_source=news&utm_medium=e%20mail&x=1#top",
                "https://search.example/?q=1",
            ),
            page("/pricing?utm_campaign=spring", "https://example.com/"),
            page("https://www.example.com/", "https://example.com/other"),
            page("javascript:alert(1)", "not a url"),
        ])
        .await;
    assert_eq!(events[0].host.as_deref(), Some("example.com"));
    assert_eq!(events[0].path.as_deref(), Some("/a/b"));
    assert_eq!(events[0].utm.source.as_deref(), Some("news"));
    assert_eq!(events[0].utm.medium.as_deref(), Some("e mail"));
    assert_eq!(events[0].referrer.as_deref(), Some("https://search.example/?q=1"));
    assert_eq!(events[1].path.as_deref(), Some("/pricing"));
    assert_eq!(events[1].utm.campaign.as_deref(), Some("spring"));
    assert_eq!(events[2].referrer, None, "its own host");
    assert_eq!(events[3].path.as_deref(), Some("javascript:alert(1)"));
    assert_eq!((&events[3].host, &events[3].referrer), (&None, &None));
}
