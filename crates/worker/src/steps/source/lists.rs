//! Who is behind a host, an app or the text of a campaign: a name, and what kind of site it is.
//!
//! The list is `data/own/sources.txt`, then Matomo's search engines and social networks; the first entry of a host
//! counts. A host of a social network, shop or the like stands for all hosts below it; a search engine's for itself
//! alone, since `mail.google.com` is no search, unless it is written `{}.bing.com`. `google.{}` is `google` under any
//! country's domain.

use std::collections::HashMap;

const LINES: &str = include_str!(concat!(env!("OUT_DIR"), "/sources.txt"));

/// What kind of site a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Search,
    Social,
    Video,
    Shopping,
    Ai,
    Email,
    /// Any other, whose name is known.
    Site,
}

/// An entry of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Hosts below are meant too.
    below: bool,
}

type Map<K> = HashMap<K, Known, foldhash::fast::RandomState>;

pub(super) struct Lists {
    hosts: Map<&'static str>,
    /// Hosts without their country's domain.
    stems: Map<&'static str>,
    /// By name, in lower case.
    names: Map<String>,
}

/// What campaigns call a source, beside its name.
const ALIASES: [(&str, &str); 42] = [
    ("fb", "Facebook"),
    ("facebookads", "Facebook"),
    ("facebook-ads", "Facebook"),
    ("facebook_ads", "Facebook"),
    ("fb_ad", "Facebook"),
    ("fbads", "Facebook"),
    ("meta", "Facebook"),
    ("an", "Facebook"),
    ("ig", "Instagram"),
    ("insta", "Instagram"),
    ("instagram_ads", "Instagram"),
    ("th", "Threads"),
    ("twitter", "X"),
    ("tw", "X"),
    ("x", "X"),
    ("li", "LinkedIn"),
    ("linkedin-ads", "LinkedIn"),
    ("linkedin_ads", "LinkedIn"),
    ("yt", "YouTube"),
    ("tt", "TikTok"),
    ("tiktok_ads", "TikTok"),
    ("snap", "Snapchat"),
    ("pin", "Pinterest"),
    ("reddit-ads", "Reddit"),
    ("reddit_ads", "Reddit"),
    ("wa", "WhatsApp"),
    ("tg", "Telegram"),
    ("hn", "Hacker News"),
    ("hackernews", "Hacker News"),
    ("producthunt", "Product Hunt"),
    ("google-ads", "Google"),
    ("google_ads", "Google"),
    ("googleads", "Google"),
    ("adwords", "Google"),
    ("bing-ads", "Bing"),
    ("bing_ads", "Bing"),
    ("bingads", "Bing"),
    ("microsoft", "Bing"),
    ("yahoo", "Yahoo!"),
    ("ddg", "DuckDuckGo"),
    ("openai", "ChatGPT"),
    ("copilot", "Microsoft Copilot"),
];

impl Lists {
    pub(super) fn new() -> Self {
        let mut lists = Self { hosts: Map::default(), stems: Map::default(), names: Map::default() };
        for line in LINES.lines() {
            let mut parts = line.splitn(3, '\t');
            let (Some(kind), Some(name), Some(hosts)) =
                (parts.next().and_then(kind), parts.next(), parts.next())
            else {
                continue;
            };
            let known = Known { name, kind, below: kind != Kind::Search };
            if kind != Kind::Site {
                lists.names.entry(name.to_lowercase()).or_insert(known);
            }
            for host in hosts.split(' ') {
                let (host, known) = match host.strip_prefix("{}.") {
                    Some(host) => (host, Known { below: true, ..known }),
                    None => (host.strip_prefix("www.").unwrap_or(host), known),
                };
                let (map, host) = match host.strip_suffix(".{}") {
                    Some(stem) => (&mut lists.stems, stem),
                    None => (&mut lists.hosts, host),
                };
                let entry = map.entry(host).or_insert(known);
                entry.below |= known.below && entry.name == name;
            }
        }
        for (alias, name) in ALIASES {
            if let Some(known) = lists.name(name) {
                lists.names.insert(alias.to_owned(), known);
            }
        }
        lists
    }

