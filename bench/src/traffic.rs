//! Drafts of page views as they come to the worker's steps: user agents and addresses drawn from skewed sets.
//!
//! 5,000 user agents: real ones in order of their share of traffic, then variants of them by version. 100,000
//! addresses. Of both, the n-th comes an n-th as often as the first. A page view in three comes from elsewhere, one in
//! ten from a campaign.

use millrace_event::{Event, EventId, MadeId, Screen, SiteId, Timestamp};
use millrace_worker::Draft;

use crate::dice::{Dice, Weighted};

const BROWSERS: &str = include_str!("../../crates/worker/tests/data/user_agents.txt");
const USER_AGENTS: usize = 5_000;
const ADDRESSES: usize = 100_000;
const PAGES: usize = 1_000;
const START: i64 = 1_795_168_800_000;

const REFERRERS: [&str; 6] = [
    "https://www.google.com/",
    "https://www.google.de/",
    "https://l.facebook.com/l.php",
    "https://chatgpt.com/",
    "https://news.ycombinator.com/item?id=1",
    "https://blog.other.example/post",
];

/// Makes page views of one site.
pub(crate) struct Traffic {
    site: SiteId,
    dice: Dice,
    user_agents: Vec<String>,
    addresses: Vec<[u8; 4]>,
    skews: [Weighted; 4],
    count: u64,
}

impl Traffic {
    pub(crate) fn new(site: SiteId) -> Self {
        let mut dice = Dice::new(7);
        let real: Vec<&str> = BROWSERS.lines().filter_map(|line| line.splitn(3, '\t').nth(2)).collect();
        let variant = |at: usize| real[at % real.len()].replace(".0.0.0", &format!(".0.{at}.{}", at % 97));
        let user_agents = (0..USER_AGENTS)
            .map(|at| real.get(at).map_or_else(|| variant(at), |text| (*text).to_owned()))
            .collect();
        let addresses = (0..ADDRESSES).map(|_| (dice.next() as u32).to_be_bytes()).collect();
        let skews = [USER_AGENTS, ADDRESSES, PAGES, REFERRERS.len()].map(|count| Weighted::zipf(count, 1.0));
        Self { site, dice, user_agents, addresses, skews, count: 0 }
    }

    /// The next page view.
    pub(crate) fn next(&mut self) -> Draft {
        self.count += 1;
        let id = EventId::Made(MadeId { process: 1, count: self.count });
        let at = Timestamp::from_millis(START + (self.count / 300) as i64);
        let [agent, address, page, referrer] = self.skews.each_ref().map(|skew| skew.draw(&mut self.dice));
        let mut event = Event::new(self.site.clone(), id, "pageview", at);
        event.language = Some("en-US".into());
        event.screen = Some(Screen { width: 1_280, height: 800 });
        if self.dice.percent(33) {
            event.referrer = Some(REFERRERS[referrer].into());
        }
        let query = if self.dice.percent(10) { "?utm_source=newsletter&utm_medium=email" } else { "" };
        let url = format!("https://www.example.com/articles/{page}{query}");
        Draft {
            url: Some(url.into()),
            address: Some(self.addresses[address].into()),
            user_agent: Some(self.user_agents[agent].as_str().into()),
            ..Draft::new(event)
        }
    }
}
