//! Every report, written once as SQL.
//!
//! A [`Statement`] has a text in which nothing comes from a client: columns come from enums, values are bound.
//! What differs between engines is in [`Dialect`]. Times are cut by `width_bucket(instant, thresholds)`, whose
//! thresholds were computed by the query crate: no engine ever sees a zone.

mod build;

pub use build::{Source, people_of_events, query, query_from, query_people};

use millrace_event::{SiteId, Timestamp};

/// A statement and the values its placeholders stand for, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The SQL.
    pub text: String,
    /// The value of the placeholder `$n` is `values[n - 1]`.
    pub values: Vec<Value>,
}

/// A bound value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// An instant.
    Instant(Timestamp),
    /// Instants, ascending.
    Instants(Vec<Timestamp>),
    /// A whole number.
    Integer(i64),
}

impl From<&SiteId> for Value {
    fn from(site: &SiteId) -> Self {
        Self::Text(site.as_str().to_owned())
    }
}

/// What differs between engines.
pub trait Dialect {
    /// An expression that orders the text `expression` by its bytes.
    fn order_text(&self, expression: &str) -> String;

    /// How a term of ORDER BY that computes something names the aggregate `expression`, selected as `alias`.
    fn order_number(&self, alias: &str, expression: &str) -> String;
}

/// Apache DataFusion.
#[derive(Clone, Copy, Debug)]
pub struct DataFusion;

impl Dialect for DataFusion {
    fn order_text(&self, expression: &str) -> String {
        expression.to_owned()
    }

    fn order_number(&self, alias: &str, _: &str) -> String {
        alias.to_owned()
    }
}

/// PostgreSQL 14 and later.
#[derive(Clone, Copy, Debug)]
pub struct PostgreSql;

impl Dialect for PostgreSql {
    fn order_text(&self, expression: &str) -> String {
        format!("{expression} COLLATE \"C\"")
    }

    /// An alias may stand alone in ORDER BY, and not within an expression.
    fn order_number(&self, _: &str, expression: &str) -> String {
        expression.to_owned()
    }
}

/// A statement under construction: hands out placeholders for values.
#[derive(Debug, Default)]
pub struct Values(Vec<Value>);

impl Values {
    /// The placeholder for `value`.
    pub fn bind(&mut self, value: impl Into<Value>) -> String {
        self.0.push(value.into());
        format!("${}", self.0.len())
    }

    /// The statement of `text` with these values.
    pub fn statement(self, text: String) -> Statement {
        Statement { text, values: self.0 }
    }
}
