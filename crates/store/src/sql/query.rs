//! A checked query as SQL.
//!
//! The statement answers a row for each group: the dimensions as `d0`, `d1`, ... (a bucket as its index from 1, a goal as
//! its place among the goals by name), then the aggregates as `m0`, `m1`, ... in the order of
//! [`CheckedQuery::aggregates`]. Up to three parts are counted apart and put together by their dimensions:
//! - over events;
//! - over whole sessions, those that have one of the events;
//! - over the events of each session, for what is greatest in each.

use std::collections::BTreeSet;
use std::fmt::Write;

use millrace_event::Timestamp;
use millrace_query::{
    Aggregate, Cell, CheckedQuery, Dimension, DimensionValue, Direction, Filter, Goal, OrderBy, Row,
    Statistic,
};

use super::rows::{Fact, Rows, equal, fact_of, facts_of};
use super::{Dialect, Statement, Value, Values, list};

/// Rows that a report is counted from in place of the events.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What follows FROM, with a WHERE that further conditions can be added to.
    pub rows: &'a dyn Fn(&mut Values) -> String,
    /// Which of the rows count, where `rows` does not say so already.
    pub filter: &'a Filter,
    /// The instant of a row.
    pub instant: &'a str,
    /// An aggregate over the rows of a group.
    pub expression: fn(&Aggregate) -> &'static str,
}

/// Writes `query` for `dialect`, over the table or view `events`.
pub fn query<D: Dialect + ?Sized>(query: &CheckedQuery, dialect: &D) -> Statement {
    let mut writer =
        Writer { query, rows: Rows::new(dialect, query.site(), *query.period()), goals: by_name(query) };
    let text = writer.statement();
    writer.rows.values.statement(text)
}

/// Writes `query` for `dialect`, counted from `source`, whose columns of dimensions go by the same names as those of
/// `events`.
pub fn query_from<D: Dialect + ?Sized>(query: &CheckedQuery, dialect: &D, source: &Source<'_>) -> Statement {
    let mut writer =
        Writer { query, rows: Rows::new(dialect, query.site(), *query.period()), goals: Vec::new() };
    let columns = writer.dimensions(source.instant);
    let counted =
        query.aggregates().iter().map(|aggregate| (source.expression)(aggregate).to_owned()).collect();
    let mut rows = (source.rows)(&mut writer.rows.values);
    if source.filter != &Filter::all() {
        let _ = write!(rows, " AND {}", writer.rows.condition(source.filter));
    }
    let part = writer.group(&columns, query.aggregates().to_vec(), counted, &rows);
    let text = writer.ordered(&[part]);
    writer.rows.values.statement(text)
}

/// A row of the answer, from its cells in the order of the columns.
pub fn read_row(query: &CheckedQuery, cells: &[Cell]) -> Option<Row> {
    let (dimensions, counted) = cells.split_at_checked(query.dimensions().len())?;
    let goals = by_name(query);
    let value = |(dimension, cell): (&Dimension, &Cell)| match dimension {
        Dimension::Time(_) => bucket(query, cell.integer()?).map(DimensionValue::Bucket),
        Dimension::Goal => {
            let goal = goals.get(usize::try_from(cell.integer()?).ok()?)?;
            Some(DimensionValue::Text(goal.name.clone()))
        }
        _ => Some(DimensionValue::Text(cell.text()?.to_owned())),
    };
    let values = query.dimensions().iter().zip(dimensions).map(value).collect::<Option<Vec<_>>>()?;
    let counted = query.aggregates().iter().zip(counted).map(|(aggregate, cell)| match cell {
        // A decimal comes as text.
        Cell::Text(digits) if is_decimal(aggregate) => Cell::Decimal(digits.clone()),
        other => other.clone(),
    });
    Some(Row::new(query, values, &counted.collect::<Vec<_>>()))
}

fn bucket(query: &CheckedQuery, number: i64) -> Option<Timestamp> {
    let place = usize::try_from(number - 1).ok()?;
    query.buckets()?.starts().get(place).copied()
}

