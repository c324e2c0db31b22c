//! Events, sessions and visitors one by one: lists, the export, the live figures, and SQL of somebody's own.
//!
//! A body is read as text first, then only its site, so that whoever may not read that site learns nothing of what
//! else is wrong. What follows is judged by the grammar of the query API.

pub(crate) mod asking;
mod columns;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod figures;
pub(crate) mod sessions;
pub(crate) mod sql;
pub(crate) mod visitors;
