//! What an answer is an answer to, whole and unambiguous, and its hash: the key it is kept under.
//!
//! A question is a list of fields, each hashed with its length before it, so that no two lists run together to the
//! same bytes. The first are this product's version, the report and the site; the report's own follow.

use std::fmt;

use millrace_catalog::Site;
use millrace_event::Timestamp;
use sha2::{Digest, Sha256};

/// What the JSON text of an answer means, together with the product's version: a server of another version keeps its
/// answers under other keys.
const SHAPE: &str = concat!("millrace answer 1 ", env!("CARGO_PKG_VERSION"));

/// A question as it is being put together.
pub(crate) struct Question(Sha256);

/// The hash of a question, as hexadecimal digits where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Question {
    /// A report about a site. The instant of its making is part of it: a site that was removed and added again is
    /// another one.
    pub(crate) fn about(report: &str, site: &Site) -> Self {
        // Every zone of the catalog has a name.
        let zone = site.timezone.iana_name().map_or_else(|| format!("{:?}", site.timezone), str::to_owned);
        Self(Sha256::new())
            .text(SHAPE)
            .text(report)
            .text(site.id.as_str())
            .instants(&[site.created_at])
            .text(&zone)
    }

    /// With a text.
    pub(crate) fn text(self, text: &str) -> Self {
        self.field(text.as_bytes())
    }

    /// With a number.
    pub(crate) fn number(self, number: usize) -> Self {
        self.field(&(number as u64).to_le_bytes())
    }

    /// With instants, such as the buckets' starts: they are what a range means at this moment.
    pub(crate) fn instants(self, instants: &[Timestamp]) -> Self {
        let bytes: Vec<u8> = instants.iter().flat_map(|instant| instant.as_millis().to_le_bytes()).collect();
        self.field(&bytes)
    }

    /// Its key.
    pub(crate) fn key(self) -> Key {
        Key(self.0.finalize().into())
    }

    fn field(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }
}

impl Key {
    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use millrace_catalog::memory::site;

    use super::*;

    #[test]
    fn every_part_of_a_question_makes_another_key() {
        let demo = Site { created_at: Timestamp::from_millis(1), ..site("demo") };
        let added_again = Site { created_at: Timestamp::from_millis(2), ..demo.clone() };
        let kathmandu = Site { timezone: TimeZone::get("Asia/Kathmandu").unwrap(), ..demo.clone() };
        let fixed = |hours| Site { timezone: TimeZone::fixed(jiff::tz::offset(hours)), ..demo.clone() };
        let shop = Site { created_at: Timestamp::from_millis(1), ..site("shop") };
        let about = |site: &Site| Question::about("r", site);
        let keys = [
            about(&demo).key(),
            about(&added_again).key(),
            about(&kathmandu).key(),
            about(&fixed(1)).key(),
            about(&fixed(2)).key(),
            about(&shop).key(),
            Question::about("rd", &demo).key(),
            about(&demo).text("").key(),
            about(&demo).text("ab").text("c").key(),
            about(&demo).text("a").text("bc").key(),
            about(&demo).text("abc").key(),
            about(&demo).number(1).key(),
            about(&demo).number(2).key(),
            about(&demo).number(1).number(2).key(),
            about(&demo).instants(&[Timestamp::from_millis(1), Timestamp::from_millis(3)]).key(),
            about(&demo).instants(&[Timestamp::from_millis(1)]).instants(&[Timestamp::from_millis(3)]).key(),
        ];
        for (place, key) in keys.iter().enumerate() {
            assert!(!keys[..place].contains(key), "{place}");
        }
        assert_eq!(about(&demo).number(7).key(), about(&demo).number(7).key());
        assert_eq!(keys[0].to_string().len(), 64);
    }
}
