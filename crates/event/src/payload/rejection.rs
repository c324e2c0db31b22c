//! Why one event is refused.

use std::borrow::Cow;

/// One event is refused; the rest of its batch is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Rejection {
    /// A stable word for programs, of a closed set.
    pub code: &'static str,
    /// The field at fault, by its own name, whichever alias was sent.
    pub field: Option<Cow<'static, str>>,
    /// What is wrong and how to mend it, for people.
    pub message: Cow<'static, str>,
}

impl Rejection {
    /// A rejection for a reason that lies in one field.
    pub fn of(code: &'static str, field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, field: Some(Cow::Borrowed(field)), message: message.into() }
    }

    /// A rejection for a reason that lies in the event as a whole.
    pub fn whole(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, field: None, message: message.into() }
    }
}
