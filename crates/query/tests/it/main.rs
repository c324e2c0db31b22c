//! The grammar of the query API, from outside.

mod answers;
mod comparisons;
mod examples;
mod hostile;
mod rates;
mod requests;
mod support;
mod zones;
