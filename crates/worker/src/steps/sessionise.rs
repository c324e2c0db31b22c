//! Which session an event belongs to.
//!
//! A client's own `session_id` decides. Otherwise a visitor's events are one session as long as there are less than
//! thirty minutes, of the time they happened, between an event and the session's nearest other one; so a late event
//! joins the session it belongs to. A late event that would join two sessions joins the later one, and they stay two.
//!
//! Who signs in goes on in the session they began as somebody unknown: the sessions of a visitor who is linked become
//! the person's.
//!
//! Sessions are held in two generations of visitors: when the newer one is full the older one goes. A visitor who
//! comes back after that begins a new session.

use std::collections::HashMap;

use async_trait::async_trait;
use millrace_event::{SessionId, SiteId, Timestamp, VisitorId, id};
use millrace_store::Memory;

use super::Step;
use crate::{Draft, Verdict, WorkerConfig};

/// Silence that closes a session, in milliseconds.
const SILENCE_MS: i64 = 30 * 60_000;
/// Sessions of one visitor that late events may still join.
const SESSIONS_KEPT: usize = 4;
/// Key of hashes that only have to differ.
const SESSION: u128 = 0x6d69_6c6c_7261_6365_2073_6573_7300_0003;

pub(super) struct Sessionise {
    generation_visitors: usize,
    newer: Visitors,
    older: Visitors,
}

type Visitors = HashMap<u64, Vec<Open>, foldhash::fast::RandomState>;

#[derive(Clone, Copy, Debug)]
struct Open {
    session: SessionId,
    first: Timestamp,
    last: Timestamp,
}

impl Sessionise {
    pub(super) fn new(config: &WorkerConfig) -> Self {
        Self {
            generation_visitors: (config.session_visitors / 2).max(1),
            newer: Visitors::default(),
            older: Visitors::default(),
        }
    }

    /// The sessions of a visitor, the latest to have had an event last.
    fn sessions(&mut self, site: &SiteId, visitor: VisitorId) -> &mut Vec<Open> {
        let key = visitor_key(site, visitor);
        if !self.newer.contains_key(&key) {
            if self.newer.len() >= self.generation_visitors {
                self.older = std::mem::take(&mut self.newer);
            }
            let moved = self.older.remove(&key).unwrap_or_default();
            self.newer.insert(key, moved);
        }
        self.newer.entry(key).or_default()
    }

    /// Makes the sessions of `from` those of `to`: the device's own become the latest ones.
    fn hand_over(&mut self, site: &SiteId, from: VisitorId, to: VisitorId) {
        let key = visitor_key(site, from);
        let Some(begun) = self.newer.remove(&key).or_else(|| self.older.remove(&key)) else {
            return;
        };
        let sessions = self.sessions(site, to);
        begun.into_iter().for_each(|open| keep(sessions, open));
    }
}

#[async_trait]
impl Step for Sessionise {
    fn name(&self) -> &'static str {
        "sessionise"
    }

    fn remember(&mut self, memory: &Memory) {
        self.newer.clear();
        self.older.clear();
        for stored in &memory.sessions {
            let open = Open { session: stored.session, first: stored.start, last: stored.end };
            keep(self.sessions(&stored.site, stored.visitor), open);
        }
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let event = &mut draft.event;
        let visitor = draft.person.unwrap_or(event.visitor);
        for link in &draft.links {
            self.hand_over(&link.site, link.from, visitor);
        }
        let site = event.site.as_str().as_bytes();
        if let Some(client) = &event.client_session_id {
            event.session = SessionId(id::hash(SESSION, &[site, client.as_bytes()]));
            return Verdict::Keep;
        }
        let at = event.timestamp;
        let sessions = self.sessions(&event.site, visitor);
        let near = |open: &Open| {
            at.as_millis() - open.last.as_millis() < SILENCE_MS
                && open.first.as_millis() - at.as_millis() < SILENCE_MS
        };
        let open = match sessions.iter().rposition(near) {
            Some(place) => {
                let open = sessions.remove(place);
                Open { first: open.first.min(at), last: open.last.max(at), ..open }
            }
            None => {
                let (visitor, first) = (visitor.0.to_le_bytes(), at.as_millis().to_le_bytes());
                let session = SessionId(id::hash(SESSION, &[site, &visitor, &first]));
                Open { session, first: at, last: at }
            }
        };
        event.session = open.session;
        keep(sessions, open);
        Verdict::Keep
    }
}

fn keep(sessions: &mut Vec<Open>, open: Open) {
    if sessions.len() == SESSIONS_KEPT {
        sessions.remove(0);
    }
    sessions.push(open);
}

fn visitor_key(site: &SiteId, visitor: VisitorId) -> u64 {
    id::hash(SESSION, &[site.as_str().as_bytes(), &visitor.0.to_le_bytes()])
}
