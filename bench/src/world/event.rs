//! Steps written out as the events a worker makes of them.

use bytestring::ByteString;
use millrace_event::{
    Agent, Channel, Country, Device, Event, EventId, MadeId, Place, Revenue, Screen, ScreenClass, Timestamp,
    Utm,
};

use super::Site;
use super::session::{Kind, Step};
use crate::dice::{Dice, Weighted, mix};

/// Pages of other sites that link here.
const REFERRERS: usize = 400;

/// Writes events, with ids in order of arrival.
#[derive(Debug)]
pub(super) struct Writer {
    client_ids: bool,
    /// The process that makes ids, and its count; there is a restart a day.
    made: MadeId,
    day: i64,
    referrers: Vec<ByteString>,
    by_links: Weighted,
}

impl Writer {
    pub(super) fn new(client_ids: bool) -> Self {
        let known = [
            "https://www.google.com/",
            "https://duckduckgo.com/",
            "https://www.bing.com/",
            "https://t.co/q7Xn2",
        ];
        let others = (known.len()..REFERRERS)
            .map(|n| format!("https://www.elsewhere-{}.example/links/{n}", n % 97).into());
        Self {
            client_ids,
            made: MadeId { process: 0, count: 0 },
            day: i64::MIN,
            referrers: known.into_iter().map(ByteString::from_static).chain(others).collect(),
            by_links: Weighted::zipf(REFERRERS, 1.1),
        }
    }

