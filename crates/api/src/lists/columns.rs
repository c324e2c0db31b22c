//! The columns of an export: their names, in their order, and what an event has there.

use std::borrow::Cow;

use millrace_event::{Event, Timestamp};

/// A column.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) of: Of,
}

/// What an event has in a column.
pub(super) enum Of {
    /// A text.
    Text(fn(&Event) -> Option<Cow<'_, str>>),
    /// An instant.
    Instant(fn(&Event) -> Timestamp),
    /// A whole number.
    Whole(fn(&Event) -> Option<u32>),
    /// Milliseconds, shown as seconds.
    Seconds(fn(&Event) -> Option<i64>),
    /// Millionths, shown as a decimal number.
    Amount(fn(&Event) -> Option<i64>),
    /// Yes or no.
    Flag(fn(&Event) -> bool),
}

macro_rules! text {
    ($name:literal, $event:ident => $value:expr) => {
        Column { name: $name, of: Of::Text(|$event| $value.map(Cow::Borrowed)) }
    };
}

macro_rules! shown {
    ($name:literal, $event:ident => $value:expr) => {
        Column { name: $name, of: Of::Text(|$event| Some(Cow::Owned($value.to_string()))) }
    };
}

/// Every column. Further ones go to the end: programs may count.
pub(super) const COLUMNS: [Column; 40] = [
    shown!("event_id", event => event.id),
    text!("name", event => Some(&*event.name)),
    Column { name: "timestamp", of: Of::Instant(|event| event.timestamp) },
    Column { name: "received_at", of: Of::Instant(|event| event.received_at) },
    shown!("visitor_id", event => event.visitor),
    shown!("session_id", event => event.session),
    text!("user_id", event => event.user_id.as_deref()),
    text!("anonymous_id", event => event.anonymous_id.as_deref()),
    text!("client_session_id", event => event.client_session_id.as_deref()),
    text!("host", event => event.host.as_deref()),
    text!("path", event => event.path.as_deref()),
    text!("title", event => event.title.as_deref()),
    text!("referrer", event => event.referrer.as_deref()),
    text!("source", event => event.source.as_deref()),
    text!("channel", event => event.channel.map(|channel| channel.as_str())),
    text!("utm_source", event => event.utm.source.as_deref()),
    text!("utm_medium", event => event.utm.medium.as_deref()),
    text!("utm_campaign", event => event.utm.campaign.as_deref()),
    text!("utm_content", event => event.utm.content.as_deref()),
    text!("utm_term", event => event.utm.term.as_deref()),
    text!("browser", event => event.agent.browser.as_deref()),
    text!("browser_version", event => event.agent.browser_version.as_deref()),
    text!("os", event => event.agent.os.as_deref()),
    text!("os_version", event => event.agent.os_version.as_deref()),
    text!("device", event => event.agent.device.map(|device| device.as_str())),
    text!("country", event => event.place.country.as_ref().map(|country| country.as_str())),
    text!("region", event => event.place.region.as_deref()),
    text!("city", event => event.place.city.as_deref()),
    text!("language", event => event.language.as_deref()),
    Column { name: "screen_width", of: Of::Whole(|event| event.screen.map(|screen| screen.width)) },
    Column { name: "screen_height", of: Of::Whole(|event| event.screen.map(|screen| screen.height)) },
    text!("screen_class", event => event.screen_class.map(|class| class.as_str())),
    text!("element", event => event.element.as_deref()),
    Column { name: "duration", of: Of::Seconds(|event| event.duration_ms) },
    Column { name: "revenue_amount", of: Of::Amount(|event| event.revenue.map(|revenue| revenue.micros)) },
    text!("revenue_currency", event => event.revenue.as_ref().map(|revenue| revenue.currency.as_str())),
    Column { name: "scroll_depth", of: Of::Whole(|event| event.scroll_depth.map(u32::from)) },
    Column { name: "interactive", of: Of::Flag(|event| event.interactive) },
    text!("properties", event => Some(&*event.properties).filter(|text| !text.is_empty())),
    text!("site_id", event => Some(event.site.as_str())),
];
