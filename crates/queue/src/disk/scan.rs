//! Reads the records of one segment, and finds its way past damage.
//!
//! Invariants: a record is answered only when both its checksums are right and its offset is at least the
//! expected one; offsets never go back; whatever the bytes are, a scan ends and never panics.
//!
//! After bytes that are no record, the scan searches for the next valid record header. If there is one, the
//! bytes between are damage in the middle, and the offset found says how many records were lost. If there
//! is none, zeros are preallocated space, and anything else is a tail: torn when the segment was last being
//! written, damaged otherwise. Which of the two is the caller's to say.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use bytes::Bytes;
use memchr::memmem;

use super::format::{MARKER, RECORD_HEADER, RecordHeader, Seed};
use crate::Offset;

/// How far a scan may read: bytes below `bytes`, offsets below `next`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) bytes: u64,
    pub(crate) next: Offset,
}

/// What stands at the next position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Item {
    /// An intact record.
    Record { at: u64, offset: Offset, written_ms: i64, payload: Bytes },
    /// Bytes that are no record, or offsets that are missing.
    Damage(Damage),
    /// Nothing more within the extent.
    End,
}

/// A damaged stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Where in the file.
    pub(crate) at: u64,
    /// How many bytes; 0 when records are missing without a trace.
    pub(crate) bytes: u64,
    /// The first offset lost.
    pub(crate) first: Offset,
    /// How many records were lost; 0 when that cannot be known (the tail of an unfinished segment).
    pub(crate) lost: u64,
}

/// A position in a segment, with the window of bytes around it.
#[derive(Debug)]
pub(crate) struct Scanner {
    seed: Seed,
    position: u64,
    expected: Offset,
    window: Bytes,
    window_at: u64,
    chunk: usize,
}

impl Scanner {
    /// Starts at `position`, where the record `expected` stands. Reads `chunk` bytes at a time.
    pub(crate) fn new(seed: Seed, position: u64, expected: Offset, chunk: usize) -> Self {
        Self { seed, position, expected, window: Bytes::new(), window_at: 0, chunk: chunk.max(4096) }
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn expected(&self) -> Offset {
        self.expected
    }

    /// The next item within `extent`, which may grow between calls and never shrinks.
    pub(crate) fn next(&mut self, source: &dyn Source, extent: Extent) -> io::Result<Item> {
        if self.expected >= extent.next {
            return Ok(Item::End);
        }
        if self.position >= extent.bytes {
            return Ok(self.missing(extent));
        }
        let Some(header) = self.header(source, extent)? else { return self.resynchronise(source, extent) };
        if header.offset > self.expected {
            let lost = header.offset - self.expected;
            let damage = Damage { at: self.position, bytes: 0, first: self.expected, lost };
            self.expected = header.offset;
            return Ok(Item::Damage(damage));
        }
        let at = self.position;
        let payload = self.load(source, at + RECORD_HEADER as u64, header.length as usize, extent.bytes)?;
        self.position += header.total();
        self.expected += 1;
        if !header.matches(&payload) {
            return Ok(Item::Damage(Damage { at, bytes: header.total(), first: header.offset, lost: 1 }));
        }
        Ok(Item::Record { at, offset: header.offset, written_ms: header.written_ms, payload })
    }

    /// The end of the bytes came before the end of the offsets.
    fn missing(&mut self, extent: Extent) -> Item {
        if extent.next == Offset::MAX {
            return Item::End;
        }
        let lost = extent.next - self.expected;
        let damage = Damage { at: self.position, bytes: 0, first: self.expected, lost };
        self.expected = extent.next;
        Item::Damage(damage)
    }

    fn header(&mut self, source: &dyn Source, extent: Extent) -> io::Result<Option<RecordHeader>> {
        if extent.bytes - self.position < RECORD_HEADER as u64 {
            return Ok(None);
        }
        let bytes = self.load(source, self.position, RECORD_HEADER, extent.bytes)?;
        Ok(RecordHeader::decode(&bytes, self.seed)
            .filter(|header| self.plausible(header, self.position, extent)))
    }

    fn plausible(&self, header: &RecordHeader, at: u64, extent: Extent) -> bool {
        (self.expected..extent.next).contains(&header.offset) && at + header.total() <= extent.bytes
    }

    fn resynchronise(&mut self, source: &dyn Source, extent: Extent) -> io::Result<Item> {
        let at = self.position;
        let first = self.expected;
        let mut from = at + 1;
        while extent.bytes.saturating_sub(from) >= RECORD_HEADER as u64 {
            let window = self.view(source, from, RECORD_HEADER, extent.bytes)?;
            for found in memmem::find_iter(&window, &MARKER) {
                let candidate = from + found as u64;
                let Some(header) = RecordHeader::decode(&window[found..], self.seed) else { continue };
                if self.plausible(&header, candidate, extent) {
                    self.position = candidate;
                    self.expected = header.offset;
                    let lost = header.offset - first;
                    return Ok(Item::Damage(Damage { at, bytes: candidate - at, first, lost }));
                }
            }
            // A header may lie across the window's end.
            from += (window.len() - (RECORD_HEADER - 1)) as u64;
        }
        self.tail(source, extent, at)
    }

    /// No record follows: preallocated zeros, or a tail that is worth a word.
    fn tail(&mut self, source: &dyn Source, extent: Extent, at: u64) -> io::Result<Item> {
        let mut end = at;
        let mut from = at;
        while from < extent.bytes {
            let window = self.view(source, from, 1, extent.bytes)?;
            if let Some(last) = window.iter().rposition(|byte| *byte != 0) {
                end = from + last as u64 + 1;
            }
            from += window.len() as u64;
        }
        self.position = extent.bytes;
        if end == at {
            return Ok(self.missing(extent));
        }
        let lost = if extent.next == Offset::MAX { 0 } else { extent.next - self.expected };
        let damage = Damage { at, bytes: end - at, first: self.expected, lost };
        self.expected += lost;
        Ok(Item::Damage(damage))
    }

    /// Exactly `length` bytes at `at`. The caller has checked that they are below `end`.
    fn load(&mut self, source: &dyn Source, at: u64, length: usize, end: u64) -> io::Result<Bytes> {
        Ok(self.view(source, at, length, end)?.slice(..length))
    }

    /// All bytes the window has from `at` on, at least `length`.
    fn view(&mut self, source: &dyn Source, at: u64, length: usize, end: u64) -> io::Result<Bytes> {
        let inside = at >= self.window_at && at + length as u64 <= self.window_at + self.window.len() as u64;
        if !inside {
            let wanted = self.chunk.max(length) as u64;
            let mut buffer = vec![0; wanted.min(end - at) as usize];
            source.read_at(&mut buffer, at)?;
            self.window = buffer.into();
            self.window_at = at;
        }
        let from = (at - self.window_at) as usize;
        Ok(self.window.slice(from..))
    }
}

/// Where a scan reads from.
pub(crate) trait Source {
    /// Fills the whole buffer; what does not exist or cannot be read counts as zeros.
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()>;
}

impl Source for &[u8] {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let from = usize::try_from(at).unwrap_or(usize::MAX).min(self.len());
        let length = buffer.len().min(self.len() - from);
        buffer[..length].copy_from_slice(&self[from..from + length]);
        Ok(())
    }
}

