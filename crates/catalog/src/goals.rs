//! Goals of a site, compiled, in the snapshot that reports read.
//!
//! Invariant: [`SiteGoals::asked`] is what queries take, and has the goals of [`SiteGoals::all`] in their order.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use millrace_event::payload::normalise_name;
use millrace_event::{Currency, Timestamp, limits};
use millrace_query::{Goal, GoalKind};

use crate::named::{self, InvalidField, Named};

/// The most '*' of a page: each costs time for every event that a report reads.
const STARS: usize = 20;

/// A goal to be kept.
#[derive(Clone, Debug)]
pub struct NewGoal {
    goal: Goal,
    kind: GoalKind,
    currency: Option<Currency>,
}

impl NewGoal {
    /// A goal that is shown by `name`, and worth money where there is a currency. The name of an event is normalised
    /// as an event's is, so that the goal is reached by the events that are kept under it.
    ///
    /// # Errors
    /// Names the field at fault: `name`, `event`, `page` or `percent`.
    pub fn new(name: &str, kind: GoalKind, currency: Option<Currency>) -> Result<Self, InvalidField> {
        let name = named::name(name)?;
        let kind = match kind {
            GoalKind::Event(event) => {
                let event = normalise_name(Cow::Borrowed(&event));
                let event = event.map_err(|error| InvalidField::new("event", error.message))?;
                GoalKind::Event(event.into_owned())
            }
            GoalKind::Page(page) => GoalKind::Page(checked_page(page)?),
            GoalKind::Scroll(page, percent) => {
                if !(1..=100).contains(&percent) {
                    let problem = format!("{percent} is no percentage of a page's height: write 1 to 100");
                    return Err(InvalidField::new("percent", problem));
                }
                GoalKind::Scroll(checked_page(page)?, percent)
            }
        };
        let goal = Goal::new(name, &kind).map_err(|error| InvalidField::new("page", error.to_string()))?;
        Ok(Self { goal, kind, currency })
    }

    /// The name it is shown by.
    pub fn name(&self) -> &str {
        &self.goal.name
    }

    /// What reaches it.
    pub fn kind(&self) -> &GoalKind {
        &self.kind
    }

    /// The currency of what it is worth.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }

    /// It as kept under this number at `now`; `created_at` is that of the goal it replaces.
    #[cfg(feature = "testing")]
    pub(crate) fn saved(&self, id: u32, created_at: Option<Timestamp>, now: Timestamp) -> SavedGoal {
        SavedGoal {
            id,
            goal: self.goal.clone(),
            kind: self.kind.clone(),
            currency: self.currency,
            created_at: created_at.unwrap_or(now),
            updated_at: now,
        }
    }
}

fn checked_page(page: String) -> Result<String, InvalidField> {
    let begins = page.starts_with(['/', '*']);
    if !begins || page.chars().count() > limits::URL_CHARS || page.chars().any(char::is_control) {
        let most = limits::URL_CHARS;
        let problem = format!(
            "a page begins with '/', or with '*' for any, and has {most} characters at most: write '/pricing' or '/blog/**'"
        );
        return Err(InvalidField::new("page", problem));
    }
    if page.matches('*').count() > STARS {
        return Err(InvalidField::new("page", format!("a page has {STARS} '*' at most: leave some out")));
    }
    Ok(page)
}

/// A goal as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedGoal {
    /// Its number, from 1. It stays when the goal changes, and no other goal of the site ever has it.
    pub id: u32,
    /// Its name, and which events reach it.
    pub goal: Goal,
    /// The same as it was described.
    pub kind: GoalKind,
    /// The currency of what it is worth.
    pub currency: Option<Currency>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last replaced.
    pub updated_at: Timestamp,
}

impl Named for SavedGoal {
    const WHAT: &'static str = "goal";
    const MOST: usize = Goal::MOST;

    fn id(&self) -> u32 {
        self.id
    }

    #[cfg(feature = "testing")]
    fn name(&self) -> Option<&str> {
        Some(&self.goal.name)
    }
}

/// The goals of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteGoals {
    /// By id.
    all: Vec<SavedGoal>,
    asked: Arc<[Goal]>,
}

/// Of a site without any.
static NONE: LazyLock<SiteGoals> = LazyLock::new(SiteGoals::default);

impl SiteGoals {
    /// Of a site without any.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }

    pub(crate) fn new(mut all: Vec<SavedGoal>) -> Self {
        all.sort_by_key(|goal| goal.id);
        let asked = all.iter().map(|saved| saved.goal.clone()).collect();
        Self { all, asked }
    }

    /// The goal of this number.
    pub fn get(&self, id: u32) -> Option<&SavedGoal> {
        named::find(&self.all, id)
    }

    /// All of them, by id.
    pub fn all(&self) -> &[SavedGoal] {
        &self.all
    }

    /// All of them, as a query is checked against.
    pub fn asked(&self) -> &Arc<[Goal]> {
        &self.asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(name: &str, kind: GoalKind) -> String {
        NewGoal::new(name, kind, None).expect_err("refused").to_string()
    }

    #[test]
    fn what_cannot_be_kept_names_the_field() {
        let event = || GoalKind::Event("purchase".to_owned());
        let page = |page: &str| GoalKind::Page(page.to_owned());
        for (name, kind, expected) in [
            ("", event(), "name: a name has 1 to 120 characters"),
            (" \t", event(), "name: a name has 1 to 120 characters"),
            ("a\u{0}b", event(), "name: a name has 1 to 120 characters"),
            (&"ä".repeat(121), event(), "name: a name has 1 to 120 characters"),
            ("x", GoalKind::Event(" ".to_owned()), "event: "),
            ("x", GoalKind::Event("x".repeat(121)), "event: "),
            ("x", page(""), "page: a page begins with '/'"),
            ("x", page("pricing"), "page: a page begins with '/'"),
            ("x", page("/a\nb"), "page: a page begins with '/'"),
            ("x", page(&format!("/{}", "x".repeat(2_048))), "page: a page begins with '/'"),
            ("x", page(&format!("/{}", "*".repeat(21))), "page: a page has 20 '*' at most"),
            ("x", GoalKind::Scroll("/".to_owned(), 0), "percent: 0 is no percentage"),
            ("x", GoalKind::Scroll("/".to_owned(), 101), "percent: 101 is no percentage"),
            ("x", GoalKind::Scroll("blog".to_owned(), 50), "page: a page begins with '/'"),
        ] {
            let error = error(name, kind.clone());
            assert!(error.starts_with(expected), "{name} {kind:?}: {error}");
        }
    }

    #[test]
    fn names_are_kept_in_one_form() {
        let goal =
            NewGoal::new(&format!(" {} ", "ä".repeat(120)), GoalKind::Event("$pageview".to_owned()), None);
        let goal = goal.expect("a goal");
        assert_eq!(goal.name(), "ä".repeat(120));
        assert_eq!(goal.kind(), &GoalKind::Event("pageview".to_owned()));
    }

    #[test]
    fn queries_are_asked_about_the_same_goals() {
        let saved = |id, name: &str| {
            let new = NewGoal::new(name, GoalKind::Page(format!("/{name}/**")), None).expect("a goal");
            new.saved(id, None, Timestamp::from_millis(5))
        };
        let goals = SiteGoals::new(vec![saved(3, "c"), saved(1, "z")]);
        let names: Vec<_> = goals.asked().iter().map(|goal| goal.name.as_str()).collect();
        assert_eq!(names, ["z", "c"]);
        assert_eq!(goals.get(3).map(|saved| saved.goal.name.as_str()), Some("c"));
        assert!(goals.get(2).is_none());
    }
}
