//! A checked query as SQL.
//!
//! The statement answers a row for each group: the dimensions as `d0`, `d1`, ... (a bucket as its index from 1),
//! then the aggregates as `a0`, `a1`, ... in the order of [`CheckedQuery::aggregates`].

use std::fmt::Write;

use millrace_query::{Aggregate, CheckedQuery, Dimension, Filter, Period};

use super::{Dialect, Statement, Value, Values};

/// Rows that a report is counted from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What follows FROM, with a WHERE that further conditions can be added to.
    pub rows: &'a dyn Fn(&mut Values) -> String,
    /// Which of the rows count, where `rows` does not say so already.
    pub filter: &'a Filter,
    /// The instant of a row.
    pub instant: &'a str,
    /// An aggregate over the rows of a group.
    pub expression: fn(Aggregate) -> &'static str,
}

/// Writes `query` for `dialect`, over the table or view `events`.
pub fn query(query: &CheckedQuery, dialect: &impl Dialect) -> Statement {
    let rows = |values: &mut Values| format!("events WHERE {}", site_and_period(query, values));
    let source = Source { rows: &rows, filter: query.filter(), instant: "timestamp", expression };
    query_from(query, dialect, &source)
}

/// Like [`query`], where the site's visitors may be linked to persons by the table `visitor_links`.
pub fn query_people(query: &CheckedQuery, dialect: &impl Dialect) -> Statement {
    let rows = |values: &mut Values| {
        let links = values.bind(query.site());
        format!("{} WHERE {}", people_of_events(&links), site_and_period(query, values))
    };
    let expression = |aggregate| match aggregate {
        Aggregate::Visitors => "COUNT(DISTINCT COALESCE(person, visitor))",
        _ => expression(aggregate),
    };
    let source = Source { rows: &rows, filter: query.filter(), instant: "timestamp", expression };
    query_from(query, dialect, &source)
}

/// `events` with the column `person` of the site that is bound as `site`: absent where a visitor is nobody else.
pub fn people_of_events(site: &str) -> String {
    format!(
        "events LEFT JOIN (SELECT visitor AS linked, person FROM visitor_links WHERE site = {site}) AS links \
         ON linked = visitor"
    )
}

/// Writes `query` for `dialect`, counted from `source`, whose columns of dimensions go by the same names as those of
/// `events`.
pub fn query_from(query: &CheckedQuery, dialect: &impl Dialect, source: &Source<'_>) -> Statement {
    let mut values = Values::default();
    let columns: Vec<String> =
        query.dimensions().iter().map(|dimension| column(query, *dimension, source, &mut values)).collect();
    let mut text = String::from("SELECT ");
    for (index, column) in columns.iter().enumerate() {
        let _ = write!(text, "{column} AS d{index}, ");
    }
    for (index, aggregate) in query.aggregates().iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{} AS a{index}", (source.expression)(*aggregate));
    }
    let _ = write!(text, " FROM {}", (source.rows)(&mut values));
    if source.filter != &Filter::all() {
        let _ = write!(text, " AND {}", condition(source.filter, &mut values));
    }
    for dimension in query.dimensions() {
        if let Some(name) = plain_column(*dimension).filter(|_| *dimension != Dimension::Name) {
            let _ = write!(text, " AND {name} IS NOT NULL");
        }
    }
    if !columns.is_empty() {
        let _ = write!(text, " GROUP BY {}", list(columns.len(), |index| format!("d{index}")));
        let _ = write!(text, " ORDER BY {}", order(query, dialect, source));
        let _ = write!(text, " LIMIT {} OFFSET {}", query.limit(), query.offset());
    }
    values.statement(text)
}

fn site_and_period(query: &CheckedQuery, values: &mut Values) -> String {
    let mut text = format!("site = {}", values.bind(query.site()));
    if query.period() != &Period::ALL {
        let from = values.bind(Value::Instant(query.period().from));
        let to = values.bind(Value::Instant(query.period().to));
        let _ = write!(text, " AND timestamp >= {from} AND timestamp < {to}");
    }
    text
}

