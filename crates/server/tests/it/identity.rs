//! Who signs in is one visitor, before and after: on the real binary, in both kinds of store.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use millrace_event::SiteId;
use millrace_store::{Erasure, EventStore, Subject};
use millrace_store_lake::{LakeConfig, LakeStore};
use millrace_store_postgres::{PostgresConfig, PostgresStore};
use serde_json::{Value, json};

use crate::stack::Stack;
use crate::support::{Server, Start, wait_for};

/// What a server is started with, again and again.
trait Place {
    fn serve(&self) -> Server;

    /// Erases a user of the site `demo`, while no server runs; answers how many events that were.
    fn erase(&self, user: &str) -> u64;
}

struct Files(tempfile::TempDir);

impl Place for Files {
    fn serve(&self) -> Server {
        let server =
            Server::start_with(Start { data_dir: Some(self.0.path().to_owned()), ..Start::default() });
        server.wait_ready();
        server
    }

    fn erase(&self, user: &str) -> u64 {
        let dir = self.0.path().join("lake");
        erase(user, async move || LakeStore::open(LakeConfig::new(dir)).await.expect("the lake"))
    }
}

impl Place for Stack {
    fn serve(&self) -> Server {
        Stack::serve(self, &[])
    }

    fn erase(&self, user: &str) -> u64 {
        let url = self.postgres.url();
        erase(user, async move || PostgresStore::open(PostgresConfig::new(url)).await.expect("the store"))
    }
}

fn erase<S: EventStore>(user: &str, open: impl AsyncFnOnce() -> S) -> u64 {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let store = open().await;
        let site = SiteId::new("demo").expect("a site id");
        let erasure = Erasure { site, subject: Subject::User(user.to_owned().into()) };
        let erased = store.erase(&erasure).await.expect("erased");
        store.close().await.expect("closed");
        erased.events
    })
}

fn send(server: &Server, events: &[Value]) {
    let mut events = events.to_vec();
    events.iter_mut().for_each(|event| event["site_id"] = json!("demo"));
    let answer = server.post("/api/events", &json!(events));
    assert_eq!(answer.status, 202, "{}", answer.text());
}

fn pageview(of: &Value) -> Value {
    let mut event = of.clone();
    event["name"] = json!("pageview");
    event["url"] = json!("/");
    event
}

fn visitors(server: &Server) -> u64 {
    let count = |path: &str| server.get_json(path)["unique_users"].as_u64().expect("a number");
    let all = count("/stats?site_id=demo");
    // From another table, in PostgreSQL. After a midnight neither of the days has everybody.
    static BEGUN: OnceLock<String> = OnceLock::new();
    let day = || jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    let today = count(&format!("/stats?site_id=demo&date={}", BEGUN.get_or_init(day)));
    assert!(today == all || day() != *BEGUN.get_or_init(day), "{today} of {all}");
    all
}

/// Waits until there are `events`; answers how many visitors and sessions.
fn counted(server: &Server, events: usize) -> (u64, usize) {
    let recent = || server.get_json("/events/recent?site_id=demo&limit=1000")["events"].clone();
    wait_for(&format!("{events} events"), || recent().as_array().expect("events").len() == events);
    let sessions: BTreeSet<String> = recent()
        .as_array()
        .expect("events")
        .iter()
        .map(|event| event["session_id"].as_str().expect("a session").to_owned())
        .collect();
    (visitors(server), sessions.len())
}

fn a_visitor_signs_in(place: &dyn Place) {
    let anonymous = json!({"anonymous_id": "device-1"});
    let signed_in = json!({"anonymous_id": "device-1", "user_id": "ada"});
    let person = json!({"user_id": "ada"});
    let server = place.serve();
    send(&server, &[pageview(&anonymous), pageview(&anonymous)]);
    assert_eq!(counted(&server, 2), (1, 1));
    let mut identify = signed_in.clone();
    identify["name"] = json!("identify");
    send(&server, &[identify]);
    assert_eq!(counted(&server, 3), (1, 1), "the visitor goes on as the person");
    send(&server, &[pageview(&anonymous), pageview(&signed_in), pageview(&person)]);
    assert_eq!(counted(&server, 6), (1, 1), "by whichever id they come");

    // Killed: what was not sealed is read again from the queue.
    drop(server.kill());
    let server = place.serve();
    assert_eq!(counted(&server, 6), (1, 1), "after a kill");
    send(&server, &[pageview(&anonymous), pageview(&person)]);
    assert_eq!(counted(&server, 8), (1, 1), "the session goes on");
    terminate(server);
    let server = place.serve();
    assert_eq!(counted(&server, 8), (1, 1), "after a restart");

    // Another person on the same device, and another device of the same person.
    let other = json!({"anonymous_id": "device-1", "user_id": "bob"});
    send(&server, &[pageview(&other), pageview(&anonymous)]);
    assert_eq!(counted(&server, 10).0, 2, "two people on one device stay two");
    send(&server, &[pageview(&json!({"anonymous_id": "device-2"}))]);
    assert_eq!(counted(&server, 11).0, 3);
    send(&server, &[json!({"name": "click", "anonymous_id": "device-2", "user_id": "ada"})]);
    assert_eq!(counted(&server, 12).0, 2, "one person on two devices is one");

    // An id that a client made up and sent as the user's, until the user was known.
    send(&server, &[pageview(&json!({"user_id": "made-up"})), pageview(&json!({"user_id": "made-up"}))]);
    assert_eq!(counted(&server, 14).0, 3);
    send(&server, &[json!({"name": "alias", "anonymous_id": "made-up", "user_id": "bob"})]);
    assert_eq!(counted(&server, 15).0, 2);
    // Ids that name nobody join nobody.
    send(&server, &[pageview(&json!({"anonymous_id": "null", "user_id": "bob"}))]);
    send(&server, &[pageview(&json!({"anonymous_id": "null"}))]);
    assert_eq!(counted(&server, 17).0, 3);

    terminate(server);
    // Ada's, and what her two devices did on their own; what Bob did on one of them stays.
    assert_eq!(place.erase("ada"), 11);
    let server = place.serve();
    assert_eq!(counted(&server, 6).0, 2, "bob, and nobody");
    send(&server, &[pageview(&anonymous), pageview(&person)]);
    assert_eq!(counted(&server, 8).0, 4, "who was erased is nobody's device any more");
    send(&server, &[pageview(&signed_in)]);
    assert_eq!(counted(&server, 9).0, 3, "until they sign in again");
}

fn terminate(mut server: Server) {
    assert!(server.terminate().0.success());
}

#[test]
fn a_visitor_who_signs_in_is_one_in_the_lake() {
    let dir = tempfile::tempdir().expect("a folder");
    a_visitor_signs_in(&Files(dir));
}

#[test]
fn a_visitor_who_signs_in_is_one_in_redis_and_postgresql() {
    a_visitor_signs_in(&Stack::start());
}
