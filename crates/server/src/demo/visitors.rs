//! Who visits the demo site and what they do there: people, and walks through its pages that a history, the live
//! traffic and the load generator's web mix all take.
//!
//! Everything follows from the random numbers that are passed in. Events are written straight into a byte buffer:
//! what does not change about a person is rendered once.

use std::net::Ipv4Addr;

use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

use super::world::pages::{self, CHECKOUT, PAGES, PRICING, SIGNUP, THANKS, TOUR, WELCOME};
use super::world::{self, SOURCES, Source, pick, total};

/// The random numbers of the demo: the same for the same seed, whatever the platform.
pub(crate) type Dice = Xoshiro256PlusPlus;

/// Nobody looks at more of the site in one visit.
const LONGEST: u32 = 60;
/// No two events of a visit are further apart, so that a session of 30 minutes holds it together.
const PATIENCE_MS: f64 = 1_500_000.0;

/// Somebody with a browser.
pub(crate) struct Person {
    number: u64,
    member: bool,
    currency: &'static str,
    user_agent: &'static str,
    /// `,"anonymous_id":...` and what else is the same in each of their events.
    identity: Vec<u8>,
    /// `,"user_agent":...,"ip":...`: only whoever is trusted may say so.
    client: Vec<u8>,
}

impl Person {
    /// The person of this number; the same seed makes the same people.
    pub(crate) fn new(seed: u64, number: u64, member: bool) -> Self {
        let mut dice = Dice::seed_from_u64(seed ^ (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let place = choose(world::PLACES, &mut dice);
        let device = choose(world::DEVICES, &mut dice);
        let host = dice.random::<u32>() >> place.prefix;
        let address = Ipv4Addr::from_bits(u32::from_be_bytes(place.network) | host);
        let language = place.languages[dice.random_range(0..place.languages.len())];
        let screen = device.screens[dice.random_range(0..device.screens.len())];
        let anonymous = dice.random::<u64>();
        let identity =
            format!(r#","anonymous_id":"{anonymous:016x}","language":"{language}","screen":"{screen}""#);
        let client = format!(r#","user_agent":"{}","ip":"{address}""#, device.user_agent);
        let mut person = Self {
            number,
            member: false,
            currency: place.currency,
            user_agent: device.user_agent,
            identity: identity.into_bytes(),
            client: client.into_bytes(),
        };
        if member {
            person.join();
        }
        person
    }

    /// What their browser calls itself.
    pub(crate) fn user_agent(&self) -> &'static str {
        self.user_agent
    }

    /// From now on they are known by a user id.
    fn join(&mut self) {
        self.member = true;
        self.identity.extend_from_slice(format!(r#","user_id":"user-{:05}""#, self.number).as_bytes());
    }
}

/// One visit to the site: a walk from page to page.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    source: &'static Source,
    page: usize,
    next: Next,
    events: u32,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Enter,
    Open,
    Act,
    Move,
}

/// One event of a visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// Milliseconds since the event before, 0 for the first one.
    pub(crate) after_ms: u64,
    page: usize,
    what: What,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Enter(&'static Source),
    View,
    Click(&'static str),
    Watch { seconds: u32 },
    SignUp { method: &'static str },
    Purchase { plan: &'static str, hundredths: u32, yearly: bool },
    Error { class: &'static str, message: &'static str },
}

impl Visit {
    /// A visit of somebody; members mostly come of themselves.
    pub(crate) fn begin(person: &Person, dice: &mut Dice) -> Self {
        let direct = person.member && dice.random_ratio(11, 20);
        let source = if direct { &SOURCES[0].1 } else { choose(SOURCES, dice) };
        Self { source, page: *choose(source.entries, dice), next: Next::Enter, events: 0 }
    }

    /// The next event, or nothing once they have left.
    pub(crate) fn step(&mut self, person: &mut Person, dice: &mut Dice) -> Option<Step> {
        self.events += 1;
        if self.events > LONGEST {
            return None;
        }
        let page = self.page;
        match self.next {
            Next::Enter => {
                self.next = Next::Act;
                Some(Step { after_ms: 0, page, what: What::Enter(self.source) })
            }
            Next::Open => {
                self.next = Next::Act;
                Some(Step { after_ms: dwell(dice, 600.0, 1_500.0), page, what: What::View })
            }
            Next::Act => {
                self.next = Next::Move;
                match self.act(person, dice) {
                    Some(step) => Some(step),
                    None => self.walk(dice),
                }
            }
            Next::Move => self.walk(dice),
        }
    }

    /// What they do on the page, if anything.
    fn act(&mut self, person: &mut Person, dice: &mut Dice) -> Option<Step> {
        let page = self.page;
        let step = |after_ms, what| Some(Step { after_ms, page, what });
        let roll = dice.random_range(0..1000);
        if roll < 12 {
            let (class, message) = *choose(world::ERRORS, dice);
            return step(dwell(dice, 200.0, 4_000.0), What::Error { class, message });
        }
        if page == SIGNUP && !person.member && roll < 360 {
            person.join();
            (self.page, self.next) = (WELCOME, Next::Open);
            let method = ["email", "email", "google", "github"][dice.random_range(0..4)];
            return step(dwell(dice, 12_000.0, 30_000.0), What::SignUp { method });
        }
        if page == CHECKOUT && roll < 420 {
            (self.page, self.next) = (THANKS, Next::Open);
            let (plan, monthly) = *choose(world::PLANS, dice);
            let yearly = dice.random_ratio(3, 10);
            let hundredths = if yearly { monthly * 10 } else { monthly };
            return step(dwell(dice, 25_000.0, 40_000.0), What::Purchase { plan, hundredths, yearly });
        }
        if page == TOUR && roll < 620 || page == pages::HOME && roll < 80 {
            let seconds = 4 + (dwell(dice, 0.0, 45_000.0) / 1000).min(116) as u32;
            return step(dwell(dice, 3_000.0, 6_000.0) + u64::from(seconds) * 1000, What::Watch { seconds });
        }
        let clicks = if page == PRICING { 420 } else { 260 };
        if roll < clicks {
            let elements = PAGES[page].elements;
            let element = elements[dice.random_range(0..elements.len())];
            return step(dwell(dice, 2_000.0, 14_000.0), What::Click(element));
        }
        None
    }

    /// On to another page, or away.
    fn walk(&mut self, dice: &mut Dice) -> Option<Step> {
        let page = &PAGES[self.page];
        if dice.random_ratio(page.leave, 100) {
            return None;
        }
        self.page = *choose(page.links, dice);
        self.next = Next::Act;
        Some(Step { after_ms: dwell(dice, 3_000.0, 38_000.0), page: self.page, what: What::View })
    }
}

/// How events of one site are written.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    head: Vec<u8>,
    trusted: bool,
}

impl Writer {
    /// Events of `site`, or of the site of the sender's key. Only who is `trusted` may say whose address and user
    /// agent an event has.
    pub(crate) fn new(site: Option<&str>, trusted: bool) -> Self {
        let site = site.map(|site| format!(r#""site_id":{},"#, serde_json::Value::from(site)));
        let head = format!("{{{}\"name\":\"", site.unwrap_or_default());
        Self { head: head.into_bytes(), trusted }
    }

    /// Appends one event as a JSON object. `id` must need no escaping.
    pub(crate) fn event(
        &self,
        out: &mut Vec<u8>,
        person: &Person,
        step: &Step,
        id: Option<&str>,
        at_ms: Option<i64>,
    ) {
        let page = &PAGES[step.page];
        out.extend_from_slice(&self.head);
        let name: &[u8] = match step.what {
            What::Enter(_) | What::View => b"pageview",
            What::Click(_) => b"button_click",
            What::Watch { .. } => b"video_play",
            What::SignUp { .. } => b"signup",
            What::Purchase { .. } => b"purchase",
            What::Error { .. } => b"error",
        };
        out.extend_from_slice(name);
        if let Some(id) = id {
            put(out, r#"","event_id":""#, id);
        }
        put(out, r#"","url":""#, pages::ORIGIN);
        out.extend_from_slice(page.path.as_bytes());
        match step.what {
            What::Enter(source) => {
                if !source.query.is_empty() {
                    put(out, "?", source.query);
                }
                put(out, r#"","title":""#, page.title);
                if !source.referrer.is_empty() {
                    put(out, r#"","referrer":""#, source.referrer);
                }
                put(out, r#"","properties":{"section":""#, page.section);
                out.extend_from_slice(br#""}"#);
            }
            What::View => {
                put(out, r#"","title":""#, page.title);
                put(out, r#"","properties":{"section":""#, page.section);
                out.extend_from_slice(br#""}"#);
            }
            What::Click(element) => {
                put(out, r#"","element":""#, element);
                out.push(b'"');
            }
            What::Watch { seconds } => {
                put(out, r#"","element":"video_player","duration":"#, itoa::Buffer::new().format(seconds));
                out.extend_from_slice(br#","properties":{"video":"The two-minute tour"}"#);
            }
            What::SignUp { method } => {
                put(out, r#"","properties":{"method":""#, method);
                out.extend_from_slice(br#""}"#);
            }
            What::Purchase { plan, hundredths, yearly } => {
                put(out, r#"","revenue":{"amount":"#, itoa::Buffer::new().format(hundredths / 100));
                put(out, r#","currency":""#, person.currency);
                put(out, r#""},"properties":{"plan":""#, plan);
                put(out, r#"","period":""#, if yearly { "yearly" } else { "monthly" });
                out.extend_from_slice(br#""}"#);
            }
            What::Error { class, message } => {
                put(out, r#"","properties":{"type":""#, class);
                put(out, r#"","message":""#, message);
                out.extend_from_slice(br#""}"#);
            }
        }
        out.extend_from_slice(&person.identity);
        if self.trusted {
            out.extend_from_slice(&person.client);
        }
        if let Some(at_ms) = at_ms {
            put(out, r#","timestamp":"#, itoa::Buffer::new().format(at_ms));
        }
        out.push(b'}');
    }
}

fn put(out: &mut Vec<u8>, before: &str, text: &str) {
    out.extend_from_slice(before.as_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn choose<T>(choices: &'static [(u32, T)], dice: &mut Dice) -> &'static T {
    pick(choices, dice.random_range(0..total(choices)))
}

/// At least `least` milliseconds, and as long again as an exponential distribution of this mean says.
fn dwell(dice: &mut Dice, least: f64, mean: f64) -> u64 {
    let unit: f64 = dice.random();
    (least - mean * (1.0 - unit).ln()).min(PATIENCE_MS) as u64
}

/// The browsers of the demo.
#[cfg(test)]
pub(crate) fn user_agents() -> impl Iterator<Item = &'static str> {
    world::DEVICES.iter().map(|(_, device)| device.user_agent)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::Value;

    use super::*;

    #[test]
    fn visits_are_walks_that_end_and_every_event_is_json() {
        let mut dice = Dice::seed_from_u64(1);
        let writer = Writer::new(Some("a \"site\""), true);
        let mut names = HashMap::<String, usize>::new();
        let (mut events, mut bounces) = (0, 0);
        for number in 0..2_000 {
            let mut person = Person::new(7, number, number % 5 == 0);
            let mut visit = Visit::begin(&person, &mut dice);
            let mut steps = 0;
            while let Some(step) = visit.step(&mut person, &mut dice) {
                assert!(step.after_ms < 30 * 60_000, "a visit is one session");
                assert_eq!(step.after_ms == 0, steps == 0);
                let mut out = Vec::new();
                writer.event(&mut out, &person, &step, Some("id-1"), Some(1_795_168_800_000));
                let event: Value = serde_json::from_slice(&out).unwrap();
                assert_eq!(event["site_id"], "a \"site\"");
                assert_eq!(event["event_id"], "id-1");
                assert!(event["url"].as_str().unwrap().starts_with(pages::ORIGIN));
                assert!(event["ip"].as_str().unwrap().parse::<Ipv4Addr>().is_ok());
                assert_eq!(event["user_id"].is_string(), person.member);
                let name = event["name"].as_str().unwrap();
                match name {
                    "purchase" => assert!(event["revenue"]["amount"].as_u64().unwrap() >= 9),
                    "video_play" => assert!(event["duration"].as_u64().unwrap() <= 120),
                    _ => {}
                }
                *names.entry(name.to_owned()).or_default() += 1;
                steps += 1;
            }
            events += steps;
            bounces += usize::from(steps == 1);
        }
        let mean = events as f64 / 2_000.0;
        assert!((3.0..8.0).contains(&mean), "{mean} events a visit");
        assert!((300..1000).contains(&bounces), "{bounces} of 2,000 visits have one event");
        for name in ["pageview", "button_click", "video_play", "signup", "purchase", "error"] {
            assert!(names.get(name).is_some_and(|count| *count > 10), "{name} in {names:?}");
        }
    }

    #[test]
    fn who_is_not_trusted_does_not_speak_for_others() {
        let mut dice = Dice::seed_from_u64(1);
        let mut person = Person::new(7, 1, false);
        let step = Visit::begin(&person, &mut dice).step(&mut person, &mut dice).unwrap();
        let mut out = Vec::new();
        Writer::new(None, false).event(&mut out, &person, &step, None, None);
        let event: Value = serde_json::from_slice(&out).unwrap();
        for absent in ["site_id", "event_id", "ip", "user_agent", "user_id", "timestamp"] {
            assert!(event.get(absent).is_none(), "{absent} in {event}");
        }
        assert_eq!(event["anonymous_id"].as_str().unwrap().len(), 16);
    }

    #[test]
    fn people_are_where_their_address_is() {
        for number in 0..500 {
            let person = Person::new(3, number, false);
            let client = String::from_utf8(person.client).unwrap();
            let address = client.rsplit('"').nth(1).unwrap().parse::<Ipv4Addr>().unwrap().to_bits();
            let home = world::PLACES.iter().any(|(_, place)| {
                address >> (32 - place.prefix) == u32::from_be_bytes(place.network) >> (32 - place.prefix)
            });
            assert!(home, "{client}");
        }
    }
}
