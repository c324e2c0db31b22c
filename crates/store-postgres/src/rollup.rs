//! Reports that aggregates answer to the last digit.
//!
//! A period is cut into pieces: the largest whole buckets that fit, and the events themselves where not even a minute
//! does. So a month of a site in Berlin is 29 UTC days, some hours at either end, and no event. Where a report needs
//! what no aggregate has, there is no plan, and the events are counted.

mod pieces;

use millrace_event::time::DAY_MS;
use millrace_query::{Aggregate, CheckedQuery, Dimension, Filter, Period};
use millrace_store::sql::{Dialect, PostgreSql, Source, Statement, Value, Values, query_from};

use pieces::Pieces;

/// The statement that answers `query` from aggregates, where there is one. `linked`: its site has links, and it asks
/// for visitors. Aggregates have persons already, events do not.
pub(crate) fn plan(query: &CheckedQuery, linked: bool) -> Option<Statement> {
    counts(query).or_else(|| people(query, linked)).or_else(|| people_of_days(query)).or_else(|| paths(query))
}

fn asks_only(query: &CheckedQuery, aggregates: &[Aggregate]) -> bool {
    query.aggregates().iter().all(|aggregate| aggregates.contains(aggregate))
}

/// Events and pageviews by name and time, of some names or all: from `event_counts_*`.
fn counts(query: &CheckedQuery) -> Option<Statement> {
    let dimensions = query.dimensions();
    let fits = asks_only(query, &[Aggregate::Events, Aggregate::Pageviews])
        && dimensions.iter().all(|dimension| matches!(dimension, Dimension::Name | Dimension::Time(_)))
        && of_names(query.filter());
    if !fits {
        return None;
    }
    // The first bucket may begin before the period, and then holds the same events as one that begins with it.
    let starts = query.buckets().map(|buckets| buckets.starts()).unwrap_or_default();
    let pieces = Pieces::of_counts(query.period(), starts.get(1..).unwrap_or_default());
    if !pieces.any_aggregate() {
        return None;
    }
    let rows = |values: &mut Values| counted(query, &pieces, values);
    let expression = |aggregate: &Aggregate| match aggregate {
        Aggregate::Pageviews => "CAST(COALESCE(SUM(count) FILTER (WHERE name = 'pageview'), 0) AS BIGINT)",
        _ => "CAST(COALESCE(SUM(count), 0) AS BIGINT)",
    };
    let source = Source { rows: &rows, filter: query.filter(), instant: "timestamp", expression };
    Some(query_from(query, &PostgreSql::default(), &source))
}

/// Whether a filter looks at nothing but names.
fn of_names(filter: &Filter) -> bool {
    match filter {
        Filter::Is(dimension, _) => *dimension == Dimension::Name,
        Filter::And(parts) | Filter::Or(parts) => parts.iter().all(of_names),
        Filter::Not(part) => of_names(part),
        _ => false,
    }
}

/// Rows of timestamp, name and count.
fn counted(query: &CheckedQuery, pieces: &Pieces, values: &mut Values) -> String {
    let site = values.bind(query.site());
    let union = pieces.union(values, |table| match table {
        Some(table) => format!("SELECT bucket AS timestamp, name, count FROM {table} WHERE site = {site}"),
        None => format!("SELECT timestamp, name, 1::bigint AS count FROM events WHERE site = {site}"),
    });
    format!("({union}) AS counts WHERE TRUE")
}

/// Distinct visitors of a whole period, with events and pageviews: from `daily_site_visitors` and `event_counts_*`.
/// A distinct list is made by hashing; COUNT(DISTINCT) would sort.
fn people(query: &CheckedQuery, linked: bool) -> Option<Statement> {
    let fits = asks_only(query, &[Aggregate::Events, Aggregate::Pageviews, Aggregate::Visitors])
        && query.dimensions().is_empty()
        && query.filter() == &Filter::all();
    if !fits {
        return None;
    }
    let rows = |values: &mut Values| {
        let site = values.bind(query.site());
        let visitors = if is_one_day(query.period()) {
            let day = in_days(query.period(), values);
            format!(
                "SELECT CAST(COALESCE(SUM(unique_users), 0) AS BIGINT) AS visitors FROM daily_site_stats WHERE site = {site}{day}"
            )
        } else {
            let dialect = PostgreSql { linked, ..PostgreSql::default() };
            let (person, events) = (dialect.visitor(), dialect.events(&site));
            let seen = Pieces::of_days(query.period()).union(values, |table| match table {
                Some(_) => format!("SELECT visitor FROM daily_site_visitors, daily_site_stats WHERE site_day = id AND site = {site}"),
                None => format!("SELECT {person} AS visitor FROM {events} WHERE site = {site}"),
            });
            format!(
                "SELECT COUNT(*) AS visitors FROM (SELECT DISTINCT visitor FROM ({seen}) AS seen) AS people"
            )
        };
        if query.aggregates() == [Aggregate::Visitors] {
            return format!("({visitors}) AS people WHERE TRUE");
        }
        let counts = counted(query, &Pieces::of_counts(query.period(), &[]), values);
        format!(
            "(SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS events, \
             CAST(COALESCE(SUM(count) FILTER (WHERE name = 'pageview'), 0) AS BIGINT) AS views FROM {counts}) AS counted, \
             ({visitors}) AS people WHERE TRUE"
        )
    };
    let expression = |aggregate: &Aggregate| match aggregate {
        Aggregate::Events => "events",
        Aggregate::Pageviews => "views",
        _ => "visitors",
    };
    let source = Source { rows: &rows, filter: query.filter(), instant: "timestamp", expression };
    Some(query_from(query, &PostgreSql::default(), &source))
}

