//! A bounded memory of what texts turned out to mean.
//!
//! Two generations: what is asked for moves into the newer one, and when that is full the older one goes. So what is
//! asked for often stays, and nothing is ever sorted. Bounded in entries and in bytes of keys.

use std::collections::HashMap;

use bytestring::ByteString;

type Map<V> = HashMap<ByteString, V, foldhash::fast::RandomState>;

pub(super) struct Cache<V> {
    newer: Map<V>,
    older: Map<V>,
    newer_bytes: usize,
    generation_entries: usize,
    generation_bytes: usize,
}

impl<V: Clone> Cache<V> {
    /// Holds so many entries and bytes at most, both generations together.
    pub(super) fn new(entries: usize, bytes: usize) -> Self {
        Self {
            newer: Map::default(),
            older: Map::default(),
            newer_bytes: 0,
            generation_entries: (entries / 2).max(1),
            generation_bytes: bytes / 2,
        }
    }

    /// What `text` means: remembered, or made now.
    pub(super) fn get(&mut self, text: &str, make: impl FnOnce(&str) -> V) -> V {
        if let Some(value) = self.newer.get(text) {
            return value.clone();
        }
        if self.newer.len() >= self.generation_entries
            || self.newer_bytes + text.len() > self.generation_bytes
        {
            self.older = std::mem::take(&mut self.newer);
            self.newer_bytes = 0;
        }
        let (key, value) = match self.older.remove_entry(text) {
            Some(known) => known,
            // A copy: a part of a record would keep the whole batch's memory.
            None => (ByteString::from(text), make(text)),
        };
        self.newer_bytes += key.len();
        self.newer.insert(key, value.clone());
        value
    }

    #[cfg(test)]
    fn held(&self) -> (usize, usize) {
        let bytes = |map: &Map<V>| map.keys().map(|key| key.len()).sum::<usize>();
        (self.newer.len() + self.older.len(), bytes(&self.newer) + bytes(&self.older))
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn what_is_asked_for_often_is_made_once_among_many_others() {
        let mut cache = Cache::new(100, 1 << 20);
        let mut made = 0;
        for round in 0..1_000 {
            cache.get("often", |_| made += 1);
            cache.get(&format!("once {round}"), |_| ());
        }
        assert_eq!(made, 1);
    }

    #[test]
    fn it_is_bounded_in_entries_and_in_bytes() {
        let mut cache = Cache::new(100, 10_000);
        for text in 0..5_000 {
            cache.get(&text.to_string(), |_| ());
            assert!(cache.held().0 <= 100);
        }
        for text in 0..100 {
            cache.get(&format!("{text}{}", "x".repeat(1_000)), |_| ());
            assert!(cache.held().1 <= 12_100, "{:?}", cache.held());
        }
    }
}
