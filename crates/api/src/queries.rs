//! The reports whose questions are JSON: `POST /api/v2/query`, and those that are no table of groups.
//!
//! A request passes `asked`, which reads the body, finds the site in it and whether the caller may read that, and
//! what of the site the body speaks of. A route reads the rest of it by the grammar of `millrace_query`, which no
//! route has words of its own for, and `answer` gives the kept answer or lets it be computed, as JSON or as CSV.

pub(crate) mod activity;
mod answer;
mod asked;
pub(crate) mod described;
pub(crate) mod engagement;
pub(crate) mod funnels;
pub(crate) mod journeys;
pub(crate) mod retention;
pub(crate) mod saved;
pub(crate) mod table;

pub(crate) use saved::names_segments;
