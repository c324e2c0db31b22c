//! A funnel on the wire.

use millrace_query::{FunnelAnswer, FunnelPerson, FunnelStep};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::queries::answer::{percent, seconds};
use crate::queries::described::{
    ByDimension, DateRange, FunnelPeopleRequest, FunnelStepRequest, FunnelWindow,
};

/// A question about a funnel.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described here and read by the grammar")]
pub(crate) struct FunnelRequest {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo", max_length = 64)]
    site_id: Option<String>,
    /// When, as in `POST /api/v2/query`.
    date_range: DateRange,
    /// Which events take part, as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "visit:country", ["DE"]]]))]
    filters: Option<Vec<Vec<Value>>>,
    /// What is to be done, in order: 2 to 10 of `{"filters": [...], "name": "..."}`; a name may be left out.
    steps: Vec<FunnelStepRequest>,
    /// `loose`, where other events may lie between two steps, or `strict`, where none may. `loose` where it is left
    /// out.
    #[schema(example = "loose")]
    order: Option<String>,
    /// The longest time from the first step to any other, 1 second to 366 days: `30m`, `1h`, `7d`, or seconds. `7d`
    /// where it is left out.
    window: Option<FunnelWindow>,
    /// `{"dimension": "visit:source", "limit": 10}`: the same by the dimension of the first step's event, for up to
    /// 100 values.
    breakdown: Option<ByDimension>,
    /// `{"step": 2, "state": "dropped", "limit": 100}`: whom the step counts as `dropped`, or as `converted`, which is
    /// all who reached it; up to 1,000 of them.
    people: Option<FunnelPeopleRequest>,
}

/// What became of the visitors.
#[derive(Serialize, ToSchema)]
pub(crate) struct FunnelReport {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The first and the last second of the range, in the site's zone.
    #[schema(value_type = Vec<String>)]
    date_range: Value,
    /// Visitors of the last step in percent of those of the first, with two decimals; null where there are none.
    #[schema(required = true)]
    conversion_rate: Option<f64>,
    /// One for each step.
    steps: Vec<StepReport>,
    /// The same for the values of the breakdown: the most visitors of the first step first.
    groups: Vec<GroupReport>,
    /// The same for all other values; null where there are none.
    #[schema(required = true)]
    other: Option<Vec<StepReport>>,
    /// The visitors asked for, the latest last step first.
    people: Vec<PersonReport>,
    /// A bound was reached: visitors with more events than are looked at, values that were not told apart, or medians
    /// of a part of the visitors.
    approximate: bool,
}

/// One value of the breakdown.
#[derive(Serialize, ToSchema)]
#[schema(as = FunnelGroup)]
pub(crate) struct GroupReport {
    /// The value.
    #[schema(example = "Google")]
    value: String,
    /// One for each step.
    steps: Vec<StepReport>,
}

/// One step.
#[derive(Serialize, ToSchema)]
#[schema(as = FunnelStep)]
pub(crate) struct StepReport {
    /// Its name; `Step 2` where the request gives none.
    #[schema(example = "Pricing")]
    name: String,
    /// Visitors who reached it.
    visitors: u64,
    /// They in percent of those of the first step, with two decimals; null where that has none.
    #[schema(required = true)]
    of_first: Option<f64>,
    /// They in percent of those of the step before, with two decimals; of the first step its own.
    #[schema(required = true)]
    of_previous: Option<f64>,
    /// Visitors who reached the step before and not this one.
    dropped: u64,
    /// They in percent of those of the step before, with two decimals.
    #[schema(required = true)]
    dropped_rate: Option<f64>,
    /// The lower median of the time from the step before, in seconds with three decimals; null of the first step.
    #[schema(required = true)]
    median_seconds: Option<f64>,
}

/// One visitor.
#[derive(Serialize, ToSchema)]
#[schema(as = FunnelPerson)]
pub(crate) struct PersonReport {
    /// The visitor's number, 16 hexadecimal digits.
    #[schema(example = "00000000000000ab")]
    visitor: String,
    /// The last step they reached, from 1.
    step: usize,
    /// When they took it, UTC.
    #[schema(format = DateTime)]
    at: String,
}

impl FunnelReport {
    /// What was found, under the steps' names; `shown` says how values of the breakdown are shown.
    pub(super) fn new(
        date_range: Value,
        names: &[String],
        found: FunnelAnswer,
        shown: impl Fn(String) -> String,
    ) -> Self {
        let steps = |steps: &[FunnelStep]| -> Vec<StepReport> {
            names.iter().zip(steps).map(|(name, step)| StepReport::new(name, step)).collect()
        };
        let group = |group: millrace_query::FunnelGroup| GroupReport {
            steps: steps(&group.steps),
            value: shown(group.value),
        };
        Self {
            cached: false,
            date_range,
            conversion_rate: percent(found.steps.last().and_then(|step| step.of_first)),
            steps: steps(&found.steps),
            groups: found.groups.into_iter().map(group).collect(),
            other: found.other.as_deref().map(steps),
            people: found.people.iter().map(PersonReport::from).collect(),
            approximate: found.approximate,
        }
    }
}

impl StepReport {
    fn new(name: &str, step: &FunnelStep) -> Self {
        Self {
            name: name.to_owned(),
            visitors: step.visitors,
            of_first: percent(step.of_first),
            of_previous: percent(step.of_previous),
            dropped: step.dropped,
            dropped_rate: percent(step.dropped_rate),
            median_seconds: seconds(step.median_millis),
        }
    }
}

impl From<&FunnelPerson> for PersonReport {
    fn from(person: &FunnelPerson) -> Self {
        Self { visitor: person.visitor.to_string(), step: person.step, at: person.at.to_string() }
    }
}
