//! Properties of the payload parser and the record's bytes, over random input.

mod payloads;
mod records;
mod schemas;