    /// Who is behind a host, in lower case.
    pub(super) fn host(&self, host: &str) -> Option<Known> {
        let host = ["www.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
        let country = country_domain(host);
        let mut rest = host;
        loop {
            let exact = rest.len() == host.len();
            let fits = |known: &&Known| exact || known.below;
            if let Some(known) = self.hosts.get(rest).filter(fits) {
                return Some(*known);
            }
            if let Some(stem) = country.and_then(|country| rest.strip_suffix(country)?.strip_suffix('.'))
                && let Some(known) = self.stems.get(stem).filter(fits)
            {
                return Some(*known);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// Who is behind an app, by its package's name.
    pub(super) fn app(&self, app: &str) -> Option<Known> {
        self.hosts.get(app).copied()
    }

    /// Who is behind the text of a campaign: a host, a name, or what campaigns call it.
    pub(super) fn source(&self, text: &str) -> Option<Known> {
        let text = text.trim().to_lowercase();
        if let Some(known) = self.names.get(&text) {
            return Some(*known);
        }
        if text.contains('.') { self.host(&text) } else { None }
    }

    /// The entry of a name, as it is written.
    pub(super) fn name(&self, name: &str) -> Option<Known> {
        self.names.get(&name.to_lowercase()).copied()
    }
}

/// The part of a host that stands for a country or is a general one: `de`, `co.uk`, `com`, `com.br`.
fn country_domain(host: &str) -> Option<&str> {
    let (before, last) = host.rsplit_once('.')?;
    let second = before.rsplit_once('.').map_or("", |(_, second)| second);
    if last.len() == 2 && matches!(second, "co" | "com" | "net" | "org" | "ne" | "or" | "ac" | "gov" | "edu")
    {
        return host.get(before.len() - second.len()..);
    }
    (last.len() == 2 || matches!(last, "com" | "net" | "org" | "cat")).then_some(last)
}

fn kind(text: &str) -> Option<Kind> {
    Some(match text {
        "search" => Kind::Search,
        "social" => Kind::Social,
        "video" => Kind::Video,
        "shopping" => Kind::Shopping,
        "ai" => Kind::Ai,
        "email" => Kind::Email,
        "site" => Kind::Site,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_names_and_kinds() {
        let lists = Lists::new();
        assert!(lists.hosts.len() > 1_000, "{}", lists.hosts.len());
        for (host, expected) in [
            ("google.com", Some(("Google", Kind::Search))),
            ("www.google.co.uk", Some(("Google", Kind::Search))),
            ("google.com.br", Some(("Google", Kind::Search))),
            ("m.google.de", Some(("Google", Kind::Search))),
            ("images.google.fr", Some(("Google Images", Kind::Search))),
            ("mail.google.com", Some(("Gmail", Kind::Email))),
            ("gemini.google.com", Some(("Gemini", Kind::Ai))),
            ("docs.google.com", Some(("Google Docs", Kind::Site))),
            ("cloud.google.com", None),
            ("google.evil.example", None),
            ("notgoogle.com", None),
            ("cn.bing.com", Some(("Bing", Kind::Search))),
            ("duckduckgo.com", Some(("DuckDuckGo", Kind::Search))),
            ("de.search.yahoo.com", Some(("Yahoo!", Kind::Search))),
            ("yandex.ru", Some(("Yandex", Kind::Search))),
            ("l.facebook.com", Some(("Facebook", Kind::Social))),
            ("m.facebook.com", Some(("Facebook", Kind::Social))),
            ("t.co", Some(("X", Kind::Social))),
            ("out.reddit.com", Some(("Reddit", Kind::Social))),
            ("news.ycombinator.com", Some(("Hacker News", Kind::Social))),
            ("de.pinterest.com", Some(("Pinterest", Kind::Social))),
            ("pinterest.co.uk", Some(("Pinterest", Kind::Social))),
            ("chatgpt.com", Some(("ChatGPT", Kind::Ai))),
            ("www.perplexity.ai", Some(("Perplexity", Kind::Ai))),
            ("claude.ai", Some(("Claude", Kind::Ai))),
            ("youtube.com", Some(("YouTube", Kind::Video))),
            ("smile.amazon.co.uk", Some(("Amazon", Kind::Shopping))),
            ("deref-gmx.net", Some(("GMX", Kind::Email))),
            ("example.com", None),
            ("com", None),
            ("", None),
        ] {
            assert_eq!(lists.host(host).map(|known| (known.name, known.kind)), expected, "{host}");
        }
        assert_eq!(lists.app("com.google.android.gm").map(|known| known.name), Some("Gmail"));
        for (text, name) in [
            ("google", Some("Google")),
            ("Google", Some("Google")),
            ("fb", Some("Facebook")),
            ("chatgpt.com", Some("ChatGPT")),
            ("www.linkedin.com", Some("LinkedIn")),
            ("newsletter", None),
        ] {
            assert_eq!(lists.source(text).map(|known| known.name), name, "{text}");
        }
    }

    #[test]
    fn every_alias_and_click_id_names_a_source_of_the_lists() {
        let lists = Lists::new();
        for (alias, name) in ALIASES {
            assert_eq!(lists.source(alias).map(|known| known.name), Some(name), "{alias}");
        }
    }

    #[test]
    fn every_line_of_our_own_list_is_understood() {
        for line in include_str!("../../../data/own/sources.txt").lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            assert_eq!(parts.len(), 3, "{line}");
            assert!(kind(parts[0]).is_some(), "{line}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_{} ".contains(c);
            assert!(parts[2].chars().all(plain) && !parts[2].contains("  "), "{line}");
        }
    }
}
