//! The store on private PostgreSQL servers.

mod aggregates;
mod conformance;
mod reports;
mod several;
mod sql;
mod stack;
mod upkeep;
