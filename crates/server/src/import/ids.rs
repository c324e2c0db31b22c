//! Event ids that follow from the lines of a file.
//!
//! - A line of an access log is known by its content and by how many lines like it came before: two equal lines are
//!   two events, while a file imported twice, a longer version of it, or another extract of the same log gives the
//!   same ids. Equal lines are of the same second, so they stand close together: it is enough to remember the last
//!   lines ([`REMEMBERED`] at least). Should two equal ones be further apart, they count once.
//! - A line of NDJSON may have no time, so that equal lines may be anywhere: it is known by its content and its
//!   number.

use std::collections::HashMap;

use millrace_event::id::hash;

/// How many different lines are remembered at least; at most twice as many.
const REMEMBERED: usize = 1 << 16;

/// How often a line has been seen among the last ones.
#[derive(Default)]
pub(super) struct Occurrences {
    /// Two generations: when the young one is full, it replaces the old one.
    young: HashMap<u128, u32>,
    old: HashMap<u128, u32>,
}

impl Occurrences {
    /// The id of this line of an access log.
    pub(super) fn id(&mut self, line: &[u8]) -> String {
        let content = digest(b"access-log", line, 0);
        let before = self.young.get(&content).or_else(|| self.old.get(&content)).copied().unwrap_or(0);
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(content, before + 1);
        text(digest(b"access-log", line, u64::from(before)))
    }
}

/// The id of a line of NDJSON.
pub(super) fn numbered(line: &[u8], number: u64) -> String {
    text(digest(b"ndjson", line, number))
}

/// 128 bits: among a billion lines, two share an id with a probability of one in 10^20.
fn digest(format: &[u8], line: &[u8], number: u64) -> u128 {
    let parts: &[&[u8]] = &[format, line, &number.to_le_bytes()];
    u128::from(hash(1, parts)) << 64 | u128::from(hash(2, parts))
}

fn text(digest: u128) -> String {
    format!("import-{digest:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lines_differ_and_another_run_does_not() {
        let run = |lines: &[&str]| {
            let mut seen = Occurrences::default();
            lines.iter().map(|line| seen.id(line.as_bytes())).collect::<Vec<_>>()
        };
        let ids = run(&["a", "b", "a", "a"]);
        assert!(ids[0] != ids[2] && ids[2] != ids[3] && ids[0] != ids[3] && ids[0] != ids[1]);
        assert_eq!(run(&["a", "b", "a", "a"]), ids);
        // An extract that begins later, or goes on further.
        assert_eq!(run(&["b", "a"]), [ids[1].clone(), ids[0].clone()]);
        assert_eq!(run(&["a", "b", "a", "a", "c"])[..4], ids);
        assert_eq!(ids[0].len(), 39);
        assert_ne!(numbered(b"a", 1), numbered(b"a", 2));
    }

    #[test]
    fn memory_is_bounded_and_near_repetitions_are_never_missed() {
        let mut seen = Occurrences::default();
        let first = seen.id(b"line");
        for n in 0..REMEMBERED - 1 {
            seen.id(n.to_string().as_bytes());
        }
        assert_ne!(seen.id(b"line"), first);
        for n in 0..5 * REMEMBERED {
            seen.id(n.to_string().as_bytes());
        }
        assert!(seen.young.len() + seen.old.len() <= 2 * REMEMBERED);
    }
}
