//! Patterns, matched here: the server's own regular expressions have another syntax, and may take exponential time.
//!
//! Before a report that has some, the values that a dimension has in the period are read and matched; the report asks
//! for those.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use millrace_event::SiteId;
use millrace_query::{Dimension, Filter, Pattern, Period, VisitDimension};
use millrace_store::StoreError;
use millrace_store::sql::{Dialect, PostgreSql, Resolved, Value, Values};
use sqlx::AssertSqlSafe;

use crate::columns::get;
use crate::error::read_error;
use crate::read::arguments;
use crate::store::Shared;

/// Values that one pattern may match.
const MOST_VALUES: usize = 200_000;

/// The values that the patterns in `filters` match among the events of a site and period, and of their sessions.
pub(crate) async fn resolve(
    shared: &Shared,
    site: &SiteId,
    period: Period,
    filters: &[&Filter],
) -> Result<Vec<Resolved>, StoreError> {
    let mut asked: Vec<(Dimension, Vec<Pattern>)> = Vec::new();
    for filter in filters {
        filter.walk(&mut |part| {
            if let Filter::Matches(dimension, patterns) = part {
                let one = (dimension.clone(), patterns.clone());
                if !asked.contains(&one) {
                    asked.push(one);
                }
            }
        });
    }
    let mut resolved = Vec::new();
    for (dimension, patterns) in asked {
        let values = values(shared, site, period, &dimension, &patterns).await?;
        resolved.push(Resolved { dimension, patterns, values });
    }
    Ok(resolved)
}

async fn values(
    shared: &Shared,
    site: &SiteId,
    period: Period,
    dimension: &Dimension,
    patterns: &[Pattern],
) -> Result<Vec<String>, StoreError> {
    let period = period.of_sessions();
    let mut bound = Values::default();
    let text = match dimension {
        Dimension::Property(key) => {
            let key = bound.text(key);
            PostgreSql::default().property(&key)
        }
        other => column(other).to_owned(),
    };
    let mut statement =
        format!("SELECT DISTINCT {text} AS value FROM events WHERE site = {}", bound.bind(site));
    if period != Period::ALL {
        let (from, to) = (bound.bind(Value::Instant(period.from)), bound.bind(Value::Instant(period.to)));
        statement.push_str(&format!(" AND timestamp >= {from} AND timestamp < {to}"));
    }
    let statement = bound.statement(statement);
    let query = sqlx::query_with(AssertSqlSafe(statement.text), arguments(statement.values)?);
    let mut rows = query.fetch(&shared.pools.read);
    let is_match = |text: &str| patterns.iter().any(|pattern| pattern.is_match(text));
    // What is shown for absent values is a value too.
    let mut values: BTreeSet<String> =
        dimension.missing().into_iter().filter(|word| is_match(word)).map(str::to_owned).collect();
    while let Some(row) = rows.try_next().await.map_err(read_error)? {
        if let Some(text) = get::<Option<&str>>(&row, 0)?.filter(|text| is_match(text)) {
            values.insert(text.to_owned());
            if values.len() > MOST_VALUES {
                return Err(StoreError::Unavailable(format!(
                    "a pattern matches more than {MOST_VALUES} values of {dimension}"
                )));
            }
        }
    }
    Ok(values.into_iter().collect())
}

/// The column of events from which a dimension's values come.
fn column(dimension: &Dimension) -> &'static str {
    match dimension {
        Dimension::Name => "name",
        Dimension::Hostname => "host",
        Dimension::Element => "element",
        Dimension::Visit(VisitDimension::EntryPage | VisitDimension::ExitPage) | Dimension::Page => "path",
        Dimension::Visit(VisitDimension::Screen) => "screen_class",
        Dimension::Visit(dimension) => dimension.name(),
        Dimension::Property(_) | Dimension::Goal | Dimension::Time(_) => "NULL",
    }
}
