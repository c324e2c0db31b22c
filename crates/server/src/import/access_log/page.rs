//! Which lines of an access log are page views.

use super::parse::Entry;

/// What pages do not end in.
const FILES: [&str; 37] = [
    "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "ico", "svg", "webp", "avif", "woff", "woff2",
    "ttf", "eot", "otf", "mp4", "webm", "mp3", "pdf", "zip", "gz", "tgz", "bz2", "xz", "txt", "xml", "rss",
    "atom", "json", "rpm", "deb", "jar", "exe", "dmg", "iso",
];

/// Why a line is no page view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    Method,
    Status,
    File,
}

impl Skip {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Method => "requests other than GET",
            Self::Status => "answers other than 200 and 304",
            Self::File => "files that are no pages",
        }
    }
}

/// What was viewed, if a page was: a GET answered 200 or 304 whose path does not end like a file's.
pub(super) fn view<'a>(entry: &'a Entry<'_>) -> Result<&'a [u8], Skip> {
    let target = target(&entry.request).ok_or(Skip::Method)?;
    if !matches!(entry.status, 200 | 304) {
        return Err(Skip::Status);
    }
    let end = target.iter().position(|b| b"?#".contains(b)).unwrap_or(target.len());
    let path = &target[..end];
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let extension = name.iter().rposition(|b| *b == b'.').map(|dot| &name[dot + 1..]);
    let is_file = |extension: &[u8]| FILES.iter().any(|file| extension.eq_ignore_ascii_case(file.as_bytes()));
    if extension.is_some_and(is_file) { Err(Skip::File) } else { Ok(target) }
}

/// The target of a GET: what stands between the method and the version. Whoever puts spaces into a path is heard.
fn target(request: &[u8]) -> Option<&[u8]> {
    let rest = request.strip_prefix(b"GET ")?.trim_ascii();
    let version = rest.iter().rposition(|b| *b == b' ').filter(|at| rest[at + 1..].starts_with(b"HTTP/"));
    let target = version.map_or(rest, |at| &rest[..at]).trim_ascii();
    (!target.is_empty() && !target.starts_with(b"HTTP/")).then_some(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_views_are_told_from_the_rest() {
        for (request, status, expected) in [
            ("GET / HTTP/1.1", 200, Ok("/")),
            ("GET /a/b?x=y.css#z HTTP/1.1", 304, Ok("/a/b?x=y.css#z")),
            ("GET /a.php HTTP/1.0", 200, Ok("/a.php")),
            ("GET /style.css/ HTTP/1.1", 200, Ok("/style.css/")),
            ("GET /v1.css.html HTTP/1.1", 200, Ok("/v1.css.html")),
            ("GET /css HTTP/1.1", 200, Ok("/css")),
            ("GET /two words HTTP/1.1", 200, Ok("/two words")),
            ("GET /old", 200, Ok("/old")),
            ("GET http://a.example/b HTTP/1.1", 200, Ok("http://a.example/b")),
            ("GET /logo.PNG?v=2 HTTP/1.1", 200, Err(Skip::File)),
            ("GET /feed.xml#top HTTP/1.1", 200, Err(Skip::File)),
            ("GET /.json HTTP/1.1", 200, Err(Skip::File)),
            ("GET / HTTP/1.1", 206, Err(Skip::Status)),
            ("GET / HTTP/1.1", 301, Err(Skip::Status)),
            ("GET /logo.png HTTP/1.1", 404, Err(Skip::Status)),
            ("HEAD / HTTP/1.1", 200, Err(Skip::Method)),
            ("POST / HTTP/1.1", 200, Err(Skip::Method)),
            ("get / HTTP/1.1", 200, Err(Skip::Method)),
            ("GET HTTP/1.1", 200, Err(Skip::Method)),
            ("GET  HTTP/1.1", 200, Err(Skip::Method)),
            ("GET", 200, Err(Skip::Method)),
            ("-", 408, Err(Skip::Method)),
            ("\u{16}\u{3}\u{1}", 400, Err(Skip::Method)),
            ("", 200, Err(Skip::Method)),
        ] {
            let entry = Entry { request: request.as_bytes().into(), status, ..Entry::default() };
            assert_eq!(view(&entry), expected.map(str::as_bytes), "{request:?} {status}");
        }
    }
}
