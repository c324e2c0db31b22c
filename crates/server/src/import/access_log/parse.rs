//! One line of an access log, taken apart.

use std::borrow::Cow;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What a line says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// The client: an address, or a name where the server looks names up.
    pub(super) host: &'a [u8],
    /// Who logged in.
    pub(super) user: Option<&'a [u8]>,
    /// Milliseconds since the epoch.
    pub(super) at_ms: i64,
    /// The request's first line.
    pub(super) request: Cow<'a, [u8]>,
    pub(super) status: u16,
    pub(super) referrer: Option<Cow<'a, [u8]>>,
    pub(super) user_agent: Option<Cow<'a, [u8]>>,
}

/// Why a line is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    Missing(&'static str),
    Unclosed(&'static str),
    Time,
    Status,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(field) => write!(out, "there is no {field} where the format has it"),
            Self::Unclosed(field) => write!(out, "the {field} has no closing quote"),
            Self::Time => out.write_str("the time is not one like 17/May/2015:10:05:03 +0000"),
            Self::Status => out.write_str("the status is no number of three digits"),
        }
    }
}

/// Takes a line apart.
pub(super) fn entry(line: &[u8]) -> Result<Entry<'_>, Malformed> {
    let (host, rest) = split(line, b" ").ok_or(Malformed::Missing("address"))?;
    let (names, rest) = split(rest, b" [").ok_or(Malformed::Missing("time"))?;
    let (_ident, user) = split(names, b" ").ok_or(Malformed::Missing("user"))?;
    let (time, rest) = split(rest, b"] ").ok_or(Malformed::Missing("time"))?;
    let (request, rest) = quoted(rest, "request")?;
    let (status, rest) = word(rest).ok_or(Malformed::Missing("status"))?;
    // The size may be the last field; nothing follows from it.
    let (_bytes, rest) = word(rest).ok_or(Malformed::Missing("size"))?;
    let (referrer, user_agent) = if rest.trim_ascii().is_empty() {
        (None, None)
    } else {
        let (referrer, rest) = quoted(rest, "referrer")?;
        let (user_agent, _more) = quoted(rest, "user agent")?;
        (present(referrer), present(user_agent))
    };
    let status = std::str::from_utf8(status).ok().filter(|digits| digits.len() == 3);
    Ok(Entry {
        host,
        user: Some(user).filter(|user| !matches!(*user, b"-" | b"" | b"\"\"")),
        at_ms: time_ms(time).ok_or(Malformed::Time)?,
        request,
        status: status.and_then(|digits| digits.parse().ok()).ok_or(Malformed::Status)?,
        referrer,
        user_agent,
    })
}

fn split<'a>(text: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    memchr::memmem::find(text, at).map(|found| (&text[..found], &text[found + at.len()..]))
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let end = text.iter().position(|b| *b == b' ').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A field in quotes, without them and unescaped, and what follows it.
fn quoted<'a>(text: &'a [u8], field: &'static str) -> Result<(Cow<'a, [u8]>, &'a [u8]), Malformed> {
    let text = text.trim_ascii_start();
    let inner = text.strip_prefix(b"\"").ok_or(Malformed::Missing(field))?;
    let mut at = 0;
    let mut escaped = false;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &inner[at..]) {
        at += found;
        if inner[at] == b'"' {
            let value = &inner[..at];
            let value = if escaped { Cow::Owned(unescape(value)) } else { Cow::Borrowed(value) };
            return Ok((value, &inner[at + 1..]));
        }
        escaped = true;
        at = (at + 2).min(inner.len());
    }
    Err(Malformed::Unclosed(field))
}

/// Undoes what a server does to quotes and to bytes that are not printable.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        let (byte, length) = match &rest[at + 1..] {
            [b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                (nibble(*high) << 4 | nibble(*low), 4)
            }
            [b'n', ..] => (b'\n', 2),
            [b'r', ..] => (b'\r', 2),
            [b't', ..] => (b'\t', 2),
            [byte @ (b'"' | b'\\'), ..] => (*byte, 2),
            // Not an escape, so the backslash stands for itself.
            _ => (b'\\', 1),
        };
        plain.push(byte);
        rest = &rest[at + length..];
    }
    plain.extend_from_slice(rest);
    plain
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

