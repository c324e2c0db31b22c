//! A cache for tests: keeps everything for ever, or fails at everything.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use millrace_api::cache::{Cache, CacheError, Key};

#[derive(Debug, Default)]
pub(super) struct Shelf {
    values: Mutex<HashMap<Key, Bytes>>,
    broken: bool,
}

impl Shelf {
    pub(super) fn new(broken: bool) -> Self {
        Self { broken, ..Self::default() }
    }

    fn check(&self) -> Result<(), CacheError> {
        if self.broken { Err(CacheError::Failed("broken".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl Cache for Shelf {
    async fn get(&self, key: &Key) -> Result<Option<Bytes>, CacheError> {
        self.check()?;
        Ok(self.values.lock().unwrap().get(key).cloned())
    }

    async fn put(&self, key: &Key, value: Bytes, _: Duration) -> Result<(), CacheError> {
        self.check()?;
        self.values.lock().unwrap().insert(*key, value);
        Ok(())
    }
}
