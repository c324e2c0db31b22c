//! `GET /api/v1/sites/{id}/schema`: what a site's events look like, found out from the events.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use millrace_catalog::{DeclaredSchema, SiteSchemas};
use millrace_event::Timestamp;
use millrace_query::{Dimension, Filter, Period as Instants};
use millrace_store::observed::{
    Change, Drift, MOST_NAMES, Observation, ObservedEvent, ObservedProperty, ObservedViolation, Sample, Seen,
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::Holder;
use crate::Shared;
use crate::error::Failure;
use crate::openapi::SITES;
use crate::parameters::Period;
use crate::queries::described::ScalarValue;
use crate::reader::Reader;

/// What events look like
///
/// Every event name of the period with its properties, their types and values, what changed, and how the events agree
/// with the declared schemas. It is read from the stored events, so that what is erased is not in it.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/schema", operation_id = "read_observed_schema", tag = SITES,
    params(("id" = String, Path, description = "The site."), Period),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The events, the most frequent first.", body = ObservedAnswer), Failure),
)]
pub(crate) async fn read(
    holder: Holder,
    period: Period,
    State(shared): State<Arc<Shared>>,
) -> Result<Json<ObservedAnswer>, Failure> {
    let reader = Reader::of(&shared, Arc::clone(&holder.site));
    let range = period.range(&holder.site.timezone).ok_or_else(beyond)?;
    let instants = reader.period(range)?;
    let mut names = reader.top(range, Dimension::Name, Filter::all(), MOST_NAMES + 1).await?;
    let too_many = names.len() > MOST_NAMES;
    names.truncate(MOST_NAMES);
    let directory = shared.api.catalog.directory();
    let schemas = directory.schemas(&holder.site.id);
    let names = names.into_iter().map(|name| {
        let schema = schemas.get(&name.value).map(|declared| Arc::clone(&declared.schema));
        (name.value.into(), schema)
    });
    let observation = Observation { site: holder.site.id.clone(), period: instants, names: names.collect() };
    let found = reader.observe(&observation).await?;
    Ok(Json(ObservedAnswer {
        site_id: holder.site.id.as_str().to_owned(),
        period: bounds(instants),
        truncated: too_many || found.truncated,
        events: found.events.into_iter().map(|event| EventSeen::new(event, schemas)).collect(),
    }))
}

fn beyond() -> Failure {
    Failure::Parameter {
        code: "period_invalid",
        field: "period",
        message: "period reaches beyond the calendar".to_owned(),
    }
}

/// The first instant and the first one after, where there are such.
fn bounds(period: Instants) -> Option<PeriodBounds> {
    (period != Instants::ALL)
        .then(|| PeriodBounds { from: period.from.to_string(), to: period.to.to_string() })
}

/// What a site's events look like.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedSchema)]
pub(crate) struct ObservedAnswer {
    /// The site.
    site_id: String,
    /// When; nothing where it was everything.
    #[schema(required = true)]
    period: Option<PeriodBounds>,
    /// There are more names (500) or properties (200 a name, 2,000 in all) than are listed.
    truncated: bool,
    /// The most frequent first.
    events: Vec<EventSeen>,
}

/// Which time an answer is about.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeriodBounds {
    /// The first instant, UTC.
    #[schema(format = DateTime)]
    from: String,
    /// The first instant after it, UTC.
    #[schema(format = DateTime)]
    to: String,
}

/// Events of one name.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedEvent)]
pub(crate) struct EventSeen {
    /// Their name.
    #[schema(example = "purchase")]
    name: String,
    #[serde(flatten)]
    seen: Occurrence,
    /// `observe`, `warn` or `reject`, where a schema is declared.
    #[schema(required = true)]
    mode: Option<&'static str>,
    /// By name.
    properties: Vec<PropertySeen>,
    /// What changed, the latest change first.
    drift: Vec<DriftSeen>,
    /// How many of them violate the declared schema, whenever that was declared.
    violating: u64,
    /// How, by property.
    violations: Vec<ViolationSeen>,
}

/// How often something occurred, first and last.
#[derive(Serialize, ToSchema)]
pub(crate) struct Occurrence {
    /// How often.
    count: u64,
    /// The first time, UTC.
    #[schema(format = DateTime)]
    first_seen: String,
    /// The last time, UTC.
    #[schema(format = DateTime)]
    last_seen: String,
}

/// A property.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedProperty)]
pub(crate) struct PropertySeen {
    /// Its flat name.
    #[schema(example = "customer.plan")]
    name: String,
    #[serde(flatten)]
    seen: Occurrence,
    /// The types it had, the first to be seen first.
    types: Vec<TypeSeen>,
    /// Its most frequent values, up to 10, each cut to 100 characters.
    values: Vec<ValueSeen>,
    /// All values were counted; of a property with more than 100 the counts may be too low.
    values_exact: bool,
    /// How many different values it had.
    cardinality: u64,
    /// The standard error of that number, as a share of it: 0 up to 1,024 values, which are counted, else 0.031.
    cardinality_error: f64,
    /// The smallest number, as it was sent.
    #[schema(required = true, value_type = Option<f64>)]
    minimum: Option<Scalar>,
    /// The largest number, as it was sent.
    #[schema(required = true, value_type = Option<f64>)]
    maximum: Option<Scalar>,
}

