//! The copy of sites and what belongs to them that requests read.
//!
//! Invariant: one lock around "read, then publish" keeps an older copy from replacing a newer one.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

use crate::{CatalogError, Directory};

#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    directory: ArcSwap<Directory>,
    reading: Mutex<()>,
}

impl Snapshot {
    /// The newest copy; never waits.
    pub(crate) fn get(&self) -> Arc<Directory> {
        self.directory.load_full()
    }

    /// Publishes what `read` finds, which is given the last copy. It is started once it is alone; where it fails, the
    /// last copy stays.
    pub(crate) async fn replace<F: Future<Output = Result<Directory, CatalogError>>>(
        &self,
        read: impl FnOnce(Arc<Directory>) -> F,
    ) -> Result<(), CatalogError> {
        let _alone = self.reading.lock().await;
        self.directory.store(Arc::new(read(self.get()).await?));
        Ok(())
    }
}
