//! The names of what is measured of the live streams, of all sites together.

use metrics::{Unit, describe_counter, describe_gauge};

pub(super) const CONNECTIONS: &str = "millrace_live_connections";
pub(super) const STORE_QUERIES: &str = "millrace_live_store_queries_total";
pub(super) const MESSAGES: &str = "millrace_live_messages_total";
pub(super) const LAGGED: &str = "millrace_live_lagged_total";
pub(super) const SKIPPED: &str = "millrace_live_skipped_total";

/// Names the units, for whoever reads the metrics.
pub(crate) fn describe() {
    describe_gauge!(CONNECTIONS, Unit::Count, "open live streams");
    describe_counter!(STORE_QUERIES, Unit::Count, "questions to the store, by what was asked");
    describe_counter!(MESSAGES, Unit::Count, "messages sent to all live streams");
    describe_counter!(LAGGED, Unit::Count, "times that a live stream read too slowly and got ticks alone");
    describe_counter!(
        SKIPPED,
        Unit::Count,
        "times that a live stream was so far behind that it went on from now"
    );
}
