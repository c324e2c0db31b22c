//! Events of a period that pass a filter, with what is known of their sessions.
//!
//! `events JOIN (facts of sessions) ON fact_session = session WHERE ...`; the join is there where a dimension or a filter
//! asks for it.

use std::collections::BTreeSet;
use std::fmt::Write;

use millrace_event::SiteId;
use millrace_query::{Dimension, Filter, Period, Selection, Subject, VisitDimension};

use super::{Dialect, Value, Values, list};

/// Something about a session that is computed from all of its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// `fact_visitor`: of the opening event.
    Visitor,
    /// `fact_user`: of the opening event.
    User,
    /// `fact_start`
    Start,
    /// `fact_end`
    End,
    /// `fact_events`
    Events,
    /// `fact_views`
    Views,
    /// `fact_interactive`
    Interactive,
    /// `fact_millis`
    Millis,
    /// `fact_here`: events within the period itself.
    Here,
    /// `fact_<dimension>`
    Dimension(VisitDimension),
}

/// Writes what a statement reads.
pub(super) struct Rows<'a, D: ?Sized> {
    pub(super) dialect: &'a D,
    pub(super) site: &'a SiteId,
    pub(super) period: Period,
    pub(super) values: Values,
    /// What sessions are asked to have done by the conditions of the rows that are written next.
    done: Vec<Filter>,
    /// Only sessions of these events are of interest: facts of others need not be found out.
    pub(super) few: Option<String>,
}

impl<'a, D: Dialect + ?Sized> Rows<'a, D> {
    pub(super) fn new(dialect: &'a D, site: &'a SiteId, period: Period) -> Self {
        Self { dialect, site, period, values: Values::default(), done: Vec::new(), few: None }
    }

    /// `events [JOIN facts] [LEFT JOIN done] WHERE site and period and filter`, for whoever reads `facts` too, and has
    /// written conditions before.
    pub(super) fn rows(&mut self, filter: &Filter, mut facts: BTreeSet<Fact>) -> String {
        facts.extend(facts_of(filter));
        let passes = (filter != &Filter::all()).then(|| self.condition(filter));
        let done = std::mem::take(&mut self.done);
        let mut text = self.events();
        if !facts.is_empty() {
            let few = self.few.as_ref().map(|few| format!(" AND session IN ({few})")).unwrap_or_default();
            let facts = self.facts(&facts, &few);
            let _ = write!(text, " JOIN ({facts}) AS facts ON fact_session = session");
        }
        for (place, done) in done.iter().enumerate() {
            let rows = self.rows(done, BTreeSet::new());
            // An aggregate, since that may be absent: of a session that never is, an engine may conclude that it is there.
            let _ = write!(
                text,
                " LEFT JOIN (SELECT session AS doer{place}, MIN(seq) AS done{place} FROM {rows} GROUP BY session) \
                 AS did{place} ON doer{place} = session"
            );
        }
        let _ = write!(text, " WHERE {}", self.site_and(self.period));
        if let Some(passes) = passes {
            let _ = write!(text, " AND {passes}");
        }
        text
    }

    /// The same, of one session or visitor where the selection says so.
    pub(super) fn selected(&mut self, selection: &Selection, facts: BTreeSet<Fact>) -> String {
        let mut text = self.rows(&selection.filter, facts);
        let one = match selection.subject {
            None => return text,
            Some(Subject::Session(session)) => {
                format!("session = {}", self.values.bind(Value::Number(session.0)))
            }
            Some(Subject::Visitor(visitor)) => {
                format!("{} = {}", self.dialect.visitor(), self.values.bind(Value::Number(visitor.0)))
            }
        };
        let _ = write!(text, " AND {one}");
        text
    }

    /// A row for each session that has an event near the period: `fact_session` and `facts`. `further` restricts the
    /// events that are looked at.
    pub(super) fn facts(&mut self, facts: &BTreeSet<Fact>, further: &str) -> String {
        let mut text = String::from("SELECT session AS fact_session");
        for fact in facts {
            let expression = self.fact(*fact);
            let _ = write!(text, ", {expression} AS {}", fact.column());
        }
        let from = self.events();
        let near = self.site_and(self.period.of_sessions());
        let _ = write!(text, " FROM {from} WHERE {near}{further} GROUP BY session");
        text
    }

    fn fact(&mut self, fact: Fact) -> String {
        let dialect = self.dialect;
        match fact {
            Fact::Visitor => dialect.opening(dialect.visitor()),
            Fact::User => dialect.opening("user_id"),
            Fact::Start => "MIN(timestamp)".to_owned(),
            Fact::End => "MAX(timestamp)".to_owned(),
            Fact::Events => "COUNT(*)".to_owned(),
            Fact::Views => "COUNT(*) FILTER (WHERE name = 'pageview')".to_owned(),
            Fact::Interactive => "COUNT(*) FILTER (WHERE interactive IS NOT FALSE)".to_owned(),
            Fact::Millis => dialect.millis_between("MIN(timestamp)", "MAX(timestamp)"),
            Fact::Here if self.period == Period::ALL => "COUNT(*)".to_owned(),
            Fact::Here => format!("COUNT(*) FILTER (WHERE {})", self.within(self.period)),
            Fact::Dimension(VisitDimension::EntryPage) => {
                dialect.opening("CASE WHEN name = 'pageview' THEN path END")
            }
            Fact::Dimension(VisitDimension::ExitPage) => dialect.last_page(),
            Fact::Dimension(dimension) => dialect.opening(opening_column(dimension)),
        }
    }

    fn events(&mut self) -> String {
        self.dialect.events(self.site, &mut self.values)
    }

