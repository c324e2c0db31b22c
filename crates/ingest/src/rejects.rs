//! Copies of rejected events, where an operator can see them.
//!
//! One thread writes `rejected.ndjson`, a line an event; at 8 MiB it becomes `rejected.1.ndjson`, in place of the one
//! before. Requests hand copies over through a bounded channel and never wait: what does not fit is counted and
//! forgotten.
//!
//! Invariant: no address of a client and no key is in a copy. Of an event that names an `ip`, the value is blanked; so is
//! whatever looks like a key, wherever it stands.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use metrics::counter;
use millrace_event::Timestamp;
use millrace_event::payload::{Rejection, cut};
use serde::{Deserialize, Serialize};

/// Copies on their way to the thread.
const WAITING: usize = 1_024;
/// Bytes of one file; there are two.
const FILE_BYTES: u64 = 8 << 20;
/// Bytes of an event's text that are kept.
const BODY_BYTES: usize = 4 << 10;
/// Characters of a key behind its kind; see `millrace_catalog::key`.
const KEY_CHARS: usize = 43;

/// A rejected event, as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedCopy {
    /// When the request arrived, RFC 3339.
    pub at: String,
    /// The site it was admitted to, that of its key, or one that it names and that would take it, where there was one.
    pub site: Option<String>,
    /// Why it was rejected: a stable word.
    pub code: String,
    /// The field at fault.
    pub field: Option<String>,
    /// Its place in the batch.
    pub index: usize,
    /// Why, for people.
    pub message: String,
    /// The event as sent, cut to 4 KiB.
    pub body: String,
}

/// The newest `n` copies in `dir`, newest first; none where there is no file.
///
/// # Errors
/// When a file is there and cannot be read. A line that is cut or damaged is passed over.
pub fn read_latest(dir: &Path, n: usize) -> io::Result<Vec<RejectedCopy>> {
    latest(dir, n, |_| true)
}

/// The newest `n` copies of one site in `dir`, newest first; none where there is no file.
///
/// # Errors
/// As [`read_latest`].
pub fn read_latest_of(dir: &Path, site: &str, n: usize) -> io::Result<Vec<RejectedCopy>> {
    latest(dir, n, |copy| copy.site.as_deref() == Some(site))
}

fn latest(dir: &Path, n: usize, wanted: impl Fn(&RejectedCopy) -> bool) -> io::Result<Vec<RejectedCopy>> {
    let mut copies = Vec::new();
    for path in [current(dir), previous(dir)] {
        if copies.len() >= n {
            break;
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        // At most 8 MiB of lines.
        let lines = BufReader::new(file).split(b'\n').collect::<io::Result<Vec<_>>>()?;
        let read = lines.iter().rev().filter_map(|line| serde_json::from_slice(line).ok());
        copies.extend(read.filter(|copy| wanted(copy)).take(n - copies.len()));
    }
    Ok(copies)
}

/// An event that was just rejected.
pub(crate) struct Reject<'a> {
    pub(crate) at: Timestamp,
    pub(crate) site: Option<&'a str>,
    pub(crate) index: usize,
    pub(crate) rejection: &'a Rejection,
    pub(crate) raw: &'a str,
}

/// Where copies go. Without a folder, nowhere.
#[derive(Clone, Debug)]
pub(crate) struct Rejects(Option<SyncSender<RejectedCopy>>);

impl Rejects {
    /// Starts the writer; it ends with the last sender.
    pub(crate) fn open(dir: Option<&Path>) -> io::Result<Self> {
        let Some(dir) = dir else { return Ok(Self(None)) };
        fs::create_dir_all(dir)?;
        let log = Log::open(dir)?;
        let (sender, receiver) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("millrace-rejects".to_owned())
            .spawn(move || write(log, &receiver))?;
        Ok(Self(Some(sender)))
    }

    pub(crate) fn keep(&self, reject: &Reject<'_>) {
        let Some(sender) = &self.0 else { return };
        let copy = RejectedCopy {
            at: reject.at.to_string(),
            site: reject.site.map(str::to_owned),
            code: reject.rejection.code.to_owned(),
            field: reject.rejection.field.as_deref().map(str::to_owned),
            index: reject.index,
            message: reject.rejection.message.to_string(),
            body: body(reject.raw),
        };
        if sender.try_send(copy).is_err() {
            counter!("millrace_ingest_reject_copies_lost_total").increment(1);
        }
    }
}

