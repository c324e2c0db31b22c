//! API keys: how they look, what they allow, how they are recognised.
//!
//! A secret is `mr_` + the kind's letter + `_` + 43 characters (256 random bits, base64url without padding).
//! Its SHA-256 is enough to recognise it: the secret is random, so there is nothing to guess or to salt.

use std::fmt;
use std::str::FromStr;

use millrace_event::{SiteId, Timestamp};
use sha2::{Digest, Sha256};

/// What may be done with a key; each kind allows its own and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// Sends events.
    Write,
    /// Reads reports.
    Read,
    /// Changes what belongs to the site.
    Admin,
}

impl KeyKind {
    /// Every kind, in the order in which they are listed to people.
    pub const ALL: [Self; 3] = [Self::Write, Self::Read, Self::Admin];

    /// The kind's name, as stored and as typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl FromStr for KeyKind {
    type Err = InvalidKeyKind;

    fn from_str(text: &str) -> Result<Self, InvalidKeyKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(InvalidKeyKind)
    }
}

/// The text is no kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's kind is write, read or admin")]
pub struct InvalidKeyKind;

/// The public name of a key: 12 hexadecimal digits, lower case. It opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// Checks the form; upper case is taken as lower case.
    pub fn new(text: &str) -> Result<Self, InvalidKeyId> {
        let fits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then(|| Self(text.to_ascii_lowercase())).ok_or(InvalidKeyId)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidKeyId> {
        Self::new(text)
    }
}

/// The text is no key id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's id has 12 hexadecimal digits, as 'millrace key list' shows them")]
pub struct InvalidKeyId;

/// The SHA-256 of a secret: all that is stored of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash(pub [u8; 32]);

impl KeyHash {
    /// The hash of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("KeyHash(..)")
    }
}

/// A key as people may see it, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its public name.
    pub id: KeyId,
    /// The site it belongs to.
    pub site: SiteId,
    /// What may be done with it.
    pub kind: KeyKind,
    /// The secret's first characters, to tell keys apart by: `mr_w_` and four more of the 43.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ceased to open anything.
    pub revoked_at: Option<Timestamp>,
}

/// A key and its secret, at the one moment when both are known.
#[derive(Clone)]
pub struct NewKey {
    /// The key.
    pub key: Key,
    /// What its owner presents; stored nowhere.
    pub secret: String,
}

impl NewKey {
    /// Makes a key from the system's random numbers.
    pub fn generate(site: SiteId, kind: KeyKind, created_at: Timestamp) -> Self {
        let letter = &kind.as_str()[..1];
        let secret = format!("mr_{letter}_{}", base64url(&random::<32>()));
        let id = KeyId(hex::encode(random::<6>()));
        let hint = secret[..HINT_CHARS].to_owned();
        Self { key: Key { id, site, kind, hint, created_at, revoked_at: None }, secret }
    }

    /// What is stored of the secret.
    pub fn hash(&self) -> KeyHash {
        KeyHash::of(&self.secret)
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NewKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Characters of a secret that are kept to be shown: 24 of its 256 random bits.
pub(crate) const HINT_CHARS: usize = "mr_w_".len() + 4;

/// Random bytes of the operating system. Without any, a key or a salt could be guessed, so there is no going on.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

/// RFC 4648, section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, i| bits << 8 | u32::from(group.get(i).copied().unwrap_or(0)));
        for digit in 0..=group.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * digit)) as usize & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_that_of_the_rfc() {
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn secrets_are_long_random_and_never_in_debug() {
        let site = SiteId::new("demo").unwrap();
        let make = || NewKey::generate(site.clone(), KeyKind::Read, Timestamp::default());
        let (one, two) = (make(), make());
        assert!(one.secret.starts_with("mr_r_") && one.secret.len() == 48, "{}", one.secret);
        assert!(one.secret.starts_with(&one.key.hint));
        assert_ne!(one.secret, two.secret);
        assert_ne!(one.key.id, two.key.id);
        let shown = format!("{one:?} {:?}", one.hash());
        assert!(!shown.contains(&one.secret[HINT_CHARS..]), "{shown}");
        assert!(!shown.contains(&hex::encode(one.hash().0)), "{shown}");
    }

    #[test]
    fn kinds_and_ids_are_read_as_they_are_shown() {
        for kind in KeyKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!("owner".parse::<KeyKind>(), Err(InvalidKeyKind));
        assert_eq!(KeyId::new("0123456789AB").map(|id| id.to_string()), Ok("0123456789ab".to_owned()));
        for bad in ["", "0123456789a", "0123456789abc", "0123456789ag"] {
            assert_eq!(KeyId::new(bad), Err(InvalidKeyId), "{bad}");
        }
    }
}