/// Distinct visitors of each UTC day: from `daily_site_stats`.
fn people_of_days(query: &CheckedQuery) -> Option<Statement> {
    let fits = asks_only(query, &[Aggregate::Events, Aggregate::Pageviews, Aggregate::Visitors])
        && matches!(query.dimensions(), [Dimension::Time(_)])
        && query.filter() == &Filter::all();
    let starts = query.buckets().map(|buckets| buckets.starts()).filter(|_| fits)?;
    let period = query.period();
    let mut at = period.from;
    for start in starts {
        if *start != at || !is_day(at.as_millis()) {
            return None;
        }
        at = at.plus_millis(DAY_MS);
    }
    if at != period.to {
        return None;
    }
    let rows = |values: &mut Values| {
        let site = values.bind(query.site());
        format!("daily_site_stats WHERE site = {site}{}", in_days(period, values))
    };
    let expression = |aggregate: &Aggregate| match aggregate {
        Aggregate::Events => "CAST(SUM(events) AS BIGINT)",
        Aggregate::Pageviews => "CAST(SUM(views) AS BIGINT)",
        _ => "CAST(SUM(unique_users) AS BIGINT)",
    };
    let instant = "(day::timestamp AT TIME ZONE 'UTC')";
    Some(query_from(
        query,
        &PostgreSql::default(),
        &Source { rows: &rows, filter: query.filter(), instant, expression },
    ))
}

/// Pageviews by page: from `daily_site_path_counts`.
fn paths(query: &CheckedQuery) -> Option<Statement> {
    let fits = asks_only(query, &[Aggregate::Events, Aggregate::Pageviews])
        && query.dimensions() == [Dimension::Page]
        && of_pageviews(query.filter());
    let pieces = Pieces::of_days(query.period());
    if !fits || !pieces.any_aggregate() {
        return None;
    }
    let rows = |values: &mut Values| {
        let site = values.bind(query.site());
        let union = pieces.union(values, |table| match table {
            Some(_) => format!("SELECT path, views FROM daily_site_path_counts WHERE site = {site}"),
            None => format!(
                "SELECT path, 1::bigint AS views FROM events WHERE name = 'pageview' AND site = {site}"
            ),
        });
        format!("({union}) AS counts WHERE TRUE")
    };
    let expression = |_: &Aggregate| "CAST(SUM(views) AS BIGINT)";
    // The rows are of pageviews already.
    let source = Source { rows: &rows, filter: &Filter::all(), instant: "timestamp", expression };
    Some(query_from(query, &PostgreSql::default(), &source))
}

/// Whether exactly pageviews pass.
fn of_pageviews(filter: &Filter) -> bool {
    match filter {
        Filter::Is(Dimension::Name, names) => {
            names.iter().all(|name| name == "pageview") && !names.is_empty()
        }
        Filter::And(parts) => !parts.is_empty() && parts.iter().all(of_pageviews),
        _ => false,
    }
}

fn is_day(millis: i64) -> bool {
    millis.rem_euclid(DAY_MS) == 0
}

fn is_one_day(period: &Period) -> bool {
    is_day(period.from.as_millis()) && period.to == period.from.plus_millis(DAY_MS)
}

/// A condition on `day`, for a period of whole ones.
fn in_days(period: &Period, values: &mut Values) -> String {
    let (from, to) = (values.bind(Value::Instant(period.from)), values.bind(Value::Instant(period.to)));
    format!(" AND day >= ({from} AT TIME ZONE 'UTC')::date AND day < ({to} AT TIME ZONE 'UTC')::date")
}

#[cfg(test)]
mod tests;
