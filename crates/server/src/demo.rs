//! The demo site's visitors: thirty days of history, live traffic, and the model both come from.

pub mod history;
pub mod live;
pub(crate) mod visitors;
mod world;