/// The event's text as kept: cut, and without keys and what follows an `ip`.
fn body(raw: &str) -> String {
    let mut kept = cut(raw, BODY_BYTES).0;
    while kept.len() > BODY_BYTES {
        // Only bytes are left to save, and a character takes four of them at most.
        kept = cut(kept, kept.chars().count() - (kept.len() - BODY_BYTES).div_ceil(4)).0;
    }
    blank_ip(&blank_keys(kept))
}

/// Blanks what has the shape of a key, and what may be the beginning of one at the end of the text. JSON may write the
/// underscores as escapes.
fn blank_keys(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("mr") {
        let (before, key) = rest.split_at(at);
        out.push_str(before);
        let blanked = end_of_key(key);
        out.push_str(if blanked.is_some() { "***" } else { "mr" });
        rest = &key[blanked.unwrap_or("mr".len())..];
    }
    out.push_str(rest);
    out
}

/// Where a key ends that a text begins with, or what may be the beginning of one, cut off.
fn end_of_key(text: &str) -> Option<usize> {
    let mut end = "mr".len();
    end += underscore(&text[end..])?;
    matches!(text.as_bytes().get(end)?, b'w' | b'r' | b'a').then_some(())?;
    end += 1;
    end += underscore(&text[end..])?;
    let mut characters = 0;
    while let Some(length) = key_character(&text[end..]) {
        end += length;
        characters += 1;
    }
    (end == text.len() || characters >= KEY_CHARS).then_some(end)
}

/// Bytes of the underscore that a text begins with.
fn underscore(text: &str) -> Option<usize> {
    ["_", "\\u005f", "\\u005F"]
        .iter()
        .find(|written| text.starts_with(**written))
        .map(|written| written.len())
}

/// Bytes of the character of a key that a text begins with.
fn key_character(text: &str) -> Option<usize> {
    underscore(text).or_else(|| {
        let byte = *text.as_bytes().first()?;
        (byte.is_ascii_alphanumeric() || byte == b'-').then_some(1)
    })
}

/// Blanks the value of every key that ends in `ip`, however broken the rest of the text is.
fn blank_ip(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("ip\"") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        rest = after;
        let value = after.trim_ascii_start().strip_prefix(':').map(str::trim_ascii_start);
        if let Some(value) = value {
            out.push_str(":\"\"");
            rest = &value[end_of_value(value)..];
        }
    }
    out.push_str(rest);
    out
}

/// Where a JSON value ends that a text begins with; the text's own end, where it has none.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => {
                in_text = !in_text;
                if !in_text && depth == 0 {
                    return at + 1;
                }
            }
            _ if in_text => {}
            b'[' | b'{' => depth += 1,
            b',' | b']' | b'}' if depth == 0 => return at,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

struct Log {
    dir: PathBuf,
    file: BufWriter<File>,
    bytes: u64,
}

impl Log {
    fn open(dir: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(current(dir))?;
        let bytes = file.metadata()?.len();
        Ok(Self { dir: dir.to_owned(), file: BufWriter::new(file), bytes })
    }

    fn write(&mut self, copy: &RejectedCopy) -> io::Result<()> {
        let mut line = serde_json::to_vec(copy)?;
        line.push(b'\n');
        if self.bytes + line.len() as u64 > FILE_BYTES {
            self.file.flush()?;
            fs::rename(current(&self.dir), previous(&self.dir))?;
            *self = Self::open(&self.dir)?;
        }
        self.bytes += line.len() as u64;
        self.file.write_all(&line)
    }
}

fn write(mut log: Log, receiver: &Receiver<RejectedCopy>) {
    let mut fails = false;
    loop {
        let next = match receiver.try_recv() {
            Ok(copy) => Ok(copy),
            // Nothing waits: now whoever looks into the file sees all of it.
            Err(TryRecvError::Empty) => {
                let flushed = log.file.flush();
                note(&mut fails, flushed);
                match receiver.recv() {
                    Ok(copy) => Ok(copy),
                    Err(_) => return,
                }
            }
            Err(TryRecvError::Disconnected) => Err(()),
        };
        match next {
            Ok(copy) => {
                let written = log.write(&copy);
                note(&mut fails, written);
            }
            Err(()) => {
                let flushed = log.file.flush();
                note(&mut fails, flushed);
                return;
            }
        }
    }
}

