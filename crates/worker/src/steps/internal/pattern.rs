//! Patterns of hosts and paths, as people write them into a site's settings.
//!
//! `*` stands for anything but a `/`, `**` for anything. Matching needs no memory, and no more time than the product
//! of both lengths: of two runs of stars only the last is ever taken back.

/// Does a host fit? `example.com` is also `www.example.com`; `*.example.com` is every host below `example.com`, and
/// not that itself. Letter case does not matter.
pub(in super::super) fn host_fits(pattern: &str, host: &str) -> bool {
    let bare = |text: &str| text.strip_prefix("www.").unwrap_or(text).to_ascii_lowercase();
    fits(bare(pattern).as_bytes(), bare(host).as_bytes(), None)
}

/// Does a path fit? `/admin/*` is one level below `/admin`, `/admin/**` everything below and `/admin` itself. A query
/// that is part of the page's name is not looked at.
pub(super) fn path_fits(pattern: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    if let Some(above) = pattern.strip_suffix("/**")
        && fits(above.as_bytes(), path.as_bytes(), Some(b'/'))
    {
        return true;
    }
    fits(pattern.as_bytes(), path.as_bytes(), Some(b'/'))
}

/// `barrier` is what a single star stops at.
fn fits(pattern: &[u8], text: &[u8], barrier: Option<u8>) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to go on if what follows a star does not fit: after the star, and one byte further in the text.
    let mut single: Option<(usize, usize)> = None;
    let mut double: Option<(usize, usize)> = None;
    loop {
        if pattern[p..].starts_with(b"*") {
            let stars = pattern[p..].iter().take_while(|byte| **byte == b'*').count();
            p += stars;
            if stars > 1 || barrier.is_none() {
                (double, single) = (Some((p, t)), None);
            } else {
                single = Some((p, t));
            }
            continue;
        }
        if t == text.len() && p == pattern.len() {
            return true;
        }
        if p < pattern.len() && text.get(t) == Some(&pattern[p]) {
            (p, t) = (p + 1, t + 1);
            continue;
        }
        match (single, double) {
            (Some((after, at)), _) if at < text.len() && Some(text[at]) != barrier => {
                (p, t) = (after, at + 1);
                single = Some((after, at + 1));
            }
            (_, Some((after, at))) if at < text.len() => {
                (p, t) = (after, at + 1);
                (double, single) = (Some((after, at + 1)), None);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{host_fits, path_fits};

    #[test]
    fn paths() {
        for (pattern, path, expected) in [
            ("/admin", "/admin", true),
            ("/admin", "/admin/", false),
            ("/admin", "/administrator", false),
            ("/admin/*", "/admin/users", true),
            ("/admin/*", "/admin/", true),
            ("/admin/*", "/admin/users/1", false),
            ("/admin/*", "/admin", false),
            ("/admin/**", "/admin", true),
            ("/admin/**", "/admin/users/1", true),
            ("/admin/**", "/administrator", false),
            ("/admin**", "/administrator/x", true),
            ("/*/edit", "/posts/edit", true),
            ("/*/edit", "/a/b/edit", false),
            ("/**/edit", "/a/b/edit", true),
            ("/a/*/b/**/c", "/a/x/b/y/z/c", true),
            ("/a/*/b/**/c", "/a/x/y/b/z/c", false),
            ("/**", "/", true),
            ("/**", "/anything/at/all", true),
            ("/*.php", "/index.php", true),
            ("/*.php", "/x/index.php", false),
            ("/search", "/search?q=x", true),
            ("/ä/*", "/ä/ö", true),
        ] {
            assert_eq!(path_fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn hosts() {
        for (pattern, host, expected) in [
            ("example.com", "example.com", true),
            ("Example.com", "www.example.com", true),
            ("example.com", "staging.example.com", false),
            ("*.example.com", "staging.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "notexample.com", false),
            ("localhost", "localhost", true),
            ("staging-*.example.com", "staging-7.example.com", true),
        ] {
            assert_eq!(host_fits(pattern, host), expected, "{pattern} {host}");
        }
    }

    #[test]
    fn stars_do_not_take_for_ever() {
        let (pattern, path) = ("/**a".repeat(100), "/a".repeat(1_000));
        let start = std::time::Instant::now();
        assert!(!path_fits(&format!("{pattern}/*b*b*b*b"), &path));
        assert!(start.elapsed().as_millis() < 1_000, "{:?}", start.elapsed());
    }
}
