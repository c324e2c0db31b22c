//! What a queue answers when it cannot do what was asked.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Why a queue refused or failed. Cloneable: one failed sync answers a whole group of appends.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// The configured bound is reached; committing consumers make room.
    #[error(
        "queue is full: {bytes} of {max_bytes} bytes wait to be committed; let the worker catch up or raise the bound"
    )]
    Full {
        /// Bytes that are kept.
        bytes: u64,
        /// The configured bound.
        max_bytes: u64,
    },
    /// The configured number of records is reached; committing consumers make room.
    #[error(
        "queue is full: {records} of {max_records} records wait to be committed; let the workers catch up or raise \
         the bound"
    )]
    Deep {
        /// Records that are kept.
        records: u64,
        /// The configured bound.
        max_records: u64,
    },
    /// The server that holds the queue is away, or cannot do what was asked. What was appended may or may not be
    /// there.
    #[error("the queue at {server}: {reason}")]
    Unavailable {
        /// Host and port.
        server: String,
        /// What it said, or what became of the connection.
        reason: String,
    },
    /// The server that holds the queue, or what the queue's URL says, does not suit.
    #[error("{0}")]
    Unsuitable(String),
    /// The file system has no space (or quota) left.
    #[error("no space left for {}; free some and the queue goes on by itself", path.display())]
    DiskFull {
        /// What could not be written.
        path: PathBuf,
    },
    /// The backend failed. What was appended is not stored as far as the caller knows.
    #[error("{action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb: `write`, `sync`.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// The operating system's reason.
        source: Arc<io::Error>,
    },
    /// The queue was closed, or its writer stopped.
    #[error("queue is closed")]
    Closed,
    /// A record is over the bound. Nothing of its append was kept.
    #[error("a record of {bytes} bytes is over the queue's bound of {max_bytes}")]
    TooLarge {
        /// The record's size.
        bytes: usize,
        /// The bound.
        max_bytes: usize,
    },
    /// Another process has the queue open.
    #[error("{} is in use by another millrace process; stop it first, or choose another --data-dir", path.display())]
    Locked {
        /// The queue's folder.
        path: PathBuf,
    },
    /// The group already has a consumer in this process; the disk queue has one partition to own.
    #[error("consumer group {group} already has a consumer")]
    GroupTaken {
        /// The group.
        group: String,
    },
    /// Not a name for a group.
    #[error("invalid consumer group {name:?}: 1 to 64 of a-z, 0-9, - and _")]
    InvalidGroup {
        /// The name.
        name: String,
    },
    /// Written by a version of Millrace that this one does not know.
    #[error("{} has format version {version}, this millrace reads version {known}; use a newer one", path.display())]
    UnknownVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
        /// The version this build knows.
        known: u32,
    },
}

impl QueueError {
    /// When the same append may be tried again, for `Retry-After`. `None`: it never helps.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Full { .. } | Self::Deep { .. } | Self::Unavailable { .. } | Self::Closed => {
                Some(Duration::from_secs(2))
            }
            Self::DiskFull { .. } | Self::Io { .. } => Some(Duration::from_secs(5)),
            Self::TooLarge { .. }
            | Self::Locked { .. }
            | Self::GroupTaken { .. }
            | Self::Unsuitable(_)
            | Self::InvalidGroup { .. }
            | Self::UnknownVersion { .. } => None,
        }
    }

    /// Tells a full disk from every other failure, because the first heals without anybody touching Millrace.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { path: path.to_owned() }
            }
            _ => Self::Io { action, path: path.to_owned(), source: Arc::new(source) },
        }
    }
}
