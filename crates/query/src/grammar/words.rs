//! Names of metrics and dimensions.

use millrace_event::SiteId;

use super::place::{Place, one_of, quoted};
use crate::{Dimension, Interval, Metric, QueryError, Statistic, VisitDimension};

/// A dimension as a request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the request, `time` with its interval.
    pub name: String,
    /// What is grouped by.
    pub dimension: Dimension,
    /// Whether codes of countries are shown as their names.
    pub names_countries: bool,
}

const PROPERTY: &str = "event:props:";

/// Reads a metric.
pub fn parse_metric(name: &str, field: &'static str) -> Result<Metric, QueryError> {
    metric_at(name, &Place::of(field))
}

pub(super) fn metric_at(name: &str, place: &Place) -> Result<Metric, QueryError> {
    let plain = Metric::WORDS.iter().find(|metric| metric.name() == name);
    plain.cloned().or_else(|| of_property(name)).ok_or_else(|| {
        let mut allowed: Vec<String> = Metric::WORDS.iter().map(Metric::name).collect();
        allowed.extend(Statistic::ALL.map(|statistic| format!("{}({PROPERTY}<key>)", statistic.name())));
        place.error(format!("names no metric: {}; {}", quoted(name), one_of(&allowed)))
    })
}

fn of_property(name: &str) -> Option<Metric> {
    let (statistic, dimension) = name.strip_suffix(')')?.split_once('(')?;
    let statistic = Statistic::ALL.into_iter().find(|known| known.name() == statistic)?;
    match dimension.parse().ok()? {
        Dimension::Property(key) => Some(Metric::Property(statistic, key)),
        _ => None,
    }
}

/// Reads a dimension; `time` without an interval is `time`, where it is given.
///
/// `visit:city_name` is `visit:city`, since cities are kept by their names. `visit:country_name` is `visit:country`
/// shown by its name, and ordered by its code.
pub fn parse_dimension(
    name: &str,
    time: Option<Interval>,
    field: &'static str,
) -> Result<Column, QueryError> {
    dimension_at(name, time, &Place::of(field))
}

pub(super) fn dimension_at(name: &str, time: Option<Interval>, place: &Place) -> Result<Column, QueryError> {
    let column = |dimension| Ok(Column { name: name.to_owned(), dimension, names_countries: false });
    if let (Some(interval), "time") = (time, name) {
        let dimension = Dimension::Time(interval);
        return Ok(Column { name: dimension.to_string(), dimension, names_countries: false });
    }
    match name {
        "visit:city_name" => column(Dimension::Visit(VisitDimension::City)),
        "visit:country_name" => {
            let dimension = Dimension::Visit(VisitDimension::Country);
            Ok(Column { name: name.to_owned(), dimension, names_countries: true })
        }
        "visit:region_name" => {
            Err(place.error("names visit:region_name, which is not kept: use visit:region"))
        }
        _ => match name.parse() {
            Ok(dimension) => column(dimension),
            Err(_) => {
                let mut allowed = Dimension::names();
                allowed.extend(["visit:country_name", "visit:city_name"].map(str::to_owned));
                let found = quoted(name);
                Err(place.error(format!("names no dimension: {found}; {}", one_of(&allowed))))
            }
        },
    }
}

pub(super) fn site_at(name: &str, place: &Place) -> Result<SiteId, QueryError> {
    SiteId::new(name).map_err(|error| place.error(format!("is {}: {error}", quoted(name))))
}