/// A disk that fails is told once, until it has worked again.
fn note(fails: &mut bool, result: io::Result<()>) {
    if let Err(error) = &result
        && !*fails
    {
        tracing::warn!(error.message = %error, "copies of rejected events cannot be written");
    }
    *fails = result.is_err();
}

fn current(dir: &Path) -> PathBuf {
    dir.join("rejected.ndjson")
}

fn previous(dir: &Path) -> PathBuf {
    dir.join("rejected.1.ndjson")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(index: usize, body: String) -> RejectedCopy {
        let text = |text: &str| text.to_owned();
        RejectedCopy {
            at: text("t"),
            site: None,
            code: text("c"),
            field: None,
            index,
            message: text("m"),
            body,
        }
    }

    #[test]
    fn two_files_at_most_and_the_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_latest(dir.path(), 5).unwrap(), []);
        let mut log = Log::open(dir.path()).unwrap();
        let many = 3 * FILE_BYTES as usize / BODY_BYTES;
        for index in 0..many {
            log.write(&copy(index, "x".repeat(BODY_BYTES))).unwrap();
        }
        log.file.flush().unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
        for entry in fs::read_dir(dir.path()).unwrap() {
            assert!(entry.unwrap().metadata().unwrap().len() <= FILE_BYTES);
        }
        let latest = read_latest(dir.path(), 2_000).unwrap();
        assert_eq!(latest.len(), 2_000);
        assert!(latest.iter().zip((0..many).rev()).all(|(copy, index)| copy.index == index));
        assert_eq!(read_latest_of(dir.path(), "demo", 5).unwrap(), [], "none of them is of a site");
        for (index, site) in [(1, "demo"), (2, "shop"), (3, "demo"), (4, "demo")] {
            log.write(&RejectedCopy { site: Some(site.to_owned()), ..copy(index, String::new()) }).unwrap();
        }
        log.file.flush().unwrap();
        let of_demo = read_latest_of(dir.path(), "demo", 2).unwrap();
        assert_eq!(of_demo.iter().map(|copy| copy.index).collect::<Vec<_>>(), [4, 3]);
    }

    #[test]
    fn bodies_are_cut_and_addresses_blanked() {
        for (raw, kept) in [
            (r#"{"ip":"192.0.2.1","name":""}"#, r#"{"ip":"","name":""}"#),
            (r#"{"ip" : 5, "a":{"client_ip":"192.0.2.1"#, r#"{"ip":"", "a":{"client_ip":"""#),
            (r#"["ip", "trip"]"#, r#"["ip", "trip"]"#),
            (r#"{"ip":["192.0.2.1","198.51.100.7"],"a":1}"#, r#"{"ip":"","a":1}"#),
            (r#"{"ip":{"a":["]}",{}]},"b":2}"#, r#"{"ip":"","b":2}"#),
            (r#"{"ip":"192.0.2.1\"198.51.100.9","a":1}"#, r#"{"ip":"","a":1}"#),
            (r#"{"ip":["192.0.2.1"#, r#"{"ip":"""#),
        ] {
            assert_eq!(body(raw), kept);
        }
        let key =
            |letter: &str, chars: usize| format!("mr_{letter}_{}", "aZ09-_x".repeat(7).split_at(chars).0);
        for (raw, kept) in [
            (format!(r#"{{"a":"{}"}}"#, key("w", 43)), r#"{"a":"***"}"#.to_owned()),
            (format!("site:{}, {}.", key("r", 43), key("a", 43)), "site:***, ***.".to_owned()),
            (format!("mr_{} {}x", key("w", 43), key("w", 43)), "mr_*** ***".to_owned()),
            (format!("{} ", key("w", 42)), format!("{} ", key("w", 42))),
            (format!("{} ", key("z", 43)), format!("{} ", key("z", 43))),
            (format!("cut {}", key("w", 5)), "cut ***".to_owned()),
            (key("w", 43).replace('_', r"\u005f") + "\"", "***\"".to_owned()),
            (key("a", 43).replacen('_', r"\u005F", 1) + " mr", "*** mr".to_owned()),
            ("mr_".to_owned(), "mr_".to_owned()),
            (format!("{}{}", "x".repeat(BODY_BYTES - 9), key("w", 43)), "x".repeat(BODY_BYTES - 9) + "***"),
        ] {
            assert_eq!(body(&raw), kept);
        }
        let long = body(&"🚀".repeat(5_000));
        assert!(long.len() <= BODY_BYTES && long.len() > BODY_BYTES - 4, "{}", long.len());
    }
}
