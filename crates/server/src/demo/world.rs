//! What the demo's visitors are drawn from: pages, sources, devices, places. Plain text throughout: nothing here
//! needs escaping in JSON.

/// The demo site's origin.
pub(crate) const ORIGIN: &str = "https://www.demo.example";

/// A page of the demo site.
pub(crate) struct Page {
    pub(crate) path: &'static str,
    pub(crate) title: &'static str,
    pub(crate) section: &'static str,
    /// Percent of visitors who leave from here.
    pub(crate) leave: u32,
    /// What can be clicked that is no link.
    pub(crate) elements: &'static [&'static str],
    /// Where its links lead, by weight.
    pub(crate) links: &'static [(u32, usize)],
}

pub(crate) const HOME: usize = 0;
const FEATURES: usize = 1;
pub(crate) const PRICING: usize = 2;
const CUSTOMERS: usize = 3;
const DOCS: usize = 4;
const INSTALL: usize = 5;
const EVENTS: usize = 6;
const DASHBOARDS: usize = 7;
const API: usize = 8;
const BLOG: usize = 9;
const POST_COOKIES: usize = 10;
const POST_FUNNELS: usize = 11;
const POST_PARQUET: usize = 12;
const POST_RELEASE: usize = 13;
const ABOUT: usize = 14;
const CHANGELOG: usize = 15;
pub(crate) const SIGNUP: usize = 16;
pub(crate) const WELCOME: usize = 17;
pub(crate) const CHECKOUT: usize = 18;
pub(crate) const THANKS: usize = 19;
pub(crate) const TOUR: usize = 20;

