//! Opening: what a crash or a damaged medium left is made whole before the first append.
//!
//! Only the last segment can be torn: a segment is begun after the one before it was synced. It is walked
//! record by record; what follows its last intact record is cut, damage before that is reported and stays.
//! Earlier segments are checked when they are read.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::DiskQueueConfig;
use super::files::Files;
use super::format::{HeaderFault, SEGMENT_HEADER, Seed, SegmentHeader, VERSION};
use super::scan::{Damage, Extent, Item, Scanner};
use super::shared::{DamageLog, Segment, now_ms, set_aside};
use super::writer::Active;
use crate::{Offset, QueueError};

const CHUNK: usize = 1 << 20;

/// What was found and mended.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(crate) queue_id: u64,
    pub(crate) segments: Vec<Arc<Segment>>,
    /// The last segment, ready to be continued.
    pub(crate) active: Option<Active>,
    /// The offset after the last intact record.
    pub(crate) next: Offset,
    /// When the last segment's first intact record was written; `None` without one.
    pub(crate) first_ms: Option<i64>,
    pub(crate) damage: DamageLog,
    pub(crate) torn_bytes: u64,
}

/// Reads the segments of a queue that this process has locked.
pub(crate) fn recover(config: &DiskQueueConfig, files: &dyn Files) -> Result<Recovered, QueueError> {
    let mut found = list(&config.segments_dir())?;
    if let Some(last) = found.last()
        && last.length < SEGMENT_HEADER as u64
    {
        // Its creation was not finished, so no record in it was ever acknowledged.
        tracing::warn!(path = %last.path.display(), bytes = last.length, "unfinished segment removed");
        fs::remove_file(&last.path).map_err(|error| QueueError::io("remove", &last.path, error))?;
        found.pop();
    }
    let queue_id = identify(&config.dir, &found)?;
    let damage = DamageLog::default();
    let mut segments = Vec::with_capacity(found.len());
    for (index, file) in found.iter().enumerate() {
        let following = found.get(index + 1);
        let next = following.map_or(file.base, |following| following.previous_end().max(file.base));
        let seed = Seed::new(file.header.map_or(queue_id, |header| header.queue_id));
        let extent = Extent { bytes: file.length, next };
        if file.header.is_none() {
            let header = Damage { at: 0, bytes: SEGMENT_HEADER as u64, first: file.base, lost: 0 };
            let source = open(&file.path)?;
            damage.report(&config.dir.join("damaged"), file.base, header, &source);
        }
        segments.push(Arc::new(Segment::new(file.base, file.path.clone(), seed, extent)));
    }
    let mut recovered =
        Recovered { queue_id, segments, active: None, next: 0, first_ms: None, damage, torn_bytes: 0 };
    if let Some(last) = recovered.segments.last().cloned() {
        mend(config, files, &last, &mut recovered)?;
    }
    Ok(recovered)
}

/// Walks the last segment, cuts its torn tail, and makes sure that what is kept is on the medium.
fn mend(
    config: &DiskQueueConfig,
    files: &dyn Files,
    segment: &Arc<Segment>,
    recovered: &mut Recovered,
) -> Result<(), QueueError> {
    let path = &segment.path;
    let source = open(path)?;
    let length = source.metadata().map_err(|error| QueueError::io("read", path, error))?.len();
    let mut scanner = Scanner::new(segment.seed, SEGMENT_HEADER as u64, segment.base, CHUNK);
    let (mut end, mut next) = (SEGMENT_HEADER as u64, segment.base);
    let mut behind = Vec::new();
    let mut torn = 0;
    loop {
        let item = scanner.next(&source, Extent { bytes: length, next: Offset::MAX });
        match item.map_err(|error| QueueError::io("read", path, error))? {
            Item::Record { at, offset, written_ms, .. } => {
                recovered.first_ms.get_or_insert(written_ms);
                segment.note(offset, at);
                (end, next, torn) = (scanner.position(), offset + 1, 0);
                // A record follows, so it was damage in the middle.
                for damage in behind.drain(..) {
                    recovered.damage.report(&config.dir.join("damaged"), segment.base, damage, &source);
                }
            }
            Item::Damage(damage) => {
                torn = damage.at + damage.bytes - end;
                behind.push(damage);
            }
            Item::End => break,
        }
    }
    if torn > 0 {
        tracing::warn!(
            path = %path.display(), segment.position = end, torn.bytes = torn,
            "torn tail cut from the queue; its records were never acknowledged, unless the medium is damaged"
        );
        set_aside(
            &config.dir.join("damaged"),
            &format!("{:020}-{end}.torn", segment.base),
            &source,
            end,
            torn,
        );
    }
    let file = files.open(path).map_err(|error| QueueError::io("open", path, error))?;
    file.set_len(end).map_err(|error| QueueError::io("truncate", path, error))?;
    // Records that only the page cache has are intact here; before a consumer sees them they must stay so.
    file.sync_data().map_err(|error| QueueError::io("sync", path, error))?;
    segment.set_extent(Extent { bytes: end, next });
    recovered.next = next;
    recovered.torn_bytes = torn;
    // Only a segment with this queue's own header is continued.
    let mut header = [0; SEGMENT_HEADER];
    let ours = source.read_exact_at(&mut header, 0).is_ok()
        && SegmentHeader::decode(&header).is_ok_and(|header| header.queue_id == recovered.queue_id);
    if ours && (end < config.segment_bytes || end == SEGMENT_HEADER as u64) {
        recovered.active = Some(Active { segment: segment.clone(), file, end, zeroed: end });
    }
    Ok(())
}

