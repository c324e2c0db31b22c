//! What a user agent says: browser, system, kind of device; and whether it is a robot's, for the step `robots`.
//!
//! The patterns are compiled when the first user agent comes (`millrace-bench --only steps` shows what that first batch
//! takes), and are tried once for each distinct text that [`Cache`] has room for. Patterns run in linear time, whatever
//! the text is.

mod device;
mod names;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Agent, limits};

use super::Step;
use super::cache::Cache;
use super::robots::Robots;
use crate::{Draft, Verdict, WorkerConfig};

/// Bytes of user agents that are remembered, beside the bound on their number.
const CACHE_BYTES: usize = 8 << 20;

pub(super) struct ReadAgent {
    patterns: Option<Patterns>,
    known: Cache<Known>,
}

/// What a user agent was found to be.
#[derive(Clone, Debug, Default)]
struct Known {
    agent: Agent,
    robot: Option<ByteString>,
}

/// Everything that user agents are compared with.
pub(super) struct Patterns {
    browsers: ua_parser::user_agent::Extractor<'static>,
    systems: ua_parser::os::Extractor<'static>,
    robots: Robots,
}

impl ReadAgent {
    pub(super) fn new(config: &WorkerConfig) -> Self {
        Self { patterns: None, known: Cache::new(config.user_agents, CACHE_BYTES) }
    }
}

#[async_trait]
impl Step for ReadAgent {
    fn name(&self) -> &'static str {
        "agent"
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let Some(text) = draft.visitor_agent() else {
            return Verdict::Keep;
        };
        let patterns = &mut self.patterns;
        let known = self.known.get(text, |text| {
            let patterns = patterns.get_or_insert_with(Patterns::new);
            Known { agent: patterns.agent(text), robot: patterns.robots.find(text) }
        });
        draft.robot = known.robot;
        draft.event.agent = known.agent;
        Verdict::Keep
    }
}

impl Patterns {
    pub(super) fn new() -> Self {
        let text = include_str!(concat!(env!("OUT_DIR"), "/regexes.json"));
        let all: ua_parser::Regexes<'static> = serde_json::from_str(text).expect("the vendored patterns");
        let mut browsers = all.user_agent_parsers.into_iter();
        let browsers = browsers.try_fold(ua_parser::user_agent::Builder::new(), |all, one| all.push(one));
        let mut systems = all.os_parsers.into_iter();
        let systems = systems.try_fold(ua_parser::os::Builder::new(), |all, one| all.push(one));
        let (browsers, systems) =
            (browsers.expect("patterns of browsers"), systems.expect("patterns of systems"));
        Self {
            browsers: browsers.build().expect("patterns of browsers"),
            systems: systems.build().expect("patterns of systems"),
            robots: Robots::new(),
        }
    }

    /// What the user agent says.
    pub(super) fn agent(&self, text: &str) -> Agent {
        let text = cut(text);
        let browser = self.browsers.extract(text);
        let system = self.systems.extract(text);
        let name = browser.as_ref().and_then(|found| names::browser(&found.family));
        let os = system.as_ref().and_then(|found| names::system(&found.os));
        let version = |major: Option<&str>, minor: Option<&str>| names::version(major?, minor);
        Agent {
            browser_version: browser
                .as_ref()
                .filter(|_| name.is_some())
                .and_then(|found| version(found.major, found.minor)),
            browser: name,
            os_version: system
                .as_ref()
                .filter(|_| os.is_some())
                .and_then(|found| version(found.major.as_deref(), found.minor.as_deref())),
            os,
            device: device::device(text),
        }
    }
}

/// The part of a text that is looked at: no client's user agent is longer, and an importer's may be anything.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(limits::USER_AGENT_CHARS)]
}

#[cfg(test)]
mod tests;
