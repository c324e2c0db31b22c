//! Discards what robots send: crawlers, headless browsers, monitors, by their user agents.
//!
//! A program that sends events with an HTTP library means to: `curl`, `python-requests` and their like are no robots
//! here, though every list has them ([`clients`]). What the step `agent` found is judged here, after everything else
//! is known of the event, so that it can be seen among the discarded ones.

mod clients;
mod words;

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use async_trait::async_trait;
use bytestring::ByteString;
use millrace_catalog::settings::Treatment;
use millrace_catalog::{Catalog, Directory};
use regex::bytes::RegexSet;

use super::agent::cut;
use super::{Step, StepError};
use crate::{Draft, Verdict};

/// Patterns of crawlers' user agents, one a line.
pub const CRAWLERS: &str = include_str!("../../data/crawler-user-agents/patterns.txt");
const WORDS: &str = include_str!("../../data/isbot/patterns.txt");

pub(super) struct DiscardRobots {
    catalog: Arc<dyn Catalog>,
    sites: Arc<Directory>,
}

impl DiscardRobots {
    pub(super) fn new(catalog: Arc<dyn Catalog>) -> Self {
        Self { sites: catalog.directory(), catalog }
    }
}

#[async_trait]
impl Step for DiscardRobots {
    fn name(&self) -> &'static str {
        "robots"
    }

    async fn prepare(&mut self, _: &[Draft]) -> Result<(), StepError> {
        self.sites = self.catalog.directory();
        Ok(())
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let Some(pattern) = draft.robot.take().filter(|_| !draft.vouched) else {
            return Verdict::Keep;
        };
        match self.sites.site(draft.event.site.as_str()).map(|site| site.settings.robots) {
            Some(Treatment::Keep) => Verdict::Keep,
            Some(Treatment::Discard) | None => Verdict::Discard { reason: "robot", detail: pattern },
        }
    }
}

/// The lists of robots.
pub(super) struct Robots {
    crawlers: List,
    words: List,
}

impl Robots {
    pub(super) fn new() -> Self {
        Self { crawlers: List::new(CRAWLERS, false), words: List::new(WORDS, true) }
    }

    /// The pattern that says that the user agent is a robot's.
    pub(super) fn find(&self, text: &str) -> Option<ByteString> {
        let text = cut(text);
        if clients::is_client(text) {
            return None;
        }
        let found = self.crawlers.find(text).or_else(|| words::find(text)).or_else(|| self.words.find(text));
        found.map(ByteString::from_static)
    }
}

/// Patterns: those without any syntax are searched for together, the others are one set of regular expressions.
struct List {
    texts: AhoCorasick,
    text_patterns: Vec<&'static str>,
    expressions: RegexSet,
    expression_patterns: Vec<&'static str>,
}

impl List {
    fn new(patterns: &'static str, any_case: bool) -> Self {
        let (mut texts, mut text_patterns, mut expression_patterns) = (Vec::new(), Vec::new(), Vec::new());
        for pattern in patterns.lines().filter(|line| !line.is_empty()) {
            match plain(pattern) {
                Some(text) => {
                    texts.push(text);
                    text_patterns.push(pattern);
                }
                None => expression_patterns.push(pattern),
            }
        }
        let mut builder = AhoCorasick::builder();
        builder.kind(Some(AhoCorasickKind::ContiguousNFA)).match_kind(MatchKind::LeftmostFirst);
        Self {
            texts: builder.ascii_case_insensitive(any_case).build(&texts).expect("texts to search for"),
            text_patterns,
            expressions: regex::bytes::RegexSetBuilder::new(&expression_patterns)
                .case_insensitive(any_case)
                .unicode(false)
                .build()
                .expect("patterns of robots"),
            expression_patterns,
        }
    }

    fn find(&self, text: &str) -> Option<&'static str> {
        if let Some(found) = self.texts.find(text) {
            return Some(self.text_patterns[found.pattern().as_usize()]);
        }
        self.expressions.matches(text.as_bytes()).iter().next().map(|at| self.expression_patterns[at])
    }
}

/// What a pattern without syntax searches for.
fn plain(pattern: &str) -> Option<String> {
    let mut text = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(|escaped| !escaped.is_ascii_alphanumeric())?),
            '^' | '$' | '.' | '|' | '?' | '*' | '+' | '(' | ')' | '[' | ']' | '{' | '}' => return None,
            _ => text.push(c),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests;