/// A type that a property had.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedType)]
pub(crate) struct TypeSeen {
    /// `string`, `integer`, `number` (with a fraction), `boolean`, or `array`.
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    seen: Occurrence,
}

/// A value that a property had.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedValue)]
pub(crate) struct ValueSeen {
    /// A string, a number or a boolean.
    #[schema(value_type = ScalarValue)]
    value: Scalar,
    /// How often.
    count: u64,
}

/// A change in what is sent.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedDrift)]
pub(crate) struct DriftSeen {
    /// The property.
    property: String,
    /// `type_changed`, `vanished` or `appeared`.
    #[schema(example = "type_changed")]
    change: &'static str,
    /// Of `type_changed`, the first type.
    #[schema(required = true)]
    from: Option<&'static str>,
    /// Of `type_changed`, the new one.
    #[schema(required = true)]
    to: Option<&'static str>,
    /// The first time of what is new, the last of what is gone, UTC.
    #[schema(format = DateTime)]
    at: String,
    /// A value: the first of the new type, or one of those that are gone.
    #[schema(required = true, value_type = Option<ScalarValue>)]
    sample: Option<Scalar>,
}

/// A way in which events violate their schema.
#[derive(Serialize, ToSchema)]
#[schema(as = ObservedViolation)]
pub(crate) struct ViolationSeen {
    /// The property.
    property: String,
    /// The keyword of the schema.
    #[schema(example = "minimum")]
    problem: &'static str,
    /// What would be right.
    #[schema(example = "properties.price must be at least 0")]
    message: String,
    #[serde(flatten)]
    seen: Occurrence,
    /// The value of the last time, where there is one.
    #[schema(required = true, value_type = Option<ScalarValue>)]
    sample: Option<Scalar>,
}

/// A JSON value, numbers with the digits they were sent with.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Text(String),
    Boolean(bool),
    Number(Box<RawValue>),
}

impl Scalar {
    fn number(digits: String) -> Self {
        RawValue::from_string(digits.clone()).map_or(Self::Text(digits), Self::Number)
    }
}

impl From<Sample> for Scalar {
    fn from(sample: Sample) -> Self {
        match sample {
            Sample::Text(text) => Self::Text(text),
            Sample::Number(digits) => Self::number(digits),
            Sample::Boolean(value) => Self::Boolean(value),
        }
    }
}

impl From<Seen> for Occurrence {
    fn from(seen: Seen) -> Self {
        let Seen { count, first, last } = seen;
        Self { count, first_seen: first.to_string(), last_seen: last.to_string() }
    }
}

impl EventSeen {
    fn new(event: ObservedEvent, schemas: &SiteSchemas) -> Self {
        let mode = schemas.get(&event.name).map(|declared: &DeclaredSchema| declared.mode.as_str());
        Self {
            mode,
            seen: event.seen.into(),
            properties: event.properties.into_iter().map(PropertySeen::from).collect(),
            drift: event.drift.into_iter().map(DriftSeen::from).collect(),
            violating: event.violating,
            violations: event.violations.into_iter().map(ViolationSeen::from).collect(),
            name: event.name.into(),
        }
    }
}

impl From<ObservedProperty> for PropertySeen {
    fn from(property: ObservedProperty) -> Self {
        let types = property.types.into_iter();
        let values = property.values.into_iter();
        let (minimum, maximum) =
            property.range.map(|(low, high)| (Scalar::number(low), Scalar::number(high))).unzip();
        Self {
            name: property.name,
            seen: property.seen.into(),
            types: types
                .map(|found| TypeSeen { kind: found.kind.as_str(), seen: found.seen.into() })
                .collect(),
            values: values.map(|(value, count)| ValueSeen { value: value.into(), count }).collect(),
            values_exact: property.values_exact,
            cardinality: property.cardinality,
            cardinality_error: if property.cardinality_exact { 0.0 } else { 0.031 },
            minimum,
            maximum,
        }
    }
}

impl From<Drift> for DriftSeen {
    fn from(drift: Drift) -> Self {
        let (change, from, to) = match drift.change {
            Change::Type { from, to } => ("type_changed", Some(from.as_str()), Some(to.as_str())),
            Change::Vanished => ("vanished", None, None),
            Change::Appeared => ("appeared", None, None),
        };
        let at: Timestamp = drift.at;
        Self {
            property: drift.property,
            change,
            from,
            to,
            at: at.to_string(),
            sample: drift.sample.map(Scalar::from),
        }
    }
}

impl From<ObservedViolation> for ViolationSeen {
    fn from(violation: ObservedViolation) -> Self {
        Self {
            property: violation.property,
            problem: violation.problem.as_str(),
            message: violation.wanted,
            seen: violation.seen.into(),
            sample: violation.sample.map(Scalar::from),
        }
    }
}
