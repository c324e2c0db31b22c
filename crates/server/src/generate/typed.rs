//! The typed mix: 70 % page views, 15 % button clicks, 10 % API calls, 5 % errors.
//!
//! An event costs a copy and a few digits: each kind has a stock of events rendered at the start, in which the
//! visitor, the session and one number are then overwritten in place.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::json;

/// Of 100 events, how many are of each kind, in the order of [`Kind`].
const SHARES: [u32; 4] = [70, 15, 10, 5];
/// Events rendered for each kind.
const STOCK: usize = 256;
/// Visitors, told apart by their number.
const USERS: u64 = 100_000;

/// Makes typed events.
pub(super) struct Typed {
    dice: Xoshiro256PlusPlus,
    stock: [Vec<Template>; 4],
}

#[derive(Clone, Copy)]
enum Kind {
    PageView,
    ButtonClick,
    ApiCall,
    Error,
}

/// An event without its opening brace, and where its changing digits are.
struct Template {
    json: Vec<u8>,
    user: usize,
    session: usize,
    /// Three digits of a number whose first digit is another one.
    number: usize,
}

/// Place holders that nothing else in an event looks like.
const USER: &str = "000000";
const SESSION: &str = "feedfacefeedface";
const NUMBER: u32 = 1_717;

impl Typed {
    pub(super) fn new(site: Option<&str>, seed: u64) -> Self {
        let mut dice = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut kind = |kind| (0..STOCK).map(|_| Template::new(site, kind, &mut dice)).collect();
        let stock = [kind(Kind::PageView), kind(Kind::ButtonClick), kind(Kind::ApiCall), kind(Kind::Error)];
        Self { dice, stock }
    }