/// Indexed by the constants above.
pub(crate) const PAGES: [Page; 21] = [
    Page {
        path: "/",
        title: "Demo - analytics that stays with you",
        section: "marketing",
        leave: 26,
        elements: &["hero-start-trial", "nav-menu", "theme-toggle"],
        links: &[
            (28, FEATURES),
            (26, PRICING),
            (14, DOCS),
            (10, BLOG),
            (10, TOUR),
            (7, CUSTOMERS),
            (5, SIGNUP),
        ],
    },
    Page {
        path: "/features",
        title: "Features",
        section: "marketing",
        leave: 22,
        elements: &["feature-tab-live", "feature-tab-funnels", "feature-tab-export"],
        links: &[(34, PRICING), (20, DOCS), (14, TOUR), (12, CUSTOMERS), (12, SIGNUP), (8, HOME)],
    },
    Page {
        path: "/pricing",
        title: "Pricing",
        section: "marketing",
        leave: 28,
        elements: &["pricing-yearly", "pricing-slider", "faq-open"],
        links: &[(40, SIGNUP), (16, CHECKOUT), (18, FEATURES), (14, DOCS), (12, HOME)],
    },
    Page {
        path: "/customers",
        title: "Who uses it",
        section: "marketing",
        leave: 34,
        elements: &["story-next"],
        links: &[(40, PRICING), (30, FEATURES), (30, SIGNUP)],
    },
    Page {
        path: "/docs",
        title: "Documentation",
        section: "docs",
        leave: 14,
        elements: &["docs-search", "theme-toggle"],
        links: &[(40, INSTALL), (26, EVENTS), (18, DASHBOARDS), (16, API)],
    },
    Page {
        path: "/docs/install",
        title: "Install",
        section: "docs",
        leave: 30,
        elements: &["copy-code", "docs-search"],
        links: &[(46, EVENTS), (20, DASHBOARDS), (18, API), (16, DOCS)],
    },
    Page {
        path: "/docs/events",
        title: "Send events",
        section: "docs",
        leave: 28,
        elements: &["copy-code", "docs-search"],
        links: &[(40, API), (30, DASHBOARDS), (30, DOCS)],
    },
    Page {
        path: "/docs/dashboards",
        title: "Read the dashboard",
        section: "docs",
        leave: 32,
        elements: &["docs-search"],
        links: &[(50, DOCS), (30, EVENTS), (20, PRICING)],
    },
    Page {
        path: "/docs/api",
        title: "API reference",
        section: "docs",
        leave: 36,
        elements: &["copy-code", "try-it"],
        links: &[(50, EVENTS), (50, DOCS)],
    },
    Page {
        path: "/blog",
        title: "Blog",
        section: "blog",
        leave: 22,
        elements: &["subscribe"],
        links: &[(30, POST_COOKIES), (26, POST_RELEASE), (24, POST_FUNNELS), (20, POST_PARQUET)],
    },
    Page {
        path: "/blog/analytics-without-cookies",
        title: "Analytics without cookies",
        section: "blog",
        leave: 56,
        elements: &["share", "subscribe"],
        links: &[(36, BLOG), (34, HOME), (18, FEATURES), (12, PRICING)],
    },
    Page {
        path: "/blog/funnels-that-tell-the-truth",
        title: "Funnels that tell the truth",
        section: "blog",
        leave: 54,
        elements: &["share", "subscribe"],
        links: &[(40, BLOG), (30, FEATURES), (30, HOME)],
    },
    Page {
        path: "/blog/a-billion-rows-on-a-laptop",
        title: "A billion rows on a laptop",
        section: "blog",
        leave: 60,
        elements: &["share"],
        links: &[(40, BLOG), (30, DOCS), (30, HOME)],
    },
    Page {
        path: "/blog/autumn-release",
        title: "The autumn release",
        section: "blog",
        leave: 48,
        elements: &["share", "subscribe"],
        links: &[(40, CHANGELOG), (30, FEATURES), (30, BLOG)],
    },
    Page {
        path: "/about",
        title: "About us",
        section: "marketing",
        leave: 44,
        elements: &["mail"],
        links: &[(60, HOME), (40, BLOG)],
    },
    Page {
        path: "/changelog",
        title: "Changelog",
        section: "docs",
        leave: 46,
        elements: &["subscribe"],
        links: &[(60, DOCS), (40, BLOG)],
    },
    Page {
        path: "/signup",
        title: "Start your trial",
        section: "account",
        leave: 42,
        elements: &["signup-google", "show-password"],
        links: &[(60, PRICING), (40, HOME)],
    },
    Page {
        path: "/welcome",
        title: "Welcome",
        section: "account",
        leave: 18,
        elements: &["copy-snippet", "invite-team"],
        links: &[(50, INSTALL), (24, CHECKOUT), (26, DOCS)],
    },
    Page {
        path: "/checkout",
        title: "Checkout",
        section: "account",
        leave: 44,
        elements: &["coupon", "pay-card", "pay-invoice"],
        links: &[(70, PRICING), (30, HOME)],
    },
    Page {
        path: "/checkout/thanks",
        title: "Thank you",
        section: "account",
        leave: 52,
        elements: &["download-invoice"],
        links: &[(60, DOCS), (40, HOME)],
    },
    Page {
        path: "/tour",
        title: "The two-minute tour",
        section: "marketing",
        leave: 30,
        elements: &["chapter-live", "chapter-reports"],
        links: &[(40, PRICING), (36, SIGNUP), (24, ABOUT)],
    },
];

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
        let mut texts: Vec<&str> = vec![ORIGIN];
        for page in &PAGES {
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
    fn every_page_can_be_reached() {
        let mut reached = vec![false; PAGES.len()];
        let mut open: Vec<usize> = vec![HOME, WELCOME, THANKS];
        while let Some(page) = open.pop() {
            if !std::mem::replace(&mut reached[page], true) {
                open.extend(PAGES[page].links.iter().map(|(_, page)| *page));
            }
        }
        let missing: Vec<_> =
            PAGES.iter().zip(reached).filter(|(_, r)| !r).map(|(page, _)| page.path).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn choices_follow_their_weights() {
        let choices = [(2, 'a'), (1, 'b')];
        assert_eq!((0..total(&choices)).map(|roll| *pick(&choices, roll)).collect::<String>(), "aab");
    }
}
