//! A read-only look at a queue's folder, for `millrace doctor`. Takes no lock and writes nothing, so it
//! works while a server has the queue open, and checks every record on the way.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::format::{SEGMENT_HEADER, Seed};
use super::recover::{identity, list};
use super::scan::{Extent, Item, Scanner};
use super::{groups, letters};
use crate::{ConsumerGroup, DeadLetter, Offset, QueueError};

/// What a queue's folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// By base offset.
    pub segments: Vec<SegmentInspection>,
    /// The offset after the last intact record.
    pub next: Offset,
    /// Each group's commit; `None` when its file is damaged.
    pub groups: BTreeMap<ConsumerGroup, Option<Offset>>,
    /// Kept dead letters, at most the first 10,000.
    pub dead_letters: Vec<DeadLetter>,
}

/// One segment file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentInspection {
    /// The file.
    pub path: PathBuf,
    /// The offset of its first record.
    pub base: Offset,
    /// Its length, preallocated space included.
    pub bytes: u64,
    /// Intact records.
    pub records: u64,
    /// Whether its header is intact; records are read either way.
    pub header_intact: bool,
    /// Damaged stretches that intact records follow, as (position, bytes, records lost).
    pub damaged: Vec<(u64, u64, u64)>,
    /// Bytes after the last intact record that are not zero. In the last segment of a running queue this
    /// is a group being written; otherwise a torn or damaged tail.
    pub unfinished_bytes: u64,
}

/// Reads everything in `dir`. Blocking.
///
/// # Errors
/// [`QueueError::Io`] when the folder cannot be read, [`QueueError::UnknownVersion`].
pub fn inspect(dir: &Path) -> Result<Inspection, QueueError> {
    let found = list(&dir.join("segments"))?;
    let id =
        identity(dir).or_else(|| found.iter().find_map(|found| found.header).map(|header| header.queue_id));
    let mut segments = Vec::new();
    let mut next = 0;
    for (index, file) in found.iter().enumerate() {
        let limit = found.get(index + 1).map_or(Offset::MAX, |following| following.previous_end());
        let seed = Seed::new(file.header.map_or(id.unwrap_or(0), |header| header.queue_id));
        let mut segment = SegmentInspection {
            path: file.path.clone(),
            base: file.base,
            bytes: file.length,
            records: 0,
            header_intact: file.header.is_some(),
            damaged: Vec::new(),
            unfinished_bytes: 0,
        };
        match walk(&mut segment, seed, limit) {
            Ok(end) => next = next.max(end),
            // Deleted meanwhile by the process that owns the queue.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(QueueError::io("read", &file.path, error)),
        }
        segments.push(segment);
    }
    let dead_letters = id.map_or(Ok(Vec::new()), |id| letters::peek(dir, id, 10_000))?;
    Ok(Inspection { segments, next, groups: groups::peek(&dir.join("groups"))?, dead_letters })
}

fn walk(segment: &mut SegmentInspection, seed: Seed, limit: Offset) -> io::Result<Offset> {
    let file = File::open(&segment.path)?;
    let mut scanner = Scanner::new(seed, SEGMENT_HEADER as u64, segment.base, 1 << 20);
    let mut next = segment.base;
    let mut behind = Vec::new();
    loop {
        match scanner.next(&file, Extent { bytes: segment.bytes, next: limit })? {
            Item::Record { offset, .. } => {
                segment.records += 1;
                next = offset + 1;
                segment.damaged.append(&mut behind);
                segment.unfinished_bytes = 0;
            }
            Item::Damage(damage) => {
                behind.push((damage.at, damage.bytes, damage.lost));
                segment.unfinished_bytes += damage.bytes;
            }
            Item::End => break,
        }
    }
    // Records that a later segment proves to be missing are damage, wherever they stood.
    if limit != Offset::MAX {
        segment.damaged.append(&mut behind);
        segment.unfinished_bytes = 0;
    }
    Ok(next)
}
