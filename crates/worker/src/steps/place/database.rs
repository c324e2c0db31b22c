//! An operator's own database of places, in the MMDB format: GeoLite2 City, DB-IP City, IP2Location, ipinfo and those
//! of their shape.
//!
//! The file is in memory as a whole. What is found is remembered by where it lies in the file, bounded.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use bytestring::ByteString;
use maxminddb::Reader;
use millrace_event::{Country, Place};
use serde::Deserialize;

/// A database of places.
pub struct PlaceDatabase {
    reader: Reader<Vec<u8>>,
}

/// What was found, by its place in the file.
pub(super) type Known = HashMap<usize, Place, foldhash::fast::RandomState>;

/// Places remembered; GeoLite2 City has about 120,000, of which few visit.
const MOST_KNOWN: usize = 50_000;
/// Bytes of a region's or a city's name.
const MOST_NAME: usize = 120;

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("'{path}': {problem}")]
pub struct UnusableFile {
    /// The file.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

impl PlaceDatabase {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or is no MMDB file.
    pub fn open(path: &Path) -> Result<Self, UnusableFile> {
        let unusable = |problem: String| UnusableFile { path: path.display().to_string(), problem };
        let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        let reader =
            Reader::from_source(bytes).map_err(|error| unusable(format!("no MMDB file: {error}")))?;
        Ok(Self { reader })
    }

    /// Where the address is. What the file says of it may be damaged or of another kind: then nowhere.
    pub(super) fn place(&self, address: IpAddr, known: &mut Known) -> Place {
        let Ok(found) = self.reader.lookup(address) else {
            return Place::default();
        };
        let Some(offset) = found.offset() else {
            return Place::default();
        };
        if let Some(place) = known.get(&offset) {
            return place.clone();
        }
        let place = found.decode::<Entry<'_>>().ok().flatten().map(Entry::place).unwrap_or_default();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(offset, place.clone());
        place
    }
}

impl fmt::Debug for PlaceDatabase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metadata = self.reader.metadata();
        out.debug_struct("PlaceDatabase").field("type", &metadata.database_type).finish_non_exhaustive()
    }
}

/// An entry of any of the known shapes; what is not asked for is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow)]
    country: Option<Named<'a>>,
    #[serde(borrow)]
    registered_country: Option<Named<'a>>,
    #[serde(borrow)]
    subdivisions: Vec<Named<'a>>,
    #[serde(borrow)]
    city: Option<Named<'a>>,
    country_code: Option<&'a str>,
    region: Option<&'a str>,
    state1: Option<&'a str>,
}

/// GeoLite2 has objects, others have texts.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Named<'a> {
    Text(&'a str),
    Object {
        iso_code: Option<&'a str>,
        #[serde(borrow)]
        names: Option<Names<'a>>,
    },
}

#[derive(Debug, Deserialize)]
struct Names<'a> {
    en: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn code(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Object { iso_code, .. } => *iso_code,
        }
    }

    fn name(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Object { names, .. } => names.as_ref()?.en,
        }
    }
}

impl Entry<'_> {
    fn place(self) -> Place {
        let named = |named: &Option<Named<'_>>| named.as_ref().and_then(|named| named.code()?.parse().ok());
        let country: Option<Country> = named(&self.country)
            .or_else(|| self.country_code?.parse().ok())
            .or_else(|| named(&self.registered_country));
        let first = self.subdivisions.first();
        let code = first.and_then(|first| match first {
            Named::Object { iso_code, .. } => *iso_code,
            Named::Text(_) => None,
        });
        let region = match (&country, code.filter(|code| is_region_code(code))) {
            (Some(country), Some(code)) => Some(format!("{}-{code}", country.as_str()).into()),
            _ => kept(first.and_then(Named::name).or(self.region).or(self.state1)),
        };
        Place { country, region, city: kept(self.city.as_ref().and_then(Named::name)) }
    }
}

/// The part of an ISO 3166-2 code after the dash.
fn is_region_code(code: &str) -> bool {
    (1..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn kept(name: Option<&str>) -> Option<ByteString> {
    name.filter(|name| !name.is_empty() && *name != "-" && name.len() <= MOST_NAME).map(Into::into)
}

#[cfg(test)]
mod tests;
