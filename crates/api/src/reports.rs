//! The simple reports: shapes that existing dashboards and scripts read, each to the letter.

pub(crate) mod analytics;
pub(crate) mod metrics;
pub(crate) mod recent;
pub(crate) mod stats;