/// A segment file, before its records are looked at.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) base: Offset,
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
    /// `None`: damaged.
    pub(crate) header: Option<SegmentHeader>,
}

impl Found {
    /// Where the segment before this one ends.
    pub(crate) fn previous_end(&self) -> Offset {
        self.header.map_or(self.base, |header| header.previous_end.min(self.base))
    }
}

/// The segments of a folder by base offset.
pub(crate) fn list(dir: &Path) -> Result<Vec<Found>, QueueError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| QueueError::io("list", dir, error))? {
        let path = entry.map_err(|error| QueueError::io("list", dir, error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".seg"));
        let Some(base) = name.and_then(|name| name.parse().ok()) else { continue };
        match inspect_header(&path) {
            Ok((length, Ok(header))) => found.push(Found { base, path, length, header: Some(header) }),
            Ok((length, Err(HeaderFault::Damaged))) => found.push(Found { base, path, length, header: None }),
            Ok((_, Err(HeaderFault::Version(version)))) => {
                return Err(QueueError::UnknownVersion { path, version, known: VERSION });
            }
            // Deleted by the process that owns the queue while this one inspects it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(QueueError::io("read", &path, error)),
        }
    }
    found.sort_by_key(|found| found.base);
    Ok(found)
}

fn inspect_header(path: &Path) -> io::Result<(u64, Result<SegmentHeader, HeaderFault>)> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut header = vec![0; SEGMENT_HEADER.min(usize::try_from(length).unwrap_or(usize::MAX))];
    file.read_exact_at(&mut header, 0)?;
    Ok((length, SegmentHeader::decode(&header)))
}

/// The queue's random id: from its own file, else from a segment, else new.
pub(crate) fn identify(dir: &Path, found: &[Found]) -> Result<u64, QueueError> {
    if let Some(id) = identity(dir) {
        return Ok(id);
    }
    let known = found.iter().find_map(|found| found.header).map(|header| header.queue_id);
    if known.is_none() && !found.is_empty() {
        tracing::error!(path = %dir.display(), "the queue's identity and all segment headers are damaged");
    }
    let id = known.unwrap_or_else(|| getrandom::u64().unwrap_or_else(|_| now_ms().cast_unsigned()));
    let header = SegmentHeader { queue_id: id, base: 0, previous_end: 0, created_ms: now_ms() };
    let path = dir.join("identity");
    let temporary = dir.join("identity.tmp");
    let written = fs::write(&temporary, header.encode())
        .and_then(|()| File::open(&temporary)?.sync_all())
        .and_then(|()| fs::rename(&temporary, &path))
        .and_then(|()| File::open(dir)?.sync_all());
    written.map_err(|error| QueueError::io("write", &path, error))?;
    Ok(id)
}

/// The id in the queue's identity file, if that is intact.
pub(crate) fn identity(dir: &Path) -> Option<u64> {
    let bytes = fs::read(dir.join("identity")).ok()?;
    SegmentHeader::decode(&bytes).ok().map(|header| header.queue_id)
}

fn open(path: &Path) -> Result<File, QueueError> {
    File::open(path).map_err(|error| QueueError::io("open", path, error))
}
