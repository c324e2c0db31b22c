//! Funnels: how many visitors go through steps, and where they stop.
//!
//! A step is a filter. An *attempt* starts at any event that passes the first step; each further step is taken by an
//! event that passes it, later in the order of time and arrival than that of the step before, and at most the
//! window after the start. So an event takes one step of an attempt, also where it passes several. In a strict
//! funnel a step is taken by the very next event or not at all.
//!
//! A visitor's *level* is the deepest step that one of their attempts reaches. Of the attempts that reach it the one
//! that starts first is counted, each step in it taken by the earliest event possible: from there come times and
//! the breakdown's value.
//!
//! Only events of the range that pass the query's filter take part. In a strict funnel nothing but those that pass
//! it lies in between; events named `engagement` do not either, since nobody did something: they are part of it only
//! where they pass a step that names them or asks how far a page was seen.

mod fold;
#[cfg(test)]
mod tests;

use std::time::Duration;

use millrace_event::{SiteId, Timestamp, VisitorId};

use crate::check::{check_filter, check_period};
use crate::fold::{asks_of_engagement, check_filter_of, done};
use crate::{Breakdown, By, Context, Filter, Period, QueryError, Range, Selection, Walk};

pub use fold::FunnelFold;

/// A funnel in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Whose events.
    pub site: SiteId,
    /// When.
    pub range: Range,
    /// Which events.
    pub filter: Filter,
    /// What is to be done, in order: [`Funnel::LEAST_STEPS`] to [`Funnel::MOST_STEPS`].
    pub steps: Vec<Filter>,
    /// Nothing may lie between two steps.
    pub strict: bool,
    /// The longest time from the first step to any other, in whole milliseconds.
    pub window: Duration,
    /// By the first step's event.
    pub breakdown: Option<Breakdown>,
    /// Visitors one by one, where they are asked for.
    pub people: Option<FunnelPeople>,
}

/// Which visitors of a funnel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunnelPeople {
    /// The step, from 1.
    pub step: usize,
    /// How they stand to it.
    pub reached: Reached,
    /// The most visitors.
    pub limit: usize,
}

/// How a visitor stands to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// They reached it and none further.
    AtMost,
    /// They reached it, and maybe further ones.
    AtLeast,
}

/// A funnel that every engine can walk.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedFunnel {
    funnel: Funnel,
    period: Period,
}

/// What became of the visitors.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelAnswer {
    /// An entry for each step.
    pub steps: Vec<FunnelStep>,
    /// The same for the breakdown's values: the most visitors of the first step first, then by bytes.
    pub groups: Vec<FunnelGroup>,
    /// The same for all other values, where there are any; shown as `(other)`.
    pub other: Option<Vec<FunnelStep>>,
    /// The visitors asked for: the latest last step first, those of one instant by number, ascending.
    pub people: Vec<FunnelPerson>,
    /// A bound was reached: visitors with more events than are looked at, values that were not told apart, or medians
    /// of a part of the visitors.
    pub approximate: bool,
}

/// One value of the breakdown.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelGroup {
    /// The value.
    pub value: String,
    /// An entry for each step.
    pub steps: Vec<FunnelStep>,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelStep {
    /// Visitors who reached it.
    pub visitors: u64,
    /// They in percent of those of the first step; nothing where that has none.
    pub of_first: Option<f64>,
    /// They in percent of those of the step before, of the first one of its own; nothing where that has none.
    pub of_previous: Option<f64>,
    /// Visitors who reached the step before and not this one; of the first step 0.
    pub dropped: u64,
    /// They in percent of those of the step before.
    pub dropped_rate: Option<f64>,
    /// The lower median of the time from the step before, in milliseconds: of an even number of times the lesser of
    /// the two in the middle.
    pub median_millis: Option<u64>,
}

/// One visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunnelPerson {
    /// Who.
    pub visitor: VisitorId,
    /// The last step they reached, from 1.
    pub step: usize,
    /// When they took it.
    pub at: Timestamp,
}

impl Funnel {
    /// The fewest steps.
    pub const LEAST_STEPS: usize = 2;
    /// The most steps.
    pub const MOST_STEPS: usize = 10;
    /// The window where the request does not say: 7 days.
    pub const WINDOW: Duration = Duration::from_secs(7 * 86_400);
    /// The shortest window: a second.
    pub const LEAST_WINDOW: Duration = Duration::from_secs(1);
    /// The longest window: 366 days.
    pub const MOST_WINDOW: Duration = Duration::from_secs(366 * 86_400);
    /// The most visitors one by one.
    pub const MOST_PEOPLE: usize = 1_000;

    /// Checks the funnel; answers the first thing that is wrong.
    pub fn check(self, context: Context<'_>) -> Result<CheckedFunnel, QueryError> {
        let error = |field, message: String| Err(QueryError::new(field, message));
        let (least, most) = (Self::LEAST_STEPS, Self::MOST_STEPS);
        if !(least..=most).contains(&self.steps.len()) {
            return error(
                "steps",
                format!("steps has {} entries: it must have {least} to {most}", self.steps.len()),
            );
        }
        if !(Self::LEAST_WINDOW..=Self::MOST_WINDOW).contains(&self.window) {
            let seconds = self.window.as_secs_f64();
            return error("window", format!("window is {seconds} seconds: it must be 1 second to 366 days"));
        }
        if let Some(people) = self.people {
            let steps = self.steps.len();
            if !(1..=steps).contains(&people.step) {
                return error(
                    "people",
                    format!("people names step {}: it must be 1 to {steps}", people.step),
                );
            }
            if !(1..=Self::MOST_PEOPLE).contains(&people.limit) {
                let most = Self::MOST_PEOPLE;
                return error("people", format!("people has limit {}: it must be 1 to {most}", people.limit));
            }
        }
        check_filter(&self.filter)?;
        self.steps.iter().try_for_each(|step| check_filter_of("steps", step))?;
        self.breakdown.as_ref().map_or(Ok(()), Breakdown::check)?;
        let period = check_period(self.range, context)?;
        Ok(CheckedFunnel { funnel: self, period })
    }
}

impl CheckedFunnel {
    /// The funnel.
    pub fn funnel(&self) -> &Funnel {
        &self.funnel
    }

    /// When, as instants.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// The events it is counted from.
    pub fn walk(&self) -> Walk {
        let funnel = &self.funnel;
        let mut filter = funnel.filter.clone();
        if funnel.strict {
            let asking = funnel.steps.iter().filter(|step| asks_of_engagement(step)).cloned();
            let mut counted = vec![done()];
            counted.extend(asking);
            filter = filter.and(match counted.len() {
                1 => done(),
                _ => Filter::Or(counted),
            });
        }
        Walk {
            selection: Selection { site: funnel.site.clone(), period: self.period, filter, subject: None },
            by: By::Visitor,
            marks: funnel.steps.clone(),
            marked_only: !funnel.strict,
            label: funnel.breakdown.as_ref().map(|breakdown| breakdown.dimension.clone()),
            first_mark_label: None,
        }
    }

    /// Counts them.
    pub fn fold(&self) -> FunnelFold {
        FunnelFold::new(self)
    }
}
