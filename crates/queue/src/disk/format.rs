//! The bytes of a segment: a header, then records. `docs/formats/queue.md` is the specification.
//!
//! Invariants: integers are little-endian; a record's header has a checksum of its own, seeded with the
//! queue's random id, so that its length can be trusted before the payload is read, and so that bytes
//! inside a payload can never pass for a record when a damaged segment is searched.

use bytes::Bytes;

use crate::Offset;

/// The version this build writes and reads.
pub(crate) const VERSION: u32 = 1;
/// Length of a segment's header.
pub(crate) const SEGMENT_HEADER: usize = 64;
/// Length of a record's header.
pub(crate) const RECORD_HEADER: usize = 32;
/// What a search for the next record looks for. Not zero: zeros are preallocated space.
pub(crate) const MARKER: [u8; 4] = [0xF5, b'M', b'R', 0xA7];

const SEGMENT_MAGIC: [u8; 8] = *b"MRSEG\r\n\x1a";

/// Opens a segment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Random per queue; seeds the records' checksums.
    pub(crate) queue_id: u64,
    /// The offset of the first record.
    pub(crate) base: Offset,
    /// Where the segment before ended. Below `base` only when offsets were skipped on purpose.
    pub(crate) previous_end: Offset,
    /// Milliseconds since the Unix epoch.
    pub(crate) created_ms: i64,
}

/// Why a segment's header was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// Too short, not a segment, or its checksum is wrong.
    Damaged,
    /// Intact, and written by another version.
    Version(u32),
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; SEGMENT_HEADER] {
        let mut out = [0; SEGMENT_HEADER];
        out[0..8].copy_from_slice(&SEGMENT_MAGIC);
        out[8..12].copy_from_slice(&VERSION.to_le_bytes());
        out[12..16].copy_from_slice(&(SEGMENT_HEADER as u32).to_le_bytes());
        out[16..24].copy_from_slice(&self.queue_id.to_le_bytes());
        out[24..32].copy_from_slice(&self.base.to_le_bytes());
        out[32..40].copy_from_slice(&self.previous_end.to_le_bytes());
        out[40..48].copy_from_slice(&self.created_ms.to_le_bytes());
        let crc = crc32c::crc32c(&out[..60]);
        out[60..64].copy_from_slice(&crc.to_le_bytes());
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let Some(bytes) = bytes.first_chunk::<SEGMENT_HEADER>() else { return Err(HeaderFault::Damaged) };
        if bytes[..8] != SEGMENT_MAGIC || crc32c::crc32c(&bytes[..60]) != u32_at(bytes, 60) {
            return Err(HeaderFault::Damaged);
        }
        let version = u32_at(bytes, 8);
        if version != VERSION {
            return Err(HeaderFault::Version(version));
        }
        Ok(Self {
            queue_id: u64_at(bytes, 16),
            base: u64_at(bytes, 24),
            previous_end: u64_at(bytes, 32),
            created_ms: u64_at(bytes, 40).cast_signed(),
        })
    }
}

/// What a queue's record checksums start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed(u32);

impl Seed {
    pub(crate) fn new(queue_id: u64) -> Self {
        Self(crc32c::crc32c(&queue_id.to_le_bytes()))
    }
}

/// Stands before each payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    pub(crate) payload_crc: u32,
    pub(crate) length: u32,
    pub(crate) offset: Offset,
    /// When the record was written, in milliseconds since the Unix epoch.
    pub(crate) written_ms: i64,
}

impl RecordHeader {
    /// `None` unless marker and checksum are right.
    pub(crate) fn decode(bytes: &[u8], seed: Seed) -> Option<Self> {
        let bytes = bytes.first_chunk::<RECORD_HEADER>()?;
        if bytes[..4] != MARKER || crc32c::crc32c_append(seed.0, &bytes[8..]) != u32_at(bytes, 4) {
            return None;
        }
        Some(Self {
            payload_crc: u32_at(bytes, 8),
            length: u32_at(bytes, 12),
            offset: u64_at(bytes, 16),
            written_ms: u64_at(bytes, 24).cast_signed(),
        })
    }

    /// Header and payload together.
    pub(crate) fn total(&self) -> u64 {
        RECORD_HEADER as u64 + u64::from(self.length)
    }

    pub(crate) fn matches(&self, payload: &[u8]) -> bool {
        crc32c::crc32c(payload) == self.payload_crc
    }
}

/// Appends one record's bytes to a group's buffer.
pub(crate) fn encode_record(out: &mut Vec<u8>, seed: Seed, offset: Offset, written_ms: i64, payload: &Bytes) {
    let mut header = [0; RECORD_HEADER];
    header[0..4].copy_from_slice(&MARKER);
    header[8..12].copy_from_slice(&crc32c::crc32c(payload).to_le_bytes());
    header[12..16]
        .copy_from_slice(&u32::try_from(payload.len()).expect("bounded by max_record_bytes").to_le_bytes());
    header[16..24].copy_from_slice(&offset.to_le_bytes());
    header[24..32].copy_from_slice(&written_ms.to_le_bytes());
    let crc = crc32c::crc32c_append(seed.0, &header[8..]);
    header[4..8].copy_from_slice(&crc.to_le_bytes());
    out.extend_from_slice(&header);
    out.extend_from_slice(payload);
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_header_survives_the_round_trip_and_no_flipped_bit() {
        let header = SegmentHeader { queue_id: 7, base: 1 << 40, previous_end: 3, created_ms: -5 };
        let bytes = header.encode();
        assert_eq!(SegmentHeader::decode(&bytes), Ok(header));
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(SegmentHeader::decode(&bytes), Err(HeaderFault::Damaged), "bit {bit}");
        }
    }

    #[test]
    fn an_intact_header_of_another_version_is_told_from_damage() {
        let mut bytes = SegmentHeader { queue_id: 7, base: 0, previous_end: 0, created_ms: 0 }.encode();
        bytes[8] = 2;
        let crc = crc32c::crc32c(&bytes[..60]);
        bytes[60..64].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(SegmentHeader::decode(&bytes), Err(HeaderFault::Version(2)));
    }

    #[test]
    fn a_record_header_belongs_to_its_queue_and_no_bit_may_flip() {
        let payload = Bytes::from_static(b"hello");
        let mut bytes = Vec::new();
        encode_record(&mut bytes, Seed::new(1), 42, 99, &payload);
        let header = RecordHeader::decode(&bytes, Seed::new(1)).expect("valid");
        assert_eq!((header.offset, header.written_ms, header.length), (42, 99, 5));
        assert!(header.matches(&payload) && !header.matches(b"hellO"));
        assert_eq!(RecordHeader::decode(&bytes, Seed::new(2)), None);
        for bit in 0..RECORD_HEADER * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(RecordHeader::decode(&bytes, Seed::new(1)), None, "bit {bit}");
        }
    }
}
