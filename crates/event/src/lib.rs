//! What happened: untrusted payloads in, the bytes on the queue, the processed event.
//!
//! An event passes through three forms, each parsed once:
//!
//! 1. [`payload`]: the client's JSON, judged field by field into a [`payload::Payload`] or a
//!    [`payload::Rejection`];
//! 2. [`record`]: the versioned bytes a queue keeps (a [`record::Received`]);
//! 3. [`Event`]: what the worker's steps made of it and a store keeps.
//!
//! What the properties of an event may be, a site may declare: [`schema`].
//!
//! Invariant: nothing here does I/O, and no type but the queue's record is meant to be stored as bytes.

pub mod event;
pub mod id;
pub mod limits;
pub mod names;
pub mod page;
pub mod payload;
pub mod properties;
pub mod record;
pub mod schema;
pub mod time;

pub use event::{Agent, Currency, Event, Place, Revenue, Screen, Utm};
pub use id::{EventId, MadeId, SessionId, SiteId, VisitorId};
pub use names::{Channel, Country, Device, ScreenClass};
pub use time::Timestamp;
