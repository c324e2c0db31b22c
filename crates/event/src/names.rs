//! Closed lists of names: of channels, devices, classes of screens, countries. A store keeps their text.

use std::fmt;
use std::str::FromStr;

/// The text is none of the list's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name is not known")]
pub struct UnknownName;

macro_rules! names {
    ($(#[$doc:meta])* $list:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $list {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $list {
            /// Every name, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl FromStr for $list {
            type Err = UnknownName;

            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(UnknownName),
                }
            }
        }

        impl fmt::Display for $list {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// The class of a source: the default channel groups of Google Analytics 4
    /// (<https://support.google.com/analytics/answer/9756891>), and AI assistants. Direct is no channel of an event,
    /// but what a report concludes of a session that begins without one.
    Channel {
        /// Campaigns over several networks at once.
        CrossNetwork = "Cross-network",
        /// Paid, on a shopping site.
        PaidShopping = "Paid Shopping",
        /// Paid, on a search engine.
        PaidSearch = "Paid Search",
        /// Paid, on a social network.
        PaidSocial = "Paid Social",
        /// Paid, on a video site.
        PaidVideo = "Paid Video",
        /// Banners.
        Display = "Display",
        /// Paid, none of the above.
        PaidOther = "Paid Other",
        /// A shopping site.
        OrganicShopping = "Organic Shopping",
        /// A social network.
        OrganicSocial = "Organic Social",
        /// A video site.
        OrganicVideo = "Organic Video",
        /// A search engine.
        OrganicSearch = "Organic Search",
        /// An assistant that answers with links.
        AiAssistants = "AI Assistants",
        /// A mail.
        Email = "Email",
        /// A partner.
        Affiliates = "Affiliates",
        /// Any other site.
        Referral = "Referral",
        /// A podcast and its like.
        Audio = "Audio",
        /// A text message.
        Sms = "SMS",
        /// A notification.
        MobilePush = "Mobile Push Notifications",
    }
}

names! {
    /// What kind of device a visitor used.
    Device {
        /// A desktop or laptop computer.
        Desktop = "Desktop",
        /// A phone.
        Mobile = "Mobile",
        /// A tablet.
        Tablet = "Tablet",
        /// A television set.
        Tv = "TV",
        /// A game console.
        Console = "Console",
        /// A watch or glasses.
        Wearable = "Wearable",
    }
}

names! {
    /// A screen by its width in CSS pixels.
    ScreenClass {
        /// Below 576.
        Mobile = "Mobile",
        /// Below 992.
        Tablet = "Tablet",
        /// Below 1,440.
        Laptop = "Laptop",
        /// 1,440 and more.
        Desktop = "Desktop",
    }
}

/// An ISO 3166-1 alpha-2 code by its form: two letters, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Country {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let bytes: [u8; 2] = text.as_bytes().try_into().map_err(|_| UnknownName)?;
        let upper = bytes.map(|byte| byte.to_ascii_uppercase());
        upper.iter().all(u8::is_ascii_uppercase).then_some(Self(upper)).ok_or(UnknownName)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for channel in Channel::ALL {
            assert_eq!(channel.as_str().parse(), Ok(*channel));
        }
        assert_eq!("TV".parse(), Ok(Device::Tv));
        assert_eq!("tv".parse::<Device>(), Err(UnknownName));
        assert_eq!("de".parse::<Country>().unwrap().as_str(), "DE");
        for bad in ["", "D", "DEU", "D1", "ä"] {
            assert_eq!(bad.parse::<Country>(), Err(UnknownName), "{bad}");
        }
    }
}
