//! Events in the native format, one JSON object a line.
//!
//! A line goes on as it is; only an absent id, and an absent site where one is given, are put in front of it. The
//! fields themselves are judged by whoever takes them.

use std::borrow::Cow;
use std::fmt;
use std::io;

use millrace_event::limits::EVENT_BYTES;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lines::Lines;
use super::summary::Summary;
use super::{Batcher, NdjsonArgs, ids};

/// What the id of an event may be called.
const ID_NAMES: [&str; 4] = ["event_id", "id", "uuid", "message_id"];

/// Reads a file of events into batches.
pub(super) fn read(
    mut lines: Lines,
    args: &NdjsonArgs,
    mut batcher: Batcher,
    summary: &mut Summary,
) -> io::Result<()> {
    summary.what = "events";
    while let Some(line) = lines.next()? {
        summary.lines += 1;
        let Some(bytes) = line.bytes.filter(|bytes| bytes.len() <= EVENT_BYTES) else {
            summary.malformed(line.number, format!("longer than {EVENT_BYTES} bytes"));
            continue;
        };
        let has = match serde_json::from_slice::<Has>(bytes) {
            Ok(has) => has,
            Err(error) => {
                summary.malformed(line.number, format!("not a JSON object: {error}"));
                continue;
            }
        };
        let write = |out: &mut Vec<u8>| complete(bytes, &has, line.number, args.target.site.as_deref(), out);
        summary.events += 1;
        if batcher.push(line.number, write).is_err() {
            return Ok(());
        }
    }
    batcher.flush().ok();
    Ok(())
}

/// Appends the object with the fields that it lacks.
fn complete(object: &[u8], has: &Has, number: u64, site: Option<&str>, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut fields = 0;
    if !has.id {
        out.extend_from_slice(format!(r#""event_id":"{}""#, ids::numbered(object, number)).as_bytes());
        fields += 1;
    }
    if let Some(site) = site.filter(|_| !has.site) {
        let comma = if fields > 0 { "," } else { "" };
        let site = serde_json::Value::from(site);
        out.extend_from_slice(format!(r#"{comma}"site_id":{site}"#).as_bytes());
        fields += 1;
    }
    if fields > 0 && has.fields > 0 {
        out.push(b',');
    }
    out.extend_from_slice(&object[1..]);
}

/// Which fields an object has. One that is null is none: its line gets another one of the same name, and of two the
/// one with a value counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Has {
    id: bool,
    site: bool,
    fields: usize,
}

impl<'de> Deserialize<'de> for Has {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HasVisitor)
    }
}

struct HasVisitor;

impl<'de> Visitor<'de> for HasVisitor {
    type Value = Has;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Has, A::Error> {
        let mut has = Has::default();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            has.fields += 1;
            // A raw value is not unescaped, so that a lone surrogate does not spoil the line.
            let null = map.next_value::<&RawValue>()?.get() == "null";
            has.id |= !null && ID_NAMES.contains(&&*key.0);
            has.site |= !null && key.0 == "site_id";
        }
        Ok(has)
    }
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, site: Option<&str>, expected: &str) {
        let has: Has = serde_json::from_str(line).unwrap();
        let mut out = Vec::new();
        complete(line.as_bytes(), &has, 7, site, &mut out);
        let id = ids::numbered(line.as_bytes(), 7);
        assert_eq!(String::from_utf8(out).unwrap(), expected.replace("ID", &id), "{line}");
    }

    #[test]
    fn what_is_absent_is_put_in_front() {
        let lone = r#"{"id":"a","title":"\ud83d"}"#;
        check(lone, None, lone);
        check(r#"{"name":"x","big":1e999}"#, None, r#"{"event_id":"ID","name":"x","big":1e999}"#);
        check(r#"{"name":"x"}"#, Some("s"), r#"{"event_id":"ID","site_id":"s","name":"x"}"#);
        check(r#"{"uuid":"u"}"#, Some("a\"b"), r#"{"site_id":"a\"b","uuid":"u"}"#);
        check(r#"{"site_id":"t","message_id":"m"}"#, Some("s"), r#"{"site_id":"t","message_id":"m"}"#);
        check(r#"{"event_id":null}"#, None, r#"{"event_id":"ID","event_id":null}"#);
        check(r#"{"\u0069d":"a"}"#, None, r#"{"\u0069d":"a"}"#);
        check(r#"{ "properties":{"id":1}}"#, None, r#"{"event_id":"ID", "properties":{"id":1}}"#);
        check("{}", Some("s"), r#"{"event_id":"ID","site_id":"s"}"#);
        check("{ }", None, r#"{"event_id":"ID" }"#);
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        for line in ["", "[]", "1", "null", "{", "{\"a\":1}}", "{\"a\":1} {}", "{a:1}", "{\"a\":01}", "\u{0}"]
        {
            assert!(serde_json::from_str::<Has>(line).is_err(), "{line}");
        }
    }
}
