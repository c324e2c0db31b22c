//! Events from small numbers, so that random ones meet often.

use bytestring::ByteString;
use millrace_event::time::DAY_MS;
use millrace_event::{
    Agent, Channel, Device, Event, EventId, MadeId, Place, Revenue, Screen, ScreenClass, SessionId, SiteId,
    Timestamp, Utm, VisitorId,
};
use proptest::prelude::*;

use super::{Op, SignIn, Who};
use crate::Link;

/// The day on which the tests' events begin: 2026-10-22, a few days before Europe's clock change.
pub const BASE: Timestamp = Timestamp::from_millis(1_792_627_200_000);

pub(super) const SITES: u8 = 3;

/// Milliseconds after [`BASE`] of clock changes: on Lord Howe by half an hour on 2026-10-03, in Europe on 2026-10-25,
/// in America on 2026-11-01.
const CHANGES: [i64; 3] =
    [-19 * DAY_MS + 31 * 1_800_000, 3 * DAY_MS + 3_600_000, 10 * DAY_MS + 6 * 3_600_000];

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
    let pick = |salt: u32, of: usize| pick(kind, salt, of);
    // Of four events three have it.
    let one_of = |salt: u32, texts: &[&'static str]| {
        (pick(salt, 4) > 0).then(|| ByteString::from_static(texts[pick(salt + 100, texts.len())]))
    };
    let name = NAMES[pick(1, NAMES.len())];
    let seen = matches!(name, "pageview" | "engagement");
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
        session: session(draft),
        client_session_id: one_of(2, &["a session"]),
        host: one_of(3, &["example.com", "example.org"]),
        path: one_of(4, PAGES),
        referrer: one_of(5, &["https://elsewhere.example/?q='", "https://www.google.com/"]),
        utm: Utm {
            source: one_of(6, &["newsletter", "' OR 1=1 --"]),
            medium: one_of(7, &["email", "cpc"]),
            campaign: one_of(8, &["autumn", "%_"]),
            content: one_of(9, &["\\'"]),
            term: one_of(10, &["shoes", "(?i)"]),
        },
        // Some are called what a missing one is shown as.
        source: one_of(11, &["Google", "google", "Direct / None"]),
        channel: (pick(12, 3) > 0).then(|| Channel::ALL[pick(13, Channel::ALL.len())]),
        agent: Agent {
            browser: one_of(14, &["Firefox", "Chrome"]),
            browser_version: one_of(15, &["128", "17.4"]),
            os: one_of(16, &["macOS", "(not set)"]),
            os_version: one_of(17, &["14.4"]),
            device: (pick(18, 3) > 0).then(|| Device::ALL[pick(19, Device::ALL.len())]),
        },
        place: Place {
            country: one_of(20, &["DE", "NP"]).map(|code| code.parse().expect("a country")),
            region: one_of(21, &["DE-BE", "Bagmati"]),
            city: one_of(22, &["Köln", "Kathmandu"]),
        },
        element: one_of(23, &["button-0", "button-1", "button-2", "' OR 1=1 --"]),
        title: one_of(24, &["<img onerror>"]),
        language: one_of(25, &["de-AT", "ne"]),
        duration_ms: (pick(26, 3) > 0).then(|| pick(27, 90_000) as i64),
        revenue: (name == "purchase" && pick(28, 8) > 0).then(|| revenue(pick(29, 16))),
        screen: (kind >> 13 & 1 == 1).then_some(Screen { width: 390, height: 844 }),
        screen_class: (kind >> 13 & 1 == 1).then_some(ScreenClass::Mobile),
        scroll_depth: (seen && pick(30, 3) > 0).then(|| pick(31, 101) as u8),
        interactive: name != "engagement" && pick(32, 5) > 0,
        properties: if pick(33, 4) > 0 { properties(pick(34, 64)) } else { ByteString::new() },
    }
}

const NAMES: &[&str] =
    &["pageview", "pageview", "pageview", "engagement", "engagement", "click", "purchase", "%_"];

const PAGES: &[&str] = &[
    "/",
    "/",
    "/1",
    "/2",
    "/blog/one",
    "/blog/2026/two",
    "' OR 1=1 --",
    "\\'",
    "%_",
    "/\u{202e}\u{1f600} a rather long path with spaces",
    "/two\nlines",
];

