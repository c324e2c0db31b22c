//! Subcommands that need more than a line.

pub mod annotation;
pub mod demo;
pub mod discards;
pub mod doctor;
pub mod goal;
pub mod import;
pub mod key;
pub mod lag;
pub mod schema;
pub mod segment;
pub mod site;
