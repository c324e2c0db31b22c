//! Dead letters: one file in the segment format, whose payloads are encoded letters.
//!
//! Invariants: a letter is on the medium before `bury` returns; letters are forgotten only after all of
//! them are durable in the queue again; the file is bounded, and `bury` says so when it is full.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};

use super::files::{Files, LogFile, OsFiles};
use super::format::{SEGMENT_HEADER, Seed, SegmentHeader, encode_record, u32_at, u64_at};
use super::scan::{Damage, Extent, Item, Scanner};
use super::shared::{DamageLog, now_ms, set_aside};
use crate::{DeadLetter, Offset, QueueError};

/// Of the encoding of a letter.
const LETTER_VERSION: u32 = 1;
/// Before the reason: version, partition, offset, time, the reason's length.
const LETTER_HEADER: usize = 28;
const MAX_REASON: usize = 4096;

/// The file of dead letters.
#[derive(Debug)]
pub(crate) struct Letters {
    path: PathBuf,
    damaged: PathBuf,
    seed: Seed,
    queue_id: u64,
    files: Arc<dyn Files>,
    max_bytes: u64,
    open: Option<Open>,
    damage: DamageLog,
}

#[derive(Debug)]
struct Open {
    file: Box<dyn LogFile>,
    end: u64,
    next: Offset,
}

impl Letters {
    /// Letters are kept in `dir`. Touches no file yet.
    pub(crate) fn new(dir: &Path, queue_id: u64, files: Arc<dyn Files>, max_bytes: u64) -> Self {
        Self {
            path: dir.join("dead-letters.seg"),
            damaged: dir.join("damaged"),
            seed: Seed::new(queue_id),
            queue_id,
            files,
            max_bytes,
            open: None,
            damage: DamageLog::default(),
        }
    }