/// One unreadable block of the medium costs the records in it, not the segment.
const BLOCK: usize = 4096;

impl Source for File {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        match fill(self, buffer, at) {
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => {
                tracing::error!(position = at, error = %error, "queue file has unreadable blocks");
                for (index, block) in buffer.chunks_mut(BLOCK).enumerate() {
                    if fill(self, block, at + (index * BLOCK) as u64).is_err() {
                        block.fill(0);
                    }
                }
                Ok(())
            }
            result => result,
        }
    }
}

fn fill(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match FileExt::read_at(file, buffer, at) {
            Ok(0) => break,
            Ok(read) => {
                buffer = &mut buffer[read..];
                at += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.fill(0);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::format::encode_record;
    use super::*;

    #[test]
    fn a_search_finds_the_next_record_wherever_its_header_crosses_a_window() {
        let seed = Seed::new(1);
        for length in 4000..4200 {
            let mut bytes = Vec::new();
            for (offset, payload) in [(0, vec![b'x'; length]), (1, b"found".to_vec())] {
                encode_record(&mut bytes, seed, offset, 0, &payload.into());
            }
            bytes[20] ^= 1;
            let extent = Extent { bytes: bytes.len() as u64, next: Offset::MAX };
            let mut scanner = Scanner::new(seed, 0, 0, 4096);
            let source = &bytes[..];
            let damaged = (RECORD_HEADER + length) as u64;
            let damage = Damage { at: 0, bytes: damaged, first: 0, lost: 1 };
            assert_eq!(scanner.next(&source, extent).expect("memory"), Item::Damage(damage), "{length}");
            let found = scanner.next(&source, extent).expect("memory");
            assert!(matches!(found, Item::Record { offset: 1, payload, .. } if payload == "found"));
            assert_eq!(scanner.next(&source, extent).expect("memory"), Item::End);
        }
    }
}
