//! The pages of the demo site and the links between them.

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
pub(crate) const FEATURES: usize = 1;
pub(crate) const PRICING: usize = 2;
pub(crate) const CUSTOMERS: usize = 3;
pub(crate) const DOCS: usize = 4;
pub(crate) const INSTALL: usize = 5;
pub(crate) const EVENTS: usize = 6;
pub(crate) const DASHBOARDS: usize = 7;
pub(crate) const API: usize = 8;
pub(crate) const BLOG: usize = 9;
pub(crate) const POST_COOKIES: usize = 10;
pub(crate) const POST_FUNNELS: usize = 11;
pub(crate) const POST_PARQUET: usize = 12;
pub(crate) const POST_RELEASE: usize = 13;
pub(crate) const ABOUT: usize = 14;
pub(crate) const CHANGELOG: usize = 15;
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
