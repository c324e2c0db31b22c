//! One event with all that is public of it.

use millrace_event::{Event, Revenue};
use millrace_query::decimal;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::reports::recent::metadata;

/// An event as it is stored.
#[derive(Serialize, ToSchema)]
#[schema(as = EventDetail)]
pub(crate) struct Detail {
    /// The client's own id, or the one it was given.
    event_id: String,
    /// Its name.
    #[schema(example = "pageview")]
    name: String,
    /// When it happened, UTC.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00.250Z")]
    timestamp: String,
    /// When it arrived, UTC.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00.310Z")]
    received_at: String,
    /// Who did it, the person where one is known: 16 hexadecimal digits.
    #[schema(example = "9f86d081884c7d65")]
    visitor_id: String,
    /// The session it belongs to: 16 hexadecimal digits.
    #[schema(example = "2c26b46b68ffc68f")]
    session_id: String,
    /// The person, where the client said so.
    #[schema(required = true)]
    user_id: Option<String>,
    /// The anonymous visitor, where the client said so.
    #[schema(required = true)]
    anonymous_id: Option<String>,
    /// The client's own session id.
    #[schema(required = true)]
    client_session_id: Option<String>,
    /// The page's host.
    #[schema(required = true, example = "shop.example")]
    host: Option<String>,
    /// The page's path.
    #[schema(required = true, example = "/pricing")]
    path: Option<String>,
    /// The page's title.
    #[schema(required = true)]
    title: Option<String>,
    /// Where the visitor came from: another host's URL.
    #[schema(required = true)]
    referrer: Option<String>,
    /// Who sent the visitor, by name; of this event, not of its session.
    #[schema(required = true, example = "Google")]
    source: Option<String>,
    /// The class of that source.
    #[schema(required = true, example = "Organic Search")]
    channel: Option<&'static str>,
    /// `utm_source` of the page's URL.
    #[schema(required = true)]
    utm_source: Option<String>,
    /// `utm_medium`
    #[schema(required = true)]
    utm_medium: Option<String>,
    /// `utm_campaign`
    #[schema(required = true)]
    utm_campaign: Option<String>,
    /// `utm_content`
    #[schema(required = true)]
    utm_content: Option<String>,
    /// `utm_term`
    #[schema(required = true)]
    utm_term: Option<String>,
    /// The browser.
    #[schema(required = true, example = "Firefox")]
    browser: Option<String>,
    /// Its version.
    #[schema(required = true, example = "128")]
    browser_version: Option<String>,
    /// The operating system.
    #[schema(required = true, example = "macOS")]
    os: Option<String>,
    /// Its version.
    #[schema(required = true, example = "14.4")]
    os_version: Option<String>,
    /// The kind of device.
    #[schema(required = true, example = "Desktop")]
    device: Option<&'static str>,
    /// ISO 3166-1 alpha-2.
    #[schema(required = true, example = "DE")]
    country: Option<String>,
    /// ISO 3166-2, or a name.
    #[schema(required = true, example = "DE-BE")]
    region: Option<String>,
    /// The city's English name.
    #[schema(required = true, example = "Berlin")]
    city: Option<String>,
    /// The browser's language tag.
    #[schema(required = true, example = "de-DE")]
    language: Option<String>,
    /// Width and height in CSS pixels.
    #[schema(required = true, example = "1920x1080")]
    screen: Option<String>,
    /// The screen's class, by its width.
    #[schema(required = true)]
    screen_class: Option<&'static str>,
    /// What was touched.
    #[schema(required = true)]
    element: Option<String>,
    /// How long it took, in seconds.
    #[schema(required = true, example = 1.25)]
    duration: Option<f64>,
    /// What it earned.
    #[schema(required = true)]
    revenue: Option<Earned>,
    /// How far down the page was seen, in percent.
    #[schema(required = true, example = 80)]
    scroll_depth: Option<u8>,
    /// Whether the visitor did something: what is not interactive keeps a visit of one page a bounce.
    interactive: bool,
    /// The properties, numbers with the digits they were sent with.
    #[schema(value_type = HashMap<String, serde_json::Value>)]
    properties: Box<RawValue>,
}

/// An amount of money.
#[derive(Serialize, ToSchema)]
#[schema(as = EventRevenue)]
pub(crate) struct Earned {
    /// The exact amount, with up to six decimals; negative for a refund.
    #[schema(value_type = f64, example = 9.99)]
    amount: Box<RawValue>,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

impl From<Revenue> for Earned {
    fn from(revenue: Revenue) -> Self {
        // A decimal number is JSON.
        let amount = RawValue::from_string(amount(revenue.micros)).unwrap_or_default();
        Self { amount, currency: revenue.currency.as_str().to_owned() }
    }
}

impl From<Event> for Detail {
    fn from(event: Event) -> Self {
        Self {
            event_id: event.id.to_string(),
            name: event.name.into(),
            timestamp: event.timestamp.to_string(),
            received_at: event.received_at.to_string(),
            visitor_id: event.visitor.to_string(),
            session_id: event.session.to_string(),
            user_id: event.user_id.map(String::from),
            anonymous_id: event.anonymous_id.map(String::from),
            client_session_id: event.client_session_id.map(String::from),
            host: event.host.map(String::from),
            path: event.path.map(String::from),
            title: event.title.map(String::from),
            referrer: event.referrer.map(String::from),
            source: event.source.map(String::from),
            channel: event.channel.map(|channel| channel.as_str()),
            utm_source: event.utm.source.map(String::from),
            utm_medium: event.utm.medium.map(String::from),
            utm_campaign: event.utm.campaign.map(String::from),
            utm_content: event.utm.content.map(String::from),
            utm_term: event.utm.term.map(String::from),
            browser: event.agent.browser.map(String::from),
            browser_version: event.agent.browser_version.map(String::from),
            os: event.agent.os.map(String::from),
            os_version: event.agent.os_version.map(String::from),
            device: event.agent.device.map(|device| device.as_str()),
            country: event.place.country.map(|country| country.as_str().to_owned()),
            region: event.place.region.map(String::from),
            city: event.place.city.map(String::from),
            language: event.language.map(String::from),
            screen: event.screen.map(|screen| format!("{}x{}", screen.width, screen.height)),
            screen_class: event.screen_class.map(|class| class.as_str()),
            element: event.element.map(String::from),
            duration: event.duration_ms.map(|millis| millis as f64 / 1_000.0),
            revenue: event.revenue.map(Earned::from),
            scroll_depth: event.scroll_depth,
            interactive: event.interactive,
            properties: metadata(event.properties.into()),
        }
    }
}

/// An amount of millionths by its digits, without zeros at its end.
pub(super) fn amount(micros: i64) -> String {
    let text = decimal::text(i128::from(micros));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Milliseconds as seconds by their digits.
pub(super) fn seconds(millis: i64) -> String {
    amount(millis.saturating_mul(1_000))
}
