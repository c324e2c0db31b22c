//! The disk that the data directory is on, and how much of it is Millrace's.

use std::path::{Path, PathBuf};

use millrace_api::pipeline::PipelineDisk;

/// Files and folders that are looked at; a directory that has more has no sum.
const ENTRIES: usize = 200_000;

/// What is there now. Reads a directory's entries: beside the async threads.
pub(super) fn look(dir: &Path) -> PipelineDisk {
    let stat = rustix::fs::statvfs(dir).ok();
    let stat = stat.as_ref();
    PipelineDisk {
        data_bytes: bytes_below(dir),
        // What an ordinary user may still write, as the queue sees it.
        free_bytes: stat.map(|stat| stat.f_bavail.saturating_mul(stat.f_frsize)),
        total_bytes: stat.map(|stat| stat.f_blocks.saturating_mul(stat.f_frsize)),
    }
}

fn bytes_below(dir: &Path) -> Option<u64> {
    let mut folders: Vec<PathBuf> = vec![dir.to_owned()];
    let (mut bytes, mut seen) = (0_u64, 0);
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > ENTRIES {
                return None;
            }
            // Not through links: they may lead in circles, or to what is not ours. What is gone meanwhile is nothing.
            match entry.metadata() {
                Ok(found) if found.is_dir() => folders.push(entry.path()),
                Ok(found) if found.is_file() => bytes += found.len(),
                _ => {}
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_all_levels_are_summed_and_links_are_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::create_dir_all(dir.path().join("a/b")).expect("folders");
        std::fs::write(dir.path().join("x"), [0; 10]).expect("a file");
        std::fs::write(dir.path().join("a/b/y"), [0; 200]).expect("a file");
        std::os::unix::fs::symlink(dir.path(), dir.path().join("a/again")).expect("a link");
        let disk = look(dir.path());
        assert_eq!(disk.data_bytes, Some(210));
        assert!(disk.total_bytes >= disk.free_bytes && disk.total_bytes > Some(0), "{disk:?}");
        let nowhere = look(&dir.path().join("nowhere"));
        assert_eq!((nowhere.data_bytes, nowhere.free_bytes, nowhere.total_bytes), (Some(0), None, None));
    }
}
