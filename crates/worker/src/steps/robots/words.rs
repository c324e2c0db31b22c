//! Words of robots that count in some surroundings only: isbot's patterns with lookarounds, which a linear-time
//! matcher has no use for, as plain comparisons.

struct Word {
    text: &'static str,
    /// The word does not count right after one of these.
    not_after: &'static [&'static str],
    /// The word does not count right before one of these.
    not_before: &'static [&'static str],
    /// A word's end follows, or `_`.
    ends: bool,
}

const fn word(
    text: &'static str,
    not_after: &'static [&'static str],
    not_before: &'static [&'static str],
) -> Word {
    Word { text, not_after, not_before, ends: false }
}

const WORDS: [Word; 7] = [
    Word { ends: true, ..word("bot", &[" cu"], &[]) },
    Word { ends: true, ..word("bots", &[" cu"], &[]) },
    word("google", &[" channel/", "google/"], &["wv", "app", "/google", " pixel"]),
    word("news", &["g"], &["sapphire"]),
    word("scan", &["cam"], &[]),
    word("http", &["lib"], &[]),
    word("java", &[], &[";", "script"]),
];

/// The word that says that the user agent is a robot's.
pub(super) fn find(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    let counts = |word: &&Word| {
        text.match_indices(word.text).any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + word.text.len()..]);
            let ended = !after.starts_with(|c: char| c.is_alphanumeric());
            (ended || !word.ends)
                && !word.not_after.iter().any(|other| before.ends_with(other))
                && !word.not_before.iter().any(|other| after.starts_with(other))
        })
    };
    WORDS.iter().find(counts).map(|word| word.text)
}
