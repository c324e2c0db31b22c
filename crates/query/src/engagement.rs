//! Engagement: how many visitors are active each day, and how many of a month's come on a day.
//!
//! A visitor is active on a day of the site's calendar with an event that passes the filter. The rolling figures are
//! distinct visitors of the day and the 6, or 29, days of the calendar before it. Days are whole: a range that starts
//! or ends within one has all of it. Days that start after now are not there.

#[cfg(test)]
mod tests;

use millrace_event::{SiteId, Timestamp};

use crate::buckets::{next, previous};
use crate::check::check_filter;
use crate::fold::{past_buckets, percent};
use crate::{
    Buckets, By, Context, Filter, Fold, Interval, Period, QueryError, Range, Selection, Steps, Walk,
};

/// A question about engagement in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Engagement {
    /// Whose events.
    pub site: SiteId,
    /// Which days.
    pub range: Range,
    /// Which events.
    pub filter: Filter,
}

/// A question about engagement that every engine can walk.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedEngagement {
    engagement: Engagement,
    /// The range's days and those before that the rolling figures need.
    days: Buckets,
    /// How many days are before the range.
    before: usize,
    period: Period,
}

/// Active visitors.
#[derive(Clone, Debug, PartialEq)]
pub struct EngagementAnswer {
    /// One for each day of the range.
    pub days: Vec<EngagementDay>,
}

/// A day's active visitors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EngagementDay {
    /// The start of the day.
    pub start: Timestamp,
    /// Those of the day.
    pub daily: u64,
    /// Those of the 7 days that end with it.
    pub weekly: u64,
    /// Those of the 30 days that end with it.
    pub monthly: u64,
    /// `daily` in percent of `monthly`; nothing where there are none.
    pub stickiness: Option<f64>,
}

impl Engagement {
    /// The most days.
    pub const MOST_DAYS: usize = 400;

    /// Checks the question; answers the first thing that is wrong.
    pub fn check(self, context: Context<'_>) -> Result<CheckedEngagement, QueryError> {
        let beyond = || QueryError::new("date_range", "date_range reaches beyond the calendar");
        check_filter(&self.filter)?;
        let (_, asked) = past_buckets(self.range, Interval::Day, Self::MOST_DAYS, context)?;
        let (first, last) = asked.starts().first().zip(asked.starts().last()).ok_or_else(beyond)?;
        let mut from = *first;
        for _ in 1..MONTH {
            from = previous(from, Interval::Day, context.zone).ok_or_else(beyond)?;
        }
        let to = next(*last, Interval::Day, context.zone).ok_or_else(beyond)?;
        let period = Period { from, to };
        let days = Buckets::cut(period, Interval::Day, context.zone).ok_or_else(beyond)?;
        let before = days.starts().len() - asked.starts().len();
        Ok(CheckedEngagement { engagement: self, days, before, period })
    }
}

const WEEK: usize = 7;
const MONTH: usize = 30;

impl CheckedEngagement {
    /// The question.
    pub fn engagement(&self) -> &Engagement {
        &self.engagement
    }

    /// The days of the range.
    pub fn days(&self) -> &[Timestamp] {
        &self.days.starts()[self.before..]
    }

    /// The days of the range and those before it that are looked at.
    pub fn buckets(&self) -> &Buckets {
        &self.days
    }

    /// The events it is counted from: those of the 29 days before the range too.
    pub fn walk(&self) -> Walk {
        Walk {
            selection: Selection {
                site: self.engagement.site.clone(),
                period: self.period,
                filter: self.engagement.filter.clone(),
                subject: None,
            },
            by: By::Visitor,
            marks: Vec::new(),
            marked_only: false,
            label: None,
            first_mark_label: None,
        }
    }

    /// Counts them.
    pub fn fold(&self) -> EngagementFold {
        let days = self.days.starts().len();
        let windows = [1, WEEK, MONTH].map(|days_of_window| Window::new(days_of_window, days));
        EngagementFold { days: self.days.clone(), before: self.before, subject: None, windows }
    }
}

/// Engagement while it is counted: three numbers a day and three of the visitor at hand, whatever the events.
#[derive(Debug)]
pub struct EngagementFold {
    days: Buckets,
    before: usize,
    subject: Option<u64>,
    windows: [Window; 3],
}

/// Visitors who were active in so many days up to each.
#[derive(Debug)]
struct Window {
    length: usize,
    /// By how many visitors a day differs from the one before.
    changes: Vec<i64>,
    /// The first day on which the visitor at hand does not count yet.
    until: usize,
}

impl Window {
    fn new(length: usize, days: usize) -> Self {
        Self { length, changes: vec![0; days + 1], until: 0 }
    }

    /// The visitor is active on `day`, which is not before those of earlier calls: they count from then on for as
    /// many days as the window has.
    fn active(&mut self, day: usize) {
        let last = self.changes.len() - 1;
        let (from, to) = (day.max(self.until), (day + self.length).min(last));
        if from < to {
            self.changes[from] += 1;
            self.changes[to] -= 1;
            self.until = to;
        }
    }

    fn visitors(&self) -> impl Iterator<Item = u64> {
        self.changes.iter().scan(0i64, |visitors, change| {
            *visitors += change;
            Some(*visitors as u64)
        })
    }
}

impl Fold for EngagementFold {
    type Answer = EngagementAnswer;

    fn steps(&mut self, steps: &Steps) {
        for step in steps.iter() {
            if self.subject != Some(step.subject) {
                self.subject = Some(step.subject);
                self.windows.iter_mut().for_each(|window| window.until = 0);
            }
            if let Some(day) = self.days.index(Timestamp::from_millis(step.at)) {
                self.windows.iter_mut().for_each(|window| window.active(day));
            }
        }
    }

    fn finish(self) -> EngagementAnswer {
        let [daily, weekly, monthly] = &self.windows;
        let counted = daily.visitors().zip(weekly.visitors()).zip(monthly.visitors());
        let days = self.days.starts().iter().zip(counted).skip(self.before);
        let day = |(start, ((daily, weekly), monthly)): (&Timestamp, ((u64, u64), u64))| EngagementDay {
            start: *start,
            daily,
            weekly,
            monthly,
            stickiness: percent(daily, monthly),
        };
        EngagementAnswer { days: days.map(day).collect() }
    }
}
