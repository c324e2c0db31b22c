//! The bytes of a kept answer. They come back from a server that others can write to, so they prove themselves.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `MRA1`: what this is, and its version |
//! | 8 | when the answer was computed, milliseconds since the epoch, little-endian |
//! | 32 | SHA-256 of the key, of the 8 bytes above, and of the answer |
//! | rest | the answer, JSON |
//!
//! The hash finds damage and an answer to another question, not a forger.
//!
//! The instant is there because a write may lie for minutes in the buffers of a server that stands still, and only
//! then begin to be kept for its time. Servers whose clocks differ by more than the time to live do not share answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use millrace_event::Timestamp;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::Key;

const MAGIC: &[u8; 4] = b"MRA1";

/// The length of what comes before the answer.
pub(super) const HEADER: usize = 4 + 8 + 32;

/// The bytes to keep.
pub(super) fn encode(key: &Key, computed: Timestamp, answer: &RawValue) -> Bytes {
    let (computed, answer) = (computed.as_millis().to_le_bytes(), answer.get().as_bytes());
    [MAGIC, &computed[..], &hash(key, &computed, answer), answer].concat().into()
}

/// The answer of kept bytes; nothing unless they are this key's, whole, and were computed within `ttl` of `now`.
pub(super) fn decode(key: &Key, now: Timestamp, ttl: Duration, bytes: &[u8]) -> Option<Arc<RawValue>> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (computed, rest) = rest.split_first_chunk::<8>()?;
    let (hashed, answer) = rest.split_first_chunk::<32>()?;
    let age = now.as_millis().abs_diff(i64::from_le_bytes(*computed));
    if u128::from(age) > ttl.as_millis() || *hashed != hash(key, computed, answer) {
        return None;
    }
    let text = String::from_utf8(answer.to_vec()).ok()?;
    Some(RawValue::from_string(text).ok()?.into())
}

fn hash(key: &Key, computed: &[u8; 8], answer: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(key.as_bytes()).chain_update(computed).chain_update(answer).finalize().into()
}

#[cfg(test)]
mod tests {
    use millrace_catalog::memory::site;

    use super::*;
    use crate::cache::question::Question;

    const TTL: Duration = Duration::from_secs(10);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn only_whole_bytes_of_the_key_and_the_time_are_an_answer() {
        let key = |number| Question::about("r", &site("demo")).number(number).key();
        let (ours, other) = (key(1), key(2));
        let answer = RawValue::from_string("{\"a\": [1, 2.50]}".to_owned()).unwrap();
        let bytes = encode(&ours, at(1_000_000), &answer);
        assert_eq!(bytes.len(), HEADER + answer.get().len());
        for (now, known) in
            [(1_000_000, true), (1_010_000, true), (1_010_001, false), (990_000, true), (989_999, false)]
        {
            let decoded = decode(&ours, at(now), TTL, &bytes);
            assert_eq!(decoded.as_deref().map(RawValue::get), known.then_some(answer.get()), "{now}");
        }
        assert!(decode(&other, at(1_000_000), TTL, &bytes).is_none());
        for place in 0..bytes.len() {
            let mut damaged = bytes.to_vec();
            damaged[place] ^= 1;
            assert!(decode(&ours, at(1_000_000), TTL, &damaged).is_none(), "{place}");
            assert!(decode(&ours, at(1_000_000), TTL, &bytes[..place]).is_none(), "{place}");
        }
        let longer = [&bytes[..], b" "].concat();
        assert!(decode(&ours, at(1_000_000), TTL, &longer).is_none());
        // Far apart, without overflow.
        assert!(decode(&ours, at(i64::MIN), TTL, &bytes).is_none());
    }
}