/// A field's value, unless it has none.
fn present(field: Cow<'_, [u8]>) -> Option<Cow<'_, [u8]>> {
    (!matches!(&*field, b"-" | b"")).then_some(field)
}

/// `17/May/2015:10:05:03 +0000`
fn time_ms(text: &[u8]) -> Option<i64> {
    const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let text: &[u8; 26] = text.try_into().ok()?;
    let separators = [(2, b'/'), (6, b'/'), (11, b':'), (14, b':'), (17, b':'), (20, b' ')];
    separators.iter().all(|(at, byte)| text[*at] == *byte).then_some(())?;
    let number = |from: usize, to: usize| {
        text[from..to].iter().try_fold(0i16, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0'))
        })
    };
    let month = MONTHS.chunks(3).position(|month| *month == text[3..6])? as i8 + 1;
    // A leap second is the last one of its minute.
    let second = number(18, 20).map(|second| if second == 60 { 59 } else { second })?;
    let civil = DateTime::new(
        number(7, 11)?,
        month,
        number(0, 2)? as i8,
        number(12, 14)? as i8,
        number(15, 17)? as i8,
        second as i8,
        0,
    );
    let utc = TimeZone::UTC.to_timestamp(civil.ok()?).ok()?.as_millisecond();
    let (hours, minutes) = (number(22, 24)?, number(24, 26)?);
    let offset = i64::from(hours) * 3_600_000 + i64::from(minutes) * 60_000;
    match text[21] {
        b'+' => Some(utc - offset),
        b'-' => Some(utc + offset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2015-05-17T10:05:03Z
    const AT: i64 = 1_431_857_103_000;

    fn check(line: &str, expected: Entry<'_>) {
        assert_eq!(entry(line.as_bytes()), Ok(expected), "{line}");
    }

    fn text(text: &str) -> Option<Cow<'_, [u8]>> {
        Some(Cow::Borrowed(text.as_bytes()))
    }

    #[test]
    fn lines_of_every_kind_are_taken_apart() {
        let plain = || Entry {
            host: b"1.2.3.4",
            at_ms: AT,
            request: text("GET / HTTP/1.1").unwrap(),
            status: 200,
            referrer: text("http://a.example/"),
            user_agent: text("Mozilla/5.0"),
            user: None,
        };
        let time = "[17/May/2015:10:05:03 +0000]";
        let agents = r#""http://a.example/" "Mozilla/5.0""#;
        let get = r#""GET / HTTP/1.1" 200"#;
        check(&format!("1.2.3.4 - - {time} {get} 512 {agents}"), plain());
        check(&format!("1.2.3.4 - - {time} {get} - {agents}"), plain());
        check(&format!(r#"1.2.3.4 - - {time} {get} 512 {agents} "10.0.0.1" 0.003"#), plain());
        check(&format!("2001:db8::1 - - {time} {get} 5 {agents}"), Entry { host: b"2001:db8::1", ..plain() });
        check(
            &format!("host.example - jo {time} {get} 5 {agents}"),
            Entry { host: b"host.example", user: Some(b"jo"), ..plain() },
        );
        check(
            &format!("1.2.3.4 x jo smith {time} {get} 5 {agents}"),
            Entry { user: Some(b"jo smith"), ..plain() },
        );
        check(&format!(r#"1.2.3.4 - "" {time} {get} 5 {agents}"#), plain());
        check(
            &format!(r#"1.2.3.4 - - {time} {get} 5 "-" "-""#),
            Entry { referrer: None, user_agent: None, ..plain() },
        );
        check(
            &format!("1.2.3.4 - - {time} {get} 512"),
            Entry { referrer: None, user_agent: None, ..plain() },
        );
        check(
            &format!(r#"1.2.3.4 - - {time} "" 408 - "-" "-""#),
            Entry { request: text("").unwrap(), status: 408, referrer: None, user_agent: None, ..plain() },
        );
        check(
            &format!(r#"1.2.3.4 - - {time} "GET /\"a\\\" HTTP/1.1" 200 5 {agents}"#),
            Entry { request: text(r#"GET /"a\" HTTP/1.1"#).unwrap(), ..plain() },
        );
        check(
            &format!(r#"1.2.3.4 - - {time} "GET /\x22\xE4\t\q\x2 HTTP/1.1" 200 5 {agents}"#),
            Entry { request: Cow::Borrowed(b"GET /\"\xe4\t\\q\\x2 HTTP/1.1"), ..plain() },
        );
        check(
            &format!(r#"1.2.3.4 - - {time} {get} 5 "http://a.example/" "]\" [x] \\""#),
            Entry { user_agent: text(r#"]" [x] \"#), ..plain() },
        );
    }

    #[test]
    fn what_is_no_line_says_why() {
        use Malformed::{Missing, Status, Time, Unclosed};
        let head = "1.2.3.4 - - [17/May/2015:10:05:03 +0000]";
        for (line, expected) in [
            ("x".to_owned(), Missing("address")),
            ("1.2.3.4 - -".into(), Missing("time")),
            ("1.2.3.4 [17/May/2015:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5".into(), Missing("time")),
            ("1.2.3.4 - - [17/May/2015:10:05:03 +0000".into(), Missing("time")),
            ("1.2.3.4 - - [2015-05-17T10:05:03Z] \"GET / HTTP/1.1\" 200 5".into(), Time),
            (format!("{head} GET / 200 5"), Missing("request")),
            (format!("{head} \"GET / HTTP/1.1 200 5"), Unclosed("request")),
            (format!("{head} \"GET / HTTP/1.1\\\" 200 5"), Unclosed("request")),
            (format!("{head} \"GET / HTTP/1.1\\"), Unclosed("request")),
            (format!("{head} \"GET / HTTP/1.1\""), Missing("status")),
            (format!("{head} \"GET / HTTP/1.1\" 200"), Missing("size")),
            (format!("{head} \"GET / HTTP/1.1\" 20 5"), Status),
            (format!("{head} \"GET / HTTP/1.1\" abc 5"), Status),
            (format!("{head} \"GET / HTTP/1.1\" 200 5 x"), Missing("referrer")),
            (format!("{head} \"GET / HTTP/1.1\" 200 5 \"x"), Unclosed("referrer")),
            (format!("{head} \"GET / HTTP/1.1\" 200 5 \"x\""), Missing("user agent")),
            (format!("{head} \"GET / HTTP/1.1\" 200 5 \"x\" \"y"), Unclosed("user agent")),
            ("{\"name\":\"pageview\"}".into(), Missing("address")),
        ] {
            assert_eq!(entry(line.as_bytes()), Err(expected), "{line}");
        }
    }

    #[test]
    fn times_have_zones_and_must_exist() {
        for (text, expected) in [
            ("17/May/2015:10:05:03 +0000", Some(AT)),
            ("17/May/2015:12:05:03 +0200", Some(AT)),
            ("17/May/2015:04:35:03 -0530", Some(AT)),
            ("31/Dec/2016:23:59:60 +0000", Some(1_483_228_799_000)),
            ("29/Feb/2016:00:00:00 +0000", Some(1_456_704_000_000)),
            ("29/Feb/2015:00:00:00 +0000", None),
            ("17/may/2015:10:05:03 +0000", None),
            ("17/May/2015:24:05:03 +0000", None),
            ("17/May/2015:10:05:03 0000", None),
            ("17/May/2015:10:05:03 *0000", None),
            ("7/May/2015:10:05:03 +0000", None),
            ("", None),
        ] {
            assert_eq!(time_ms(text.as_bytes()), expected, "{text}");
        }
    }
}