/// A number below `of` that depends on kind and salt, and on nothing else.
fn pick(kind: u16, salt: u32, of: usize) -> usize {
    let mut mixed = u32::from(kind).wrapping_mul(0x9e37_79b1) ^ salt.wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
    mixed = (mixed ^ mixed >> 12).wrapping_mul(0x297a_2d39);
    (mixed ^ mixed >> 15) as usize % of
}

/// Sessions of half a day that begin before midnight, of an hour, and of three days; some of two visitors. Numbers of
/// all 64 bits, alike on each site.
fn session(draft: &Draft) -> SessionId {
    const HOUR: i64 = DAY_MS / 24;
    let (of, slot) = match draft.visitor % 4 {
        2 => (draft.visitor, draft.at.div_euclid(3 * DAY_MS)),
        3 => (draft.visitor, (draft.at + HOUR / 2).div_euclid(HOUR)),
        _ => (draft.visitor & !1, (draft.at + 5 * HOUR).div_euclid(DAY_MS / 2)),
    };
    SessionId((u64::from(of) << 32 ^ slot as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Of several currencies, some so large that their sum needs more than 64 bits.
fn revenue(number: usize) -> Revenue {
    let most = 1_000_000_000_000_000_000;
    let micros = [-1_500_000, 9_990_000, 0, 1, most, most, -most, 250_000][number % 8];
    // Mostly in one, so that some sums have a meaning.
    let currency = ["EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "JPY", "USD"][number / 2];
    Revenue { micros, currency: currency.parse().expect("a currency") }
}

/// Of a few types and values, so that observed schemas have something to say, and numbers of every form.
fn properties(number: usize) -> ByteString {
    let fixed = [
        r#"{"plan":"pro","n":18446744073709551616}"#,
        r#"{"plan":"free","n":-0.5,"a.b":true}"#,
        r#"{"plan":"[\"x\"]","ä\n":"' OR 1=1 --"}"#,
        r#"{"n":"18446744073709551616","plan":"pro"}"#,
        r#"{"' OR 1=1 --":"(none)","plan":"\\'","n":true}"#,
    ];
    if let Some(fixed) = fixed.get(number) {
        return ByteString::from_static(fixed);
    }
    let numbers = [
        "1",
        "2",
        "2.5",
        "-3.25",
        "10",
        "0",
        "-0",
        "1e3",
        "1E+2",
        "125e-3",
        "00012.50",
        "0.1",
        "0.2",
        "0.0000005",
        "-0.0000005",
        "0.00000049",
        "1e-300",
        "0e300",
        "999999999999999999",
        "999999999999999999.9999995",
        "-999999999999999999.999999",
        "1e18",
        "-1e18",
        "1e17",
        "100000000000000000.000001",
        "ten",
        " 1",
        "1\\n",
        "1\\n2",
        "+1",
        ".5",
        "5.",
        "0x10",
        "NaN",
        "Infinity",
        "1e0001",
        "1,5",
        "1_000",
        "\u{661}\u{662}",
        "",
        "--1",
    ];
    let text = match number - fixed.len() {
        0 => format!("{}1.5", "0".repeat(397)),
        1 => format!("{}1.5", "0".repeat(398)),
        2 => format!("0.{}", "7".repeat(398)),
        place => numbers[place % numbers.len()].to_owned(),
    };
    // As a number where JSON has it, and as a text.
    let is_json =
        millrace_query::decimal::micros(&text).is_some() && !text.trim_start_matches('-').starts_with("00");
    match number.is_multiple_of(2) && is_json {
        true => format!("{{\"n\":{text}}}").into(),
        false => format!("{{\"n\":\"{text}\",\"plan\":\"pro\"}}").into(),
    }
}

fn drafts() -> impl Strategy<Value = Vec<Draft>> {
    // Mostly of four days, often of one instant or around midnight and clock changes, sometimes a year early.
    let at = prop_oneof![
        8 => 0..4 * DAY_MS,
        2 => (0..8i64).prop_map(|half| half * DAY_MS / 2),
        3 => (-12..12i64).prop_map(|minutes| DAY_MS + minutes * 5 * 60_000),
        2 => (0..CHANGES.len(), -8..8i64).prop_map(|(change, quarters)| CHANGES[change] + quarters * 15 * 60_000),
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
