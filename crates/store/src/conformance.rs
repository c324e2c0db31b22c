//! What every store must do, held against [`crate::memory`].
//!
//! A test of a backend brings a [`Harness`] and runs [`check`] on sequences of [`Op`]s, random ones from
//! [`ops`] and the named cases of [`cases()`]. After each operation every report, list and cursor is compared with
//! the in-memory store's.

mod cases;
mod discards;
mod events;
mod lists;
mod live;
mod questions;
mod random;

use std::sync::Arc;

use async_trait::async_trait;
use millrace_event::schema::EventSchema;
use millrace_event::time::DAY_MS;
use millrace_event::{SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period};

pub use cases::cases;
pub use events::{BASE, Draft, event, ops};
pub use random::queries;

use crate::memory::MemoryStore;
use crate::observed::Observation;
use crate::{Cursor, Erasure, EventBatch, EventStore, RememberSince, Subject};

/// A store under test that can be crashed.
#[async_trait]
pub trait Harness: Send {
    /// The store as it is open now.
    fn store(&self) -> Arc<dyn EventStore>;

    /// Ends the store without warning and opens it again; whatever was not durable is gone.
    async fn crash(&mut self);

    /// Does whatever upkeep the store has: merging files, for one.
    async fn tidy(&mut self);
}

/// One thing that happens to a store.
#[derive(Clone, Debug)]
pub enum Op {
    /// A batch is inserted.
    Insert(Vec<Draft>),
    /// A batch of events, after which these visitors of these sites are known persons.
    Link(Vec<Draft>, Vec<SignIn>),
    /// Everything so far is made durable.
    Flush,
    /// Upkeep runs.
    Tidy,
    /// The store ends without warning; the worker repeats what was not applied.
    Crash,
    /// A visitor is erased.
    Erase(u8, Who),
    /// Events before the day this many days after [`BASE`] go.
    Retain(u8),
    /// Every second of a site's discarded events of a reason is forgotten; of all reasons, where it is 0.
    Forget(u8, u8),
    /// Discarded events that are past their window this many days after [`BASE`] go.
    Past(u8),
}

/// A visitor who turns out to be another.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    /// Which site.
    pub site: u8,
    /// Who it was so far.
    pub from: u8,
    /// Who it is.
    pub to: u8,
}

/// Whom to erase.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// By `user_id`.
    User(u8),
    /// By `anonymous_id`.
    Anonymous(u8),
    /// By visitor.
    Visitor(u8),
}

