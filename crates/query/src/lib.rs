//! The question, pure: what is asked of a store, checked before any engine sees it.
//!
//! A [`Query`] says what someone wants to know in the terms of a site: its zone's days, names of metrics and
//! dimensions. [`Query::check`] turns it into a [`CheckedQuery`], in which every period is a pair of instants and
//! every bucket's start is computed. Engines take checked queries only, so they all cut time alike.
//!
//! What is no table of groups (funnels, retention, journeys) is counted here from a [`Walk`] over events, which every
//! engine answers in the same order: so it is the same to the last digit, whatever the engine.
//!
//! What clients write, the JSON of the query API, is read by [`grammar`] alone, which also says how answers are shown.
//!
//! Invariant: nothing here knows SQL, HTTP or a clock; `now` is an argument.

pub mod activity;
pub mod buckets;
pub mod check;
pub mod decimal;
pub mod dimension;
pub mod engagement;
pub mod filter;
pub mod fold;
pub mod funnel;
pub mod goal;
pub mod grammar;
pub mod journey;
pub mod metric;
pub mod range;
pub mod result;
pub mod retention;
pub mod selection;

pub use activity::{Activity, ActivityAnswer, ActivityCell, CheckedActivity};
pub use buckets::{Buckets, Interval};
pub use check::{CheckedQuery, Context, Direction, OrderBy, Query, QueryError};
pub use dimension::{Dimension, VisitDimension};
pub use engagement::{CheckedEngagement, Engagement, EngagementAnswer, EngagementDay, EngagementFold};
pub use filter::{Filter, InvalidPattern, Pattern};
pub use fold::{Breakdown, Fold};
pub use funnel::{
    CheckedFunnel, Funnel, FunnelAnswer, FunnelFold, FunnelGroup, FunnelPeople, FunnelPerson, FunnelStep,
    Reached,
};
pub use goal::{Goal, GoalKind};
pub use journey::{
    Anchor, CheckedJourney, Heading, Journey, JourneyAnswer, JourneyFold, JourneyNode, JourneyOf,
};
pub use metric::{Aggregate, Metric, Statistic};
pub use range::{Period, Range};
pub use result::{Cell, DimensionValue, QueryResult, Row};
pub use retention::{
    CheckedRetention, Cohort, Retention, RetentionAnswer, RetentionFold, RetentionGroup, RetentionTable,
    Returned,
};
pub use selection::{By, Selection, Step, Steps, Subject, Walk};
