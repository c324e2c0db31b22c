//! The binary, as its users meet it.

mod durability;
mod imports;
mod routes;
mod support;
mod tools;
