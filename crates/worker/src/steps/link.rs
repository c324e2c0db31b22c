//! Which visitors are known persons: an anonymous visitor who signs in goes on as the person they are.
//!
//! An event with a `user_id` and an `anonymous_id` says that the visitor of the latter is the former. One named
//! `identify` or `alias`, by which clients tell a sign-in, says moreover that whoever was called by its
//! `anonymous_id` as a user is: some clients send the id that they made up as the user's until then.
//!
//! What is found goes to the store, which decides and maps when it reads ([`millrace_store::Link`] has the rules):
//! the event keeps the visitor it came with. Here the rules are applied too, as far as this worker's memory reaches,
//! for one thing: [`Draft::person`], whose session the event belongs to.
//!
//! - A visitor without any id, known by the daily hash of address and user agent, is never linked: many people share
//!   an address and a browser, and one who signs in must not take the others along.
//! - Ids that name nobody (`null`, `undefined`) link nobody, or everybody whose client has the same mistake would be
//!   one person.
//! - What was told is told again after an hour, not at every event: an erasure removes links, and this worker does
//!   not hear of it.
//!
//! Memory is held in two generations: when the newer one is full the older one goes. Whom it forgets begins a new
//! session at the next event without a `user_id`; who they are the store still knows.

use std::collections::HashMap;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Event, SiteId, Timestamp, VisitorId, id};
use millrace_store::Memory;

use super::{Step, StepError};
use crate::{Draft, Verdict};

/// Visitors and persons that one generation holds, about 40 bytes each: half a million links are remembered at least.
const GENERATION: usize = 1_000_000;
/// After this long what was told is told again, in milliseconds.
const AGAIN_MS: i64 = 3_600_000;
/// Key of hashes that only have to differ.
const LINK: u128 = 0x6d69_6c6c_7261_6365_206c_696e_6b00_0004;

/// Links of one batch at most: a store that keeps aggregates has work with each. The others are found again with the
/// next event that says so.
const BATCH: usize = 200;

pub(super) struct Link {
    generation: usize,
    /// Links found in this batch.
    found: usize,
    newer: Known,
    older: Known,
}

/// By site and visitor.
type Known = HashMap<u64, Who, foldhash::fast::RandomState>;

#[derive(Clone, Copy, Debug)]
enum Who {
    /// Linked to this person; told at this time.
    Visitor(VisitorId, Timestamp),
    /// A person to whom others are linked.
    Person,
}

impl Link {
    pub(super) fn new() -> Self {
        Self::with_generation(GENERATION)
    }

    fn with_generation(generation: usize) -> Self {
        Self { generation, found: 0, newer: Known::default(), older: Known::default() }
    }

    fn who(&self, site: &SiteId, visitor: VisitorId) -> Option<Who> {
        let key = key(site, visitor);
        self.newer.get(&key).or_else(|| self.older.get(&key)).copied()
    }

    fn person(&self, site: &SiteId, visitor: VisitorId) -> VisitorId {
        match self.who(site, visitor) {
            Some(Who::Visitor(person, _)) => person,
            _ => visitor,
        }
    }

    fn note(&mut self, site: &SiteId, visitor: VisitorId, who: Who) {
        if self.newer.len() >= self.generation {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(key(site, visitor), who);
    }

    /// Takes a link in; answers it where the store has to be told.
    fn add(
        &mut self,
        site: &SiteId,
        from: VisitorId,
        to: VisitorId,
        at: Timestamp,
    ) -> Option<millrace_store::Link> {
        let told = millrace_store::Link { site: site.clone(), from, to, at };
        match self.who(site, from) {
            Some(Who::Person) => None,
            // Also where it names another person: the first counts, unless the store has none any more.
            Some(Who::Visitor(person, before)) => {
                let again = at.as_millis() - before.as_millis() >= AGAIN_MS;
                if again {
                    self.note(site, from, Who::Visitor(person, at));
                }
                again.then_some(told)
            }
            None => {
                let person = self.person(site, to);
                if person == from {
                    return None;
                }
                self.note(site, from, Who::Visitor(person, at));
                self.note(site, person, Who::Person);
                Some(told)
            }
        }
    }
}

#[async_trait]
impl Step for Link {
    fn name(&self) -> &'static str {
        "link"
    }

    fn remember(&mut self, memory: &Memory) {
        self.newer.clear();
        self.older.clear();
        for link in &memory.links {
            self.note(&link.site, link.from, Who::Visitor(link.to, link.at));
            self.note(&link.site, link.to, Who::Person);
        }
    }

