//! The API as its clients see it: requests through the whole router, as the server puts it together, over the
//! in-memory store and a fixed catalog.

mod access;
mod cache;
mod description;
mod discards;
mod failures;
mod goals;
mod inputs;
mod operations;
mod queries;
mod reports;
mod schemas;
mod segments;
mod sites;
mod support;
mod web;
mod zones;
