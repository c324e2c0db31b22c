//! Numbers a query can ask for, and what an engine counts to get them.
//!
//! Engines answer [`Aggregate`]s, exact integers and decimals, so that every engine agrees to the last digit; the
//! divisions are done once, here.

use bytestring::ByteString;

use crate::{Cell, Period};

/// A number of an answer. A session counts wherever it has an event: where a query groups or filters events, session
/// metrics are about the sessions that have one of the events, as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// `visitors`: distinct visitors.
    Visitors,
    /// `visits`: distinct sessions.
    Visits,
    /// `pageviews`: events named `pageview`.
    Pageviews,
    /// `events`: events of any name.
    Events,
    /// `views_per_visit`: the sessions' page views by their number.
    ViewsPerVisit,
    /// `bounce_rate`: the share of sessions with one interactive event at most, in percent.
    BounceRate,
    /// `visit_duration`: the mean time from a session's first event to its last, in seconds.
    VisitDuration,
    /// `scroll_depth`: how far sessions saw the page at most, the mean in percent.
    ScrollDepth,
    /// `time_on_page`: the time that pages were in view, by the sessions that viewed them, in seconds.
    TimeOnPage,
    /// `conversion_rate`: visitors who reach the goal, in percent of all who pass the other filters.
    ConversionRate,
    /// `group_conversion_rate`: visitors of a group who reach the goal, in percent of the group's visitors.
    GroupConversionRate,
    /// `percentage`: a group's visitors in percent of all.
    Percentage,
    /// `average_revenue`: the mean of the amounts.
    AverageRevenue,
    /// `total_revenue`: the sum of the amounts.
    TotalRevenue,
    /// `events_per_minute`: events divided by the period's minutes.
    EventsPerMinute,
    /// `avg_duration`: the mean duration in seconds of the events that have one.
    AvgDuration,
    /// `<statistic>(event:props:<key>)`, of the values that are numbers.
    Property(Statistic, ByteString),
}

/// What a metric says of a property's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Statistic {
    /// Their sum.
    Sum,
    /// Their mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The median: the least number that half of all are at or below.
    P50,
    /// The least number that 95 % are at or below.
    P95,
    /// The least number that 99 % are at or below.
    P99,
}

impl Statistic {
    /// Every one.
    pub const ALL: [Self; 7] = [Self::Sum, Self::Avg, Self::Min, Self::Max, Self::P50, Self::P95, Self::P99];

    /// Its name before the parenthesis.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::P50 => "p50",
            Self::P95 => "p95",
            Self::P99 => "p99",
        }
    }
}

/// What an engine counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aggregate {
    /// Events.
    Events,
    /// Events named `pageview`.
    Pageviews,
    /// Distinct visitors.
    Visitors,
    /// Distinct sessions.
    Sessions,
    /// The sum of durations, in milliseconds.
    DurationSum,
    /// Events that have a duration.
    DurationCount,
    /// The sum of amounts, in millionths.
    RevenueSum,
    /// Events that have an amount.
    RevenueCount,
    /// The first of the amounts' currencies, a text.
    CurrencyMin,
    /// The last of them.
    CurrencyMax,
    /// The sum of the durations of events named `engagement`, in milliseconds.
    TimeInView,
    /// Distinct sessions that have a page view among the events.
    SessionsWithView,
    /// Events whose property is a number.
    NumberCount(ByteString),
    /// A decimal with six digits after the point; never [`Statistic::Avg`].
    Number(Statistic, ByteString),
    /// Sessions with one interactive event at most.
    Bounces,
    /// The sum of the sessions' lengths, in milliseconds.
    SessionTime,
    /// The page views of the sessions, wherever they were.
    SessionViews,
    /// The sum of the greatest scroll depth of each session that has one, in percent.
    ScrollSum,
    /// Sessions that have a scroll depth.
    ScrollCount,
}

impl Aggregate {
    /// Whether it is counted over whole sessions, not over events.
    pub fn is_of_sessions(&self) -> bool {
        matches!(self, Self::Bounces | Self::SessionTime | Self::SessionViews)
    }

    /// Whether it is counted over the events of each session.
    pub fn is_of_scrolling(&self) -> bool {
        matches!(self, Self::ScrollSum | Self::ScrollCount)
    }
}

impl Metric {
    /// Those that are single words, in the order of the documentation.
    pub const WORDS: [Self; 16] = [
        Self::Visitors,
        Self::Visits,
        Self::Pageviews,
        Self::ViewsPerVisit,
        Self::BounceRate,
        Self::VisitDuration,
        Self::Events,
        Self::ScrollDepth,
        Self::TimeOnPage,
        Self::Percentage,
        Self::ConversionRate,
        Self::GroupConversionRate,
        Self::AverageRevenue,
        Self::TotalRevenue,
        Self::EventsPerMinute,
        Self::AvgDuration,
    ];

