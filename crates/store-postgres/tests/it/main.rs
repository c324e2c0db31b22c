//! The store on private PostgreSQL servers.

mod aggregates;
mod conformance;
mod several;
mod stack;
mod upkeep;