/// Runs `ops` on the harness's store and on the oracle; panics where they differ.
pub async fn check(harness: &mut dyn Harness, ops: &[Op]) {
    let oracle = MemoryStore::default();
    let mut log: Vec<EventBatch> = Vec::new();
    let mut offset = 0;
    for (step, op) in ops.iter().enumerate() {
        let store = harness.store();
        match op {
            Op::Insert(_) | Op::Link(..) => {
                let (drafts, sign_ins) = match op {
                    Op::Link(drafts, sign_ins) => (drafts, sign_ins.as_slice()),
                    Op::Insert(drafts) => (drafts, &[][..]),
                    _ => unreachable!("no batch"),
                };
                // Records that were discarded take offsets too.
                let after = [(0, offset)].into();
                offset += drafts.len() as u64 + u64::from(drafts.is_empty());
                let counted = |draft: &&Draft| draft.discard == 0;
                let batch = EventBatch {
                    links: sign_ins.iter().map(|sign_in| events::link(sign_in, offset)).collect(),
                    events: drafts.iter().filter(counted).map(event).collect(),
                    discarded: drafts
                        .iter()
                        .filter(|draft| !counted(draft))
                        .map(discards::discarded)
                        .collect(),
                    after,
                    offsets: [(0, offset)].into(),
                };
                let durable = store.insert(&batch).await.expect("insert");
                assert!(durable.get(&0).is_none_or(|durable| *durable <= offset), "step {step}: {durable:?}");
                oracle.insert(&batch).await.expect("insert");
                log.push(batch);
            }
            Op::Flush => {
                let durable = store.flush().await.expect("flush");
                assert_eq!(
                    durable.get(&0).copied().unwrap_or(0),
                    offset,
                    "step {step}: a flush makes all durable"
                );
                assert_eq!(store.applied().await.expect("applied"), durable);
            }
            Op::Tidy => {
                harness.tidy().await;
                discards::forget_past(store.as_ref(), &oracle, Timestamp::now()).await;
            }
            Op::Forget(site, reason) => {
                let forgotten = discards::forget(store.as_ref(), *site, *reason).await;
                assert_eq!(forgotten, discards::forget(&oracle, *site, *reason).await, "step {step}: {op:?}");
                // Nothing before it comes again, so all of it has to be durable: to forget nothing seals nothing.
                store.flush().await.expect("flush");
                log.clear();
            }
            Op::Past(days) => {
                let now = BASE.plus_millis(i64::from(*days) * DAY_MS);
                discards::forget_past(store.as_ref(), &oracle, now).await;
                // Nothing before it comes again, so all of it has to be durable: to forget nothing seals nothing.
                store.flush().await.expect("flush");
                log.clear();
            }
            Op::Crash => {
                let durable = store.applied().await.expect("applied");
                drop(store);
                harness.crash().await;
                let applied = harness.store().applied().await.expect("applied");
                assert!(applied.get(&0) >= durable.get(&0), "step {step}: what was durable stays so");
                for batch in log.iter().filter(|batch| batch.offsets.get(&0) > applied.get(&0)) {
                    harness.store().insert(batch).await.expect("insert");
                }
            }
            Op::Erase(site, who) => {
                let subject = match who {
                    Who::User(id) => Subject::User(format!("user-{id}").into()),
                    Who::Anonymous(id) => Subject::Anonymous(format!("anonymous-{id}").into()),
                    Who::Visitor(id) => Subject::Visitor(events::visitor(*site, *id)),
                };
                let erasure = Erasure { site: events::site(*site), subject };
                let erased = store.erase(&erasure).await.expect("erase");
                assert_eq!(erased, oracle.erase(&erasure).await.expect("erase"), "step {step}: {op:?}");
                log.clear();
            }
            Op::Retain(days) => {
                let before = BASE.plus_millis(i64::from(*days) * DAY_MS);
                let erased = store.retain(before).await.expect("retain");
                assert_eq!(erased, oracle.retain(before).await.expect("retain"), "step {step}: {op:?}");
                log.clear();
            }
        }
        // Every figure after every step would take minutes; a step that went wrong shows in the next comparison.
        let last = step + 1 == ops.len();
        if last
            || !matches!(op, Op::Insert(_) | Op::Link(..))
            || matches!(ops[step + 1], Op::Flush | Op::Tidy | Op::Crash)
        {
            compare(harness.store().as_ref(), &oracle, step).await;
        }
    }
}

const ALL: RememberSince = RememberSince {
    ids_received: Timestamp::from_millis(i64::MIN),
    sessions: Timestamp::from_millis(i64::MIN),
    limit: usize::MAX,
};

/// Random questions after each step: few, since there are many steps.
const RANDOM_QUERIES: usize = 6;

/// A comparison asks one question in so many of each site; the next one asks others.
const TURNS: usize = 3;

/// Of more events than these a sixth of that is asked: the oracle takes its time.
const MANY_EVENTS: u64 = 5_000;

