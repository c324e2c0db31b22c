//! Which user agents of a log are robots. Programs that fetch pages are, whereas those that send events are not: the
//! worker judges them otherwise.

use std::collections::HashMap;

use millrace_worker::steps::CRAWLERS;
use regex::bytes::{Regex, RegexBuilder};

/// What robots call themselves that nobody has listed yet, in any case. Cubot makes telephones.
const OBVIOUS: &str = r"(?i:(?:^|[^u])bot\b|crawl|spider|slurp|scrap|fetcher|monitor|feedparser|feedburner|headless|https?://|\+www\.)";
/// Answers that are remembered; a log has few user agents, each many times.
const REMEMBERED: usize = 10_000;

/// Tells robots from people.
pub(super) struct Robots {
    patterns: Regex,
    answers: HashMap<Vec<u8>, bool>,
}

impl Robots {
    pub(super) fn new() -> anyhow::Result<Self> {
        let patterns: String =
            CRAWLERS.lines().map(|pattern| format!("(?:{pattern})|")).collect::<String>() + OBVIOUS;
        // As one expression its automaton is too large to be built in full; it is built as it is needed.
        let patterns = RegexBuilder::new(&patterns).unicode(false).size_limit(64 << 20).build()?;
        Ok(Self { patterns, answers: HashMap::new() })
    }

    /// Whoever does not say what they are, is one.
    pub(super) fn is_robot(&mut self, user_agent: Option<&[u8]>) -> bool {
        let Some(user_agent) = user_agent else { return true };
        if let Some(answer) = self.answers.get(user_agent) {
            return *answer;
        }
        let answer = self.patterns.is_match(user_agent);
        if self.answers.len() >= REMEMBERED {
            self.answers.clear();
        }
        self.answers.insert(user_agent.to_vec(), answer);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn robots_are_told_from_browsers() {
        let mut robots = Robots::new().unwrap();
        for robot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 6_0 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10A5376e Safari/8536.25 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
            "curl/8.5.0",
            "Wget/1.21",
            "Go-http-client/2.0",
            "python-requests/2.32",
            "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/148.0.0.0 Safari/537.36",
            "SomethingNew-Bot/0.1",
            "my little crawler",
        ] {
            assert!(robots.is_robot(Some(robot.as_bytes())), "{robot}");
        }
        assert!(robots.is_robot(None));
        let browsers = crate::demo::visitors::user_agents().chain([
            "Mozilla/5.0 (Windows NT 6.1; rv:11.0) Gecko/20100101 Firefox/11.0",
            "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
            "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
            "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.16",
        ]);
        for browser in browsers {
            assert!(!robots.is_robot(Some(browser.as_bytes())), "{browser}");
            assert!(!robots.is_robot(Some(browser.as_bytes())), "{browser}, remembered");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut robots = Robots::new().unwrap();
        for n in 0..REMEMBERED + 10 {
            robots.is_robot(Some(format!("Mozilla/5.0 ({n})").as_bytes()));
        }
        assert!(robots.answers.len() <= REMEMBERED);
    }
}
