//! What the reports that are counted from a walk have in common: taking pieces, breaking down by a dimension, days
//! that have come.
//!
//! Invariant: what a fold remembers is bounded. Where a bound is reached, the answer says that it is approximate.

#[cfg(test)]
pub(crate) mod testing;

use std::collections::HashMap;

use crate::buckets::{floor, next};
use crate::check::{check_filter, check_period};
use crate::range::Period;
use crate::{Buckets, Context, Dimension, Filter, Interval, QueryError, Range, Steps};

/// Counts the events of a walk.
pub trait Fold {
    /// What it comes to.
    type Answer;

    /// Takes the next piece.
    fn steps(&mut self, steps: &Steps);

    /// The answer, after the last piece.
    fn finish(self) -> Self::Answer;
}

/// The same counted for each value of a dimension: those of the most visitors by name, the rest in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// The dimension; not a goal nor a time. Visitors who lack it, and have nothing to be shown as
    /// ([`Dimension::missing`]), are in no group.
    pub dimension: Dimension,
    /// How many values.
    pub top: usize,
}

impl Breakdown {
    /// How many values where the request does not say.
    pub const TOP: usize = 10;
    /// The most values.
    pub const MOST_TOP: usize = 100;
    /// The most distinct values that are told apart while counting; new ones after these go with the rest.
    pub const MOST_VALUES: usize = 50_000;

    pub(crate) fn check(&self) -> Result<(), QueryError> {
        let error = |message: String| Err(QueryError::new("breakdown", message));
        match &self.dimension {
            Dimension::Goal => {
                error("breakdown cannot be event:goal: take event:name or event:page".to_owned())
            }
            Dimension::Time(_) => error("breakdown cannot be time: shorten date_range instead".to_owned()),
            _ if self.top == 0 || self.top > Self::MOST_TOP => {
                error(format!("breakdown has {} values: it must be 1 to {}", self.top, Self::MOST_TOP))
            }
            _ => Ok(()),
        }
    }
}

/// The numbers of a breakdown's values while they are counted.
#[derive(Debug)]
pub(crate) struct Groups {
    ids: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
    most: usize,
    /// A value found no place, or lost it.
    pub(crate) overflown: bool,
}

/// The group of the values that are not told apart.
pub(crate) const REST: u32 = u32::MAX;

impl Groups {
    pub(crate) fn new() -> Self {
        Self { ids: HashMap::new(), names: Vec::new(), most: Breakdown::MOST_VALUES, overflown: false }
    }

    #[cfg(test)]
    pub(crate) fn with_most(most: usize) -> Self {
        Self { most, ..Self::new() }
    }

    /// The number of `value`: ascending from 0, or [`REST`].
    pub(crate) fn id(&mut self, value: &str) -> u32 {
        if let Some(id) = self.ids.get(value) {
            return *id;
        }
        if self.names.len() >= self.most {
            self.overflown = true;
            return REST;
        }
        let id = self.names.len() as u32;
        self.names.push(value.into());
        self.ids.insert(value.into(), id);
        id
    }

    /// Gives up telling those values apart for which `gone` holds; their numbers are not given again.
    pub(crate) fn give_up(&mut self, gone: impl Fn(u32) -> bool) {
        self.overflown = true;
        self.ids.values_mut().filter(|id| gone(**id)).for_each(|id| *id = REST);
    }

    /// How many numbers were given.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The `top` values of the greatest `sizes`, by number, then by bytes; those of size 0 are none.
    pub(crate) fn top(&self, sizes: &[u64], top: usize) -> Vec<(u32, String)> {
        let mut ids: Vec<u32> = (0..self.names.len() as u32).filter(|id| sizes[*id as usize] > 0).collect();
        let name = |id: u32| &self.names[id as usize];
        ids.sort_unstable_by(|a, b| {
            sizes[*b as usize].cmp(&sizes[*a as usize]).then_with(|| name(*a).cmp(name(*b)))
        });
        ids.into_iter().take(top).map(|id| (id, name(id).to_string())).collect()
    }
}

/// `part` of `whole` in percent; nothing of nothing.
pub(crate) fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 * 100.0 / whole as f64)
}

/// The name of the events that say how long a page was in view: nobody did something.
const ENGAGEMENT: &str = "engagement";

/// Events that somebody did: all but those named `engagement`.
pub(crate) fn done() -> Filter {
    Filter::Not(Box::new(Filter::Is(Dimension::Name, vec![ENGAGEMENT.to_owned()])))
}

/// Whether `filter` is about events named `engagement`: it has their name, or asks how far a page was seen.
pub(crate) fn asks_of_engagement(filter: &Filter) -> bool {
    let mut asks = false;
    filter.walk(&mut |part| {
        asks |= match part {
            Filter::Is(Dimension::Name, names) => names.iter().any(|name| name == ENGAGEMENT),
            Filter::ScrolledTo(_) => true,
            _ => false,
        }
    });
    asks
}

/// [`check_filter`], with the name of the field that the filter stands in.
pub(crate) fn check_filter_of(field: &'static str, filter: &Filter) -> Result<(), QueryError> {
    check_filter(filter).map_err(|error| QueryError::new(field, format!("{field}: {}", error.message)))
}

/// The period of `range` and its buckets, without those that start after now: what has not come yet is nothing to be
/// counted. A range that lies in the future altogether stays as it is.
pub(crate) fn past_buckets(
    range: Range,
    interval: Interval,
    most: usize,
    context: Context<'_>,
) -> Result<(Period, Buckets), QueryError> {
    let error = |message: String| Err(QueryError::new("date_range", message));
    let mut period = check_period(range, context)?;
    if period == Period::ALL {
        return error("this report needs a date_range with a start and an end".to_owned());
    }
    let end =
        floor(context.now, interval, context.zone).and_then(|start| next(start, interval, context.zone));
    if let Some(end) = end.filter(|end| *end > period.from) {
        period.to = period.to.min(end);
    }
    match Buckets::cut(period, interval, context.zone) {
        Some(buckets) if buckets.starts().len() <= most => Ok((period, buckets)),
        _ => error(format!(
            "date_range has more than {most} buckets of a {}: shorten it or take a wider interval",
            interval.name()
        )),
    }
}
