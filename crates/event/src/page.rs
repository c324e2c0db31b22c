//! A page's URL taken apart, and referrers judged.
//!
//! Only `http` and `https` URLs and paths are taken apart. Everything else (`javascript:`, `data:`, `#top`, a URL
//! without a host) is kept as text in the path's place, without a host: it is never a link.

use std::borrow::Cow;

/// What a report shows of a page's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page<'a> {
    /// Lower case, without user and port; an IPv6 address in its brackets; an IDN as Punycode.
    pub host: Option<Cow<'a, str>>,
    /// Without query and fragment, in the letter case it came in; `/` where there was none.
    pub path: Cow<'a, str>,
    /// `utm_source`, decoded; like the following, the first that is not empty.
    pub utm_source: Option<Cow<'a, str>>,
    /// `utm_medium`
    pub utm_medium: Option<Cow<'a, str>>,
    /// `utm_campaign`
    pub utm_campaign: Option<Cow<'a, str>>,
    /// `utm_content`
    pub utm_content: Option<Cow<'a, str>>,
    /// `utm_term`
    pub utm_term: Option<Cow<'a, str>>,
}

impl<'a> Page<'a> {
    /// Takes apart a full URL or a path, as a client sent it.
    pub fn take_apart(url: &'a str) -> Self {
        let url = url.trim();
        let (host, rest) = match web(url) {
            Some((authority, rest)) => match host_of(authority) {
                Some(host) => (Some(host), rest),
                None => return Self { path: url.into(), ..Self::default() },
            },
            None if url.is_empty() || url.starts_with('/') => (None, url),
            None => return Self { path: url.into(), ..Self::default() },
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.is_empty() { "/" } else { path };
        let mut page = Self { host, path: path.into(), ..Self::default() };
        if query.contains("utm_") {
            page.read_utm(query);
        }
        page
    }

    fn read_utm(&mut self, query: &'a str) {
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match key {
                "utm_source" => &mut self.utm_source,
                "utm_medium" => &mut self.utm_medium,
                "utm_campaign" => &mut self.utm_campaign,
                "utm_content" => &mut self.utm_content,
                "utm_term" => &mut self.utm_term,
                _ => continue,
            };
            if place.is_none() {
                *place = Some(decode(value)).filter(|value| !value.is_empty());
            }
        }
    }
}

/// May the text be shown as a link? `http` or `https`, and a host.
pub fn is_web_url(text: &str) -> bool {
    web(text).and_then(|(authority, _)| host_of(authority)).is_some()
}

/// The host of an http(s) URL, as [`Page`] has it.
pub fn host(url: &str) -> Option<Cow<'_, str>> {
    host_of(web(url.trim())?.0)
}

/// The query of an http(s) URL or a path, without its `?`; empty where there is none.
pub fn query(url: &str) -> &str {
    let rest = url.trim().split('#').next().unwrap_or_default();
    if web(rest).is_none() && !rest.starts_with('/') {
        return "";
    }
    rest.split_once('?').map_or("", |(_, query)| query)
}

/// A value of a query: percent-decoded, `+` as a space.
pub fn decoded(value: &str) -> Cow<'_, str> {
    decode(value)
}

/// The name of the app that a referrer of the form `android-app://com.example.reader/...` or `ios-app://...` is of.
pub fn package(referrer: &str) -> Option<&str> {
    let rest = APPS.iter().find_map(|scheme| referrer.trim().strip_prefix(scheme))?;
    let name = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

const APPS: [&str; 2] = ["android-app://", "ios-app://"];

/// Where a visitor came from: an http(s) URL of another host, without user and fragment, or an app by its [package].
/// Nothing for the site's own host, with or without `www.`, and for whatever is none of these.
pub fn referrer<'a>(referrer: &'a str, own_host: Option<&str>) -> Option<Cow<'a, str>> {
    let referrer = referrer.trim();
    if let Some(package) = package(referrer) {
        // The program alone: what follows may be anything.
        return referrer.find(package).map(|at| referrer[..at + package.len()].into());
    }
    let (authority, _) = web(referrer)?;
    let from = host_of(authority)?;
    let bare = |host: &str| host.strip_prefix("www.").unwrap_or(host).to_owned();
    if own_host.is_some_and(|own| bare(own) == bare(&from)) {
        return None;
    }
    let shown = referrer.split('#').next().unwrap_or_default();
    match authority.rsplit_once('@') {
        // A name and a password are nobody's business.
        Some((_, without)) => {
            let scheme = &shown[..shown.find("//")? + 2];
            let rest = &shown[scheme.len() + authority.len()..];
            Some(format!("{scheme}{without}{rest}").into())
        }
        None => Some(shown.into()),
    }
}

/// Authority, and what follows it, of an http(s) URL.
fn web(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

fn host_of(authority: &str) -> Option<Cow<'_, str>> {
    let host_and_port = authority.rsplit_once('@').map_or(authority, |(_, after)| after);
    if let Some(rest) = host_and_port.strip_prefix('[') {
        let (address, after) = rest.split_once(']')?;
        let fits = address.parse::<std::net::Ipv6Addr>().is_ok() && is_port(after);
        return fits.then(|| lower(&host_and_port[..address.len() + 2]));
    }
    let (host, port) = match host_and_port.find(':') {
        Some(colon) => host_and_port.split_at(colon),
        None => (host_and_port, ""),
    };
    if !is_port(port) || host.is_empty() {
        return None;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if host.bytes().all(plain) {
        return Some(lower(host));
    }
    if host.is_ascii() && !host.contains('%') {
        return None;
    }
    match url::Host::parse(host) {
        Ok(url::Host::Domain(domain)) => Some(domain.into()),
        _ => None,
    }
}

fn is_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn lower(host: &str) -> Cow<'_, str> {
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        host.to_ascii_lowercase().into()
    } else {
        host.into()
    }
}

