//! Steps written out as the events a worker makes of them.

use bytestring::ByteString;
use millrace_event::{Event, EventId, MadeId, Revenue, Timestamp};

use super::Site;
use super::device::Devices;
use super::origin::Origins;
use super::place::Places;
use super::session::{Kind, Step};
use crate::dice::{Dice, mix};

/// Writes events, with ids in order of arrival.
#[derive(Debug)]
pub(super) struct Writer {
    client_ids: bool,
    /// The process that makes ids, and its count; there is a restart a day.
    made: MadeId,
    day: i64,
    origins: Origins,
    devices: Devices,
    places: Places,
}

impl Writer {
    pub(super) fn new(client_ids: bool) -> Self {
        Self {
            client_ids,
            made: MadeId { process: 0, count: 0 },
            day: i64::MIN,
            origins: Origins::new(),
            devices: Devices::new(),
            places: Places::new(),
        }
    }

    pub(super) fn event(&mut self, step: &Step, site: &Site, dice: &mut Dice) -> Event {
        let received_at = Timestamp::from_millis(step.received_at);
        let page = usize::from(step.page);
        let viewed = step.kind == Kind::View;
        let id = self.id(received_at, dice);
        let origin = self.origins.of(step);
        let browsing = self.devices.of(step.device);
        Event {
            site: site.id.clone(),
            id,
            name: ByteString::from_static(match step.kind {
                Kind::View => "pageview",
                Kind::Click => "button_click",
                Kind::Engagement => "engagement",
                Kind::Error => "error",
                Kind::Purchase => "purchase",
            }),
            timestamp: Timestamp::from_millis(step.timestamp),
            received_at,
            visitor: step.visitor,
            user_id: step.person.map(|person| format!("user-{person}").into()),
            anonymous_id: site.sends_anonymous_id.then(|| format!("{:016x}", step.visitor.0).into()),
            session: step.session,
            client_session_id: None,
            host: Some(site.host.clone()),
            path: Some(site.paths[page].clone()),
            referrer: origin.referrer,
            utm: origin.utm,
            source: origin.source,
            channel: origin.channel,
            agent: browsing.agent.clone(),
            place: self.places.of(step.place).clone(),
            element: (step.kind == Kind::Click).then(|| ByteString::from_static(dice.of(&ELEMENTS))),
            title: viewed.then(|| site.titles[page].clone()),
            language: Some(browsing.language.clone()),
            duration_ms: (step.kind == Kind::Engagement).then(|| 1_000 + dice.wait(30_000.0) as i64),
            revenue: (step.kind == Kind::Purchase).then(|| Revenue {
                micros: (900 + 1_000 * dice.below(40) as i64) * 10_000,
                currency: "EUR".parse().expect("a currency"),
            }),
            screen: Some(browsing.screen),
            screen_class: Some(browsing.class),
            scroll_depth: (step.kind == Kind::Engagement).then(|| 10 + dice.below(91) as u8),
            interactive: step.kind != Kind::Engagement,
            properties: properties(step.kind, dice),
        }
    }

    fn id(&mut self, received_at: Timestamp, dice: &mut Dice) -> EventId {
        if self.client_ids {
            return EventId::Client(uuid(dice).into());
        }
        if received_at.utc_day() != self.day {
            self.day = received_at.utc_day();
            self.made = MadeId { process: mix(self.day as u64) & MadeId::PROCESS_MASK, count: 0 };
        }
        self.made.count += 1;
        EventId::Made(self.made)
    }
}

fn properties(kind: Kind, dice: &mut Dice) -> ByteString {
    match kind {
        Kind::View if dice.percent(25) => format!(r#"{{"load_ms":{}}}"#, 40 + dice.wait(400.0) as u64).into(),
        Kind::Click => ByteString::from_static(dice.of(&CLICKED)),
        Kind::Error => ByteString::from_static(dice.of(&ERRORS)),
        Kind::Purchase => {
            format!(r#"{{"plan":"{}","seats":{}}}"#, dice.of(&["team", "pro"]), 1 + dice.below(30)).into()
        }
        Kind::View | Kind::Engagement => ByteString::new(),
    }
}

/// A random UUID, version 4.
fn uuid(dice: &mut Dice) -> String {
    let (high, low) = (dice.next(), dice.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

const ELEMENTS: [&str; 8] = [
    "cta-signup",
    "nav-menu",
    "buy-now",
    "newsletter",
    "close-banner",
    "video_player",
    "search",
    "footer-link",
];
const CLICKED: [&str; 6] = [
    r#"{"label":"Buy","variant":"a"}"#,
    r#"{"label":"Buy","variant":"b"}"#,
    r#"{"label":"Try it","variant":"a"}"#,
    r#"{"label":"Try it","variant":"b"}"#,
    r#"{"label":"More"}"#,
    r#"{"label":"Close"}"#,
];
const ERRORS: [&str; 3] = [
    r#"{"type":"TypeError","message":"cannot read properties of undefined","severity":"error"}"#,
    r#"{"type":"NetworkError","message":"failed to fetch","severity":"warning"}"#,
    r#"{"type":"RangeError","message":"invalid array length","severity":"fatal"}"#,
];
