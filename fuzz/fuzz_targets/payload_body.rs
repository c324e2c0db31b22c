//! Arbitrary bytes as the body of a request: the parser never panics, and every payload is within its limits.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| millrace_event::payload::fuzz::body(bytes));
