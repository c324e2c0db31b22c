//! Lines of a file, which may be gzipped, in bounded memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use indicatif::ProgressBar;

/// Bytes of a line; a longer one is passed over.
pub(super) const LINE_BYTES: usize = 256 << 10;
const BUFFER_BYTES: usize = 256 << 10;

/// Opens a file, or standard input for `-`; `bar` follows the bytes that are read of it.
pub(super) fn open(path: &Path, bar: &ProgressBar) -> io::Result<Lines> {
    if path.as_os_str() == "-" {
        return Lines::new(bar.wrap_read(io::stdin()));
    }
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    bar.set_length(metadata.len());
    Lines::new(bar.wrap_read(file))
}

/// See [`open`].
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
}

/// One line, without its end.
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Nothing for a line of more than [`LINE_BYTES`].
    pub(super) bytes: Option<&'a [u8]>,
}

impl Lines {
    pub(super) fn new(reader: impl Read + Send + 'static) -> io::Result<Self> {
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, reader);
        let gzipped = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let mut reader: Box<dyn BufRead + Send> = if gzipped {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(reader)))
        } else {
            Box::new(reader)
        };
        // A byte order mark is no part of the first line.
        if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        Ok(Self { reader, line: Vec::new(), number: 0 })
    }

    /// The next line; empty ones are counted and passed over.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.line.clear();
            let limit = LINE_BYTES as u64 + 1;
            if self.reader.by_ref().take(limit).read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.line.len() > LINE_BYTES && !self.line.ends_with(b"\n") {
                self.reader.skip_until(b'\n')?;
                return Ok(Some(Line { number: self.number, bytes: None }));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some(Line { number: self.number, bytes: Some(self.line.trim_ascii()) }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn lines(bytes: Vec<u8>) -> io::Result<Vec<(u64, Option<String>)>> {
        let mut lines = Lines::new(io::Cursor::new(bytes))?;
        let mut read = Vec::new();
        while let Some(line) = lines.next()? {
            read.push((line.number, line.bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned())));
        }
        Ok(read)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn lines_are_numbered_whatever_their_ends() {
        let text = "\u{feff}one\r\n\n  \r\ntwo\nthree";
        let expected = [(1, Some("one".to_owned())), (4, Some("two".into())), (5, Some("three".into()))];
        assert_eq!(lines(text.into()).unwrap(), expected);
        assert_eq!(lines(gzip(text)).unwrap(), expected);
        assert_eq!(lines(Vec::new()).unwrap(), []);
    }

    #[test]
    fn a_gzip_file_may_have_members_and_must_be_whole() {
        let two = [gzip("one\n"), gzip("two\n")].concat();
        assert_eq!(lines(two).unwrap().len(), 2);
        let whole = gzip(&"a line\n".repeat(1000));
        assert!(lines(whole[..whole.len() - 9].to_vec()).is_err());
    }

    #[test]
    fn a_line_without_an_end_takes_no_memory() {
        let text = format!("a\n{}\nb\n{}", "x".repeat(3 * LINE_BYTES), "y".repeat(LINE_BYTES + 1));
        let expected = [(1, Some("a".to_owned())), (2, None), (3, Some("b".into())), (4, None)];
        assert_eq!(lines(text.into()).unwrap(), expected);
        let longest = "x".repeat(LINE_BYTES);
        assert_eq!(lines(format!("{longest}\nb").into()).unwrap()[0], (1, Some(longest)));
    }
}