/// Rows are ordered by the place of a goal, which is the order of names then.
fn by_name(query: &CheckedQuery) -> Vec<&Goal> {
    let mut goals: Vec<_> = query.goals().iter().collect();
    goals.sort_by(|a, b| a.name.cmp(&b.name));
    goals
}

struct Writer<'a, D: ?Sized> {
    query: &'a CheckedQuery,
    rows: Rows<'a, D>,
    goals: Vec<&'a Goal>,
}

/// Some of the aggregates, by group.
struct Part {
    text: String,
    aggregates: Vec<Aggregate>,
}

impl<D: Dialect + ?Sized> Writer<'_, D> {
    fn statement(&mut self) -> String {
        let all = self.query.aggregates();
        let pick = |wanted: fn(&Aggregate) -> bool| {
            all.iter().filter(|one| wanted(one)).cloned().collect::<Vec<_>>()
        };
        let of_scrolling = pick(Aggregate::is_of_scrolling);
        let mut of_sessions = pick(Aggregate::is_of_sessions);
        let mut of_events = pick(|one| !one.is_of_sessions() && !one.is_of_scrolling());
        // Sessions are counted with what is known of them, unless events are counted anyway.
        let sessions_alone = of_events == [Aggregate::Sessions];
        if sessions_alone && (!of_sessions.is_empty() || self.is_of_visits() && self.asks_of_visits()) {
            of_sessions.append(&mut of_events);
        }
        let mut parts = Vec::new();
        if !of_events.is_empty() {
            parts.push(self.of_events(of_events));
        }
        if !of_sessions.is_empty() {
            parts.push(if self.is_of_visits() {
                self.of_all_sessions(of_sessions)
            } else {
                self.of_sessions(of_sessions)
            });
        }
        if !of_scrolling.is_empty() {
            parts.push(self.of_scrolling(of_scrolling));
        }
        self.ordered(&parts)
    }

    /// Whether dimensions and filters say something of sessions only: then events need not be looked at one by one.
    fn is_of_visits(&self) -> bool {
        let mut of_visits = true;
        self.query.filter().walk(&mut |part| {
            of_visits &= match part {
                Filter::And(_) | Filter::Or(_) | Filter::Not(_) => true,
                other => matches!(other.dimension(), Some(Dimension::Visit(_))),
            };
        });
        of_visits && self.query.dimensions().iter().all(|dimension| matches!(dimension, Dimension::Visit(_)))
    }

    fn asks_of_visits(&self) -> bool {
        !self.query.dimensions().is_empty() || self.query.filter().asks_of_visits()
    }

    fn of_events(&mut self, aggregates: Vec<Aggregate>) -> Part {
        let columns = self.dimensions("timestamp");
        let counted = aggregates.iter().map(|aggregate| self.expression(aggregate)).collect();
        let from = self.from(BTreeSet::new());
        self.group(&columns, aggregates, counted, &from)
    }

    /// Sessions that have one of the events.
    fn of_sessions(&mut self, aggregates: Vec<Aggregate>) -> Part {
        let columns = self.dimensions("timestamp");
        let facts: BTreeSet<Fact> = aggregates.iter().filter_map(fact_behind).collect();
        let from = self.from(facts.clone());
        let mut inner = String::from("SELECT ");
        for (place, column) in columns.iter().enumerate() {
            let _ = write!(inner, "{column} AS d{place}, ");
        }
        inner.push_str("session");
        for fact in &facts {
            let _ = write!(inner, ", MIN({column}) AS {column}", column = fact.column());
        }
        let _ = write!(inner, " FROM {from}{} GROUP BY ", self.present());
        for place in 0..columns.len() {
            let _ = write!(inner, "d{place}, ");
        }
        inner.push_str("session");
        self.outer(inner, aggregates)
    }

    /// All sessions with an event in the period.
    fn of_all_sessions(&mut self, aggregates: Vec<Aggregate>) -> Part {
        let columns = self.dimensions("");
        let mut facts: BTreeSet<Fact> = aggregates.iter().filter_map(fact_behind).collect();
        facts.insert(Fact::Here);
        facts.extend(self.query.dimensions().iter().filter_map(fact_of));
        facts.extend(facts_of(self.query.filter()));
        let facts = self.rows.facts(&facts, "");
        let mut from = format!("({facts}) AS facts WHERE fact_here > 0");
        if self.query.filter() != &Filter::all() {
            let _ = write!(from, " AND {}", self.rows.condition(self.query.filter()));
        }
        let counted = aggregates.iter().map(|aggregate| of_session(aggregate).to_owned()).collect();
        self.group(&columns, aggregates, counted, &from)
    }

    /// The greatest scroll depth of each session.
    fn of_scrolling(&mut self, aggregates: Vec<Aggregate>) -> Part {
        let columns = self.dimensions("timestamp");
        let from = self.from(BTreeSet::new());
        let mut inner = String::from("SELECT ");
        for (place, column) in columns.iter().enumerate() {
            let _ = write!(inner, "{column} AS d{place}, ");
        }
        let _ =
            write!(inner, "session, MAX(scroll_depth) AS deepest FROM {from}{} GROUP BY ", self.present());
        for place in 0..columns.len() {
            let _ = write!(inner, "d{place}, ");
        }
        inner.push_str("session");
        self.outer(inner, aggregates)
    }

    /// Groups what was grouped by session before.
    fn outer(&self, inner: String, aggregates: Vec<Aggregate>) -> Part {
        let count = self.query.dimensions().len();
        let mut text = String::from("SELECT ");
        for place in 0..count {
            let _ = write!(text, "d{place}, ");
        }
        for (place, aggregate) in aggregates.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}{} AS {}", of_session(aggregate), self.alias(aggregate));
        }
        let _ = write!(text, " FROM ({inner}) AS by_session");
        if count > 0 {
            let _ = write!(text, " GROUP BY {}", list(count, |place| format!("d{place}")));
        }
        Part { text, aggregates }
    }

    /// `SELECT dimensions, aggregates FROM from GROUP BY dimensions`
    fn group(
        &mut self,
        columns: &[String],
        aggregates: Vec<Aggregate>,
        counted: Vec<String>,
        from: &str,
    ) -> Part {
        let mut text = String::from("SELECT ");
        for (place, column) in columns.iter().enumerate() {
            let _ = write!(text, "{column} AS d{place}, ");
        }
        for (place, (aggregate, expression)) in aggregates.iter().zip(counted).enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}{expression} AS {}", self.alias(aggregate));
        }
        let _ = write!(text, " FROM {from}{}", self.present());
        if !columns.is_empty() {
            let _ = write!(text, " GROUP BY {}", list(columns.len(), |place| format!("d{place}")));
        }
        Part { text, aggregates }
    }

    /// What the parts read: with a row for each goal that an event reaches, where goals are told apart.
    fn from(&mut self, mut facts: BTreeSet<Fact>) -> String {
        facts.extend(self.query.dimensions().iter().filter_map(fact_of));
        let goals = std::mem::take(&mut self.goals);
        facts.extend(goals.iter().flat_map(|goal| facts_of(&goal.filter)));
        let from = match self.query.dimensions().contains(&Dimension::Goal) {
            false => self.rows.rows(self.query.filter(), facts),
            true => {
                let marks = self.rows.marks(goals.iter().map(|goal| &goal.filter));
                let rows = self.rows.rows(self.query.filter(), facts);
                let bits = list(goals.len().max(1), |place| format!("({place}, {})", 1_i64 << place));
                format!(
                    "(VALUES {bits}) AS goals(goal, goal_bit) \
                     CROSS JOIN (SELECT *, {marks} AS reached FROM {rows}) AS marked \
                     WHERE (reached & CAST(goal_bit AS BIGINT)) <> 0"
                )
            }
        };
        self.goals = goals;
        from
    }

    /// The dimensions' expressions; `instant` is the time of a row.
    fn dimensions(&mut self, instant: &str) -> Vec<String> {
        let expressions = self.query.dimensions().iter().map(|dimension| match dimension {
            Dimension::Time(_) => {
                let starts =
                    self.query.buckets().map(|buckets| buckets.starts().to_vec()).unwrap_or_default();
                format!("width_bucket({instant}, {})", self.rows.values.bind(Value::Instants(starts)))
            }
            Dimension::Goal => "goal".to_owned(),
            other => self.rows.text(other),
        });
        expressions.collect()
    }

    /// Further conditions: events that lack a dimension and have no word for it belong to no group.
    fn present(&mut self) -> String {
        let mut text = String::new();
        for dimension in self.query.dimensions() {
            let optional = matches!(dimension, Dimension::Page | Dimension::Hostname | Dimension::Element)
                || (matches!(dimension, Dimension::Visit(_)) && dimension.missing().is_none());
            if optional {
                let _ = write!(text, " AND {} IS NOT NULL", self.rows.text(dimension));
            }
        }
        text
    }

    /// An aggregate over events.
    fn expression(&mut self, aggregate: &Aggregate) -> String {
        let dialect = self.rows.dialect;
        let mut number = |key: &str| {
            let key = self.rows.values.text(key);
            dialect.number(&key)
        };
        match aggregate {
            Aggregate::Events => "COUNT(*)".to_owned(),
            Aggregate::Pageviews => "COUNT(*) FILTER (WHERE name = 'pageview')".to_owned(),
            Aggregate::Visitors => format!("COUNT(DISTINCT {})", dialect.visitor()),
            Aggregate::Sessions => "COUNT(DISTINCT session)".to_owned(),
            Aggregate::DurationSum => "CAST(COALESCE(SUM(duration_ms), 0) AS BIGINT)".to_owned(),
            Aggregate::DurationCount => "COUNT(duration_ms)".to_owned(),
            Aggregate::RevenueSum => "COALESCE(SUM(CAST(revenue_micros AS DECIMAL(38, 0))), 0)".to_owned(),
            Aggregate::RevenueCount => "COUNT(revenue_micros)".to_owned(),
            Aggregate::CurrencyMin => "MIN(currency)".to_owned(),
            Aggregate::CurrencyMax => "MAX(currency)".to_owned(),
            Aggregate::TimeInView => {
                "CAST(COALESCE(SUM(duration_ms) FILTER (WHERE name = 'engagement'), 0) AS BIGINT)".to_owned()
            }
            Aggregate::SessionsWithView => {
                "COUNT(DISTINCT CASE WHEN name = 'pageview' THEN session END)".to_owned()
            }
            Aggregate::NumberCount(key) => format!("COUNT({})", number(key)),
            Aggregate::Number(statistic, key) => {
                let number = number(key);
                match statistic {
                    Statistic::Min => format!("MIN({number})"),
                    Statistic::Max => format!("MAX({number})"),
                    Statistic::P50 => dialect.quantile(50, &number),
                    Statistic::P95 => dialect.quantile(95, &number),
                    Statistic::P99 => dialect.quantile(99, &number),
                    Statistic::Sum | Statistic::Avg => format!("SUM({number})"),
                }
            }
            other => of_session(other).to_owned(),
        }
    }

    fn alias(&self, wanted: &Aggregate) -> String {
        let place = self.query.aggregates().iter().position(|known| known == wanted).unwrap_or_default();
        format!("a{place}")
    }

    /// The parts side by side, in the order of the query.
    fn ordered(&self, parts: &[Part]) -> String {
        let count = self.query.dimensions().len();
        let dialect = self.rows.dialect;
        let mut text = String::from("SELECT ");
        for place in 0..count {
            let _ = write!(text, "p0.d{place}, ");
        }
        let of_part = |wanted: &Aggregate| {
            let part = parts.iter().position(|part| part.aggregates.contains(wanted)).unwrap_or_default();
            format!("p{part}.{}", self.alias(wanted))
        };
        for (place, aggregate) in self.query.aggregates().iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let column = of_part(aggregate);
            let column = if is_decimal(aggregate) { dialect.decimal_text(&column) } else { column };
            let _ = write!(text, "{comma}{column} AS m{place}");
        }
        for (place, part) in parts.iter().enumerate() {
            let word = match (place, count) {
                (0, _) => " FROM",
                (_, 0) => " CROSS JOIN",
                _ => " JOIN",
            };
            let _ = write!(text, "{word} ({}) AS p{place}", part.text);
            if place > 0 && count > 0 {
                let _ = write!(text, " ON {}", equal(count, "p0", &format!("p{place}")));
            }
        }
        if count > 0 {
            let _ = write!(text, " ORDER BY {}", self.order(&of_part));
            let _ = write!(text, " LIMIT {}", self.query.limit());
            if self.query.offset() > 0 {
                let _ = write!(text, " OFFSET {}", self.query.offset());
            }
        }
        text
    }

    /// See [`millrace_query::Query::order`].
    fn order(&self, of_part: &dyn Fn(&Aggregate) -> String) -> String {
        let dialect = self.rows.dialect;
        let dimension = |place: usize| match &self.query.dimensions()[place] {
            Dimension::Time(_) | Dimension::Goal => format!("p0.d{place}"),
            _ => dialect.order_text(&format!("p0.d{place}")),
        };
        let mut terms = Vec::new();
        let mut rest: Vec<usize> = (0..self.query.dimensions().len()).collect();
        for (term, direction) in self.query.order() {
            let direction = match direction {
                Direction::Ascending => "ASC",
                Direction::Descending => "DESC",
            };
            let expression = match term {
                OrderBy::Dimension(place) => {
                    rest.retain(|other| other != place);
                    dimension(*place)
                }
                OrderBy::Metric(place) => {
                    let metric = &self.query.metrics()[*place];
                    let number = match metric.order() {
                        (number, None) => of_part(&number),
                        (number, Some(divisor)) => format!(
                            "CAST({} AS DOUBLE PRECISION) / NULLIF({}, 0)",
                            of_part(&number),
                            of_part(&divisor)
                        ),
                    };
                    match metric.is_revenue() {
                        false => number,
                        // Amounts of several currencies have no sum.
                        true => {
                            let [least, greatest] =
                                [Aggregate::CurrencyMin, Aggregate::CurrencyMax].map(|one| of_part(&one));
                            format!("CASE WHEN {least} = {greatest} THEN {number} END")
                        }
                    }
                }
            };
            terms.push(format!("{expression} {direction} NULLS LAST"));
        }
        terms.extend(rest.into_iter().map(dimension));
        terms.join(", ")
    }
}

/// An aggregate over rows that are a session each.
fn of_session(aggregate: &Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Bounces => "COUNT(*) FILTER (WHERE fact_interactive < 2)",
        Aggregate::SessionTime => "CAST(COALESCE(SUM(fact_millis), 0) AS BIGINT)",
        Aggregate::SessionViews => "CAST(COALESCE(SUM(fact_views), 0) AS BIGINT)",
        Aggregate::ScrollSum => "CAST(COALESCE(SUM(deepest), 0) AS BIGINT)",
        Aggregate::ScrollCount => "COUNT(deepest)",
        _ => "COUNT(*)",
    }
}

/// The fact that an aggregate over sessions is computed from.
fn fact_behind(aggregate: &Aggregate) -> Option<Fact> {
    match aggregate {
        Aggregate::Bounces => Some(Fact::Interactive),
        Aggregate::SessionTime => Some(Fact::Millis),
        Aggregate::SessionViews => Some(Fact::Views),
        _ => None,
    }
}

fn is_decimal(aggregate: &Aggregate) -> bool {
    matches!(aggregate, Aggregate::Number(..) | Aggregate::RevenueSum)
}