    async fn prepare(&mut self, _: &[Draft]) -> Result<(), StepError> {
        self.found = 0;
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        for (from, to) in told(&draft.event) {
            if self.found >= BATCH {
                break;
            }
            let link = self.add(&draft.event.site, from, to, draft.event.received_at);
            self.found += usize::from(link.is_some());
            draft.links.extend(link);
        }
        draft.person = Some(self.person(&draft.event.site, draft.event.visitor));
        Verdict::Keep
    }
}

/// Who is whom, by what an event says.
fn told(event: &Event) -> Vec<(VisitorId, VisitorId)> {
    let (Some(user), Some(anonymous)) = (&event.user_id, &event.anonymous_id) else {
        return Vec::new();
    };
    if names_nobody(user) || names_nobody(anonymous) {
        return Vec::new();
    }
    let person = VisitorId::of_user(&event.site, user);
    let mut links = vec![(VisitorId::of_anonymous(&event.site, anonymous), person)];
    if matches!(&*event.name, "identify" | "alias") && user != anonymous {
        links.push((VisitorId::of_user(&event.site, anonymous), person));
    }
    links
}

/// What programs send for an id that they do not have.
fn names_nobody(id: &ByteString) -> bool {
    const NOBODY: [&str; 16] = [
        "0",
        "-1",
        "00000000-0000-0000-0000-000000000000",
        "[object object]",
        "anonymous",
        "distinct_id",
        "false",
        "guest",
        "nan",
        "nil",
        "none",
        "null",
        "true",
        "undefined",
        "unknown",
        "",
    ];
    let id = id.trim().trim_matches(['"', '\'']);
    NOBODY.iter().any(|nobody| nobody.eq_ignore_ascii_case(id))
}

fn key(site: &SiteId, visitor: VisitorId) -> u64 {
    id::hash(LINK, &[site.as_str().as_bytes(), &visitor.0.to_le_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: VisitorId = VisitorId(1);
    const B: VisitorId = VisitorId(2);
    const U: VisitorId = VisitorId(8);
    const V: VisitorId = VisitorId(9);

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    fn site() -> SiteId {
        SiteId::new("demo").expect("a site id")
    }

    #[test]
    fn the_rules_are_those_of_the_store() {
        let mut link = Link::new();
        let mut add = |from, to| link.add(&site(), from, to, at(0)).is_some();
        assert!(add(A, U) && add(B, U), "two devices of one person");
        assert!(!add(A, V), "two persons on one device");
        assert!(!add(U, V), "a person with a history stays who they are");
        assert!(!add(V, V), "nobody is linked to themselves");
        assert!(add(V, B), "to whoever that is");
        assert_eq!([A, B, U, V].map(|visitor| link.person(&site(), visitor)), [U; 4]);
    }

    #[test]
    fn what_was_told_is_told_again_after_an_hour() {
        let mut link = Link::new();
        let told = [(0, U), (1, U), (59, V), (60, V), (61, U), (119, U), (120, U)];
        let told = told.map(|(minute, to)| link.add(&site(), A, to, at(minute)).is_some());
        assert_eq!(told, [true, false, false, true, false, false, true]);
        assert_eq!(link.person(&site(), A), U, "the first one");
    }

    #[test]
    fn memory_is_bounded() {
        let mut link = Link::with_generation(10);
        for visitor in 0..1_000 {
            link.add(&site(), VisitorId(visitor), VisitorId(1_000_000), at(0));
            assert!(link.newer.len() + link.older.len() <= 22);
        }
        assert_eq!(link.person(&site(), VisitorId(999)), VisitorId(1_000_000));
        assert_eq!(link.person(&site(), VisitorId(1)), VisitorId(1), "forgotten");
    }

    #[test]
    fn what_an_event_says() {
        let event = |name: &str, user: &str, anonymous: &str| Event {
            user_id: Some(user.to_owned().into()),
            anonymous_id: Some(anonymous.to_owned().into()),
            ..Event::new(site(), millrace_event::EventId::Client("e".into()), name.to_owned(), at(0))
        };
        let count = |name, user, anonymous| told(&event(name, user, anonymous)).len();
        assert_eq!(count("pageview", "u", "a"), 1);
        assert_eq!(count("identify", "u", "a"), 2);
        assert_eq!(count("alias", "u", "a"), 2);
        assert_eq!(count("identify", "u", "u"), 1, "the same name for both");
        for nobody in ["null", "Undefined", " none ", "\"null\"", "0", "[object Object]"] {
            assert_eq!((count("identify", nobody, "a"), count("identify", "u", nobody)), (0, 0), "{nobody}");
        }
        let anonymous = Event { user_id: None, ..event("identify", "u", "a") };
        assert_eq!(told(&anonymous), []);
    }
}
