//! The consumer groups' positions: one small file a group, overwritten in place.
//!
//! In place, because a full disk must not stop commits: they are what makes room. Two slots in blocks of
//! their own are written in turn, so that a torn write leaves the commit before it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::format::{u32_at, u64_at};
use super::shared::now_ms;
use crate::{ConsumerGroup, Offset, QueueError};

const MAGIC: [u8; 8] = *b"MRPOS\r\n\x1a";
const VERSION: u32 = 1;
const SLOT: usize = 64;
/// The second slot's place: another block, so that no torn write touches both.
const SLOT_STRIDE: u64 = 4096;

/// All groups that ever subscribed.
#[derive(Debug)]
pub(crate) struct Groups {
    dir: PathBuf,
    known: BTreeMap<ConsumerGroup, Position>,
}

#[derive(Debug)]
struct Position {
    file: File,
    path: PathBuf,
    sequence: u64,
    committed: Offset,
    taken: bool,
}

impl Groups {
    /// Reads the positions. A group whose file is damaged starts again at `oldest`, loudly: a duplicate is
    /// legal, a loss is not.
    pub(crate) fn open(dir: PathBuf, oldest: Offset) -> Result<Self, QueueError> {
        let mut known = BTreeMap::new();
        for (group, path) in list(&dir)? {
            let read = || -> io::Result<_> {
                let file = OpenOptions::new().read(true).write(true).open(&path)?;
                let found = read_position(&file)?;
                Ok((file, found))
            };
            let (file, found) = read().map_err(|error| QueueError::io("read", &path, error))?;
            let (sequence, committed) = found.unwrap_or_else(|| {
                tracing::error!(group = %group, "position is damaged; reading again from offset {oldest}");
                (0, oldest)
            });
            known.insert(group, Position { file, path, sequence, committed, taken: false });
        }
        Ok(Self { dir, known })
    }

    /// The lowest offset some group still needs; `None` without groups.
    pub(crate) fn lowest(&self) -> Option<Offset> {
        self.known.values().map(|position| position.committed).min()
    }

    /// The highest committed offset.
    pub(crate) fn highest(&self) -> Option<Offset> {
        self.known.values().map(|position| position.committed).max()
    }

    pub(crate) fn committed(&self, group: &ConsumerGroup) -> Option<Offset> {
        self.known.get(group).map(|position| position.committed)
    }

    /// Answers where the group's one consumer starts.
    pub(crate) fn join(&mut self, group: &ConsumerGroup, oldest: Offset) -> Result<Offset, QueueError> {
        if !self.known.contains_key(group) {
            let path = self.dir.join(format!("{group}.pos"));
            let file =
                create(&self.dir, &path, oldest).map_err(|error| QueueError::io("create", &path, error))?;
            let position = Position { file, path, sequence: 1, committed: oldest, taken: false };
            self.known.insert(group.clone(), position);
        }
        let position = self.known.get_mut(group).expect("just inserted");
        if position.taken {
            return Err(QueueError::GroupTaken { group: group.to_string() });
        }
        position.taken = true;
        Ok(position.committed)
    }

    pub(crate) fn leave(&mut self, group: &ConsumerGroup) {
        if let Some(position) = self.known.get_mut(group) {
            position.taken = false;
        }
    }

    /// Durable on return. Answers whether the group moved.
    pub(crate) fn commit(&mut self, group: &ConsumerGroup, offset: Offset) -> Result<bool, QueueError> {
        let Some(position) = self.known.get_mut(group) else { return Ok(false) };
        if offset <= position.committed {
            return Ok(false);
        }
        let sequence = position.sequence + 1;
        let written = write_slot(&position.file, sequence, offset).and_then(|()| position.file.sync_data());
        written.map_err(|error| QueueError::io("write", &position.path, error))?;
        position.sequence = sequence;
        position.committed = offset;
        Ok(true)
    }
}

/// The groups of a queue's folder and where they are, read without any lock. `None`: damaged.
pub(crate) fn peek(dir: &Path) -> Result<BTreeMap<ConsumerGroup, Option<Offset>>, QueueError> {
    let mut found = BTreeMap::new();
    for (group, path) in list(dir)? {
        let read = File::open(&path).and_then(|file| read_position(&file));
        let position = read.map_err(|error| QueueError::io("read", &path, error))?;
        found.insert(group, position.map(|(_, offset)| offset));
    }
    Ok(found)
}

fn list(dir: &Path) -> Result<Vec<(ConsumerGroup, PathBuf)>, QueueError> {
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| QueueError::io("list", dir, error))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| QueueError::io("list", dir, error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".pos"));
        if let Some(group) = name.and_then(|name| ConsumerGroup::new(name).ok()) {
            found.push((group, path));
        }
    }
    Ok(found)
}

fn create(dir: &Path, path: &Path, offset: Offset) -> io::Result<File> {
    // Under its final name only once it is whole: a crash here must leave a new group, not a damaged one.
    let temporary = path.with_extension("tmp");
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&temporary)?;
    write_slot(&file, 0, offset)?;
    write_slot(&file, 1, offset)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(dir)?.sync_all()?;
    Ok(file)
}

fn write_slot(file: &File, sequence: u64, offset: Offset) -> io::Result<()> {
    let mut slot = [0; SLOT];
    slot[0..8].copy_from_slice(&MAGIC);
    slot[8..12].copy_from_slice(&VERSION.to_le_bytes());
    slot[16..24].copy_from_slice(&sequence.to_le_bytes());
    slot[24..32].copy_from_slice(&offset.to_le_bytes());
    slot[32..40].copy_from_slice(&now_ms().to_le_bytes());
    let crc = crc32c::crc32c(&slot[..60]);
    slot[60..64].copy_from_slice(&crc.to_le_bytes());
    file.write_all_at(&slot, (sequence % 2) * SLOT_STRIDE)
}

/// The newer intact slot's sequence and offset.
fn read_position(file: &File) -> io::Result<Option<(u64, Offset)>> {
    let mut newest = None;
    for at in [0, SLOT_STRIDE] {
        let mut slot = [0; SLOT];
        match file.read_exact_at(&mut slot, at) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => continue,
            result => result?,
        }
        let intact = slot[..8] == MAGIC
            && u32_at(&slot, 8) == VERSION
            && crc32c::crc32c(&slot[..60]) == u32_at(&slot, 60);
        if intact {
            newest = newest.max(Some((u64_at(&slot, 16), u64_at(&slot, 24))));
        }
    }
    Ok(newest)
}
