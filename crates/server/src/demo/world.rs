//! What the demo's visitors are drawn from: pages, sources, devices, places. Plain text throughout: nothing here
//! needs escaping in JSON.

pub(crate) mod pages;

use pages::{
    BLOG, CHANGELOG, DOCS, EVENTS, FEATURES, HOME, INSTALL, POST_COOKIES, POST_FUNNELS, POST_PARQUET,
    POST_RELEASE, PRICING, TOUR,
};

/// Where a visit comes from.
#[derive(Debug)]
pub(crate) struct Source {
    /// Empty for a direct visit.
    pub(crate) referrer: &'static str,
    /// The campaign, as the URL's query has it; empty without one.
    pub(crate) query: &'static str,
    /// Where it leads, by weight.
    pub(crate) entries: &'static [(u32, usize)],
}

const FRONT: &[(u32, usize)] =
    &[(62, HOME), (14, DOCS), (8, PRICING), (6, BLOG), (6, CHANGELOG), (4, EVENTS)];
const FOUND: &[(u32, usize)] = &[
    (34, HOME),
    (16, POST_COOKIES),
    (12, INSTALL),
    (10, POST_FUNNELS),
    (10, EVENTS),
    (9, FEATURES),
    (9, PRICING),
];
const POSTS: &[(u32, usize)] =
    &[(34, POST_PARQUET), (28, POST_COOKIES), (16, POST_RELEASE), (14, POST_FUNNELS), (8, HOME)];
const LANDING: &[(u32, usize)] = &[(40, PRICING), (30, TOUR), (20, HOME), (10, FEATURES)];
const NEWS: &[(u32, usize)] = &[(60, POST_RELEASE), (20, CHANGELOG), (20, BLOG)];

/// A direct visit comes first: whoever returns mostly comes so.
pub(crate) const SOURCES: &[(u32, Source)] = &[
    (300, Source { referrer: "", query: "", entries: FRONT }),
    (260, Source { referrer: "https://www.google.com/", query: "", entries: FOUND }),
    (38, Source { referrer: "https://duckduckgo.com/", query: "", entries: FOUND }),
    (34, Source { referrer: "https://www.bing.com/", query: "", entries: FOUND }),
    (30, Source { referrer: "https://chatgpt.com/", query: "", entries: FOUND }),
    (12, Source { referrer: "https://www.perplexity.ai/", query: "", entries: FOUND }),
    (52, Source { referrer: "https://news.ycombinator.com/", query: "", entries: POSTS }),
    (40, Source { referrer: "https://www.reddit.com/r/selfhosted/", query: "", entries: POSTS }),
    (30, Source { referrer: "https://www.linkedin.com/", query: "", entries: POSTS }),
    (26, Source { referrer: "https://github.com/", query: "", entries: FRONT }),
    (18, Source { referrer: "https://t.co/q7Xn2", query: "", entries: POSTS }),
    (12, Source { referrer: "https://mastodon.social/", query: "", entries: POSTS }),
    (16, Source { referrer: "https://www.youtube.com/", query: "", entries: LANDING }),
    (
        44,
        Source {
            referrer: "https://www.google.com/",
            query: "utm_source=google&utm_medium=cpc&utm_campaign=brand&utm_term=self+hosted+analytics",
            entries: LANDING,
        },
    ),
    (
        30,
        Source {
            referrer: "",
            query: "utm_source=newsletter&utm_medium=email&utm_campaign=autumn-release&utm_content=header",
            entries: NEWS,
        },
    ),
    (
        22,
        Source {
            referrer: "https://www.linkedin.com/",
            query: "utm_source=linkedin&utm_medium=paid_social&utm_campaign=teams",
            entries: LANDING,
        },
    ),
    (
        12,
        Source {
            referrer: "https://partner.example/tools",
            query: "utm_source=partner&utm_medium=referral&utm_campaign=spring-bundle",
            entries: LANDING,
        },
    ),
];

/// A kind of device.
pub(crate) struct Device {
    pub(crate) user_agent: &'static str,
    pub(crate) screens: &'static [&'static str],
}

const DESKTOP: &[&str] = &["1920x1080", "1920x1080", "2560x1440", "1536x864", "1366x768", "3840x2160"];
const MAC: &[&str] = &["1440x900", "1512x982", "1728x1117", "2560x1440"];
const IPHONE: &[&str] = &["393x852", "390x844", "430x932", "402x874"];
const ANDROID: &[&str] = &["412x915", "360x800", "384x832", "411x823"];

pub(crate) const DEVICES: &[(u32, Device)] = &[
    (
        270,
        Device {
            user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
            screens: DESKTOP,
        },
    ),
    (
        60,
        Device {
            user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0",
            screens: DESKTOP,
        },
    ),
    (
        44,
        Device {
            user_agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0",
            screens: DESKTOP,
        },
    ),
    (
        120,
        Device {
            user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
            screens: MAC,
        },
    ),
    (
        74,
        Device {
            user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
            screens: MAC,
        },
    ),
    (
        46,
        Device {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0",
            screens: DESKTOP,
        },
    ),
    (
        36,
        Device {
            user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
            screens: DESKTOP,
        },
    ),
    (
        150,
        Device {
            user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
            screens: IPHONE,
        },
    ),
    (
        22,
        Device {
            user_agent: "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
            screens: &["820x1180", "1024x1366"],
        },
    ),
    (
        140,
        Device {
            user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36",
            screens: ANDROID,
        },
    ),
    (
        26,
        Device {
            user_agent: "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
            screens: ANDROID,
        },
    ),
    (
        12,
        Device {
            user_agent: "Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0",
            screens: ANDROID,
        },
    ),
];

