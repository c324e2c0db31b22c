//! Queue to store: the loop, the steps, the dead letters.
//!
//! The loop is the one place in the product that commits a queue's offsets, and it commits what the store says is
//! durable, nothing else. What happens to an event on its way is the list in [`steps::pipeline`].
//!
//! **Architecture invariant:** the worker keeps no file. What it remembers (ids seen, open sessions) is read back
//! from the store at start, which holds exactly what came before the first record it will be given.

mod pipeline;
mod run;
pub mod steps;

pub use pipeline::{Draft, Verdict};
pub use run::{Progress, Worker, WorkerConfig, WorkerError};
pub use steps::{Networks, PlaceDatabase, UnusableFile};
