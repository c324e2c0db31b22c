//! Where sessions come from: pages of other sites that link here, and campaigns.

use bytestring::ByteString;
use millrace_event::{Channel, Utm};

use super::session::Step;
use crate::dice::{Dice, Weighted};

/// Pages of other sites that link here.
const REFERRERS: usize = 400;
/// Sites they are on, besides those that everybody knows.
const ELSEWHERE: usize = 186;

/// What a session's first event says of where it came from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    pub(super) referrer: Option<ByteString>,
    pub(super) utm: Utm,
    pub(super) source: Option<ByteString>,
    pub(super) channel: Option<Channel>,
}

/// A page that links here.
#[derive(Debug)]
struct Link {
    url: ByteString,
    source: ByteString,
    channel: Channel,
}

/// The origins, drawn from pages that link more or less often.
#[derive(Debug)]
pub(super) struct Origins {
    links: Vec<Link>,
    by_links: Weighted,
}

impl Origins {
    pub(super) fn new() -> Self {
        let known = KNOWN.iter().map(|(url, source, channel)| Link {
            url: ByteString::from_static(url),
            source: ByteString::from_static(source),
            channel: *channel,
        });
        let others = (KNOWN.len()..REFERRERS).map(|n| {
            let host = format!("elsewhere-{}.example", n % ELSEWHERE);
            Link {
                url: format!("https://www.{host}/links/{n}").into(),
                source: host.into(),
                channel: Channel::Referral,
            }
        });
        Self { links: known.chain(others).collect(), by_links: Weighted::zipf(REFERRERS, 1.1) }
    }

    /// Where the session of a step came from; only its first event says so, and more than half of them came from
    /// nowhere in particular.
    pub(super) fn of(&self, step: &Step) -> Origin {
        if !step.entry {
            return Origin::default();
        }
        let mut dice = Dice::new(step.session.0);
        let link = dice.percent(45).then(|| &self.links[self.by_links.draw(&mut dice)]);
        let mut origin = Origin {
            referrer: link.map(|link| link.url.clone()),
            source: link.map(|link| link.source.clone()),
            channel: link.map(|link| link.channel),
            utm: Utm::default(),
        };
        if step.session.0.is_multiple_of(16) {
            let (source, medium, campaign, channel) = dice.of(&CAMPAIGNS);
            let text = |text| Some(ByteString::from_static(text));
            origin.utm = Utm {
                source: text(source),
                medium: text(medium),
                campaign: text(campaign),
                ..Utm::default()
            };
            origin.source = text(source);
            origin.channel = Some(channel);
        }
        origin
    }
}

/// Sites that everybody knows, the commonest first.
const KNOWN: [(&str, &str, Channel); 12] = [
    ("https://www.google.com/", "Google", Channel::OrganicSearch),
    ("https://duckduckgo.com/", "DuckDuckGo", Channel::OrganicSearch),
    ("https://www.bing.com/", "Bing", Channel::OrganicSearch),
    ("https://t.co/q7Xn2", "X", Channel::OrganicSocial),
    ("https://www.reddit.com/", "Reddit", Channel::OrganicSocial),
    ("https://news.ycombinator.com/", "Hacker News", Channel::OrganicSocial),
    ("https://www.linkedin.com/", "LinkedIn", Channel::OrganicSocial),
    ("https://github.com/", "GitHub", Channel::Referral),
    ("https://www.youtube.com/", "YouTube", Channel::OrganicVideo),
    ("https://www.facebook.com/", "Facebook", Channel::OrganicSocial),
    ("https://www.ecosia.org/", "Ecosia", Channel::OrganicSearch),
    ("https://search.yahoo.com/", "Yahoo!", Channel::OrganicSearch),
];

const CAMPAIGNS: [(&str, &str, &str, Channel); 5] = [
    ("google", "cpc", "brand", Channel::PaidSearch),
    ("google", "cpc", "generic", Channel::PaidSearch),
    ("newsletter", "email", "autumn-release", Channel::Email),
    ("linkedin", "paid_social", "teams", Channel::PaidSocial),
    ("partner", "referral", "spring-bundle", Channel::Referral),
];
