//! Countries by name: what `visit:country_name` says of a session.
//!
//! Events carry the codes of ISO 3166-1 alone. The names are the usual English ones, those of the time zone database
//! (public domain) with a few written out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A line a country: its code, a space, its name.
const COUNTRIES: &str = include_str!("countries.txt");

/// Other names that clients filter by.
const ALSO: [(&str, &str); 6] = [
    ("US", "United States of America"),
    ("CZ", "Czech Republic"),
    ("NL", "The Netherlands"),
    ("TR", "Türkiye"),
    ("RU", "Russian Federation"),
    ("GB", "Great Britain"),
];

static BY_CODE: LazyLock<BTreeMap<&str, &str>> =
    LazyLock::new(|| COUNTRIES.lines().filter_map(|line| line.split_once(' ')).collect());

/// The name of the country `code`; the code where it is unknown, and whatever else stands in its place.
pub fn country_name(code: &str) -> &str {
    BY_CODE.get(code).copied().unwrap_or(code)
}

/// The codes of the countries that have a name for which `holds`, ascending.
pub(super) fn codes_named(holds: impl Fn(&str) -> bool) -> Vec<String> {
    let usual = BY_CODE.iter().map(|(code, name)| (*code, *name));
    let mut codes: Vec<_> =
        usual.chain(ALSO).filter(|(_, name)| holds(name)).map(|(code, _)| code.to_owned()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
