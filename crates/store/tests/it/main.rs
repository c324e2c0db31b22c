//! The oracle, the SQL, and the conformance suite itself.

mod oracle;
mod statements;
#[cfg(feature = "testing")]
mod suite;