    /// Its name in the query grammar and in answers.
    pub fn name(&self) -> String {
        let word = match self {
            Self::Visitors => "visitors",
            Self::Visits => "visits",
            Self::Pageviews => "pageviews",
            Self::Events => "events",
            Self::ViewsPerVisit => "views_per_visit",
            Self::BounceRate => "bounce_rate",
            Self::VisitDuration => "visit_duration",
            Self::ScrollDepth => "scroll_depth",
            Self::TimeOnPage => "time_on_page",
            Self::ConversionRate => "conversion_rate",
            Self::GroupConversionRate => "group_conversion_rate",
            Self::Percentage => "percentage",
            Self::AverageRevenue => "average_revenue",
            Self::TotalRevenue => "total_revenue",
            Self::EventsPerMinute => "events_per_minute",
            Self::AvgDuration => "avg_duration",
            Self::Property(statistic, key) => return format!("{}(event:props:{key})", statistic.name()),
        };
        word.to_owned()
    }

    /// Whether it is visitors in percent of others, which a second query counts.
    pub fn is_rate_of_visitors(&self) -> bool {
        matches!(self, Self::ConversionRate | Self::GroupConversionRate | Self::Percentage)
    }

    /// Whether it is an amount of money.
    pub fn is_revenue(&self) -> bool {
        matches!(self, Self::AverageRevenue | Self::TotalRevenue)
    }

    /// What an engine counts for it.
    pub fn aggregates(&self) -> Vec<Aggregate> {
        use Aggregate::{CurrencyMax, CurrencyMin, RevenueCount, RevenueSum};
        match self {
            Self::Visitors | Self::ConversionRate | Self::GroupConversionRate | Self::Percentage => {
                vec![Aggregate::Visitors]
            }
            Self::Visits => vec![Aggregate::Sessions],
            Self::Pageviews => vec![Aggregate::Pageviews],
            Self::Events | Self::EventsPerMinute => vec![Aggregate::Events],
            Self::ViewsPerVisit => vec![Aggregate::SessionViews, Aggregate::Sessions],
            Self::BounceRate => vec![Aggregate::Bounces, Aggregate::Sessions],
            Self::VisitDuration => vec![Aggregate::SessionTime, Aggregate::Sessions],
            Self::ScrollDepth => vec![Aggregate::ScrollSum, Aggregate::ScrollCount],
            Self::TimeOnPage => vec![Aggregate::TimeInView, Aggregate::SessionsWithView],
            Self::AverageRevenue => vec![RevenueSum, RevenueCount, CurrencyMin, CurrencyMax],
            // The count tells no amount at all from one of zero.
            Self::TotalRevenue => vec![RevenueSum, CurrencyMin, CurrencyMax],
            Self::AvgDuration => vec![Aggregate::DurationSum, Aggregate::DurationCount],
            Self::Property(Statistic::Avg, key) => {
                vec![Aggregate::Number(Statistic::Sum, key.clone()), Aggregate::NumberCount(key.clone())]
            }
            Self::Property(statistic, key) => vec![Aggregate::Number(*statistic, key.clone())],
        }
    }

    /// The metric's value from its aggregates, in the order of [`Self::aggregates`]; nothing where there is none: a
    /// mean of nothing, amounts of several currencies, a rate of visitors, which needs a second query.
    pub fn value(&self, counted: &[&Cell], period: &Period) -> Option<f64> {
        let number = |place: usize| counted.get(place).and_then(|cell| cell.number());
        let mean = |scale: f64| match number(1)? {
            0.0 => None,
            count => Some(number(0)? / scale / count),
        };
        match self {
            Self::ConversionRate | Self::GroupConversionRate | Self::Percentage => None,
            Self::EventsPerMinute => Some(number(0)? / period.minutes()),
            Self::AvgDuration | Self::VisitDuration | Self::TimeOnPage => mean(1_000.0),
            Self::BounceRate => mean(0.01),
            Self::ViewsPerVisit | Self::ScrollDepth | Self::Property(Statistic::Avg, _) => mean(1.0),
            Self::AverageRevenue if counted.get(2) == counted.get(3) => mean(1e6),
            Self::TotalRevenue if counted.get(1) == counted.get(2) && counted.get(1)? != &&Cell::Null => {
                Some(number(0)? / 1e6)
            }
            Self::AverageRevenue | Self::TotalRevenue => None,
            Self::Visitors | Self::Visits | Self::Pageviews | Self::Events | Self::Property(..) => number(0),
        }
    }

    /// What rows are ordered by: the first aggregate by the second where the metric is a mean, else the first alone.
    /// Where the divisor is 0 there is no value.
    pub fn order(&self) -> (Aggregate, Option<Aggregate>) {
        let mut aggregates = self.aggregates().into_iter();
        let first = aggregates.next().unwrap_or(Aggregate::Events);
        let is_mean = matches!(
            self,
            Self::ViewsPerVisit
                | Self::BounceRate
                | Self::VisitDuration
                | Self::ScrollDepth
                | Self::TimeOnPage
                | Self::AverageRevenue
                | Self::AvgDuration
                | Self::Property(Statistic::Avg, _)
        );
        (first, aggregates.next().filter(|_| is_mean))
    }
}