    pub(super) fn event(&mut self, step: &Step, site: &Site, dice: &mut Dice) -> Event {
        let received_at = Timestamp::from_millis(step.received_at);
        let page = usize::from(step.page);
        let viewed = step.kind == Kind::View;
        let referrer = self.referrer(step);
        let utm = campaign(step);
        let (source, channel) = origin(referrer.as_deref(), &utm);
        let screen = SCREENS[(step.device >> 16) as usize % SCREENS.len()];
        Event {
            site: site.id.clone(),
            id: self.id(received_at, dice),
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
            referrer,
            utm,
            source,
            channel,
            agent: agent(step.device),
            place: place(step.visitor.0),
            element: (step.kind == Kind::Click).then(|| ByteString::from_static(dice.of(&ELEMENTS))),
            title: viewed.then(|| site.titles[page].clone()),
            language: Some(ByteString::from_static(LANGUAGES[(step.device >> 8) as usize % LANGUAGES.len()])),
            duration_ms: (step.kind == Kind::Engagement).then(|| 1_000 + dice.wait(30_000.0) as i64),
            revenue: (step.kind == Kind::Purchase).then(|| Revenue {
                micros: (900 + 1_000 * dice.below(40) as i64) * 10_000,
                currency: "EUR".parse().expect("a currency"),
            }),
            screen: Some(screen),
            screen_class: Some(match screen.width {
                ..576 => ScreenClass::Mobile,
                576..992 => ScreenClass::Tablet,
                992..1_440 => ScreenClass::Laptop,
                _ => ScreenClass::Desktop,
            }),
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

    /// Where the session came from; more than half of them from nowhere in particular.
    fn referrer(&self, step: &Step) -> Option<ByteString> {
        let mut dice = Dice::new(step.session.0);
        (step.entry && dice.percent(45)).then(|| self.referrers[self.by_links.draw(&mut dice)].clone())
    }
}

fn campaign(step: &Step) -> Utm {
    if !step.entry || !step.session.0.is_multiple_of(16) {
        return Utm::default();
    }
    let (source, medium, campaign) = CAMPAIGNS[(step.session.0 >> 8) as usize % CAMPAIGNS.len()];
    let text = |text| Some(ByteString::from_static(text));
    Utm { source: text(source), medium: text(medium), campaign: text(campaign), ..Utm::default() }
}

/// Who sent the session, and by which kind of way, as far as its first event says.
fn origin(referrer: Option<&str>, utm: &Utm) -> (Option<ByteString>, Option<Channel>) {
    if let (Some(source), Some(medium)) = (&utm.source, utm.medium.as_deref()) {
        let channel = match medium {
            "cpc" => Channel::PaidSearch,
            "email" => Channel::Email,
            "paid_social" => Channel::PaidSocial,
            _ => Channel::Referral,
        };
        return (Some(source.clone()), Some(channel));
    }
    let Some(referrer) = referrer else { return (None, None) };
    let host = referrer.trim_start_matches("https://").split('/').next().unwrap_or_default();
    match host {
        "www.google.com" => (Some("Google".into()), Some(Channel::OrganicSearch)),
        "duckduckgo.com" => (Some("DuckDuckGo".into()), Some(Channel::OrganicSearch)),
        "www.bing.com" => (Some("Bing".into()), Some(Channel::OrganicSearch)),
        "t.co" => (Some("X".into()), Some(Channel::OrganicSocial)),
        host => (Some(host.trim_start_matches("www.").into()), Some(Channel::Referral)),
    }
}

/// The browser of a device: few browsers, each in some versions.
fn agent(device: u32) -> Agent {
    let (browser, os, os_versions, kind) = BROWSERS[device as usize % BROWSERS.len()];
    let text = |text: String| Some(ByteString::from(text));
    let version = 148 - (device >> 4 & 15).saturating_sub(10) - u32::from(browser == "Safari") * 122;
    Agent {
        browser: Some(ByteString::from_static(browser)),
        browser_version: text(version.to_string()),
        os: Some(ByteString::from_static(os)),
        os_version: Some(ByteString::from_static(os_versions[(device >> 9) as usize % os_versions.len()])),
        device: Some(kind),
    }
}

/// Where a visitor is: half of them in three countries; nobody knows more than that without a database of cities.
fn place(visitor: u64) -> Place {
    let spot = mix(visitor ^ 0x70_1ace);
    let wide = if spot & 1 == 0 { 3 } else { COUNTRIES.len() };
    let country: Option<Country> = COUNTRIES[(spot >> 8) as usize % wide].parse().ok();
    Place { country, ..Place::default() }
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
const LANGUAGES: [&str; 12] = [
    "en-US", "en-US", "en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "pt-BR", "ja-JP", "zh-CN", "pl-PL",
    "nl-NL",
];
const CAMPAIGNS: [(&str, &str, &str); 5] = [
    ("google", "cpc", "brand"),
    ("google", "cpc", "generic"),
    ("newsletter", "email", "autumn-release"),
    ("linkedin", "paid_social", "teams"),
    ("partner", "referral", "spring-bundle"),
];
const COUNTRIES: [&str; 24] = [
    "US", "DE", "GB", "FR", "ES", "BR", "JP", "CN", "PL", "NL", "IN", "CA", "AU", "IT", "SE", "CH", "AT",
    "MX", "ID", "TR", "KR", "ZA", "NG", "AR",
];
const BROWSERS: [(&str, &str, &[&str], Device); 12] = [
    ("Chrome", "Windows", &["10", "11"], Device::Desktop),
    ("Chrome", "Windows", &["10", "11"], Device::Desktop),
    ("Chrome", "macOS", &["10.15"], Device::Desktop),
    ("Chrome", "Android", &["10", "14", "15"], Device::Mobile),
    ("Chrome", "Android", &["10"], Device::Mobile),
    ("Safari", "iOS", &["18.6", "18.7", "26.0", "26.1"], Device::Mobile),
    ("Safari", "iOS", &["18.7", "26.1"], Device::Mobile),
    ("Safari", "macOS", &["10.15"], Device::Desktop),
    ("Edge", "Windows", &["10"], Device::Desktop),
    ("Firefox", "Windows", &["10"], Device::Desktop),
    ("Firefox", "Linux", &[""], Device::Desktop),
    ("Samsung Internet", "Android", &["10"], Device::Mobile),
];
const SCREENS: [Screen; 12] = [
    screen(1920, 1080),
    screen(1920, 1080),
    screen(2560, 1440),
    screen(1536, 864),
    screen(1366, 768),
    screen(1440, 900),
    screen(1512, 982),
    screen(393, 852),
    screen(390, 844),
    screen(430, 932),
    screen(412, 915),
    screen(360, 800),
];

const fn screen(width: u32, height: u32) -> Screen {
    Screen { width, height }
}
