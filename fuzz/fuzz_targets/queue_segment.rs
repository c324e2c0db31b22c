//! Arbitrary bytes as a segment of the disk queue: the reader never panics, always ends, and never answers
//! a record whose checksums are wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| millrace_queue::disk::fuzz::read_segment(bytes));
