//! Events from small numbers, so that random ones meet often.

use bytestring::ByteString;
use millrace_event::time::DAY_MS;
use millrace_event::{
    Agent, Channel, Currency, Device, Event, EventId, MadeId, Place, Revenue, Screen, ScreenClass, SessionId,
    SiteId, Timestamp, Utm, VisitorId,
};
use proptest::prelude::*;

use super::{Op, SignIn, Who};
use crate::Link;

/// The day on which the tests' events begin: 2026-10-22, a few days before Europe's clock change.
pub const BASE: Timestamp = Timestamp::from_millis(1_792_627_200_000);

pub(super) const SITES: u8 = 3;

/// What an event is made from.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Which site.
    pub site: u8,
    /// Which visitor: every third one is known by a `user_id`, every third one by an `anonymous_id`.
    pub visitor: u8,
    /// Milliseconds after [`BASE`] that it happened.
    pub at: i64,
    /// Milliseconds that it was under way.
    pub delay: i64,
    /// Decides every other field.
    pub kind: u16,
    /// Why it was discarded, from 1; 0: it was not.
    pub discard: u8,
}

pub(super) fn site(number: u8) -> SiteId {
    // Not in the order of their numbers, and one is the beginning of another.
    let names = ["site", "another.example", "site-2"];
    SiteId::new(names[usize::from(number % SITES)]).expect("a site id")
}

pub(super) fn visitor(of: u8, number: u8) -> VisitorId {
    match number % 3 {
        0 => VisitorId::of_user(&site(of), &format!("user-{number}")),
        1 => VisitorId::of_anonymous(&site(of), &format!("anonymous-{number}")),
        _ => VisitorId(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)),
    }
}

pub(super) fn link(sign_in: &SignIn, offset: u64) -> Link {
    let SignIn { site: of, from, to } = *sign_in;
    let at = BASE.plus_millis(offset as i64);
    Link { site: site(of), from: visitor(of, from), to: visitor(of, to), at }
}

/// The event of a draft.
pub fn event(draft: &Draft) -> Event {
    let kind = draft.kind;
    let some = |bit: u16, text: &str| (kind >> bit & 1 == 1).then(|| text.to_owned().into());
    let pages = ["/", "/1", "/2", "' OR 1=1 --", "/\u{202e}\u{1f600} a rather long path with spaces"];
    let name = ["pageview", "click", "purchase", "%_"][usize::from(kind & 3)];
    Event {
        site: site(draft.site),
        id: if kind >> 2 & 1 == 1 {
            EventId::Client(format!("id-{}-{kind}", draft.at).into())
        } else {
            EventId::Made(MadeId { process: u64::from(kind & 1) + 7, count: draft.at.unsigned_abs() })
        },
        name: name.into(),
        timestamp: BASE.plus_millis(draft.at),
        received_at: BASE.plus_millis(draft.at + draft.delay),
        visitor: visitor(draft.site, draft.visitor),
        user_id: draft.visitor.is_multiple_of(3).then(|| format!("user-{}", draft.visitor).into()),
        anonymous_id: match draft.visitor % 3 {
            1 => Some(format!("anonymous-{}", draft.visitor).into()),
            // On a device that others use, too.
            0 if kind.is_multiple_of(5) => Some(format!("anonymous-{}", draft.visitor + 1).into()),
            _ => None,
        },
        session: SessionId(u64::from(draft.visitor) << 32 | (draft.at / (DAY_MS / 2)).unsigned_abs()),
        client_session_id: some(3, "a session"),
        host: some(4, "example.com"),
        path: (kind >> 5 & 1 == 1).then(|| pages[usize::from(kind >> 6) % pages.len()].into()),
        referrer: some(6, "https://elsewhere.example/?q='"),
        utm: Utm { source: some(7, "newsletter"), medium: some(8, "email"), ..Utm::default() },
        source: some(7, "Google"),
        channel: (kind >> 7 & 1 == 1).then(|| Channel::ALL[usize::from(kind) % Channel::ALL.len()]),
        agent: Agent {
            browser: some(8, "Firefox"),
            browser_version: some(9, "128"),
            os: some(10, "macOS"),
            os_version: some(11, "14.4"),
            device: (kind >> 8 & 1 == 1).then(|| Device::ALL[usize::from(kind) % Device::ALL.len()]),
        },
        place: Place {
            country: (kind >> 4 & 1 == 1).then(|| "DE".parse().expect("a country")),
            region: some(5, "DE-BE"),
            city: some(6, "Köln"),
        },
        element: (kind >> 9 & 1 == 1).then(|| format!("button-{}", kind % 3).into()),
        title: some(10, "<img onerror>"),
        language: some(11, "de-AT"),
        duration_ms: (kind >> 12 & 1 == 1).then(|| i64::from(kind) * 7),
        revenue: (name == "purchase").then(|| Revenue { micros: -1_500_000, currency: euro() }),
        screen: (kind >> 13 & 1 == 1).then_some(Screen { width: 390, height: 844 }),
        screen_class: (kind >> 13 & 1 == 1).then_some(ScreenClass::Mobile),
        scroll_depth: (kind >> 12 & 1 == 1).then_some((kind % 101) as u8),
        interactive: kind >> 3 & 1 == 0,
        properties: if kind >> 14 & 1 == 1 { properties(kind).into() } else { ByteString::new() },
    }
}

