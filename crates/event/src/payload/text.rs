//! JSON strings whose syntax is known to be right: unescaped with repairs, cut, and escaped again.

use std::borrow::Cow;
use std::fmt::Write;

/// What had to be changed to be kept; for counters that warn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Halves of a UTF-16 pair that stood alone, now U+FFFD.
    pub surrogates: u64,
    /// `\u0000` that were removed.
    pub nuls: u64,
    /// Texts that were cut to their limit.
    pub cut: u64,
}

/// The text of a raw JSON string, quotes included in `raw`; nothing where `raw` is another kind of value.
/// Borrows unless there is an escape in it.
pub(crate) fn string<'a>(raw: &'a str, repairs: &mut Repairs) -> Option<Cow<'a, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.as_bytes().contains(&b'\\') { Some(unescape(inner, repairs).into()) } else { Some(inner.into()) }
}

/// The first `chars` characters of `text`, and whether there were more.
pub fn cut(text: &str, chars: usize) -> (&str, bool) {
    // No character takes less than a byte.
    if text.len() <= chars {
        return (text, false);
    }
    match text.char_indices().nth(chars) {
        Some((at, _)) => (&text[..at], true),
        None => (text, false),
    }
}

/// Like [`cut`], counting the cut.
pub(crate) fn cut_cow<'a>(text: Cow<'a, str>, chars: usize, repairs: &mut Repairs) -> Cow<'a, str> {
    let (kept, was_cut) = cut(&text, chars);
    if !was_cut {
        return text;
    }
    repairs.cut += 1;
    let end = kept.len();
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
        Cow::Owned(mut text) => {
            text.truncate(end);
            Cow::Owned(text)
        }
    }
}

/// Appends `text` as a JSON string with its quotes, escaping what must be and nothing else.
pub(crate) fn escape(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        from = at + 1;
        match short {
            // Writing to a String cannot fail.
            "" => drop(write!(out, "\\u{byte:04x}")),
            short => out.push_str(short),
        }
    }
    out.push_str(&text[from..]);
    out.push('"');
}

fn unescape(inner: &str, repairs: &mut Repairs) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.bytes().position(|byte| byte == b'\\') {
        out.push_str(&rest[..at]);
        let code = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        rest = rest.get(at + 2..).unwrap_or_default();
        match code {
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'n' => out.push('\n'),
            b'r' => out.push('\r'),
            b't' => out.push('\t'),
            b'u' => rest = unescape_unicode(rest, &mut out, repairs),
            quote_or_slash => out.push(char::from(quote_or_slash)),
        }
    }
    out.push_str(rest);
    out
}

/// `rest` begins after `\u`; answers what follows the escape, or both escapes of a pair.
fn unescape_unicode<'a>(rest: &'a str, out: &mut String, repairs: &mut Repairs) -> &'a str {
    let (unit, after) = hex4(rest);
    match unit {
        0 => {
            repairs.nuls += 1;
            return after;
        }
        0xd800..0xdc00 => {
            if let Some(second) = after.strip_prefix("\\u") {
                let (low, after_pair) = hex4(second);
                if (0xdc00..0xe000).contains(&low) {
                    let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    return after_pair;
                }
            }
        }
        _ => {}
    }
    match char::from_u32(unit) {
        Some(char) => out.push(char),
        None => {
            repairs.surrogates += 1;
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
    after
}

fn hex4(rest: &str) -> (u32, &str) {
    let digits = rest.get(..4).unwrap_or_default();
    (u32::from_str_radix(digits, 16).unwrap_or(0xfffd), rest.get(4..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_and_repairs() {
        for (raw, text, surrogates, nuls) in [
            (r#""plain ä 🚀""#, "plain ä 🚀", 0, 0),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t", 0, 0),
            (r#""\u0041\u00e4\u20AC\ud83d\ude80""#, "Aä€🚀", 0, 0),
            (r#""cut \ud83d""#, "cut \u{fffd}", 1, 0),
            (r#""\ude80 \ud83d\ud83d\ude80""#, "\u{fffd} \u{fffd}🚀", 2, 0),
            (r#""\ud83d\n""#, "\u{fffd}\n", 1, 0),
            (r#""\ud83dA""#, "\u{fffd}A", 1, 0),
            (r#""a\u0000b\u0000""#, "ab", 0, 2),
        ] {
            let mut repairs = Repairs::default();
            assert_eq!(string(raw, &mut repairs).as_deref(), Some(text), "{raw}");
            assert_eq!((repairs.surrogates, repairs.nuls), (surrogates, nuls), "{raw}");
        }
        assert_eq!(string("5", &mut Repairs::default()), None);
    }

    #[test]
    fn escapes_what_serde_json_reads_back() {
        let all: String = (0..0x300).filter_map(char::from_u32).chain("🚀\u{2028}".chars()).collect();
        let mut out = String::new();
        escape(&all, &mut out);
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), all);
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("äöü", 3), ("äöü", false));
        assert_eq!(cut("äöü", 2), ("äö", true));
        assert_eq!(cut("", 0), ("", false));
    }
}