    pub(crate) fn bury(&mut self, letters: &[DeadLetter]) -> Result<(), QueueError> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open()?,
        };
        let now = now_ms();
        let mut buffer = Vec::new();
        for (offset, letter) in (open.next..).zip(letters) {
            encode_record(&mut buffer, self.seed, offset, now, &encode(letter));
        }
        if open.end + buffer.len() as u64 > self.max_bytes {
            let bytes = open.end;
            self.open = Some(open);
            return Err(QueueError::Full { bytes, max_bytes: self.max_bytes });
        }
        // After a failure the file is opened anew next time, which walks it and cuts what is torn.
        let written = open.file.write_all_at(&buffer, open.end).and_then(|()| open.file.sync_data());
        if let Err(error) = written {
            let _ = open.file.set_len(open.end);
            return Err(QueueError::io("write", &self.path, error));
        }
        open.end += buffer.len() as u64;
        open.next += letters.len() as u64;
        self.open = Some(open);
        metrics::counter!("millrace_queue_dead_letters_total").increment(letters.len() as u64);
        Ok(())
    }

    /// Up to `limit` letters from number `from` on, oldest first.
    /// How many there are.
    pub(crate) fn count(&self) -> Result<u64, QueueError> {
        Ok(self.read(0, usize::MAX)?.len() as u64)
    }

    pub(crate) fn read(&self, from: Offset, limit: usize) -> Result<Vec<(Offset, DeadLetter)>, QueueError> {
        self.read_reporting(from, limit, &|damage, file| {
            self.damage.report(&self.damaged, Offset::MAX, damage, file);
        })
    }

    fn read_reporting(
        &self,
        from: Offset,
        limit: usize,
        report: &dyn Fn(Damage, &File),
    ) -> Result<Vec<(Offset, DeadLetter)>, QueueError> {
        let mut found = Vec::new();
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            file => file.map_err(|error| QueueError::io("open", &self.path, error))?,
        };
        let length = file.metadata().map_err(|error| QueueError::io("read", &self.path, error))?.len();
        let mut scanner = Scanner::new(self.seed, SEGMENT_HEADER as u64, 0, 256 << 10);
        while found.len() < limit {
            let item = scanner.next(&file, Extent { bytes: length, next: Offset::MAX });
            match item.map_err(|error| QueueError::io("read", &self.path, error))? {
                Item::Record { offset, payload, .. } if offset >= from => {
                    found.extend(decode(&payload).map(|letter| (offset, letter)));
                }
                Item::Record { .. } => {}
                Item::Damage(damage) => report(damage, &file),
                Item::End => break,
            }
        }
        Ok(found)
    }

    /// Forgets all letters. Call once they are durable elsewhere.
    pub(crate) fn forget(&mut self) -> Result<(), QueueError> {
        self.open = None;
        let removed = fs::remove_file(&self.path)
            .and_then(|()| self.files.sync_dir(self.path.parent().unwrap_or(Path::new("."))));
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(QueueError::io("remove", &self.path, error))
            }
            _ => Ok(()),
        }
    }

    /// Opens the file for appending: a new one gets its header, an existing one loses its torn tail.
    fn open(&self) -> Result<Open, QueueError> {
        let failed = |action| move |error| QueueError::io(action, &self.path, error);
        let mut end = SEGMENT_HEADER as u64;
        let length = fs::metadata(&self.path).map_or(0, |metadata| metadata.len());
        if length < end {
            let file = self.files.create(&self.path).map_err(failed("create"))?;
            let header =
                SegmentHeader { queue_id: self.queue_id, base: 0, previous_end: 0, created_ms: now_ms() };
            file.write_all_at(&header.encode(), 0).map_err(failed("write"))?;
            file.sync_data().map_err(failed("sync"))?;
            let parent = self.path.parent().unwrap_or(Path::new("."));
            self.files.sync_dir(parent).map_err(failed("sync"))?;
            return Ok(Open { file, end, next: 0 });
        }
        let source = File::open(&self.path).map_err(failed("open"))?;
        let mut scanner = Scanner::new(self.seed, end, 0, 256 << 10);
        let mut next = 0;
        loop {
            let item = scanner.next(&source, Extent { bytes: length, next: Offset::MAX });
            match item.map_err(failed("read"))? {
                Item::Record { offset, .. } => (end, next) = (scanner.position(), offset + 1),
                Item::Damage(_) => {}
                Item::End => break,
            }
        }
        if end < length {
            tracing::warn!(path = %self.path.display(), torn.bytes = length - end, "torn dead letters cut");
            set_aside(&self.damaged, &format!("dead-letters-{end}.torn"), &source, end, length - end);
        }
        let file = self.files.open(&self.path).map_err(failed("open"))?;
        file.set_len(end).map_err(failed("truncate"))?;
        Ok(Open { file, end, next })
    }
}

/// The letters of a queue's folder, read without any lock and without writing anything.
pub(crate) fn peek(dir: &Path, queue_id: u64, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
    let letters = Letters::new(dir, queue_id, Arc::new(OsFiles), 0);
    let found = letters.read_reporting(0, limit, &|_, _| {})?;
    Ok(found.into_iter().map(|(_, letter)| letter).collect())
}

fn encode(letter: &DeadLetter) -> Bytes {
    let reason = cut(&letter.reason);
    let mut out = BytesMut::with_capacity(LETTER_HEADER + reason.len() + letter.payload.len());
    out.put_u32_le(LETTER_VERSION);
    out.put_u32_le(letter.partition);
    out.put_u64_le(letter.offset);
    out.put_i64_le(letter.failed_at_ms);
    out.put_u32_le(u32::try_from(reason.len()).expect("cut to MAX_REASON"));
    out.put_slice(reason.as_bytes());
    out.put_slice(&letter.payload);
    out.freeze()
}

fn decode(bytes: &Bytes) -> Option<DeadLetter> {
    if bytes.len() < LETTER_HEADER || u32_at(bytes, 0) != LETTER_VERSION {
        return None;
    }
    let reason_end = LETTER_HEADER.checked_add(u32_at(bytes, 24) as usize)?;
    Some(DeadLetter {
        partition: u32_at(bytes, 4),
        offset: u64_at(bytes, 8),
        failed_at_ms: u64_at(bytes, 16).cast_signed(),
        reason: String::from_utf8_lossy(bytes.get(LETTER_HEADER..reason_end)?).into_owned(),
        payload: bytes.slice(reason_end..),
    })
}

fn cut(reason: &str) -> &str {
    &reason[..reason.floor_char_boundary(MAX_REASON)]
}
