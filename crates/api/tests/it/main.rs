//! The API as its clients see it: requests through the whole router, as the server puts it together, over the
//! in-memory store and a fixed catalog.

mod access;
mod annotations;
mod cache;
mod description;
mod discards;
mod export;
mod failures;
mod goals;
mod inputs;
mod keys;
mod lists;
mod live;
mod operations;
mod pipeline;
mod queries;
mod reading;
mod reports;
mod schemas;
mod segments;
mod site;
mod sites;
mod sql;
mod support;
mod web;
mod zones;
