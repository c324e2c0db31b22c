//! Names of keys, and how an entry's id becomes an offset.
//!
//! Everything of one partition has the partition's number as its hash tag, so that a cluster keeps it on one node and
//! spreads the partitions; nothing ever asks for keys of two tags at once.
//!
//! An entry's id is `milliseconds-sequence`. Its offset is the milliseconds, shifted left by [`SEQUENCE_BITS`], plus
//! the sequence number: offsets grow as ids do, and stay comparable after the stream was lost and began anew. A
//! sequence number over the bound comes only from a server whose clock was set back, under load, for a long time; the
//! appender then moves on to the next millisecond long before ([`SEQUENCE_SOFT_BOUND`]).

use std::fmt;

use crate::{ConsumerGroup, Offset, Partition};

/// Bits of an offset for the sequence number: four million entries a millisecond.
const SEQUENCE_BITS: u32 = 22;
/// Sequence numbers at which the appender moves on.
pub(crate) const SEQUENCE_SOFT_BOUND: u64 = 1 << 20;
/// The last millisecond that an offset can hold: in the year 2109.
const LAST_MILLISECOND: u64 = (1 << (64 - SEQUENCE_BITS)) - 1;

/// The keys of one queue.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) fn new(prefix: String) -> Self {
        Self { prefix }
    }

    /// The stream of a partition.
    pub(crate) fn stream(&self, partition: Partition) -> String {
        format!("{}:{{{partition}}}:events", self.prefix)
    }

    /// Who owns a partition in a group.
    pub(crate) fn owner(&self, partition: Partition, group: &ConsumerGroup) -> String {
        format!("{}:{{{partition}}}:owner:{group}", self.prefix)
    }

    /// The members of a group, by the time until which they are believed to live.
    pub(crate) fn members(&self, group: &ConsumerGroup) -> String {
        format!("{}:{{members}}:{group}", self.prefix)
    }

    /// The stream of dead letters.
    pub(crate) fn letters(&self) -> String {
        format!("{}:{{dead}}:letters", self.prefix)
    }

    /// What every process has to agree on.
    pub(crate) fn settings(&self) -> String {
        format!("{}:{{settings}}", self.prefix)
    }

    /// Written to find out whether writing works.
    pub(crate) fn probe(&self) -> String {
        format!("{}:{{probe}}", self.prefix)
    }
}

/// The id of a stream's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id {
    pub(crate) milliseconds: u64,
    pub(crate) sequence: u64,
}

impl Id {
    /// Reads `milliseconds-sequence`.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let (milliseconds, sequence) = std::str::from_utf8(text).ok()?.split_once('-')?;
        Some(Self { milliseconds: milliseconds.parse().ok()?, sequence: sequence.parse().ok()? })
    }

    /// The entry's offset; nothing where some other program made an id that no clock gives.
    pub(crate) fn offset(self) -> Option<Offset> {
        let fits = self.milliseconds <= LAST_MILLISECOND && self.sequence < 1 << SEQUENCE_BITS;
        fits.then_some(self.milliseconds << SEQUENCE_BITS | self.sequence)
    }

    /// The entry of an offset.
    pub(crate) fn of(offset: Offset) -> Self {
        Self { milliseconds: offset >> SEQUENCE_BITS, sequence: offset & ((1 << SEQUENCE_BITS) - 1) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.milliseconds, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_offsets_and_back_in_their_order() {
        let texts =
            ["0-0", "0-1", "1795168800123-0", "1795168800123-4194303", "1795168800124-0", "4398046511103-5"];
        let ids = texts.map(|text| Id::parse(text.as_bytes()).expect("an id"));
        let offsets = ids.map(|id| id.offset().expect("an offset"));
        assert!(offsets.is_sorted_by(|a, b| a < b), "{offsets:?}");
        assert_eq!(offsets.map(Id::of), ids);
        assert_eq!(ids[2].to_string(), texts[2]);
    }

    #[test]
    fn ids_that_no_clock_gives_have_no_offset() {
        for text in ["4398046511104-0", "18446744073709551615-18446744073709551615", "1-4194304"] {
            assert_eq!(Id::parse(text.as_bytes()).expect("an id").offset(), None, "{text}");
        }
        for text in ["", "-", "1", "1-", "-1", "1-1-1", "a-1", "18446744073709551616-0"] {
            assert_eq!(Id::parse(text.as_bytes()), None, "{text}");
        }
    }
}
