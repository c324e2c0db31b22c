//! The parameters of a query string, each read and described in one place.
//!
//! Unknown parameters are ignored. A known one that comes twice is refused: whichever were taken, some client would
//! have meant the other.

mod lists;
mod period;

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::civil::Date;
use millrace_query::{Interval, Range};
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};

use crate::error::Failure;

pub(crate) use lists::{ByFormat, DateRange, Ends, ExportFormat, Filters, Minutes, TableFormat};
pub(crate) use period::Period;

/// The most rows or events any `limit` may ask for.
pub(crate) const MOST: usize = 1_000;

/// `site_id`, as it came.
pub(crate) struct SiteId(pub(crate) Option<String>);

/// `limit`: how many rows, by default `DEFAULT`.
pub(crate) struct Limit<const DEFAULT: usize>(pub(crate) usize);

/// `limit` of what is ranked.
pub(crate) type TopLimit = Limit<10>;

/// `limit` of a list of events.
pub(crate) type EventLimit = Limit<50>;

/// `date`: a day of the site's calendar, everything where it is left out.
pub(crate) struct Day(pub(crate) Option<Date>);

/// `range`: how far back a series goes.
#[derive(Clone, Copy, Default)]
pub(crate) enum Back {
    /// The current hour and the 23 before.
    #[default]
    Hours24,
    /// Today and the 6 days before.
    Days7,
    /// Today and the 29 days before.
    Days30,
}

/// `period`: how many whole hours back, of any zone.
pub(crate) struct Span(pub(crate) Back);

impl Back {
    const ALL: [Self; 3] = [Self::Hours24, Self::Days7, Self::Days30];

    /// Its name in requests and answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hours24 => "24h",
            Self::Days7 => "7d",
            Self::Days30 => "30d",
        }
    }

    /// How many hours it has.
    pub(crate) fn hours(self) -> i64 {
        match self {
            Self::Hours24 => 24,
            Self::Days7 => 7 * 24,
            Self::Days30 => 30 * 24,
        }
    }

    fn schema() -> ObjectBuilder {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.map(Self::name)))
            .default(Some(Self::default().name().into()))
    }

    /// The width of its buckets.
    pub(crate) fn interval(self) -> Interval {
        match self {
            Self::Hours24 => Interval::Hour,
            Self::Days7 | Self::Days30 => Interval::Day,
        }
    }

    /// The period.
    pub(crate) fn range(self) -> Range {
        let count = match self {
            Self::Hours24 => 24,
            Self::Days7 => 7,
            Self::Days30 => 30,
        };
        Range::Last(count, self.interval())
    }
}

/// The value of the parameter `name`, decoded; bytes that are no UTF-8 become replacement characters.
pub(crate) fn value(parts: &Parts, name: &'static str) -> Result<Option<String>, Failure> {
    let query = parts.uri.query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    match values.next() {
        None => Ok(value),
        Some(_) => Err(Failure::Parameter {
            code: "parameter_repeated",
            field: name,
            message: format!("{name} comes more than once: send it once"),
        }),
    }
}

/// A day such as `2026-11-20`.
fn day(text: &str) -> Option<Date> {
    // The length keeps out every other form of a date that the parser knows. In its last year the calendar ends, on a
    // day that depends on the zone.
    let date = text.parse().ok();
    date.filter(|date: &Date| text.len() == "2026-11-20".len() && date.year() < Date::MAX.year())
}

/// A value as a message shows it: on one line, and never longer than a line.
pub(crate) fn shown(value: &str) -> String {
    const MOST_CHARS: usize = 40;
    let mut shown: String = value.chars().take(MOST_CHARS).flat_map(char::escape_debug).collect();
    if value.chars().nth(MOST_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

impl<S: Sync> FromRequestParts<S> for SiteId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(value(parts, "site_id")?))
    }
}

impl<S: Sync, const DEFAULT: usize> FromRequestParts<S> for Limit<DEFAULT> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(text) = value(parts, "limit")? else { return Ok(Self(DEFAULT)) };
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(limit @ 1..=MOST) if digits => Ok(Self(limit)),
            _ => Err(Failure::Parameter {
                code: "limit_invalid",
                field: "limit",
                message: format!("limit is '{}': it must be 1 to {MOST}", shown(&text)),
            }),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Day {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(text) = value(parts, "date")? else { return Ok(Self(None)) };
        day(&text).map(|date| Self(Some(date))).ok_or_else(|| Failure::Parameter {
            code: "date_invalid",
            field: "date",
            message: format!("date is '{}': it must be a day such as 2026-11-20", shown(&text)),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Back {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        back(parts, "range", "range_invalid")
    }
}

impl<S: Sync> FromRequestParts<S> for Span {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        back(parts, "period", "period_invalid").map(Self)
    }
}

fn back(parts: &Parts, field: &'static str, code: &'static str) -> Result<Back, Failure> {
    let Some(text) = value(parts, field)? else { return Ok(Back::default()) };
    Back::ALL.into_iter().find(|back| back.name() == text).ok_or_else(|| {
        let allowed = Back::ALL.map(Back::name).join(", ");
        let message = format!("{field} is '{}': it must be one of {allowed}", shown(&text));
        Failure::Parameter { code, field, message }
    })
}

impl IntoParams for SiteId {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).max_length(Some(64));
        described(
            "site_id",
            "The site. May be left out where the key decides it or there is only one.",
            schema,
        )
    }
}

impl<const DEFAULT: usize> IntoParams for Limit<DEFAULT> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MOST))
            .default(Some(DEFAULT.into()));
        described("limit", "The most rows.", schema)
    }
}

impl IntoParams for Day {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
        described("date", "A day in the site's zone; everything where it is left out.", schema)
    }
}

impl IntoParams for Back {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        described("range", "How far back, the current hour or day included.", Self::schema())
    }
}

impl IntoParams for Span {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        described("period", "How many hours or days back, the current hour included.", Back::schema())
    }
}

pub(crate) fn described(name: &str, description: &str, schema: ObjectBuilder) -> Vec<Parameter> {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
    vec![parameter.description(Some(description)).schema(Some(schema.build())).build()]
}
