//! Annotations of a site's charts: a short text at an instant, such as a release or a campaign.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use millrace_event::Timestamp;

use crate::named::{InvalidField, Named};

/// The years that an annotation may be of: what charts can show.
const YEARS: (i64, i64) = (-62_135_596_800_000, 253_402_300_799_999);

/// An annotation to be kept.
#[derive(Clone, Debug)]
pub struct NewAnnotation {
    at: Timestamp,
    text: String,
}

impl NewAnnotation {
    /// An annotation of this instant; space around the text is left out.
    ///
    /// # Errors
    /// Names the field at fault: `at` or `text`.
    pub fn new(at: Timestamp, text: &str) -> Result<Self, InvalidField> {
        if !(YEARS.0..=YEARS.1).contains(&at.as_millis()) {
            return Err(InvalidField::new("at", "it lies outside the years 1 to 9999: write one of these"));
        }
        let text = text.trim();
        let most = SavedAnnotation::MOST_CHARS;
        if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            let problem = format!("a text has 1 to {most} characters, none of them a control character");
            return Err(InvalidField::new("text", problem));
        }
        Ok(Self { at, text: text.to_owned() })
    }

    /// The instant of a text: an RFC 3339 instant, or a date, which is the start of that day in `zone`.
    ///
    /// # Errors
    /// Names the field `at`.
    pub fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp, InvalidField> {
        // Whoever reads a date takes that of an instant, too.
        let instant = match text.len() == "2026-11-20".len() {
            true => text.parse::<Date>().ok().and_then(|date| {
                let start = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
                Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
            }),
            false => Timestamp::parse(text),
        };
        let shape = "write a date such as 2026-11-20, or an instant such as 2026-11-20T14:30:00Z";
        instant.ok_or_else(|| InvalidField::new("at", shape))
    }

    /// What it is about.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// It as kept under this number; `created_at` is that of the annotation it replaces, or now.
    #[cfg(feature = "testing")]
    pub(crate) fn saved(&self, id: u32, created_at: Timestamp) -> SavedAnnotation {
        SavedAnnotation { id, at: self.at, text: self.text.clone(), created_at }
    }
}

/// An annotation as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAnnotation {
    /// Its number, from 1. It stays when the annotation changes, and no other annotation of the site ever has it.
    pub id: u32,
    /// What it is about, which may be ahead.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
    /// When it was added.
    pub created_at: Timestamp,
}

impl SavedAnnotation {
    /// The most annotations of a site.
    pub const MOST: usize = 1_000;
    /// The most characters of a text.
    pub const MOST_CHARS: usize = 200;
}

impl Named for SavedAnnotation {
    const WHAT: &'static str = "annotation";
    const MOST: usize = Self::MOST;

    fn id(&self) -> u32 {
        self.id
    }

    #[cfg(feature = "testing")]
    fn name(&self) -> Option<&str> {
        None
    }
}

/// The annotations of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteAnnotations(
    /// What is about the oldest first, those of one instant by id.
    Vec<SavedAnnotation>,
);

/// Of a site without any.
static NONE: LazyLock<SiteAnnotations> = LazyLock::new(SiteAnnotations::default);

impl SiteAnnotations {
    /// Of a site without any.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }

    pub(crate) fn new(mut annotations: Vec<SavedAnnotation>) -> Self {
        annotations.sort_by_key(|annotation| (annotation.at, annotation.id));
        Self(annotations)
    }

    /// The annotation of this number.
    pub fn get(&self, id: u32) -> Option<&SavedAnnotation> {
        self.0.iter().find(|annotation| annotation.id == id)
    }

    /// All of them: what is about the oldest first, those of one instant by id.
    pub fn all(&self) -> &[SavedAnnotation] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_start_of_its_day() {
        let zone = TimeZone::get("Asia/Kathmandu").expect("a known zone");
        for (text, expected) in [
            ("2026-11-20", Some("2026-11-19T18:15:00Z")),
            ("2026-11-20T14:30:00+01:00", Some("2026-11-20T13:30:00Z")),
            ("2026-11-20T14:30:00.5Z", Some("2026-11-20T14:30:00.500Z")),
            ("2026-11-31", None),
            ("20 November", None),
            ("yesterday!", None),
            ("", None),
        ] {
            let instant = NewAnnotation::instant(text, &zone).ok().map(|at| at.to_string());
            assert_eq!(instant.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_kept_names_the_field() {
        let long = "ä".repeat(SavedAnnotation::MOST_CHARS + 1);
        for (at, text, expected) in [
            (0, "", "text: a text has 1 to 200 characters"),
            (0, " \n ", "text: a text has 1 to 200 characters"),
            (0, "a\nb", "text: a text has 1 to 200 characters"),
            (0, &long, "text: a text has 1 to 200 characters"),
            (i64::MAX, "x", "at: it lies outside the years 1 to 9999"),
            (i64::MIN, "x", "at: it lies outside the years 1 to 9999"),
        ] {
            let error =
                NewAnnotation::new(Timestamp::from_millis(at), text).expect_err("refused").to_string();
            assert!(error.starts_with(expected), "{at} {text}: {error}");
        }
        let kept = NewAnnotation::new(Timestamp::from_millis(5), &format!(" {} ", &long[2..])).expect("kept");
        assert_eq!((kept.at().as_millis(), kept.text()), (5, &long[2..]));
    }
}
