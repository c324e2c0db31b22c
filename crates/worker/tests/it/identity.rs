use std::collections::BTreeSet;

use millrace_event::{Event, SiteId, VisitorId};
use millrace_store::{Erasure, EventStore, Memory, RememberSince, Subject};

use crate::support::{Bench, NOW, Sent};

fn anonymous(id: &'static str, minute: i64) -> Sent {
    Sent { anonymous: Some(id), minute, ..Sent::default() }
}

fn signed_in(user: &'static str, anonymous: &'static str, minute: i64) -> Sent {
    Sent { user: Some(user), anonymous: Some(anonymous), minute, ..Sent::default() }
}

fn person(user: &'static str, minute: i64) -> Sent {
    Sent { user: Some(user), minute, ..Sent::default() }
}

fn visitors(events: &[Event]) -> Vec<VisitorId> {
    events.iter().map(|event| event.visitor).collect()
}

fn sessions(events: &[Event]) -> usize {
    events.iter().map(|event| event.session).collect::<BTreeSet<_>>().len()
}

async fn remembered(bench: &Bench) -> Memory {
    let since = RememberSince { ids_received: NOW, sessions: NOW, limit: 1_000 };
    bench.memory.remember(since).await.expect("memory")
}

fn minutes_ago(minutes: i64) -> i64 {
    (millrace_event::Timestamp::now().as_millis() - NOW.as_millis()) / 60_000 - minutes
}

#[tokio::test]
async fn who_signs_in_goes_on_in_their_session_as_one_visitor() {
    let mut bench = Bench::new();
    let events = bench
        .process(&[
            anonymous("a", 0),
            anonymous("a", 5),
            signed_in("u", "a", 10),
            anonymous("a", 20),
            person("u", 45),
            // Before all of it, and late.
            anonymous("a", -10),
        ])
        .await;
    let ada = VisitorId::of_user(&SiteId::new("demo").expect("a site id"), "u");
    assert_eq!(visitors(&events), [ada; 6]);
    assert_eq!(sessions(&events), 1);
}

#[tokio::test]
async fn another_worker_goes_on_where_the_first_one_ended() {
    let mut bench = Bench::new();
    let start = minutes_ago(60);
    bench.process(&[anonymous("a", start), signed_in("u", "a", start + 1)]).await;
    let events = bench.process(&[anonymous("a", start + 2), person("u", start + 3)]).await;
    assert_eq!((visitors(&events).len(), sessions(&events)), (4, 1));
    assert_eq!(visitors(&events).into_iter().collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(remembered(&bench).await.links.len(), 1);
}

#[tokio::test]
async fn a_session_that_the_person_has_elsewhere_stays_its_own() {
    let mut bench = Bench::new();
    let sent = [person("u", 0), anonymous("a", 5), signed_in("u", "a", 6), anonymous("a", 7)];
    let events = bench.process(&sent).await;
    assert_ne!(events[0].session, events[1].session, "begun before anybody knew");
    assert_eq!(events[1].session, events[2].session, "the device's own goes on");
    assert_eq!(events[2].session, events[3].session);
    assert_eq!(visitors(&events).into_iter().collect::<BTreeSet<_>>().len(), 1);
}

#[tokio::test]
async fn only_a_sign_in_makes_a_user_another() {
    let mut bench = Bench::new();
    let plain = bench.process(&[person("made-up", 0), signed_in("u", "made-up", 1)]).await;
    assert_eq!(visitors(&plain).into_iter().collect::<BTreeSet<_>>().len(), 2, "an event of both ids");
    for name in ["identify", "alias"] {
        let mut bench = Bench::new();
        let told = Sent { name: Some(name), ..signed_in("u", "made-up", 1) };
        let events = bench.process(&[person("made-up", 0), told, anonymous("made-up", 2)]).await;
        assert_eq!(visitors(&events).into_iter().collect::<BTreeSet<_>>().len(), 1, "{name}");
        assert_eq!(sessions(&events), 1, "{name}");
    }
}

#[tokio::test]
async fn people_who_share_an_address_are_not_joined() {
    let mut bench = Bench::new();
    let office = |sent: Sent| Sent { address: Some("192.0.2.1"), agent: Some("A"), ..sent };
    let events = bench
        .process(&[
            office(Sent::default()),
            office(signed_in("u", "a", 1)),
            office(Sent { minute: 2, ..Sent::default() }),
        ])
        .await;
    assert_eq!(events[0].visitor, events[2].visitor);
    assert_ne!(events[0].visitor, events[1].visitor);
}

#[tokio::test]
async fn a_link_is_told_once_and_goes_with_an_erasure() {
    let mut bench = Bench::new();
    bench.process(&[signed_in("u", "a", 0), signed_in("u", "a", 1), signed_in("v", "a", 2)]).await;
    let links = remembered(&bench).await.links;
    assert_eq!(links.len(), 1, "{links:?}");
    let site = SiteId::new("demo").expect("a site id");
    assert_eq!(links[0].to, VisitorId::of_user(&site, "u"));
    let subject = Subject::User("u".into());
    bench.memory.erase(&Erasure { site, subject }).await.expect("erased");
    assert_eq!(remembered(&bench).await.links, []);
    bench.process(&[signed_in("u", "a", 100), anonymous("a", 101)]).await;
    assert_eq!(remembered(&bench).await.links.len(), 1);
}
