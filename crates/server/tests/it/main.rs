//! The binary, as its users meet it.

mod bad_inputs;
mod compose;
mod discards;
mod docs;
mod durability;
mod identity;
mod imports;
mod layers;
mod live;
mod pipeline;
mod routes;
mod schemas;
mod stack;
mod support;
mod tools;
mod words;