    pub(super) fn site_and(&mut self, period: Period) -> String {
        let mut text = format!("site = {}", self.values.bind(self.site));
        if period != Period::ALL {
            let _ = write!(text, " AND {}", self.within(period));
        }
        text
    }

    fn within(&mut self, period: Period) -> String {
        let from = self.values.bind(Value::Instant(period.from));
        let to = self.values.bind(Value::Instant(period.to));
        format!("timestamp >= {from} AND timestamp < {to}")
    }

    /// The text of a dimension, as it is shown and filtered by.
    pub(super) fn text(&mut self, dimension: &Dimension) -> String {
        let column = match dimension {
            Dimension::Name => return "name".to_owned(),
            Dimension::Page => return "path".to_owned(),
            Dimension::Hostname => return "host".to_owned(),
            Dimension::Element => return "element".to_owned(),
            Dimension::Goal | Dimension::Time(_) => return "NULL".to_owned(),
            Dimension::Property(key) => {
                let key = self.values.text(key);
                self.dialect.property(&key)
            }
            Dimension::Visit(dimension) => Fact::Dimension(*dimension).column(),
        };
        match dimension.missing() {
            Some(word) => format!("COALESCE({column}, '{word}')"),
            None => column,
        }
    }

    /// Whether a row passes; unknown where a dimension is absent.
    pub(super) fn condition(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::And(parts) => self.joined(parts, " AND ", "TRUE"),
            Filter::Or(parts) => self.joined(parts, " OR ", "FALSE"),
            // What is unknown of an absent column is no match, and its negation is one.
            Filter::Not(part) => format!("({} IS NOT TRUE)", self.condition(part)),
            Filter::ScrolledTo(percent) => format!("scroll_depth >= {percent}"),
            Filter::Reaches(goals) => {
                let reached: Vec<_> = goals.iter().map(|goal| self.condition(&goal.filter)).collect();
                if reached.is_empty() { "FALSE".to_owned() } else { super::joined(&reached, " OR ") }
            }
            // Joined, since not every engine takes a subquery within an expression.
            Filter::HasDone(done) => {
                let known = self.done.iter().position(|known| known == done.as_ref());
                let place = known.unwrap_or_else(|| {
                    self.done.push(done.as_ref().clone());
                    self.done.len() - 1
                });
                format!("done{place} IS NOT NULL")
            }
            Filter::Is(_, list) | Filter::Contains(_, list) if list.is_empty() => "FALSE".to_owned(),
            Filter::Matches(_, list) if list.is_empty() => "FALSE".to_owned(),
            Filter::Is(dimension, list) => {
                let text = self.text(dimension);
                self.dialect.is_one_of(&text, list, &mut self.values)
            }
            Filter::Contains(dimension, list) => {
                let text = self.text(dimension);
                self.dialect.contains_one_of(&text, list, &mut self.values)
            }
            Filter::Matches(dimension, patterns) => {
                let text = self.text(dimension);
                self.dialect.matches(dimension, patterns, &text, &mut self.values)
            }
        }
    }

    fn joined(&mut self, parts: &[Filter], word: &str, empty: &str) -> String {
        let parts: Vec<_> = parts.iter().map(|part| self.condition(part)).collect();
        if parts.is_empty() { empty.to_owned() } else { super::joined(&parts, word) }
    }

    /// A number in which a bit is set for each of `filters` that a row passes, the first the lowest.
    pub(super) fn marks<'f>(&mut self, filters: impl Iterator<Item = &'f Filter>) -> String {
        let bits: Vec<_> = filters
            .enumerate()
            .map(|(place, filter)| {
                format!("CASE WHEN {} THEN {} ELSE 0 END", self.condition(filter), 1_i64 << place)
            })
            .collect();
        if bits.is_empty() {
            "CAST(0 AS BIGINT)".to_owned()
        } else {
            format!("CAST({} AS BIGINT)", bits.join(" + "))
        }
    }
}

impl Fact {
    /// The column that holds it.
    pub(super) fn column(self) -> String {
        let name = match self {
            Self::Visitor => "visitor",
            Self::User => "user",
            Self::Start => "start",
            Self::End => "end",
            Self::Events => "events",
            Self::Views => "views",
            Self::Interactive => "interactive",
            Self::Millis => "millis",
            Self::Here => "here",
            Self::Dimension(dimension) => dimension.name(),
        };
        format!("fact_{name}")
    }
}

/// The facts that a filter asks of the session of a row; what is asked of other events of the session is theirs.
pub(super) fn facts_of(filter: &Filter) -> BTreeSet<Fact> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(facts_of).collect(),
        Filter::Not(part) => facts_of(part),
        Filter::Reaches(goals) => goals.iter().flat_map(|goal| facts_of(&goal.filter)).collect(),
        Filter::HasDone(_) | Filter::ScrolledTo(_) => BTreeSet::new(),
        Filter::Is(dimension, _) | Filter::Contains(dimension, _) | Filter::Matches(dimension, _) => {
            fact_of(dimension).into_iter().collect()
        }
    }
}

/// The fact that a dimension is.
pub(super) fn fact_of(dimension: &Dimension) -> Option<Fact> {
    match dimension {
        Dimension::Visit(dimension) => Some(Fact::Dimension(*dimension)),
        _ => None,
    }
}

/// The column of the opening event.
fn opening_column(dimension: VisitDimension) -> &'static str {
    match dimension {
        VisitDimension::Screen => "screen_class",
        other => other.name(),
    }
}

/// `name(0) = other(0) AND ...`
pub(super) fn equal(count: usize, left: &str, right: &str) -> String {
    list(count, |place| format!("{left}.d{place} = {right}.d{place}")).replace(", ", " AND ")
}
