//! The web mix: the demo's visitors, many of them on the site at once, each event by another of them.

use rand::{RngExt, SeedableRng};

use crate::demo::visitors::{Dice, Person, Visit, Writer};

/// People of one connection who are on the site at a time.
const VISITORS: usize = 1_000;

/// Makes the events of visits.
pub(super) struct Web {
    dice: Dice,
    writer: Writer,
    seed: u64,
    visitors: Vec<(Person, Visit)>,
    people: u64,
}

impl Web {
    /// With a key, `trusted`, events say whose address and user agent they are of.
    pub(super) fn new(site: Option<&str>, trusted: bool, seed: u64) -> Self {
        let mut web = Self {
            dice: Dice::seed_from_u64(seed),
            writer: Writer::new(site, trusted),
            seed,
            visitors: Vec::with_capacity(VISITORS),
            people: 0,
        };
        for _ in 0..VISITORS {
            let visitor = web.arrival();
            web.visitors.push(visitor);
        }
        web
    }

    /// The browser of one of the visitors.
    pub(super) fn user_agent(&self) -> &'static str {
        self.visitors[0].0.user_agent()
    }

    /// Appends one event; `id` must need no escaping.
    pub(super) fn event(&mut self, id: Option<&str>, out: &mut Vec<u8>) {
        let place = self.dice.random_range(0..VISITORS);
        loop {
            let (person, visit) = &mut self.visitors[place];
            if let Some(step) = visit.step(person, &mut self.dice) {
                self.writer.event(out, person, &step, id, None);
                return;
            }
            self.visitors[place] = self.arrival();
        }
    }

    fn arrival(&mut self) -> (Person, Visit) {
        self.people += 1;
        let member = self.dice.random_ratio(1, 4);
        let person = Person::new(self.seed, self.people, member);
        let visit = Visit::begin(&person, &mut self.dice);
        (person, visit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn visitors_walk_side_by_side() {
        let mut web = Web::new(Some("demo"), true, 1);
        let mut out = Vec::new();
        let mut events = Vec::new();
        for _ in 0..20_000 {
            out.clear();
            web.event(None, &mut out);
            events.push(serde_json::from_slice::<Value>(&out).unwrap());
        }
        let distinct = |field: &str| {
            events.iter().filter_map(|event| event[field].as_str()).collect::<HashSet<_>>().len()
        };
        assert!(distinct("anonymous_id") > 2_000, "{} visitors", distinct("anonymous_id"));
        assert!(distinct("user_agent") >= 10 && distinct("referrer") >= 10 && distinct("ip") > 2_000);
        let named = |name: &str| events.iter().filter(|event| event["name"] == name).count();
        assert!(named("purchase") > 0 && named("video_play") > 0 && named("signup") > 0);
        assert!((12_000..17_000).contains(&named("pageview")), "{} page views", named("pageview"));
    }
}
