//! Discards events whose referrer is known to be made up, so that its owner's name is read in reports.

use std::collections::HashSet;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::page;

use super::Step;
use crate::{Draft, Verdict};

const LIST: &str = include_str!("../../data/matomo/spammers.txt");

pub(super) struct DiscardSpam {
    hosts: HashSet<&'static str, foldhash::fast::RandomState>,
}

impl DiscardSpam {
    pub(super) fn new() -> Self {
        Self { hosts: LIST.lines().map(str::trim).filter(|host| !host.is_empty()).collect() }
    }

    /// The entry of the list: the host, or one it is below of.
    fn find(&self, host: &str) -> Option<&'static str> {
        let mut rest = host;
        loop {
            if let Some(found) = self.hosts.get(rest) {
                return Some(found);
            }
            rest = rest.split_once('.')?.1;
        }
    }
}

#[async_trait]
impl Step for DiscardSpam {
    fn name(&self) -> &'static str {
        "spam"
    }

    fn apply(&mut self, draft: &mut Draft) -> Verdict {
        let host = draft.event.referrer.as_deref().and_then(page::host);
        match host.and_then(|host| self.find(&host)).filter(|_| !draft.vouched) {
            Some(listed) => {
                Verdict::Discard { reason: "spam_referrer", detail: ByteString::from_static(listed) }
            }
            None => Verdict::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DiscardSpam;

    #[test]
    fn listed_hosts_and_those_below_are_spam() {
        let spam = DiscardSpam::new();
        assert!(spam.hosts.len() > 1_500);
        for (host, listed) in [
            ("semalt.com", Some("semalt.com")),
            ("17.semalt.com", Some("semalt.com")),
            ("notsemalt.com", None),
            ("buttons-for-website.com", Some("buttons-for-website.com")),
            ("google.com", None),
            ("com", None),
            ("", None),
        ] {
            assert_eq!(spam.find(host), listed, "{host}");
        }
    }
}
