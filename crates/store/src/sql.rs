//! Every report, written once as SQL.
//!
//! A [`Statement`] has a text in which nothing comes from a client: columns come from enums, values are bound.
//! What differs between engines is in [`Dialect`]. Times are cut by `width_bucket(instant, thresholds)`, whose
//! thresholds were computed by the query crate: no engine ever sees a zone.
//!
//! - [`mod@query`]: a checked query, in parts that count over events, whole sessions, and the events of each session;
//! - [`lists`]: walks, events, sessions, visitors;
//! - [`live`]: what happens now, and events in order of arrival;
//! - `rows`: what all of them read from: the events of a period that pass a filter, with what is known of their sessions.

mod dialect;
pub mod lists;
pub mod live;
pub mod query;
mod rows;

pub use dialect::{DataFusion, Dialect, PostgreSql, Resolved};
pub use query::{Source, query, query_from, read_row};

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
    /// Texts.
    Texts(Vec<String>),
    /// An instant.
    Instant(Timestamp),
    /// Instants, ascending.
    Instants(Vec<Timestamp>),
    /// A whole number.
    Integer(i64),
    /// The number of a session or visitor.
    Number(u64),
}

impl From<&SiteId> for Value {
    fn from(site: &SiteId) -> Self {
        Self::Text(site.as_str().to_owned())
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

    /// The placeholder for a text.
    pub fn text(&mut self, text: &str) -> String {
        self.bind(Value::Text(text.to_owned()))
    }

    /// The statement of `text` with these values.
    pub fn statement(self, text: String) -> Statement {
        Statement { text, values: self.0 }
    }
}

/// `name(0), name(1), ...`
fn list(count: usize, name: impl Fn(usize) -> String) -> String {
    (0..count).map(name).collect::<Vec<_>>().join(", ")
}

/// Conditions as one, in parentheses. Many are halved again and again: engines walk expressions by recursion, and a
/// chain would be as deep as it is long.
fn joined(parts: &[String], word: &str) -> String {
    const CHAIN: usize = 8;
    if parts.len() <= CHAIN {
        return format!("({})", parts.join(word));
    }
    let (left, right) = parts.split_at(parts.len() / 2);
    format!("({}{word}{})", joined(left, word), joined(right, word))
}