/// Compares everything a store can be asked.
async fn compare(store: &dyn EventStore, oracle: &MemoryStore, step: usize) {
    let arrived = oracle.cursor().await.expect("cursor");
    let fewer = if arrived.0 > MANY_EVENTS { 6 } else { 1 };
    for number in 0..events::SITES {
        let site = events::site(number);
        // Each question about one site; about another after the next step.
        let sites = usize::from(events::SITES);
        let turn = step + usize::from(number);
        for (place, query) in questions::questions(&site).iter().enumerate() {
            if (place + turn).is_multiple_of(sites * TURNS * fewer) {
                compare_answers(store, oracle, query, step).await;
            }
        }
        if turn.is_multiple_of(sites) {
            lists::compare(store, oracle, &site, step).await;
        }
        for observation in observations(&site) {
            let (found, right) = (
                store.observe(&observation).await.expect("observe"),
                oracle.observe(&observation).await.expect("observe"),
            );
            assert_eq!(found, right, "step {step}: {observation:?}");
        }
        for limit in [1, 5, 1_000] {
            let (found, right) = (
                store.recent(&site, limit).await.expect("recent"),
                oracle.recent(&site, limit).await.expect("recent"),
            );
            assert_eq!(found, right, "step {step}: the {limit} recent events of {site}");
        }
        compare_tails(store, oracle, &site, step).await;
        discards::compare(store, oracle, &site, step).await;
        let period = Period { from: BASE.plus_millis(DAY_MS), to: BASE.plus_millis(3 * DAY_MS) };
        let all = oracle.remember(ALL).await.expect("remember").ids;
        // Every second one, some of other sites and times, and one that nobody has.
        let mut asked: Vec<_> = all.into_iter().map(|(_, id, _)| id).step_by(2).collect();
        asked.push("' OR 1=1 --".into());
        let mut ids =
            [store.known_ids(&site, period, &asked).await, oracle.known_ids(&site, period, &asked).await]
                .map(|ids| ids.expect("known ids"));
        ids.iter_mut().for_each(|ids| ids.sort());
        assert_eq!(ids[0], ids[1], "step {step}: known ids of {site}");
    }
    assert_eq!(store.cursor().await.expect("cursor"), arrived, "step {step}");
    for query in random::sample(arrived.0 << 16 | step as u64, RANDOM_QUERIES / fewer) {
        compare_answers(store, oracle, &query, step).await;
    }
    let since = RememberSince {
        ids_received: BASE.plus_millis(2 * DAY_MS),
        sessions: BASE.plus_millis(2 * DAY_MS),
        limit: 1_000_000,
    };
    let mut found = store.remember(since).await.expect("remember");
    let mut right = oracle.remember(since).await.expect("remember");
    for memory in [&mut found, &mut right] {
        assert!(
            memory.sessions.is_sorted_by_key(|session| session.end),
            "step {step}: sessions in order of their end"
        );
        // The order of those that end at once is open.
        memory
            .sessions
            .sort_by_key(|session| (session.end, session.session, session.visitor, session.site.clone()));
        assert!(memory.links.is_sorted_by_key(|link| link.at), "step {step}: links in order");
        memory.links.sort_by_key(|link| (link.at, link.site.clone(), link.from));
    }
    assert_eq!(found, right, "step {step}: what a worker remembers");
}

async fn compare_answers(store: &dyn EventStore, oracle: &MemoryStore, query: &CheckedQuery, step: usize) {
    let found = store.query(query).await.unwrap_or_else(|error| panic!("step {step}: {error}: {query:?}"));
    let right = oracle.query(query).await.expect("query");
    assert_eq!(found, right, "step {step}: {query:?}");
}

/// Walks both tails in small steps: each event once, in order of arrival.
async fn compare_tails(store: &dyn EventStore, oracle: &MemoryStore, site: &SiteId, step: usize) {
    let mut cursor = Cursor::default();
    loop {
        let right = oracle.tail(site, cursor, 7).await.expect("tail");
        assert_eq!(
            store.tail(site, cursor, 7).await.expect("tail"),
            right,
            "step {step}: tail of {site} at {cursor:?}"
        );
        if right.events.is_empty() {
            return;
        }
        cursor = right.cursor;
    }
}

fn observations(site: &SiteId) -> [Observation; 2] {
    let document = r#"{"required":["plan"],"properties":{"plan":{"enum":["pro"]},"n":{"minimum":0}}}"#;
    let schema = Arc::new(EventSchema::parse(document).expect("a schema"));
    let names = |schema: Option<Arc<EventSchema>>| {
        ["pageview", "%_", "click", "nobody"].map(|name| (name.into(), schema.clone())).to_vec()
    };
    let days = Period { from: BASE.plus_millis(DAY_MS), to: BASE.plus_millis(2 * DAY_MS) };
    [
        Observation { site: site.clone(), period: Period::ALL, names: names(Some(schema)) },
        Observation { site: site.clone(), period: days, names: names(None) },
    ]
}