fn column(query: &CheckedQuery, dimension: Dimension, source: &Source<'_>, values: &mut Values) -> String {
    match plain_column(dimension) {
        Some(name) => name.to_owned(),
        None => {
            let starts = query.buckets().map(|buckets| buckets.starts().to_vec()).unwrap_or_default();
            format!("width_bucket({}, {})", source.instant, values.bind(Value::Instants(starts)))
        }
    }
}

/// The column of `events` that holds a dimension as it is; time has none.
fn plain_column(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Name => Some("name"),
        Dimension::Page => Some("path"),
        Dimension::Hostname => Some("host"),
        Dimension::Element => Some("element"),
        Dimension::Referrer => Some("referrer"),
        Dimension::Time(_) => None,
    }
}

fn expression(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Events => "COUNT(*)",
        Aggregate::Pageviews => "COUNT(*) FILTER (WHERE name = 'pageview')",
        Aggregate::Visitors => "COUNT(DISTINCT visitor)",
        Aggregate::Sessions => "COUNT(DISTINCT session)",
        Aggregate::DurationSum => "CAST(COALESCE(SUM(duration_ms), 0) AS BIGINT)",
        Aggregate::DurationCount => "COUNT(duration_ms)",
    }
}

/// See [`CheckedQuery`] for the order that rows have.
fn order(query: &CheckedQuery, dialect: &impl Dialect, source: &Source<'_>) -> String {
    let mut terms = Vec::new();
    if let Some(time) =
        query.dimensions().iter().position(|dimension| matches!(dimension, Dimension::Time(_)))
    {
        terms.push(format!("d{time}"));
    } else {
        terms.push(format!("{} DESC NULLS LAST", metric(query, dialect, source)));
    }
    let texts = query.dimensions().iter().filter_map(|dimension| plain_column(*dimension));
    terms.extend(texts.map(|column| dialect.order_text(column)));
    terms.join(", ")
}

/// What the first metric is ordered by; a number that grows with it will do.
fn metric(query: &CheckedQuery, dialect: &impl Dialect, source: &Source<'_>) -> String {
    let alias = |wanted: &Aggregate| {
        let place = query.aggregates().iter().position(|known| known == wanted).unwrap_or_default();
        format!("a{place}")
    };
    let number = |wanted: &Aggregate| dialect.order_number(&alias(wanted), (source.expression)(*wanted));
    match query.metrics()[0].aggregates() {
        [sum, count] => format!("CAST({} AS DOUBLE PRECISION) / NULLIF({}, 0)", number(sum), number(count)),
        [single, ..] => alias(single),
        [] => String::from("1"),
    }
}

fn condition(filter: &Filter, values: &mut Values) -> String {
    let mut joined = |parts: &[Filter], word: &str, empty: &str| {
        let parts: Vec<_> = parts.iter().map(|part| condition(part, values)).collect();
        if parts.is_empty() { empty.to_owned() } else { format!("({})", parts.join(word)) }
    };
    match filter {
        Filter::And(parts) => joined(parts, " AND ", "TRUE"),
        Filter::Or(parts) => joined(parts, " OR ", "FALSE"),
        // What is unknown of an absent column is no match, and its negation is one.
        Filter::Not(part) => format!("NOT COALESCE({}, FALSE)", condition(part, values)),
        Filter::Is(_, list) if list.is_empty() => String::from("FALSE"),
        Filter::Is(dimension, list) => match plain_column(*dimension) {
            None => String::from("FALSE"),
            Some(name) => {
                let places: Vec<_> = list.iter().map(|text| values.bind(Value::Text(text.clone()))).collect();
                format!("{name} IN ({})", places.join(", "))
            }
        },
    }
}

fn list(count: usize, name: impl Fn(usize) -> String) -> String {
    (0..count).map(name).collect::<Vec<_>>().join(", ")
}
