//! The demo site's visitors: thirty days of history, live traffic, the model both come from, and what the site's owner
//! has decided.

pub mod history;
pub mod live;
pub(crate) mod owner;
pub(crate) mod visitors;
mod world;
