//! The steps, in order. A new one is a file here and a line in [`pipeline`].

mod agent;
mod cache;
mod data_centers;
mod deduplicate;
mod internal;
mod link;
mod normalise;
mod place;
mod robots;
mod sessionise;
mod source;
mod spam;
mod visitor;

use std::sync::Arc;

use millrace_catalog::Catalog;
use millrace_store::EventStore;

use crate::WorkerConfig;
pub use crate::pipeline::{Step, StepError};
pub use data_centers::Networks;
pub use place::database::{PlaceDatabase, UnusableFile};
pub use robots::CRAWLERS;

/// What happens to every event, first to last.
///
/// First it is found out what there is to know, then judged: what is discarded can be looked at with everything that
/// is known of it, but its address. Only what passed is remembered as seen, so that it counts when it is judged again.
pub fn pipeline(
    config: &WorkerConfig,
    catalog: &Arc<dyn Catalog>,
    store: &Arc<dyn EventStore>,
) -> Vec<Box<dyn Step>> {
    vec![
        Box::new(normalise::Normalise::new(catalog.clone())),
        Box::new(agent::ReadAgent::new(config)),
        Box::new(place::FindPlace::new(config)),
        Box::new(source::FindSource::new()),
        Box::new(visitor::Visitor::new(catalog.clone())),
        // What looks at the address goes first: it cannot be asked again of an event that something else discarded.
        Box::new(data_centers::DiscardDataCenters::new(config, catalog.clone())),
        Box::new(internal::DiscardInternal::new(catalog.clone())),
        Box::new(robots::DiscardRobots::new(catalog.clone())),
        Box::new(spam::DiscardSpam::new()),
        Box::new(deduplicate::Deduplicate::new(config, store.clone())),
        Box::new(link::Link::new()),
        Box::new(sessionise::Sessionise::new(config)),
    ]
}