/// Where people are: a network of a provider there, so that a country can be told, and what they speak.
pub(crate) struct Place {
    /// An IPv4 network.
    pub(crate) network: [u8; 4],
    /// Its prefix length.
    pub(crate) prefix: u32,
    pub(crate) languages: &'static [&'static str],
    pub(crate) currency: &'static str,
}

#[rustfmt::skip]
pub(crate) const PLACES: &[(u32, Place)] = &[
    (270, Place { network: [73, 0, 0, 0], prefix: 8, languages: &["en-US", "en-US", "en-US", "es-US"], currency: "USD" }),
    (150, Place { network: [79, 192, 0, 0], prefix: 10, languages: &["de-DE", "de-DE", "en-US"], currency: "EUR" }),
    (110, Place { network: [86, 128, 0, 0], prefix: 10, languages: &["en-GB"], currency: "GBP" }),
    (80, Place { network: [90, 0, 0, 0], prefix: 9, languages: &["fr-FR", "fr-FR", "en-US"], currency: "EUR" }),
    (60, Place { network: [84, 80, 0, 0], prefix: 13, languages: &["nl-NL", "en-US"], currency: "EUR" }),
    (60, Place { network: [49, 32, 0, 0], prefix: 12, languages: &["en-IN", "hi-IN"], currency: "USD" }),
    (50, Place { network: [70, 24, 0, 0], prefix: 13, languages: &["en-CA", "fr-CA"], currency: "USD" }),
    (40, Place { network: [101, 160, 0, 0], prefix: 11, languages: &["en-AU"], currency: "USD" }),
    (36, Place { network: [177, 0, 0, 0], prefix: 10, languages: &["pt-BR"], currency: "USD" }),
    (34, Place { network: [126, 0, 0, 0], prefix: 9, languages: &["ja-JP"], currency: "USD" }),
    (30, Place { network: [79, 0, 0, 0], prefix: 10, languages: &["it-IT"], currency: "EUR" }),
    (28, Place { network: [83, 0, 0, 0], prefix: 11, languages: &["pl-PL", "en-US"], currency: "EUR" }),
    (26, Place { network: [83, 32, 0, 0], prefix: 11, languages: &["es-ES"], currency: "EUR" }),
    (26, Place { network: [81, 224, 0, 0], prefix: 12, languages: &["sv-SE", "en-US"], currency: "EUR" }),
];

/// What is sold: the plan, its price a month in hundredths, by weight.
pub(crate) const PLANS: &[(u32, (&str, u32))] =
    &[(50, ("starter", 900)), (34, ("team", 2900)), (12, ("business", 9900)), (4, ("scale", 24900))];

/// What goes wrong in a page, by weight: the class and the message.
pub(crate) const ERRORS: &[(u32, (&str, &str))] = &[
    (40, ("TypeError", "Cannot read properties of undefined (reading 'map')")),
    (25, ("NetworkError", "Failed to fetch")),
    (20, ("ChunkLoadError", "Loading chunk 7 failed")),
    (15, ("ResizeObserverError", "ResizeObserver loop completed with undelivered notifications")),
];

/// How busy each hour of a day is in UTC, for people of whom most live in Europe and America.
pub(crate) const HOURS: [u32; 24] =
    [30, 25, 22, 20, 20, 24, 34, 50, 66, 78, 84, 84, 86, 94, 100, 100, 96, 88, 80, 72, 66, 58, 48, 38];

/// How busy each weekday is, from Monday.
pub(crate) const WEEKDAYS: [u32; 7] = [100, 106, 108, 104, 92, 60, 56];

/// One of the weighted choices: the one that `roll`, below the [`total`] of their weights, falls on.
pub(crate) fn pick<T>(choices: &[(u32, T)], roll: u32) -> &T {
    let mut left = roll;
    for (weight, choice) in choices {
        if left < *weight {
            return choice;
        }
        left -= weight;
    }
    &choices[choices.len() - 1].1
}

/// The sum of the weights.
pub(crate) fn total<T>(choices: &[(u32, T)]) -> u32 {
    choices.iter().map(|(weight, _)| weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_plain_json_text() {
        let mut texts: Vec<&str> = vec![pages::ORIGIN];
        for page in &pages::PAGES {
            texts.extend([page.path, page.title, page.section]);
            texts.extend(page.elements);
        }
        texts.extend(SOURCES.iter().flat_map(|(_, source)| [source.referrer, source.query]));
        texts.extend(DEVICES.iter().flat_map(|(_, device)| device.screens).copied());
        texts.extend(DEVICES.iter().map(|(_, device)| device.user_agent));
        texts.extend(PLACES.iter().flat_map(|(_, place)| place.languages).copied());
        texts.extend(PLACES.iter().map(|(_, place)| place.currency));
        texts.extend(ERRORS.iter().flat_map(|(_, (class, message))| [*class, *message]));
        texts.extend(PLANS.iter().map(|(_, (plan, _))| *plan));
        for text in texts {
            assert_eq!(serde_json::to_string(text).unwrap(), format!("\"{text}\""));
        }
    }

    #[test]
    fn choices_follow_their_weights() {
        let choices = [(2, 'a'), (1, 'b')];
        assert_eq!((0..total(&choices)).map(|roll| *pick(&choices, roll)).collect::<String>(), "aab");
    }
}
