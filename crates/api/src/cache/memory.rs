//! Answers kept in this process: a map bounded in bytes. What is nearest to its end goes first.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{Cache, CacheError, Key};

/// About what an entry takes beside its value: its places in the two maps, and the allocator's own.
const OVERHEAD: usize = 256;

/// See the module.
#[derive(Debug)]
pub(super) struct MemoryCache {
    max_bytes: usize,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, (End, Bytes)>,
    /// The same keys, those that end first at the front.
    by_end: BTreeMap<End, Key>,
    bytes: usize,
    puts: u64,
}

/// When an entry ends, and a number that no two entries share.
type End = (Instant, u64);

impl MemoryCache {
    /// An empty one.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self { max_bytes, entries: Mutex::default() }
    }
}

#[async_trait]
impl Cache for MemoryCache {
    async fn get(&self, key: &Key) -> Result<Option<Bytes>, CacheError> {
        Ok(self.entries.lock().get(key, Instant::now()))
    }

    async fn put(&self, key: &Key, value: Bytes, ttl: Duration) -> Result<(), CacheError> {
        self.entries.lock().put(key, value, Instant::now(), ttl, self.max_bytes);
        Ok(())
    }
}

impl Entries {
    fn get(&self, key: &Key, now: Instant) -> Option<Bytes> {
        let ((end, _), value) = self.by_key.get(key)?;
        (now < *end).then(|| value.clone())
    }

    fn put(&mut self, key: &Key, value: Bytes, now: Instant, ttl: Duration, max_bytes: usize) {
        self.remove(key);
        let size = value.len() + OVERHEAD;
        // A time to live beyond the clock's end, or an answer larger than the cache: not kept.
        let Some(end) = now.checked_add(ttl).filter(|_| size <= max_bytes) else { return };
        while let Some((&(end, _), &first)) = self.by_end.first_key_value() {
            if now < end && self.bytes + size <= max_bytes {
                break;
            }
            self.remove(&first);
        }
        self.puts += 1;
        let end = (end, self.puts);
        self.bytes += size;
        self.by_end.insert(end, *key);
        self.by_key.insert(*key, (end, value));
    }

    fn remove(&mut self, key: &Key) {
        if let Some((end, value)) = self.by_key.remove(key) {
            self.by_end.remove(&end);
            self.bytes -= value.len() + OVERHEAD;
        }
    }
}

#[cfg(test)]
mod tests {
    use millrace_catalog::Site;
    use millrace_catalog::memory::site;
    use millrace_event::Timestamp;

    use super::*;
    use crate::cache::question::Question;

    const SECOND: Duration = Duration::from_secs(1);

    fn key(number: usize) -> Key {
        let site = Site { created_at: Timestamp::from_millis(0), ..site("demo") };
        Question::about("r", &site).number(number).key()
    }

    #[test]
    fn a_value_ends_with_its_time_and_is_replaced() {
        let (mut entries, now) = (Entries::default(), Instant::now());
        entries.put(&key(1), Bytes::from("one"), now, SECOND, 10_000);
        assert_eq!(entries.get(&key(1), now), Some(Bytes::from("one")));
        assert_eq!(entries.get(&key(2), now), None);
        assert_eq!(entries.get(&key(1), now + SECOND - Duration::from_nanos(1)), Some(Bytes::from("one")));
        assert_eq!(entries.get(&key(1), now + SECOND), None);
        entries.put(&key(1), Bytes::from("another"), now + SECOND, SECOND, 10_000);
        assert_eq!(entries.get(&key(1), now + SECOND), Some(Bytes::from("another")));
        assert_eq!((entries.by_key.len(), entries.by_end.len(), entries.bytes), (1, 1, 7 + OVERHEAD));
    }

    #[test]
    fn its_bytes_are_bounded_and_what_is_past_its_time_makes_room() {
        let (mut entries, now) = (Entries::default(), Instant::now());
        let max_bytes = 10 * (100 + OVERHEAD);
        for number in 0..1_000 {
            entries.put(&key(number), vec![0; 100].into(), now, SECOND, max_bytes);
            assert!(entries.bytes <= max_bytes, "{number}: {}", entries.bytes);
        }
        let kept: Vec<_> = (0..1_000).filter(|number| entries.get(&key(*number), now).is_some()).collect();
        assert_eq!(kept, (990..1_000).collect::<Vec<_>>());
        // Too large for all of it, and without an end: neither is kept, and neither costs the others their place.
        entries.put(&key(1_000), vec![0; max_bytes].into(), now, SECOND, max_bytes);
        entries.put(&key(1_001), vec![0; 100].into(), now, Duration::MAX, max_bytes);
        assert_eq!((entries.by_key.len(), entries.by_end.len()), (10, 10));
        entries.put(&key(1_002), vec![0; 100].into(), now + SECOND, SECOND, max_bytes);
        assert_eq!((entries.by_key.len(), entries.by_end.len(), entries.bytes), (1, 1, 100 + OVERHEAD));
    }
}
