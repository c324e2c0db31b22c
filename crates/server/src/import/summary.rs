//! What became of each line of a file.

use std::collections::BTreeMap;
use std::fmt;

use super::Outcome;

/// Bad lines that are named.
const NAMED: usize = 5;

/// What became of a file's lines. The lines are the sum of `events`, `skipped`, `robots` (unless they were kept) and
/// `malformed`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines with anything on them.
    pub lines: u64,
    /// Lines that were sent as events, robots that were kept among them.
    pub events: u64,
    /// What an event is called: page views or events.
    pub what: &'static str,
    /// Lines that are no events, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Page views of robots.
    pub robots: u64,
    /// Robots were counted as visitors.
    pub kept_robots: bool,
    /// Lines that could not be read.
    pub malformed: u64,
    /// Events that the server took.
    pub accepted: u64,
    /// Events that the server refused, by its code.
    pub rejected: BTreeMap<String, u64>,
    /// The first lines that were malformed or refused: number and reason.
    pub bad: Vec<(u64, String)>,
}

impl Summary {
    pub(super) fn malformed(&mut self, line: u64, reason: String) {
        self.malformed += 1;
        self.name(line, reason);
    }

    pub(super) fn skip(&mut self, reason: &'static str) {
        *self.skipped.entry(reason).or_default() += 1;
    }

    /// Takes in what became of a batch whose events were on these lines.
    pub(super) fn take(&mut self, outcome: Outcome, lines: &[u64]) {
        self.accepted += outcome.accepted;
        for rejected in outcome.rejected {
            let line = lines.get(rejected.index).copied().unwrap_or_default();
            self.name(line, format!("{} ({})", rejected.message, rejected.code));
            *self.rejected.entry(rejected.code).or_default() += 1;
        }
    }

    /// Adds what the sink answered to what was read.
    pub(super) fn add(&mut self, sent: Self) {
        self.accepted += sent.accepted;
        self.rejected.extend(sent.rejected);
        self.bad.extend(sent.bad);
        self.bad.sort();
        self.bad.truncate(NAMED);
    }

    fn name(&mut self, line: u64, reason: String) {
        if self.bad.len() < NAMED {
            self.bad.push((line, reason));
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |count: u64, what: &dyn fmt::Display| writeln!(out, "{count:>12}  {what}");
        row(self.lines, &"lines")?;
        row(self.events, &self.what)?;
        let robots = if self.kept_robots { "of those by robots" } else { "by robots, not counted" };
        if self.robots > 0 {
            row(self.robots, &robots)?;
        }
        for (reason, count) in &self.skipped {
            row(*count, &format_args!("not counted: {reason}"))?;
        }
        row(self.malformed, &"malformed")?;
        row(self.accepted, &"accepted; what was there already counts once")?;
        for (code, count) in &self.rejected {
            row(*count, &format_args!("rejected: {code}"))?;
        }
        for (line, reason) in &self.bad {
            writeln!(out, "line {line}: {reason}")?;
        }
        Ok(())
    }
}
