//! Reading what Redis answers about streams.

use bytes::{BufMut, Bytes, BytesMut};
use redis::Value;

use super::keys::Id;

/// The one field of an entry. One letter: a stream keeps a field's name once for many entries.
pub(crate) const PAYLOAD: &str = "p";

/// An entry of a stream, as far as it can be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: Id,
    pub(crate) payload: Bytes,
}

/// The entries of an XRANGE, an XCLAIM or one stream of an XREADGROUP. One that lacks our field is somebody else's:
/// its fields, one after the other, are its payload, which the worker will not be able to read, and bury.
pub(crate) fn entries(value: Value) -> Vec<Entry> {
    items(value).into_iter().filter_map(entry).collect()
}

fn entry(value: Value) -> Option<Entry> {
    let mut parts = items(value).into_iter();
    let id = Id::parse(&bytes(parts.next()?)?)?;
    // Nil: the entry was deleted by its id while it was pending.
    let fields: Vec<Vec<u8>> = items(parts.next()?).into_iter().filter_map(bytes).collect();
    let payload = match fields.as_slice() {
        [name, _] if name == PAYLOAD.as_bytes() => fields.into_iter().nth(1).map(Bytes::from)?,
        [] => return None,
        _ => {
            let mut all = BytesMut::new();
            fields.iter().for_each(|field| all.put_slice(field));
            all.freeze()
        }
    };
    Some(Entry { id, payload })
}

/// The elements of an array; none of anything else.
pub(crate) fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// The bytes of a text.
pub(crate) fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.into_bytes()),
        _ => None,
    }
}

/// A whole number.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok()?.parse().ok(),
        _ => None,
    }
}

/// The value after `name` in a list of names and values, as XINFO answers.
pub(crate) fn named<'a>(list: &'a [Value], name: &str) -> Option<&'a Value> {
    list.chunks_exact(2).find_map(|pair| match &pair[0] {
        Value::BulkString(found) if found == name.as_bytes() => Some(&pair[1]),
        _ => None,
    })
}

/// The id after `name` in such a list.
pub(crate) fn id_in(list: &[Value], name: &str) -> Option<Id> {
    match named(list, name)? {
        Value::BulkString(id) => Id::parse(id),
        _ => None,
    }
}

/// Whether such a list is about the group `name`.
pub(crate) fn is_named(list: &[Value], name: &str) -> bool {
    matches!(named(list, "name"), Some(Value::BulkString(found)) if found == name.as_bytes())
}
