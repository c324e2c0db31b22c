//! What a query groups by and filters by.

use std::fmt;
use std::str::FromStr;

use bytestring::ByteString;

use crate::Interval;

/// A column of an answer that is not a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// `event:name`
    Name,
    /// `event:page`: the path.
    Page,
    /// `event:hostname`
    Hostname,
    /// `event:element`
    Element,
    /// `event:props:<key>`: the text of a property; of a number as it was sent, of an array its JSON.
    Property(ByteString),
    /// `event:goal`: the names of the goals that an event reaches; one event may reach several.
    Goal,
    /// `visit:<name>`: of the session that an event belongs to.
    Visit(VisitDimension),
    /// `time:<interval>`, in the site's zone.
    Time(Interval),
}

macro_rules! visit_dimensions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $missing:expr;)*) => {
        /// What is known of a session.
        ///
        /// The exit page is the page of the session's last page view. All others are those of its opening event: its
        /// first page view, or its first event where it has none; of events at one instant, the first to arrive.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum VisitDimension {
            $($(#[$doc])* $variant,)*
        }

        impl VisitDimension {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name after `visit:`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What a session is shown as that has no value; nothing where it is left out.
            pub const fn missing(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => $missing,)*
                }
            }
        }
    };
}

const NOT_SET: Option<&str> = Some("(not set)");

visit_dimensions! {
    /// Who sent the visitor, by name.
    Source = "source", Some("Direct / None");
    /// The URL the visitor came from.
    Referrer = "referrer", Some("Direct / None");
    /// The class of the source.
    Channel = "channel", Some("Direct");
    /// `utm_medium`
    UtmMedium = "utm_medium", NOT_SET;
    /// `utm_source`
    UtmSource = "utm_source", NOT_SET;
    /// `utm_campaign`
    UtmCampaign = "utm_campaign", NOT_SET;
    /// `utm_content`
    UtmContent = "utm_content", NOT_SET;
    /// `utm_term`
    UtmTerm = "utm_term", NOT_SET;
    /// The page of the first page view.
    EntryPage = "entry_page", None;
    /// The page of the last page view.
    ExitPage = "exit_page", None;
    /// ISO 3166-1 alpha-2.
    Country = "country", NOT_SET;
    /// ISO 3166-2, or a name.
    Region = "region", NOT_SET;
    /// The city's English name.
    City = "city", NOT_SET;
    /// The kind of device.
    Device = "device", NOT_SET;
    /// The browser.
    Browser = "browser", NOT_SET;
    /// The browser's version.
    BrowserVersion = "browser_version", NOT_SET;
    /// The operating system.
    Os = "os", NOT_SET;
    /// The system's version.
    OsVersion = "os_version", NOT_SET;
    /// The screen's class.
    Screen = "screen", NOT_SET;
    /// The browser's language tag.
    Language = "language", NOT_SET;
}

/// The text names no dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such dimension")]
pub struct UnknownDimension;

impl Dimension {
    /// The most bytes of a property's name, as an event may have it.
    const PROPERTY_BYTES: usize = 480;

    /// Names for messages, in the order of the documentation.
    pub fn names() -> Vec<String> {
        let event = ["event:name", "event:page", "event:hostname", "event:element", "event:goal"];
        let visit = VisitDimension::ALL.iter().map(|dimension| format!("visit:{}", dimension.name()));
        let time = ["time", "time:minute", "time:hour", "time:day", "time:week", "time:month"];
        let mut names: Vec<_> = event.map(str::to_owned).into();
        names.push("event:props:<key>".to_owned());
        names.extend(visit.chain(time.map(str::to_owned)));
        names
    }

    /// What an event is shown as that has no value; nothing where it is left out of every group.
    pub fn missing(&self) -> Option<&'static str> {
        match self {
            Self::Property(_) => Some("(none)"),
            Self::Visit(dimension) => dimension.missing(),
            Self::Name | Self::Page | Self::Hostname | Self::Element | Self::Goal | Self::Time(_) => None,
        }
    }

    /// The width of its buckets, where it is time.
    pub fn interval(&self) -> Option<Interval> {
        match self {
            Self::Time(interval) => Some(*interval),
            _ => None,
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => out.write_str("event:name"),
            Self::Page => out.write_str("event:page"),
            Self::Hostname => out.write_str("event:hostname"),
            Self::Element => out.write_str("event:element"),
            Self::Property(key) => write!(out, "event:props:{key}"),
            Self::Goal => out.write_str("event:goal"),
            Self::Visit(dimension) => write!(out, "visit:{}", dimension.name()),
            Self::Time(interval) => write!(out, "time:{}", interval.name()),
        }
    }
}

impl FromStr for Dimension {
    type Err = UnknownDimension;

    /// Every name but `time`, whose interval depends on the period.
    fn from_str(text: &str) -> Result<Self, UnknownDimension> {
        if let Some(key) = text.strip_prefix("event:props:") {
            let fits = !key.is_empty() && key.len() <= Self::PROPERTY_BYTES && !key.contains('\0');
            return if fits { Ok(Self::Property(key.into())) } else { Err(UnknownDimension) };
        }
        if let Some(name) = text.strip_prefix("visit:") {
            let known = VisitDimension::ALL.iter().find(|dimension| dimension.name() == name);
            return known.map(|dimension| Self::Visit(*dimension)).ok_or(UnknownDimension);
        }
        match text {
            "event:name" => Ok(Self::Name),
            "event:page" => Ok(Self::Page),
            "event:hostname" => Ok(Self::Hostname),
            "event:element" => Ok(Self::Element),
            "event:goal" => Ok(Self::Goal),
            "time:minute" => Ok(Self::Time(Interval::Minute)),
            "time:hour" => Ok(Self::Time(Interval::Hour)),
            "time:day" => Ok(Self::Time(Interval::Day)),
            "time:week" => Ok(Self::Time(Interval::Week)),
            "time:month" => Ok(Self::Time(Interval::Month)),
            _ => Err(UnknownDimension),
        }
    }
}
