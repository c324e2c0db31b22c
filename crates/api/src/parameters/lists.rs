//! What lists, the export and the live figures take beside their site.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::{described, shown, value};
use crate::error::Failure;

/// `date_range`, as the query API has it: a word, or two ends with a comma between. By default the last `DAYS` days,
/// or `all` where that is 0.
pub(crate) struct DateRange<const DAYS: usize>(pub(crate) Value);

/// `from` and `to`: the ends of a date range, in the place of `date_range`.
pub(crate) struct Ends(pub(crate) Option<Value>);

/// `filters`: the JSON of the query API's filters.
pub(crate) struct Filters(pub(crate) Option<Value>);

/// `minutes`: how far back "live" is.
pub(crate) struct Minutes(pub(crate) u32);

/// The most minutes that are live.
const MOST_MINUTES: u32 = 60;

/// `format`: how an answer is written.
pub(crate) struct ByFormat<T>(pub(crate) T);

/// Formats to choose from.
pub(crate) trait Format: Copy + 'static {
    /// Each with its name, the default first.
    const NAMES: &'static [(&'static str, Self)];
}

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableFormat {
    /// As an object of columns and rows.
    Json,
    /// RFC 4180.
    Csv,
}

/// How events are exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportFormat {
    /// A JSON object a line.
    Ndjson,
    /// RFC 4180.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl Format for TableFormat {
    const NAMES: &'static [(&'static str, Self)] = &[("json", Self::Json), ("csv", Self::Csv)];
}

impl Format for ExportFormat {
    const NAMES: &'static [(&'static str, Self)] =
        &[("ndjson", Self::Ndjson), ("csv", Self::Csv), ("parquet", Self::Parquet)];
}

/// A word, or a pair of ends.
fn date_range(text: &str) -> Value {
    match text.split_once(',') {
        Some((from, to)) => vec![from.trim(), to.trim()].into(),
        None => text.into(),
    }
}

impl<S: Sync, const DAYS: usize> FromRequestParts<S> for DateRange<DAYS> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(match value(parts, "date_range")? {
            Some(text) => date_range(&text),
            None => usual(DAYS).into(),
        }))
    }
}

fn usual(days: usize) -> String {
    if days == 0 { "all".to_owned() } else { format!("{days}d") }
}

impl<S: Sync> FromRequestParts<S> for Ends {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let ends = (value(parts, "from")?, value(parts, "to")?);
        let wrong = |field, message: &str| {
            Err(Failure::Parameter { code: "date_range_invalid", field, message: message.to_owned() })
        };
        match ends {
            (None, None) => Ok(Self(None)),
            (Some(_), None) => wrong("to", "from comes without to: send both, or date_range"),
            (None, Some(_)) => wrong("from", "to comes without from: send both, or date_range"),
            (Some(_), Some(_)) if value(parts, "date_range")?.is_some() => {
                wrong("date_range", "date_range comes with from and to: send either")
            }
            (Some(from), Some(to)) => Ok(Self(Some(vec![from, to].into()))),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Filters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(text) = value(parts, "filters")? else { return Ok(Self(None)) };
        let filters = serde_json::from_str(&text).map_err(|error| Failure::Parameter {
            code: "filters_invalid",
            field: "filters",
            message: format!("filters is no JSON such as [[\"is\", \"event:page\", [\"/\"]]]: {error}"),
        });
        Ok(Self(Some(filters?)))
    }
}

impl<S: Sync> FromRequestParts<S> for Minutes {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(text) = value(parts, "minutes")? else { return Ok(Self(5)) };
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(minutes @ 1..=MOST_MINUTES) if digits => Ok(Self(minutes)),
            _ => Err(Failure::Parameter {
                code: "minutes_invalid",
                field: "minutes",
                message: format!("minutes is '{}': it must be 1 to {MOST_MINUTES}", shown(&text)),
            }),
        }
    }
}

impl<S: Sync, T: Format> FromRequestParts<S> for ByFormat<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let text = value(parts, "format")?;
        let chosen = T::NAMES.iter().find(|(name, _)| text.as_deref().is_none_or(|text| text == *name));
        chosen.map(|(_, format)| Self(*format)).ok_or_else(|| {
            let allowed = names::<T>().join(", ");
            let text = text.unwrap_or_default();
            let message = format!("format is '{}': it must be one of {allowed}", shown(&text));
            Failure::Parameter { code: "format_invalid", field: "format", message }
        })
    }
}

fn names<T: Format>() -> Vec<&'static str> {
    T::NAMES.iter().map(|(name, _)| *name).collect()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

impl<const DAYS: usize> IntoParams for DateRange<DAYS> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "When: a word such as `day`, `7d`, `month` or `all`, or two days or instants with a comma \
                           between, both included (`2026-11-01,2026-11-20`), in the site's zone.";
        described("date_range", description, text().default(Some(usual(DAYS).into())))
    }
}

impl IntoParams for Ends {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let from = described("from", "In the place of `date_range`: the first day or instant.", text());
        let to = described("to", "With `from`: the last day or instant, included.", text());
        from.into_iter().chain(to).collect()
    }
}

impl IntoParams for Filters {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "Filters as `POST /api/v2/query` has them, as JSON: all of these must hold.";
        described("filters", description, text())
    }
}

impl IntoParams for Minutes {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::Integer);
        let schema = schema.minimum(Some(1)).maximum(Some(MOST_MINUTES)).default(Some(5.into()));
        described("minutes", "How many minutes back, up to this instant.", schema)
    }
}

impl<T: Format> IntoParams for ByFormat<T> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let names = names::<T>();
        let default = names.first().map(|name| (*name).into());
        described("format", "How the answer is written.", text().enum_values(Some(names)).default(default))
    }
}
