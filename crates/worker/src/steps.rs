//! The steps, in order. A new one is a file here and a line in [`pipeline`].

mod deduplicate;
mod link;
mod normalise;
mod sessionise;
mod visitor;

use std::sync::Arc;

use millrace_catalog::Catalog;
use millrace_store::EventStore;

use crate::WorkerConfig;
pub use crate::pipeline::{Step, StepError};

/// What happens to every event, first to last.
pub fn pipeline(
    config: &WorkerConfig,
    catalog: &Arc<dyn Catalog>,
    store: &Arc<dyn EventStore>,
) -> Vec<Box<dyn Step>> {
    vec![
        Box::new(deduplicate::Deduplicate::new(config, store.clone())),
        Box::new(normalise::Normalise),
        Box::new(visitor::Visitor::new(catalog.clone())),
        Box::new(link::Link::new()),
        Box::new(sessionise::Sessionise::new(config)),
    ]
}
