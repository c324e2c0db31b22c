//! Answers kept in Redis, for several processes.
//!
//! | key | value | time to live |
//! |---|---|---|
//! | `PREFIX:cache:v1:HASH` | an answer, as `entry` writes it | the configured one |
//! | `PREFIX:claim:v1:HASH` | empty: a process computes this answer | [`CLAIM_FOR`] |
//!
//! Every key has its time to live from the start, so nothing has to be cleaned up, and a Redis that is full may be set
//! to evict what it likes.

mod link;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use self::link::Link;
use super::entry::HEADER;
use super::{Cache, CacheError, Key, MOST_BYTES};

/// The prefix of keys, where the URL has none.
const PREFIX: &str = "millrace";

/// How long a claim stands. Whoever computes for longer is joined by one other.
const CLAIM_FOR: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(super) struct RedisCache {
    prefix: String,
    link: Arc<Link>,
}

impl RedisCache {
    /// The Redis of a URL; see [`super::redis()`].
    pub(super) fn new(url: &str, patience: Duration) -> Result<Self, CacheError> {
        let (url, prefix) = parse(url)?;
        // The client's message may quote the URL, and the URL may hold a password.
        let client = ::redis::Client::open(url)
            .map_err(|_| CacheError::Url("the host or the database cannot be read".to_owned()))?;
        Ok(Self { prefix, link: Link::new(client, patience) })
    }

    fn name(&self, kind: &str, key: &Key) -> String {
        format!("{}:{kind}:v1:{key}", self.prefix)
    }
}

#[async_trait]
impl Cache for RedisCache {
    fn shared(&self) -> bool {
        true
    }

    async fn get(&self, key: &Key) -> Result<Option<Bytes>, CacheError> {
        // No more than an answer may have, whatever lies there. What is absent is empty.
        let most = MOST_BYTES + HEADER;
        let mut get = ::redis::cmd("GETRANGE");
        get.arg(self.name("cache", key)).arg(0).arg(most);
        let bytes: Option<Vec<u8>> = self.link.run(&get).await?;
        Ok(bytes.filter(|bytes| !bytes.is_empty() && bytes.len() <= most).map(Bytes::from))
    }

    async fn put(&self, key: &Key, value: Bytes, ttl: Duration) -> Result<(), CacheError> {
        let mut set = ::redis::cmd("SET");
        set.arg(self.name("cache", key)).arg(&value[..]).arg("PX").arg(millis(ttl));
        self.link.run::<()>(&set).await.map(|_| ())
    }

    async fn claim(&self, key: &Key) -> Result<bool, CacheError> {
        let mut set = ::redis::cmd("SET");
        set.arg(self.name("claim", key)).arg("").arg("NX").arg("PX").arg(millis(CLAIM_FOR));
        let claimed: Option<Option<String>> = self.link.run(&set).await?;
        Ok(claimed.flatten().is_some())
    }

    /// Ends whatever claim there is. Where this process computed for longer than its own stood it may be another's,
    /// and then one more process computes the same: claims save work, no answer depends on them.
    async fn release(&self, key: &Key) -> Result<(), CacheError> {
        let mut del = ::redis::cmd("DEL");
        del.arg(self.name("claim", key));
        self.link.run::<()>(&del).await.map(|_| ())
    }
}

/// Redis refuses a time to live of 0, and one beyond its calendar.
fn millis(time: Duration) -> u64 {
    const YEAR_MS: u128 = 365 * 86_400_000;
    time.as_millis().clamp(1, YEAR_MS) as u64
}

/// The URL without its parameters, and the prefix.
fn parse(text: &str) -> Result<(Url, String), CacheError> {
    let wrong = |what: String| CacheError::Url(what);
    let mut url = Url::parse(text).map_err(|error| wrong(error.to_string()))?;
    if !["redis", "rediss"].contains(&url.scheme()) {
        return Err(wrong(format!("its scheme is '{}', not redis or rediss", url.scheme())));
    }
    if url.host_str().unwrap_or_default().is_empty() || url.fragment().is_some() {
        return Err(wrong("it needs a host, and takes no '#'".to_owned()));
    }
    let mut prefix = None;
    for (name, value) in url.query_pairs() {
        if name != "prefix" || prefix.is_some() {
            return Err(wrong(format!(
                "its parameter '{name}' is unknown or comes twice: there is prefix only"
            )));
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if value.is_empty() || value.len() > 64 || !value.bytes().all(fits) {
            return Err(wrong("its prefix must be 1 to 64 letters, digits or - _ . :".to_owned()));
        }
        prefix = Some(value.into_owned());
    }
    url.set_query(None);
    Ok((url, prefix.unwrap_or_else(|| PREFIX.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_server_and_a_prefix() {
        for (url, expected) in [
            ("redis://localhost", Some("millrace")),
            ("redis://u:p%40ss@localhost:7000/3?prefix=shop", Some("shop")),
            ("rediss://[::1]:7000/", Some("millrace")),
            ("redis://h/?prefix=a.b-c_d:e1", Some("a.b-c_d:e1")),
            ("redis://h/?prefix=", None),
            ("redis://h/?prefix=a%20b", None),
            ("redis://h/?prefix=a&prefix=b", None),
            ("redis://h/?prefixes=a", None),
            ("redis://h/x", None),
            ("redis:///3", None),
            ("rediss://h/#insecure", None),
            ("http://h/", None),
            ("localhost:6379", None),
            ("", None),
        ] {
            let cache = RedisCache::new(url, Duration::ZERO);
            assert_eq!(cache.as_ref().ok().map(|cache| cache.prefix.as_str()), expected, "{url}: {cache:?}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "redis://u:secret@localhost/?prefix=a",
            "redis://u:secret@localhost/?prefix=a b",
            "redis://u:secret@localhost/x",
            "redis://u:secret@localhost:99999/",
            "http://u:secret@localhost/",
        ] {
            let shown = match RedisCache::new(url, Duration::ZERO) {
                Ok(cache) => format!("{cache:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}