    /// Appends one event; `id` must need no escaping.
    pub(super) fn event(&mut self, id: Option<&str>, out: &mut Vec<u8>) {
        // One random number is enough: its bits are told off to what depends on chance.
        let random = self.dice.next_u64();
        let mut roll = below(random as u32, 100) as u32;
        let mut kind = 0;
        while roll >= SHARES[kind] {
            roll -= SHARES[kind];
            kind += 1;
        }
        let template = &self.stock[kind][(random >> 32) as usize % STOCK];
        out.push(b'{');
        if let Some(id) = id {
            out.extend_from_slice(b"\"event_id\":\"");
            out.extend_from_slice(id.as_bytes());
            out.extend_from_slice(b"\",");
        }
        let at = out.len();
        out.extend_from_slice(&template.json);
        let event = &mut out[at..];
        // The product of two numbers below one falls on the lower ones more often: some people are there all day.
        let second = self.dice.next_u64();
        let product = below((second >> 32) as u32, u64::from(second as u32)) as u32;
        let user = below(product, USERS);
        digits(&mut event[template.user..][..USER.len()], user);
        digits(&mut event[template.number..][..3], (random >> 40) & 0x3ff);
        // A person has a session at a time: it follows from the person.
        hex(&mut event[template.session..][..SESSION.len()], (user + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
}

impl Template {
    fn new(site: Option<&str>, kind: Kind, dice: &mut Xoshiro256PlusPlus) -> Self {
        let mut event = match kind {
            Kind::PageView => {
                let (path, title) = one_of(dice, &PAGES);
                json!({
                    "name": "pageview",
                    "url": format!("https://www.example.com{path}"),
                    "title": title,
                    "referrer": one_of(dice, &REFERRERS),
                    "properties": {"load_time_ms": NUMBER, "theme": one_of(dice, &["light", "dark"])},
                })
            }
            Kind::ButtonClick => json!({
                "name": "button_click",
                "url": format!("https://www.example.com{}", one_of(dice, &PAGES).0),
                "element": one_of(dice, &ELEMENTS),
                "properties": {"x": NUMBER, "label": one_of(dice, &["Buy", "Try it", "More", "Close"])},
            }),
            Kind::ApiCall => json!({
                "name": "api_call",
                "url": one_of(dice, &ROUTES),
                "duration_ms": NUMBER,
                "properties": {
                    "method": one_of(dice, &["GET", "GET", "GET", "POST", "PUT"]),
                    "status_code": one_of(dice, &[200, 200, 200, 200, 201, 204, 304, 404, 500]),
                },
            }),
            Kind::Error => json!({
                "name": "error",
                "url": format!("https://www.example.com{}", one_of(dice, &PAGES).0),
                "properties": {
                    "type": one_of(dice, &["TypeError", "NetworkError", "RangeError"]),
                    "message": one_of(dice, &["cannot read properties of undefined", "failed to fetch", "timeout"]),
                    "severity": one_of(dice, &["warning", "error", "fatal"]),
                    "line": NUMBER,
                },
            }),
        };
        event["user_id"] = format!("user_{USER}").into();
        event["session_id"] = SESSION.into();
        let text = event.to_string();
        let mut json = text[1..text.len() - 1].to_owned();
        let find = |field: &str, slot: usize| json.find(field).map_or(0, |at| at + field.len() - slot);
        let user = find(&format!("user_{USER}"), USER.len());
        let session = find(SESSION, SESSION.len());
        let number = find(&format!(":{NUMBER}"), 3);
        // Last, since a site may look like a place holder.
        if let Some(site) = site {
            json.push_str(&format!(r#","site_id":{}"#, serde_json::Value::from(site)));
        }
        json.push('}');
        Self { json: json.into_bytes(), user, session, number }
    }
}

/// A number below `limit`, by where `random` falls among all its values.
fn below(random: u32, limit: u64) -> u64 {
    (u64::from(random) * limit) >> 32
}

fn one_of<T: Copy>(dice: &mut Xoshiro256PlusPlus, choices: &[T]) -> T {
    choices[dice.random_range(0..choices.len())]
}

fn digits(slot: &mut [u8], mut number: u64) {
    for digit in slot.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn hex(slot: &mut [u8], mut number: u64) {
    for digit in slot.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

const PAGES: [(&str, &str); 10] = [
    ("/", "Home"),
    ("/", "Home"),
    ("/pricing", "Pricing"),
    ("/features", "Features"),
    ("/docs", "Documentation"),
    ("/docs/install", "Install"),
    ("/blog", "Blog"),
    ("/blog/hello", "Hello"),
    ("/products/42?utm_source=newsletter&utm_medium=email&utm_campaign=launch", "Product 42"),
    ("/contact", "Contact"),
];
const REFERRERS: [&str; 6] = [
    "https://www.google.com/",
    "https://duckduckgo.com/",
    "https://news.ycombinator.com/",
    "https://t.co/a1b2",
    "https://www.example.com/",
    "https://www.bing.com/",
];
const ELEMENTS: [&str; 6] =
    ["cta-signup", "nav-menu", "buy-now", "newsletter", "close-banner", "video_player"];
const ROUTES: [&str; 5] =
    ["/api/v1/users", "/api/v1/orders", "/api/v1/search", "/api/v1/cart", "/api/v1/login"];

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use millrace_event::schema::EventSchema;
    use millrace_event::{Timestamp, payload};
    use serde_json::Value;

    use super::*;

    fn events(site: Option<&str>, seed: u64, count: usize) -> Vec<Value> {
        let mut typed = Typed::new(site, seed);
        let event = |n: usize| {
            let mut out = Vec::new();
            typed.event(n.is_multiple_of(2).then_some("id-7"), &mut out);
            serde_json::from_slice(&out).unwrap()
        };
        (0..count).map(event).collect()
    }

    #[test]
    fn the_four_kinds_have_their_shares_and_properties() {
        let events = events(Some("demo"), 1, 50_000);
        let mut shares = HashMap::<&str, f64>::new();
        for event in &events {
            let name = event["name"].as_str().unwrap();
            *shares.entry(name).or_default() += 100.0 / events.len() as f64;
            let (field, property) = match name {
                "pageview" => ("title", "load_time_ms"),
                "button_click" => ("element", "label"),
                "api_call" => ("duration_ms", "status_code"),
                _ => ("url", "severity"),
            };
            assert!(!event[field].is_null() && !event["properties"][property].is_null(), "{event}");
            assert_eq!(event["site_id"], "demo");
        }
        for (name, share) in [("pageview", 70.0), ("button_click", 15.0), ("api_call", 10.0), ("error", 5.0)]
        {
            assert!((shares[name] - share).abs() < 1.0, "{name}: {} %", shares[name]);
        }
        let users: HashSet<_> = events.iter().map(|event| event["user_id"].as_str().unwrap()).collect();
        let sessions: HashSet<_> = events.iter().map(|event| event["session_id"].as_str().unwrap()).collect();
        assert!(users.len() > 10_000 && users.len() == sessions.len(), "{} users", users.len());
        assert!(users.iter().all(|user| user.len() == 11 && user.starts_with("user_0")));
    }

    #[test]
    fn the_example_schemas_are_of_these_events() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/schemas");
        let schemas: HashMap<String, EventSchema> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let document = std::fs::read_to_string(&path).unwrap();
                let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
                (
                    name,
                    EventSchema::parse(&document)
                        .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
                )
            })
            .collect();
        assert_eq!(schemas.len(), 4);
        let mut seen = HashSet::new();
        for event in events(Some("demo"), 3, 10_000) {
            let body = event.to_string();
            let now = Timestamp::now();
            let parsed =
                payload::parse(&body, payload::Format::Json, now, payload::Trust::default()).unwrap();
            let payload = parsed.events[0].as_ref().unwrap();
            let schema = &schemas[&*payload.name];
            assert_eq!(schema.first_violation(&payload.properties), None, "{event}");
            // And they say something: an event of nothing else would pass for none of them.
            assert!(schema.first_violation("").is_some() && schema.first_violation(r#"{"y":1}"#).is_some());
            seen.insert(payload.name.to_string());
        }
        assert_eq!(seen.len(), 4);
    }

    #[test]
    fn ids_are_there_when_asked_for_and_seeds_repeat() {
        let made = events(Some("demo"), 5, 100);
        assert!(made.iter().enumerate().all(|(n, event)| event["event_id"].is_string() == (n % 2 == 0)));
        assert_eq!(made, events(Some("demo"), 5, 100));
        assert_ne!(made, events(Some("demo"), 6, 100));
    }

    #[test]
    fn a_site_may_look_like_a_place_holder() {
        let site = format!("user_{USER}-{SESSION}:{NUMBER}");
        for event in events(Some(&site), 5, 1_000).iter().chain(&events(None, 5, 1_000)) {
            assert!(event["site_id"] == site.as_str() || event["site_id"].is_null());
            assert_ne!(event["session_id"], SESSION);
        }
    }
}
