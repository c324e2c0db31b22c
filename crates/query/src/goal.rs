//! What a site wants its visitors to do.

use crate::{Dimension, Filter, InvalidPattern, Pattern};

/// A goal and the events that reach it.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// The name it is shown by; a site's goals have different ones.
    pub name: String,
    /// Which events reach it.
    pub filter: Filter,
}

/// How a goal is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoalKind {
    /// An event of this name.
    Event(String),
    /// A view of a page; `*` stands for anything but a slash, `**` for anything.
    Page(String),
    /// A page, as above, seen to this percentage of its height.
    Scroll(String, u8),
}

impl Goal {
    /// The most goals of a site.
    pub const MOST: usize = 60;

    /// The goal `name` of `kind`.
    pub fn new(name: impl Into<String>, kind: &GoalKind) -> Result<Self, InvalidPattern> {
        let filter = match kind {
            GoalKind::Event(event) => Filter::Is(Dimension::Name, vec![event.clone()]),
            GoalKind::Page(page) => Filter::And(vec![
                Filter::Is(Dimension::Name, vec!["pageview".to_owned()]),
                page_filter(page)?,
            ]),
            GoalKind::Scroll(page, percent) => {
                Filter::And(vec![page_filter(page)?, Filter::ScrolledTo(*percent)])
            }
        };
        Ok(Self { name: name.into(), filter })
    }
}

fn page_filter(page: &str) -> Result<Filter, InvalidPattern> {
    Ok(match page.contains('*') {
        true => Filter::Matches(Dimension::Page, vec![Pattern::of_pages(page)?]),
        false => Filter::Is(Dimension::Page, vec![page.to_owned()]),
    })
}
