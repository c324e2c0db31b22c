//! The API as its clients see it: requests through the whole router, as the server puts it together, over the
//! in-memory store and a fixed catalog.

mod access;
mod cache;
mod description;
mod discards;
mod export;
mod failures;
mod goals;
mod inputs;
mod lists;
mod live;
mod operations;
mod queries;
mod reading;
mod reports;
mod schemas;
mod segments;
mod sites;
mod sql;
mod support;
mod web;
mod zones;