/// Of a few types and values, so that observed schemas have something to say.
fn properties(kind: u16) -> &'static str {
    [
        r#"{"plan":"pro","n":18446744073709551616}"#,
        r#"{"plan":"free","n":-0.5,"a.b":true}"#,
        r#"{"plan":"[\"x\"]","ä\n":"' OR 1=1 --"}"#,
        r#"{"n":"18446744073709551616","plan":"pro"}"#,
    ][usize::from(kind >> 7) % 4]
}

fn euro() -> Currency {
    "EUR".parse().expect("a currency")
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    // Mostly in order and of the last two days, sometimes a year early.
    let at = prop_oneof![
        8 => 0..4 * DAY_MS,
        2 => (0..8i64).prop_map(|half| half * DAY_MS / 2),
        1 => -400 * DAY_MS..0,
    ];
    let delay = prop_oneof![4 => 0..2_000i64, 1 => 0..3 * DAY_MS, 1 => -5_000..0i64];
    let discard = prop_oneof![4 => Just(0u8), 1 => 1..4u8];
    let draft = (0..SITES, 0..6u8, at, delay, any::<u16>(), discard).prop_map(
        |(site, visitor, at, delay, kind, discard)| Draft { site, visitor, at, delay, kind, discard },
    );
    proptest::collection::vec(draft, 0..40)
}

/// Random things that happen.
pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let who = prop_oneof![
        (0..6u8).prop_map(Who::User),
        (0..6u8).prop_map(Who::Anonymous),
        (0..6u8).prop_map(Who::Visitor),
    ];
    let sign_in = (0..SITES, 0..6u8, 0..6u8).prop_map(|(site, from, to)| SignIn { site, from, to });
    let sign_ins = proptest::collection::vec(sign_in, 1..5);
    let op = prop_oneof![
        8 => drafts().prop_map(Op::Insert),
        4 => (drafts(), sign_ins).prop_map(|(drafts, sign_ins)| Op::Link(drafts, sign_ins)),
        3 => Just(Op::Flush),
        2 => Just(Op::Tidy),
        2 => Just(Op::Crash),
        1 => (0..SITES, who).prop_map(|(site, who)| Op::Erase(site, who)),
        1 => (0..4u8).prop_map(Op::Retain),
        1 => (0..SITES, 0..4u8).prop_map(|(site, reason)| Op::Forget(site, reason)),
        1 => (0..50u8).prop_map(Op::Past),
    ];
    proptest::collection::vec(op, 1..12)
}
