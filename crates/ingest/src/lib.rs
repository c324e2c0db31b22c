//! HTTP in: parse, admit, append, 202.
//!
//! A request passes these stations, each in its file:
//!
//! 1. `http`: the routes, headers, CORS; `body` reads the body against a deadline and a budget;
//! 2. `decode`: content types and encodings, bounded on the decompressed side;
//! 3. `prepare`: the key and the sites it opens (`admit`), each event parsed, judged, compared with its declared
//!    schema (`conform`) and encoded;
//! 4. [`Intake::accept`]: one append to the queue, then the answer;
//! 5. [`answer`]: refusals to status codes, in the one error envelope.
//!
//! `clients` has the same for the clients of other systems, with their own routes, bodies and answers.
//! Beside it, `script` serves the script that pages load.
//!
//! Invariants: nothing is acknowledged before [`Queue::append`] returned; a refused body stores nothing; the
//! catalog is read from its snapshot only; no address, key or body is logged, and no label is a site's or a key's.

mod admit;
pub mod answer;
mod body;
pub mod client;
mod clients;
mod config;
mod conform;
mod decode;
mod figures;
mod http;
mod intake;
mod prepare;
pub mod rejects;
mod script;

#[cfg(doc)]
use millrace_queue::Queue;

pub use answer::Refusal;
pub use clients::{Client, UnknownClient};
pub use config::IngestConfig;
pub use decode::Encoding;
pub use http::{Peer, openapi_router, router};
pub use intake::{Accepted, Intake, Submission};
pub use prepare::{EventRejection, routing_again};
pub use script::at_own_path;
