//! Walks, events, sessions and visitors as SQL.

use std::collections::BTreeSet;
use std::fmt::Write;

use millrace_query::{By, Dimension, Filter, VisitDimension, Walk};

use super::rows::{Fact, Rows};
use super::{Dialect, Statement};
use crate::lists::{EventList, SubjectList};

/// The steps of a walk: subject, timestamp, marks, and the label where one is asked for.
pub fn walk<D: Dialect + ?Sized>(walk: &Walk, dialect: &D) -> Statement {
    let mut rows = Rows::new(dialect, &walk.selection.site, walk.selection.period);
    let subject = match walk.by {
        By::Visitor => dialect.visitor(),
        By::Session => "session",
    };
    let labels = walk.label.iter().chain(&walk.first_mark_label);
    let mut facts: BTreeSet<Fact> = labels.filter_map(super::rows::fact_of).collect();
    facts.extend(walk.marks.iter().flat_map(super::rows::facts_of));
    let marks = rows.marks(walk.marks.iter());
    let label = match &walk.label {
        Some(label) => format!(", {} AS label", self::label(&mut rows, walk, label)),
        None => String::new(),
    };
    let mut from = rows.from_selection(&walk.selection, facts);
    if walk.marked_only {
        let _ = write!(from, " AND {}", rows.condition(&Filter::Or(walk.marks.clone())));
    }
    let order = dialect.order_number(subject);
    let text = format!(
        "SELECT {subject} AS subject, timestamp, {marks} AS marks{label} FROM {from} ORDER BY {order}, timestamp, seq"
    );
    rows.values.statement(text)
}

fn label<D: Dialect + ?Sized>(rows: &mut Rows<'_, D>, walk: &Walk, label: &Dimension) -> String {
    let usual = rows.text(label);
    match (&walk.first_mark_label, walk.marks.first()) {
        (Some(first), Some(mark)) => {
            let (condition, text) = (rows.condition(mark), rows.text(first));
            format!("CASE WHEN {condition} THEN {text} ELSE {usual} END")
        }
        _ => usual,
    }
}

/// The `columns` of events.
pub fn events<D: Dialect + ?Sized>(list: &EventList, columns: &str, dialect: &D) -> Statement {
    let mut rows = Rows::new(dialect, &list.selection.site, list.selection.period);
    let from = rows.from_selection(&list.selection, BTreeSet::new());
    let order = if list.newest_first { "timestamp DESC, seq DESC" } else { "timestamp, seq" };
    let mut text = format!("SELECT {columns} FROM {from} ORDER BY {order}");
    cut(&mut text, list.limit, list.offset);
    rows.values.statement(text)
}

/// Sessions: session, visitor, user, start, end, events, page views, interactive events, and each
/// [`VisitDimension::ALL`].
pub fn sessions<D: Dialect + ?Sized>(list: &SubjectList, dialect: &D) -> Statement {
    let mut rows = Rows::new(dialect, &list.selection.site, list.selection.period);
    // First which sessions, by what the order needs; then what is known of these.
    let mut of_selection =
        format!("SELECT session FROM {}", rows.from_selection(&list.selection, BTreeSet::new()));
    of_selection.insert_str(0, " AND session IN (");
    of_selection.push(')');
    let starts = rows.facts(&[Fact::Start].into(), &of_selection);
    let number = dialect.order_number("fact_session");
    let mut page =
        format!("SELECT fact_session FROM ({starts}) AS starts ORDER BY fact_start DESC, {number}");
    cut(&mut page, Some(list.limit), list.offset);
    let columns =
        [Fact::Visitor, Fact::User, Fact::Start, Fact::End, Fact::Events, Fact::Views, Fact::Interactive]
            .into_iter()
            .chain(VisitDimension::ALL.iter().map(|dimension| Fact::Dimension(*dimension)));
    let columns: Vec<_> = columns.collect();
    let of_page = format!(" AND session IN ({page})");
    let facts = rows.facts(&columns.iter().copied().collect(), &of_page);
    let names: Vec<_> = columns.iter().map(|fact| fact.column()).collect();
    let text = format!(
        "SELECT fact_session, {} FROM ({facts}) AS facts ORDER BY fact_start DESC, {number}",
        names.join(", ")
    );
    rows.values.statement(text)
}

/// Visitors: visitor, user, first, last, sessions, events, page views.
pub fn visitors<D: Dialect + ?Sized>(list: &SubjectList, dialect: &D) -> Statement {
    let mut rows = Rows::new(dialect, &list.selection.site, list.selection.period);
    let from = rows.from_selection(&list.selection, BTreeSet::new());
    let visitor = dialect.visitor();
    let number = dialect.order_number("who");
    let mut text = format!(
        "SELECT * FROM (SELECT {visitor} AS who, MAX(user_id) AS user_id, MIN(timestamp) AS first_at, \
         MAX(timestamp) AS last_at, COUNT(DISTINCT session) AS sessions, COUNT(*) AS events, \
         COUNT(*) FILTER (WHERE name = 'pageview') AS views FROM {from} GROUP BY {visitor}) AS seen \
         ORDER BY last_at DESC, {number}"
    );
    cut(&mut text, Some(list.limit), list.offset);
    rows.values.statement(text)
}

fn cut(text: &mut String, limit: Option<usize>, offset: usize) {
    if let Some(limit) = limit {
        let _ = write!(text, " LIMIT {limit}");
    }
    if offset > 0 {
        let _ = write!(text, " OFFSET {offset}");
    }
}
