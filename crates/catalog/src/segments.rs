//! Segments of a site: filters under a name, in the snapshot that reports read.
//!
//! What the filters mean is the business of the query's grammar; here they are the JSON text that was given.

use std::sync::LazyLock;

use millrace_event::Timestamp;
use serde::de::IgnoredAny;

use crate::named::{self, InvalidField, Named};

/// A segment to be kept.
#[derive(Clone, Debug)]
pub struct NewSegment {
    name: String,
    filters: String,
}

impl NewSegment {
    /// A segment of this name with the JSON of a query's `filters`.
    ///
    /// # Errors
    /// Names the field at fault: `name` or `filters`.
    pub fn new(name: &str, filters: &str) -> Result<Self, InvalidField> {
        let name = named::name(name)?;
        let most = SavedSegment::MOST_BYTES;
        if filters.len() > most {
            let problem = format!("they have {} bytes, {most} are the most", filters.len());
            return Err(InvalidField::new("filters", problem));
        }
        let list: Vec<IgnoredAny> = serde_json::from_str(filters).map_err(|error| {
            let shape = "they are no JSON array such as [[\"is\",\"visit:country\",[\"DE\"]]]";
            InvalidField::new("filters", format!("{shape}: {error}"))
        })?;
        if list.is_empty() {
            return Err(InvalidField::new("filters", "they are empty: a segment has at least one filter"));
        }
        Ok(Self { name, filters: filters.to_owned() })
    }

    /// The name it is shown by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The JSON of its filters.
    pub fn filters(&self) -> &str {
        &self.filters
    }

    /// It as kept under this number at `now`; `created_at` is that of the segment it replaces.
    #[cfg(feature = "testing")]
    pub(crate) fn saved(&self, id: u32, created_at: Option<Timestamp>, now: Timestamp) -> SavedSegment {
        SavedSegment {
            id,
            name: self.name.clone(),
            filters: self.filters.clone(),
            created_at: created_at.unwrap_or(now),
            updated_at: now,
        }
    }
}

/// A segment as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSegment {
    /// Its number, from 1, which queries name it by. It stays when the segment changes, and no other segment of the
    /// site ever has it.
    pub id: u32,
    /// The name it is shown by.
    pub name: String,
    /// The JSON of its filters, an array.
    pub filters: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

impl SavedSegment {
    /// The most segments of a site.
    pub const MOST: usize = 200;
    /// The most bytes of the filters' JSON.
    pub const MOST_BYTES: usize = 20_000;
}

impl Named for SavedSegment {
    const WHAT: &'static str = "segment";
    const MOST: usize = Self::MOST;

    fn id(&self) -> u32 {
        self.id
    }

    #[cfg(feature = "testing")]
    fn name(&self) -> Option<&str> {
        Some(&self.name)
    }
}

/// The segments of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteSegments(
    /// By id.
    Vec<SavedSegment>,
);

/// Of a site without any.
static NONE: LazyLock<SiteSegments> = LazyLock::new(SiteSegments::default);

impl SiteSegments {
    /// Of a site without any.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }

    pub(crate) fn new(mut segments: Vec<SavedSegment>) -> Self {
        segments.sort_by_key(|segment| segment.id);
        Self(segments)
    }

    /// The segment of this number.
    pub fn get(&self, id: u32) -> Option<&SavedSegment> {
        named::find(&self.0, id)
    }

    /// All of them, by id.
    pub fn all(&self) -> &[SavedSegment] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_kept_names_the_field() {
        let long = format!("[\"{}\"]", "x".repeat(20_000));
        for (name, filters, expected) in [
            ("", "[1]", "name: a name has 1 to 120 characters"),
            ("x", "", "filters: they are no JSON array"),
            ("x", "{}", "filters: they are no JSON array"),
            ("x", "[1] 2", "filters: they are no JSON array"),
            ("x", "[]", "filters: they are empty"),
            ("x", &long, "filters: they have 20004 bytes, 20000 are the most"),
        ] {
            let error = NewSegment::new(name, filters).expect_err("refused").to_string();
            assert!(error.starts_with(expected), "{name} {filters}: {error}");
        }
        let most = format!("[\"{}\"]", "x".repeat(SavedSegment::MOST_BYTES - 4));
        NewSegment::new("x", &most).expect("as long as may be");
    }

    #[test]
    fn filters_are_kept_to_the_byte() {
        let filters = " [ [\"is\", \"event:page\", [\"\\u0000ä\"]] ]";
        assert_eq!(NewSegment::new(" Mine ", filters).expect("a segment").filters(), filters);
    }
}
