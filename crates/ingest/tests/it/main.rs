//! Ingestion through its router, on a queue and a catalog in memory.

mod auth;
mod clients;
mod encoding;
mod events;
mod queue;
mod schemas;
mod script;
mod support;
