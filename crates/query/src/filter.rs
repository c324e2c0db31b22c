//! What a query groups by, and which events it is about.

use crate::Interval;

/// A column of an answer that is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// `event:name`
    Name,
    /// `event:page`: the path.
    Page,
    /// `event:hostname`
    Hostname,
    /// `event:element`
    Element,
    /// `visit:referrer` of the event: the URL as it was sent.
    Referrer,
    /// `time:<interval>`, in the site's zone.
    Time(Interval),
}

impl Dimension {
    /// Its name in the query grammar.
    pub fn name(self) -> String {
        match self {
            Self::Name => "event:name".to_owned(),
            Self::Page => "event:page".to_owned(),
            Self::Hostname => "event:hostname".to_owned(),
            Self::Element => "event:element".to_owned(),
            Self::Referrer => "visit:referrer".to_owned(),
            Self::Time(interval) => format!("time:{}", interval.name()),
        }
    }
}

/// Which events count.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// The dimension is one of the values, to the letter.
    Is(Dimension, Vec<String>),
    /// Every one holds; an empty list holds.
    And(Vec<Filter>),
    /// One of them holds; an empty list does not.
    Or(Vec<Filter>),
    /// It does not hold. An event without the dimension is not one of the values.
    Not(Box<Filter>),
}

impl Filter {
    /// The filter that every event passes.
    pub fn all() -> Self {
        Self::And(Vec::new())
    }

    /// How deep filters are nested in this one, itself included.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Is(..) => 1,
            Self::And(parts) | Self::Or(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(part) => 1 + part.depth(),
        }
    }

    /// Calls `see` with every dimension in it.
    pub(crate) fn dimensions(&self, see: &mut impl FnMut(Dimension)) {
        match self {
            Self::Is(dimension, _) => see(*dimension),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.dimensions(see)),
            Self::Not(part) => part.dimensions(see),
        }
    }
}
