//! The worker between a real disk queue and the in-memory store.

mod discards;
mod identity;
mod steps;
mod support;
mod work;
