//! The lake against the oracle.

mod conformance;
mod damage;
mod older;
mod sql;
