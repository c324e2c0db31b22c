//! Identities: of sites, events, visitors and sessions.

use std::fmt;
use std::hash::Hasher;

use bytestring::ByteString;
use siphasher::sip::SipHasher13;

use crate::limits;

/// A site's id: 1 to 64 of `a-z A-Z 0-9 . _ : -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(ByteString);

impl SiteId {
    /// Checks the characters and the length; answers what is wrong otherwise.
    pub fn new(text: impl Into<ByteString>) -> Result<Self, InvalidSiteId> {
        let text = text.into();
        let fits = !text.is_empty() && text.len() <= limits::SITE_ID_CHARS;
        if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b)) {
            Ok(Self(text))
        } else {
            Err(InvalidSiteId)
        }
    }

    /// A place holder that is no valid id, for a value under construction.
    pub(crate) const fn unset() -> Self {
        Self(ByteString::new())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id as text that can be shared without a copy.
    pub fn text(&self) -> &ByteString {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The text is no site id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a site id has 1 to {} of the characters a-z, A-Z, 0-9, '.', '_', ':' and '-'",
    limits::SITE_ID_CHARS
)]
pub struct InvalidSiteId;

/// Who an event is: the client's own id, or one made at ingestion.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventId {
    /// Sent by the client, 1 to 100 characters; counted once per site within the window.
    Client(ByteString),
    /// Made here for an event that came without one.
    Made(MadeId),
}

impl fmt::Display for EventId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(id) => out.write_str(id),
            Self::Made(id) => id.fmt(out),
        }
    }
}

/// An event id made by this process: a random number of the process and a counter, so that the ids of
/// one burst are neighbours and take next to no room on disk. Shown as a UUID of version 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MadeId {
    /// 60 random bits of the process.
    pub process: u64,
    /// The process's own count, 62 bits.
    pub count: u64,
}

impl MadeId {
    /// The bits of `process` that an id keeps.
    pub const PROCESS_MASK: u64 = (1 << 60) - 1;
    const COUNT_MASK: u64 = (1 << 62) - 1;
}

impl fmt::Display for MadeId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // RFC 9562, version 8: 48 bits, the version, 12 bits, the variant, 62 bits.
        let (high, low) = ((self.process & Self::PROCESS_MASK) >> 12, self.process & 0xfff);
        let count = (self.count & Self::COUNT_MASK) | (0b10 << 62);
        write!(
            out,
            "{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}",
            high >> 16,
            high & 0xffff,
            low,
            count >> 48,
            count & 0xffff_ffff_ffff
        )
    }
}

/// A visitor of a site: a 64-bit hash of whatever identifies them. Two visitors of one site share a number
/// with a probability below one in a million up to six million visitors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitorId(pub u64);

impl fmt::Display for VisitorId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

/// Keys of hashes that only have to differ from each other.
const USER: u128 = 0x6d69_6c6c_7261_6365_2075_7365_7200_0001;
const ANONYMOUS: u128 = 0x6d69_6c6c_7261_6365_2061_6e6f_6e00_0002;

impl VisitorId {
    /// The visitor who is known by this `user_id`: the same in every process, for ever.
    pub fn of_user(site: &SiteId, user_id: &str) -> Self {
        Self(hash(USER, &[site.as_str().as_bytes(), user_id.as_bytes()]))
    }

    /// The visitor who is known by this `anonymous_id`.
    pub fn of_anonymous(site: &SiteId, anonymous_id: &str) -> Self {
        Self(hash(ANONYMOUS, &[site.as_str().as_bytes(), anonymous_id.as_bytes()]))
    }
}

/// A session: a 64-bit hash of the client's own session id, or a number made when the session opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

/// SipHash-1-3 of `parts` under `key`; each part is closed by its length, so that no two lists are alike.
pub fn hash(key: u128, parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(key as u64, (key >> 64) as u64);
    for part in parts {
        hasher.write(part);
        hasher.write(&(part.len() as u64).to_le_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_are_uuids_that_differ() {
        let id = |count| MadeId { process: u64::MAX, count }.to_string();
        assert_eq!(id(0), "ffffffff-ffff-8fff-8000-000000000000");
        assert_eq!(id(0x1_0000_0000_0001), "ffffffff-ffff-8fff-8001-000000000001");
    }

    #[test]
    fn visitors_and_sessions_are_sixteen_digits() {
        assert_eq!(VisitorId(0xab).to_string(), "00000000000000ab");
        assert_eq!(SessionId(u64::MAX).to_string(), "ffffffffffffffff");
    }

    #[test]
    fn parts_are_kept_apart() {
        assert_ne!(hash(1, &[b"ab", b"c"]), hash(1, &[b"a", b"bc"]));
        assert_ne!(hash(1, &[b"a"]), hash(2, &[b"a"]));
    }

    #[test]
    fn site_ids_are_plain() {
        for bad in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert_eq!(SiteId::new(bad.to_owned()), Err(InvalidSiteId), "{bad}");
        }
        assert!(SiteId::new("example.com").is_ok());
    }
}
