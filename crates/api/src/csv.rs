//! Tables as CSV: RFC 4180, UTF-8, lines that end with CR LF, the first of them names.
//!
//! Invariant: no cell is a formula to a spreadsheet. A text that begins as one does gets an apostrophe before it; a
//! number is written by this program, and never does.

use std::fmt::{Display, Write};

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use millrace_event::SiteId;

/// What answers are sent as.
pub(crate) const TYPE: &str = "text/csv; charset=utf-8; header=present";

/// Writes rows, cell by cell. What is written can be taken at any time, so that a long table need not be in memory.
#[derive(Debug, Default)]
pub(crate) struct Csv {
    out: String,
    has_cell: bool,
}

impl Csv {
    /// A text, whatever it holds.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.comma();
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
        let is_quoted = text.contains(['"', ',', '\r', '\n']);
        if is_quoted {
            self.out.push('"');
        }
        if is_formula {
            self.out.push('\'');
        }
        match is_quoted {
            true => {
                self.out.push_str(&text.replace('"', "\"\""));
                self.out.push('"');
            }
            false => self.out.push_str(text),
        }
        self
    }

    /// A number, or whatever else this program writes without commas and quotes.
    pub(crate) fn number(&mut self, number: impl Display) -> &mut Self {
        self.comma();
        // Writing into a text does not fail.
        let _ = write!(self.out, "{number}");
        self
    }

    /// An empty cell.
    pub(crate) fn empty(&mut self) -> &mut Self {
        self.comma();
        self
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self) {
        self.out.push_str("\r\n");
        self.has_cell = false;
    }

    /// A row of texts, such as the names.
    pub(crate) fn texts<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) {
        for text in texts {
            self.text(text.as_ref());
        }
        self.end_row();
    }

    /// What was written since the last time.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// The table as an answer that browsers keep as a file of the site and the report.
    pub(crate) fn respond(mut self, site: &SiteId, report: &str) -> Response {
        (headers(site, report), self.take()).into_response()
    }

    fn comma(&mut self) {
        if self.has_cell {
            self.out.push(',');
        }
        self.has_cell = true;
    }
}

/// The headers of a table's answer.
pub(crate) fn headers(site: &SiteId, report: &str) -> [(http::HeaderName, String); 2] {
    // The one character of a site's id that some systems have no files with.
    let site = site.as_str().replace(':', "-");
    let disposition = format!("attachment; filename=\"{site}-{report}.csv\"");
    [(CONTENT_TYPE, TYPE.to_owned()), (CONTENT_DISPOSITION, disposition)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_formulas_are_texts() {
        for (text, cell) in [
            ("plain", "plain"),
            ("", ""),
            ("a b", "a b"),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\r\nlines", "\"two\r\nlines\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "\"'\rx\""),
            ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
            ("a=b", "a=b"),
            ("ä,€", "\"ä,€\""),
        ] {
            let mut csv = Csv::default();
            csv.text(text).end_row();
            assert_eq!(csv.take(), format!("{cell}\r\n"), "{text:?}");
        }
    }

    #[test]
    fn numbers_are_as_they_are_and_rows_end_with_both_characters() {
        let mut csv = Csv::default();
        csv.texts(["a", "b", "c"]);
        csv.number(-1.5).empty().empty().end_row();
        assert_eq!(csv.take(), "a,b,c\r\n-1.5,,\r\n");
        csv.empty().text("x").end_row();
        assert_eq!(csv.take(), ",x\r\n", "what was taken is gone");
    }

    #[test]
    fn a_file_is_named_by_its_site_and_report() {
        let site = SiteId::new("a:b.c").expect("an id");
        assert_eq!(headers(&site, "query")[1].1, "attachment; filename=\"a-b.c-query.csv\"");
    }
}
