//! What happens now as SQL: all figures of a moment in one statement, and events in order of arrival.
//!
//! Both look at few events, again and again. So what is known of sessions is found out for the sessions of these events
//! alone, not for every session of the days around.

use std::collections::BTreeSet;

use bytestring::ByteString;
use millrace_query::{Cell, Dimension, VisitDimension};

use super::rows::{Fact, Rows};
use super::{Dialect, Statement, Value};
use crate::lists::{ArrivalList, LiveBucket, LiveFigures, LiveQuestion};

/// What a row of [`figures`] is about.
#[derive(Clone, Copy)]
enum Part {
    All,
    Bucket,
    Name,
    Page,
    Element,
    Visitors,
    Source,
    Country,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::All,
        Self::Bucket,
        Self::Name,
        Self::Page,
        Self::Element,
        Self::Visitors,
        Self::Source,
        Self::Country,
    ];
}

/// Rows of five columns: the part, the bucket's place from 1, the text, the count, and, of all events, the sum of their
/// durations and how many have one.
pub fn figures<D: Dialect + ?Sized>(question: &LiveQuestion, dialect: &D) -> Statement {
    let selection = &question.selection;
    let mut rows = Rows::new(dialect, &selection.site, selection.period);
    let few = format!("SELECT session FROM events WHERE {}", rows.site_and(selection.period));
    rows.few = Some(few);
    let buckets = rows.values.bind(Value::Instants(question.buckets.clone()));
    let of_events = rows.selected(selection, BTreeSet::new());
    let [source, country] = [VisitDimension::Source, VisitDimension::Country];
    let facts = [Fact::Dimension(source), Fact::Dimension(country)].into();
    let [source, country] = [source, country].map(|dimension| rows.text(&Dimension::Visit(dimension)));
    let of_visitors = rows.selected(selection, facts);
    let visitor = dialect.visitor();
    let label = dialect.order_text("label");
    let (names, top) = (question.names, question.top);
    let [all, bucket, name, page, element, visitors, of_source, of_country] =
        Part::ALL.map(|part| part as i64);
    // The places are those of the texts: a name has several buckets, every other text has one row.
    let text = format!(
        "SELECT part, bucket, label, counted, durations, duration_ms FROM (\
         SELECT *, DENSE_RANK() OVER (PARTITION BY part ORDER BY total DESC, {label}) AS place FROM (\
         SELECT *, SUM(counted) OVER (PARTITION BY part, label) AS total FROM (\
         SELECT CASE WHEN GROUPING(name) = 0 THEN {name} WHEN GROUPING(bucket) = 0 THEN {bucket} \
         WHEN GROUPING(page) = 0 THEN {page} WHEN GROUPING(element) = 0 THEN {element} ELSE {all} END AS part, \
         bucket, COALESCE(name, page, element) AS label, COUNT(*) AS counted, COUNT(duration_ms) AS durations, \
         CAST(COALESCE(SUM(duration_ms), 0) AS BIGINT) AS duration_ms \
         FROM (SELECT width_bucket(timestamp, {buckets}) AS bucket, name, \
         CASE WHEN name = 'pageview' THEN path END AS page, element, duration_ms FROM {of_events}) AS seen \
         GROUP BY GROUPING SETS ((), (bucket), (bucket, name), (page), (element)) \
         UNION ALL \
         SELECT CASE WHEN GROUPING(source) = 0 THEN {of_source} WHEN GROUPING(country) = 0 THEN {of_country} \
         ELSE {visitors} END AS part, 0 AS bucket, COALESCE(source, country) AS label, \
         COUNT(DISTINCT who) AS counted, 0 AS durations, 0 AS duration_ms \
         FROM (SELECT {visitor} AS who, {source} AS source, {country} AS country FROM {of_visitors}) AS visits \
         GROUP BY GROUPING SETS ((), (source), (country))) AS counts \
         WHERE label IS NOT NULL OR part IN ({all}, {bucket}, {visitors})) AS totals) AS places \
         WHERE place <= CASE part WHEN {name} THEN {names} ELSE {top} END OR part IN ({all}, {bucket}, {visitors}) \
         ORDER BY part, place, bucket"
    );
    rows.values.statement(text)
}

/// The answer from the rows of [`figures`], each by its cells; nothing where they are none of its.
pub fn read_figures(question: &LiveQuestion, rows: &[Vec<Cell>]) -> Option<LiveFigures> {
    let buckets = vec![LiveBucket::default(); question.buckets.len()];
    let mut figures = LiveFigures { buckets, ..LiveFigures::default() };
    for row in rows {
        let [part, bucket, label, counted, durations, duration_ms] = row.as_slice() else { return None };
        let number = |cell: &Cell| u64::try_from(cell.integer()?).ok();
        let counted = number(counted)?;
        let named = || Some((ByteString::from(label.text()?), counted));
        let part = Part::ALL.get(usize::try_from(part.integer()?).ok()?)?;
        // Buckets count from 1; what is before the first of them is in none.
        let bucket = || Some(usize::try_from(bucket.integer()?).ok()?.checked_sub(1));
        match part {
            Part::All => {
                figures.events = counted;
                figures.durations = number(durations)?;
                figures.duration_ms = number(duration_ms)?;
            }
            Part::Bucket => {
                if let Some(place) = bucket()? {
                    figures.buckets.get_mut(place)?.events = counted;
                }
            }
            Part::Name => {
                if let Some(place) = bucket()? {
                    figures.buckets.get_mut(place)?.names.insert(label.text()?.into(), counted);
                }
            }
            Part::Visitors => figures.visitors = counted,
            Part::Page => figures.pages.push(named()?),
            Part::Element => figures.elements.push(named()?),
            Part::Source => figures.sources.push(named()?),
            Part::Country => figures.countries.push(named()?),
        }
    }
    Some(figures)
}

/// The `columns` of events in order of arrival.
pub fn arrivals<D: Dialect + ?Sized>(list: &ArrivalList, columns: &str, dialect: &D) -> Statement {
    let mut rows = Rows::new(dialect, &list.selection.site, list.selection.period);
    // A cursor beyond what the column can hold is beyond every event.
    let [after, until] = [list.after, list.until]
        .map(|cursor| rows.values.bind(Value::Integer(i64::try_from(cursor.0).unwrap_or(i64::MAX))));
    if list.selection.filter.asks_of_visits() {
        let site = rows.site_and(list.selection.period);
        rows.few =
            Some(format!("SELECT session FROM events WHERE {site} AND seq > {after} AND seq <= {until}"));
    }
    let from = rows.selected(&list.selection, BTreeSet::new());
    let limit = list.limit;
    let text = format!(
        "SELECT {columns} FROM {from} AND seq > {after} AND seq <= {until} ORDER BY seq LIMIT {limit}"
    );
    rows.values.statement(text)
}
