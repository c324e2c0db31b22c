//! Arbitrary bytes as a record of the queue: an error or an event, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| millrace_event::record::fuzz(bytes));
