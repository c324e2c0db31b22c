//! The bodies of the fuzz targets, so that `cargo test` runs them too.

use super::format::{RECORD_HEADER, RecordHeader, SEGMENT_HEADER, Seed, SegmentHeader, encode_record};
use super::scan::{Extent, Item, Scanner};
use crate::Offset;

/// Reads arbitrary bytes as a segment file, as opening does and as a consumer does, and checks what must
/// hold whatever they are.
///
/// # Panics
/// When a record is answered whose checksums are wrong, offsets go back, stretches overlap, or the scan
/// does not end: each of them is a bug.
pub fn read_segment(bytes: &[u8]) {
    let header = SegmentHeader::decode(bytes).ok();
    let seed = Seed::new(header.map_or(0, |header| header.queue_id));
    let base = header.map_or(0, |header| header.base);
    let whole = bytes.len() as u64;
    // A small window finds the mistakes at its edges.
    for chunk in [4096, 1 << 20] {
        for next in [Offset::MAX, base.saturating_add(3)] {
            walk(bytes, seed, base, Extent { bytes: whole, next }, chunk);
        }
        walk(bytes, seed, base, Extent { bytes: whole / 2, next: Offset::MAX }, chunk);
    }
}

fn walk(bytes: &[u8], seed: Seed, base: Offset, extent: Extent, chunk: usize) {
    let mut scanner = Scanner::new(seed, SEGMENT_HEADER as u64, base, chunk);
    let (mut least, mut behind) = (base, 0);
    // Each item takes at least a record's header or a byte of damage, and may have one gap before it.
    for _ in 0..2 * bytes.len() + 4 {
        match scanner.next(&bytes, extent).expect("memory does not fail") {
            Item::Record { at, offset, payload, .. } => {
                let raw = &bytes[at as usize..];
                let header = RecordHeader::decode(raw, seed).expect("a record's header is valid");
                assert!(header.offset == offset && offset >= least && offset < extent.next, "order");
                assert_eq!(payload, raw[RECORD_HEADER..RECORD_HEADER + header.length as usize]);
                assert!(header.matches(&payload), "checksum");
                assert!(
                    at >= behind && at + header.total() <= extent.bytes,
                    "inside, and after the last item"
                );
                (least, behind) = (offset + 1, at + header.total());
            }
            Item::Damage(damage) => {
                assert!(damage.at >= behind && damage.first >= least, "damage overlaps what was read");
                assert!(
                    damage.at + damage.bytes <= extent.bytes || damage.bytes == 0,
                    "damage beyond the end"
                );
                behind = damage.at + damage.bytes;
                least = damage.first + damage.lost;
            }
            Item::End => return,
        }
    }
    panic!("the scan does not end");
}

/// A valid segment with these payloads, followed by `zeros` of preallocated space.
#[must_use]
pub fn build_segment(queue_id: u64, base: Offset, payloads: &[Vec<u8>], zeros: usize) -> Vec<u8> {
    let header = SegmentHeader { queue_id, base, previous_end: base, created_ms: 0 };
    let mut out = header.encode().to_vec();
    for (offset, payload) in (base..).zip(payloads) {
        encode_record(&mut out, Seed::new(queue_id), offset, 0, &payload.clone().into());
    }
    out.resize(out.len() + zeros, 0);
    out
}
