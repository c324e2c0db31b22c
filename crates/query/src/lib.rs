//! The question, pure: what is asked of a store, checked before any engine sees it.
//!
//! A [`Query`] says what someone wants to know in the terms of a site: its zone's days, names of metrics and
//! dimensions. [`Query::check`] turns it into a [`CheckedQuery`], in which every period is a pair of instants and
//! every bucket's start is computed. Engines take checked queries only, so they all cut time alike.
//!
//! Invariant: nothing here knows SQL, HTTP or a clock; `now` is an argument.

pub mod buckets;
mod check;
pub mod filter;
pub mod metric;
pub mod range;
pub mod result;

pub use buckets::{Buckets, Interval};
pub use check::{CheckedQuery, Context, Query, QueryError};
pub use filter::{Dimension, Filter};
pub use metric::{Aggregate, Metric};
pub use range::{Period, Range};
pub use result::{DimensionValue, QueryResult, Row};
