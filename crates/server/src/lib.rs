//! The binary's parts: command line, configuration, roles, shutdown, telemetry, and the tools.
//!
//! Only this crate sees all the others; it opens what the configuration names, hands each role what it needs, and
//! stops them in the order of the data.

pub mod cli;
mod client;
pub mod commands;
pub mod config;
pub mod demo;
pub mod generate;
pub mod http;
pub mod import;
pub mod parts;
mod pipeline;
mod readiness;
pub mod requeue;
pub mod serve;
mod tallies;
mod telemetry;
