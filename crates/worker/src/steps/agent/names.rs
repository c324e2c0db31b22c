//! The names that reports show, made of uap-core's.
//!
//! One browser has one name, on a phone and on a desktop: `Mobile Safari` is `Safari`. Distributions of Linux are
//! `Linux`. A browser inside another program is called after its engine: `Safari (in-app)`.

use bytestring::ByteString;

/// uap-core's name, and ours.
const BROWSERS: [(&str, &str); 35] = [
    ("Chrome Mobile", "Chrome"),
    ("Chrome Mobile iOS", "Chrome"),
    ("Chromium", "Chromium"),
    ("Chrome Mobile WebView", "Chrome (in-app)"),
    ("Mobile Safari", "Safari"),
    ("Mobile Safari UI/WKWebView", "Safari (in-app)"),
    ("Firefox Mobile", "Firefox"),
    ("Firefox iOS", "Firefox"),
    ("Firefox Alpha", "Firefox"),
    ("Firefox Beta", "Firefox"),
    ("Firefox (Shiretoko)", "Firefox"),
    ("Firefox (Minefield)", "Firefox"),
    ("Edge Mobile", "Edge"),
    ("Opera Mobile", "Opera"),
    ("Opera Tablet", "Opera"),
    ("Opera Touch", "Opera"),
    ("Opera Coast", "Opera"),
    ("Opera Neon", "Opera"),
    ("Opera GX", "Opera"),
    ("IE", "Internet Explorer"),
    ("IE Mobile", "Internet Explorer"),
    ("IE Large Screen", "Internet Explorer"),
    ("Google", "Google App"),
    ("DuckDuckGo Mobile", "DuckDuckGo"),
    ("DuckDuckGo", "DuckDuckGo"),
    ("MiuiBrowser", "MIUI Browser"),
    ("QQ Browser Mobile", "QQ Browser"),
    ("QQ Browser Mini", "QQ Browser"),
    ("Yandex Browser", "Yandex Browser"),
    ("YaBrowser", "Yandex Browser"),
    ("UC Browser", "UC Browser"),
    ("HeadlessChrome", "Chrome"),
    ("Mail.ru Chromium Browser", "Atom"),
    ("Seznam prohlížeč", "Seznam.cz"),
    ("Phantom", "Chrome (in-app)"),
];

const SYSTEMS: [(&str, &str); 13] = [
    ("Mac OS X", "macOS"),
    ("Mac OS", "macOS"),
    ("Chrome OS", "ChromeOS"),
    ("ATV OS X", "tvOS"),
    ("WatchOS", "watchOS"),
    ("webOS", "webOS"),
    ("Windows Mobile", "Windows Phone"),
    ("BlackBerry Tablet OS", "BlackBerry OS"),
    ("FireHbbTV", "Fire OS"),
    ("Red Hat", "Linux"),
    ("Linux Mint", "Linux"),
    ("Arch Linux", "Linux"),
    ("Samsung", "Tizen"),
];

/// Distributions that uap-core tells from Linux, beside those above.
const LINUX: [&str; 14] = [
    "Ubuntu",
    "Debian",
    "Fedora",
    "CentOS",
    "SUSE",
    "Gentoo",
    "Kubuntu",
    "Xubuntu",
    "Lubuntu",
    "Mageia",
    "Mandriva",
    "PCLinuxOS",
    "Slackware",
    "Puppy",
];

/// What a report calls a browser; nothing for what is none.
pub(super) fn browser(found: &str) -> Option<ByteString> {
    named(found, &BROWSERS)
}

/// What a report calls an operating system.
pub(super) fn system(found: &str) -> Option<ByteString> {
    if LINUX.contains(&found) {
        return Some(ByteString::from_static("Linux"));
    }
    named(found, &SYSTEMS)
}

/// `17.4`, or `17` where the minor version is 0 or none: what users call a version.
pub(super) fn version(major: &str, minor: Option<&str>) -> Option<ByteString> {
    let known = |text: &&str| !text.is_empty() && text.len() <= MOST_VERSION && text.is_ascii();
    let major = Some(major).filter(known)?;
    Some(match minor.filter(known).filter(|minor| *minor != "0") {
        Some(minor) => format!("{major}.{minor}").into(),
        None => major.into(),
    })
}

/// Bytes of a part of a version; whoever sends more made it up.
const MOST_VERSION: usize = 12;
/// Bytes of a name, which may be a part of the user agent.
const MOST_NAME: usize = 60;

fn named(found: &str, names: &[(&str, &'static str)]) -> Option<ByteString> {
    let found = found.trim();
    if found.is_empty() || found == "Other" || found.len() > MOST_NAME {
        return None;
    }
    let ours = names.iter().find(|(theirs, _)| *theirs == found);
    Some(ours.map_or_else(|| found.into(), |(_, ours)| ByteString::from_static(ours)))
}
