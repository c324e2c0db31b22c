//! What the load sends: requests rendered before the clock runs. The bodies differ, the events carry no ids.

use std::fmt::Write;

use crate::dice::Dice;
use crate::load::Request;
use crate::wire::post;

/// The site that load is sent to.
pub(crate) const SITE: &str = "bench";

/// `count` different requests of one event each.
pub(crate) fn singles(count: usize) -> Vec<Request> {
    let mut dice = Dice::new(1);
    let request = |_| {
        let mut body = String::new();
        event(&mut body, &mut dice);
        Request { bytes: post(body.as_bytes()), events: 1 }
    };
    (0..count).map(request).collect()
}

/// `count` different requests of `events` events each.
pub(crate) fn batches(count: usize, events: usize) -> Vec<Request> {
    let mut dice = Dice::new(2);
    let request = |_| {
        let mut body = String::from("[");
        for number in 0..events {
            if number > 0 {
                body.push(',');
            }
            event(&mut body, &mut dice);
        }
        body.push(']');
        Request { bytes: post(body.as_bytes()), events: events as u64 }
    };
    (0..count).map(request).collect()
}

/// The mean size of an event, in bytes of JSON.
pub(crate) fn event_bytes(requests: &[Request]) -> usize {
    let (bytes, events) = requests.iter().fold((0, 0), |(bytes, events), request| {
        (bytes + request.bytes.len(), events + request.events as usize)
    });
    bytes / events.max(1)
}

/// About 250 bytes, one of 20,000 visitors.
fn event(out: &mut String, dice: &mut Dice) {
    let name = ["pageview", "pageview", "pageview", "button_click", "api_call"];
    let path = ["/", "/pricing", "/docs/install", "/blog/how-we-measure", "/products/42"];
    let referrer = ["https://www.google.com/", "https://news.ycombinator.com/", "https://t.co/q7Xn2"];
    let screen = ["1920x1080", "1536x864", "390x844", "412x915"];
    let language = ["en-US", "en-GB", "de-DE", "fr-FR", "pt-BR"];
    let _ = write!(
        out,
        r#"{{"site_id":"{SITE}","name":"{}","url":"https://www.example.com{}","referrer":"{}","#,
        dice.of(&name),
        dice.of(&path),
        dice.of(&referrer),
    );
    let _ = write!(
        out,
        r#""title":"How we measure","anonymous_id":"v-{:08x}","screen":"{}","language":"{}","properties":{{"plan":"{}","load_ms":{}}}}}"#,
        dice.below(20_000).wrapping_mul(0x9e37_79b1) as u32,
        dice.of(&screen),
        dice.of(&language),
        dice.of(&["free", "pro", "team"]),
        20 + dice.below(900),
    );
}