/// Percent-decoded, `+` as a space; what is no UTF-8 becomes U+FFFD, and a NUL is removed like everywhere.
fn decode(value: &str) -> Cow<'_, str> {
    if !value.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return value.into();
    }
    let hex = |at: usize| char::from(*value.as_bytes().get(at)?).to_digit(16);
    let mut bytes = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = value.as_bytes().get(at) {
        at += 1;
        match (byte, hex(at).zip(hex(at + 1))) {
            (b'%', Some((high, low))) => {
                at += 2;
                bytes.push((high * 16 + low) as u8);
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
    }
    bytes.retain(|byte| *byte != 0);
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_apart_web_urls_and_paths() {
        for (url, host, path) in [
            ("https://Example.com/Pricing?x=1#y", Some("example.com"), "/Pricing"),
            ("HTTP://example.com", Some("example.com"), "/"),
            ("https://example.com?x", Some("example.com"), "/"),
            ("https://user:pass@example.com:8443/a", Some("example.com"), "/a"),
            ("https://bücher.example/ä", Some("xn--bcher-kva.example"), "/ä"),
            ("https://[2001:DB8::1]:8080/a", Some("[2001:db8::1]"), "/a"),
            ("https://192.0.2.1/a", Some("192.0.2.1"), "/a"),
            ("https://a.example/%00", Some("a.example"), "/%00"),
            ("/pricing?utm_source=x", None, "/pricing"),
            ("//double//slash", None, "//double//slash"),
            ("", None, "/"),
            ("?x=1", None, "?x=1"),
            ("#top", None, "#top"),
            ("pricing", None, "pricing"),
            ("%00", None, "%00"),
            ("https://", None, "https://"),
            ("https:///a", None, "https:///a"),
            ("https://%00/a", None, "https://%00/a"),
            ("https://a b/c", None, "https://a b/c"),
            ("https://[::1/c", None, "https://[::1/c"),
            ("https://a:b/c", None, "https://a:b/c"),
            ("javascript:alert(1)", None, "javascript:alert(1)"),
            ("data:text/html,<script>", None, "data:text/html,<script>"),
            ("ftp://example.com/a", None, "ftp://example.com/a"),
        ] {
            let page = Page::take_apart(url);
            assert_eq!((page.host.as_deref(), &*page.path), (host, path), "{url}");
        }
    }

    #[test]
    fn reads_the_campaign() {
        let page = Page::take_apart(
            "/?utm_source=a+b%20c&utm_medium=&utm_medium=e%C3%A4&utm_campaign=%zz&utm_term=%ff%00&xutm_content=1#?utm_content=2",
        );
        assert_eq!(page.utm_source.as_deref(), Some("a b c"));
        assert_eq!(page.utm_medium.as_deref(), Some("eä"));
        assert_eq!(page.utm_campaign.as_deref(), Some("%zz"));
        assert_eq!(page.utm_term.as_deref(), Some("\u{fffd}"));
        assert_eq!(page.utm_content, None);
    }

    #[test]
    fn a_referrer_is_another_hosts_web_url() {
        for (text, expected) in [
            ("https://www.google.com/search?q=x#y", Some("https://www.google.com/search?q=x")),
            ("https://me:secret@other.example/a", Some("https://other.example/a")),
            ("https://example.com/a", None),
            ("https://www.example.com:8080/a", None),
            ("http://EXAMPLE.com", None),
            ("https://sub.example.com/", Some("https://sub.example.com/")),
            ("android-app://com.google.android.gm", Some("android-app://com.google.android.gm")),
            ("android-app://com.google.android.gm/https/a", Some("android-app://com.google.android.gm")),
            ("ios-app://544007664/youtube/x", Some("ios-app://544007664")),
            ("android-app://", None),
            ("android-app://a b", None),
            ("javascript:alert(1)", None),
            ("not a url", None),
            ("", None),
        ] {
            assert_eq!(referrer(text, Some("www.example.com")).as_deref(), expected, "{text}");
        }
        assert!(is_web_url("https://a.example/"));
        assert!(!is_web_url("javascript://a.example/%0aalert(1)"));
        assert!(!is_web_url("android-app://com.google.android.gm"));
    }

    #[test]
    fn a_query_is_of_a_page() {
        for (url, expected) in [
            ("https://example.com/a?x=1#?y=2", "x=1"),
            ("https://example.com?x=1", "x=1"),
            ("/a?x=1?2", "x=1?2"),
            ("/a#b?x=1", ""),
            ("?x=1", ""),
            ("javascript:alert('?x=1')", ""),
        ] {
            assert_eq!(query(url), expected, "{url}");
        }
        assert_eq!(decoded("a+b%20c%zz"), "a b c%zz");
    }
}
