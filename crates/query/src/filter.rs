//! Which events a query is about.

use std::fmt;
use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use crate::{Dimension, Goal};

/// Which events count.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// The dimension is one of the values, to the letter.
    Is(Dimension, Vec<String>),
    /// The dimension contains one of the texts, to the letter.
    Contains(Dimension, Vec<String>),
    /// One of the patterns is found in the dimension.
    Matches(Dimension, Vec<Pattern>),
    /// The page was seen to this percentage of its height, or further.
    ScrolledTo(u8),
    /// The event reaches one of these goals.
    Reaches(Arc<[Goal]>),
    /// An event of the same session, within the period, passes.
    HasDone(Box<Filter>),
    /// Every one holds; an empty list holds.
    And(Vec<Filter>),
    /// One of them holds; an empty list does not.
    Or(Vec<Filter>),
    /// It does not hold. An event without the dimension is not one of the values.
    Not(Box<Filter>),
}

/// A regular expression that is matched in linear time, in the syntax of the `regex` crate
/// (<https://docs.rs/regex/latest/regex/#syntax>), which is nearly RE2's.
#[derive(Clone)]
pub struct Pattern(Regex);

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidPattern(String);

impl Pattern {
    /// The most bytes of a pattern's text.
    pub const MOST_BYTES: usize = 1_000;
    /// Bytes of a compiled pattern: repetitions of repetitions take more.
    const COMPILED_BYTES: usize = 1 << 18;

    /// Compiles a pattern.
    pub fn new(source: &str) -> Result<Self, InvalidPattern> {
        if source.len() > Self::MOST_BYTES {
            let most = Self::MOST_BYTES;
            return Err(InvalidPattern(format!("it has {} bytes, {most} are the most", source.len())));
        }
        Self::compile(source).map_err(|error| {
            InvalidPattern(match error {
                regex::Error::CompiledTooBig(_) => {
                    "it is too large once its repetitions are written out".to_owned()
                }
                // The last line says what is wrong, those before point at the place.
                other => other.to_string().lines().last().unwrap_or_default().replace("error: ", ""),
            })
        })
    }

    /// The pattern of any of `texts` in any letter case: the whole value, or a part of it.
    pub fn any_case(texts: &[String], whole: bool) -> Result<Self, InvalidPattern> {
        let escaped: Vec<_> = texts.iter().map(|text| regex::escape(text)).collect();
        let any = escaped.join("|");
        let source = if whole { format!("(?i)^(?:{any})$") } else { format!("(?i){any}") };
        let built = RegexBuilder::new(&source).size_limit(4 * Self::COMPILED_BYTES).build();
        built.map(Self).map_err(|_| InvalidPattern("its texts are too long together".to_owned()))
    }

    /// The pattern of pages in which `*` stands for anything but a slash, and `**` for anything.
    pub fn of_pages(pages: &str) -> Result<Self, InvalidPattern> {
        let parts: Vec<String> = pages
            .split("**")
            .map(|part| part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*"))
            .collect();
        Self::compile(&format!("(?s)^{}$", parts.join(".*")))
            .map_err(|_| InvalidPattern("it is too long".to_owned()))
    }

    fn compile(source: &str) -> Result<Self, regex::Error> {
        RegexBuilder::new(source).size_limit(Self::COMPILED_BYTES).build().map(Self)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether it is found in `text`.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pattern({:?})", self.as_str())
    }
}

impl Filter {
    /// The filter that every event passes.
    pub fn all() -> Self {
        Self::And(Vec::new())
    }

    /// Both filters in one.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::And(parts), other) if parts.is_empty() => other,
            (own, Self::And(parts)) if parts.is_empty() => own,
            (own, other) => Self::And(vec![own, other]),
        }
    }

    /// Calls `see` with every part, itself first, those of goals and of other events of the session included.
    pub fn walk(&self, see: &mut impl FnMut(&Filter)) {
        see(self);
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.walk(see)),
            Self::Not(part) | Self::HasDone(part) => part.walk(see),
            Self::Reaches(goals) => goals.iter().for_each(|goal| goal.filter.walk(see)),
            Self::Is(..) | Self::Contains(..) | Self::Matches(..) | Self::ScrolledTo(_) => {}
        }
    }

    /// The dimension that is asked for, where this is no combination.
    pub fn dimension(&self) -> Option<&Dimension> {
        match self {
            Self::Is(dimension, _) | Self::Contains(dimension, _) | Self::Matches(dimension, _) => {
                Some(dimension)
            }
            _ => None,
        }
    }

    /// Whether what it says of an event depends on the session.
    pub fn asks_of_visits(&self) -> bool {
        let mut asks = false;
        self.walk(&mut |part| asks |= matches!(part.dimension(), Some(Dimension::Visit(_))));
        asks
    }

    /// How deep filters are nested in this one, itself included.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::And(parts) | Self::Or(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(part) | Self::HasDone(part) => 1 + part.depth(),
            _ => 1,
        }
    }

    /// The same without goals: without [`Self::Reaches`] on its own or as a part of an outermost `and`.
    pub(crate) fn without_goals(&self) -> Self {
        match self {
            Self::Reaches(_) => Self::all(),
            Self::And(parts) => {
                let parts = parts.iter().map(Self::without_goals).filter(|part| part != &Self::all());
                Self::And(parts.collect())
            }
            other => other.clone(),
        }
    }

    /// The goals that [`Self::without_goals`] leaves out, where there are any: every event reaches one of each list.
    pub(crate) fn goals(&self) -> Option<Arc<[Goal]>> {
        match self {
            Self::Reaches(goals) => Some(once_each(goals.iter())),
            Self::And(parts) => {
                let lists: Vec<_> = parts.iter().filter_map(Self::goals).collect();
                (!lists.is_empty()).then(|| once_each(lists.iter().flat_map(|list| list.iter())))
            }
            _ => None,
        }
    }
}

/// Each goal by its name once: one that is named twice is told apart from nothing.
fn once_each<'a>(goals: impl Iterator<Item = &'a Goal>) -> Arc<[Goal]> {
    let mut all: Vec<Goal> = Vec::new();
    for goal in goals {
        if all.iter().all(|known| known.name != goal.name) {
            all.push(goal.clone());
        }
    }
    all.into()
}
