//! What goals, segments and annotations of a site have in common: a number that stays; of goals and segments also a
//! name that nothing else of the site has.

use millrace_event::SiteId;

use crate::CatalogError;

/// Characters of a name.
pub(crate) const NAME_CHARS: usize = 120;

/// A goal, a segment or an annotation that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidField {
    /// The field at fault: `name`.
    pub field: &'static str,
    /// What is wrong, and the mend.
    pub problem: String,
}

impl InvalidField {
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

/// A goal, a segment or an annotation, as it is kept.
pub(crate) trait Named {
    /// What it is called in messages.
    const WHAT: &'static str;
    /// The most of a site.
    const MOST: usize;

    fn id(&self) -> u32;
    /// The name, where no other may have the same. The databases compare names themselves.
    #[cfg(feature = "testing")]
    fn name(&self) -> Option<&str>;
}

/// A name without space around it.
pub(crate) fn name(text: &str) -> Result<String, InvalidField> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        let problem = format!("a name has 1 to {NAME_CHARS} characters, none of them a control character");
        return Err(InvalidField::new("name", problem));
    }
    Ok(name.to_owned())
}

/// Refuses one more than a site may have. Two processes at once may both take the last place; this bounds memory, and
/// one more or less does no harm.
pub(crate) fn check_room<T: Named>(site: &SiteId, there: &[T]) -> Result<(), CatalogError> {
    match there.len() < T::MOST {
        true => Ok(()),
        false => Err(CatalogError::TooMany { site: site.clone(), what: T::WHAT, most: T::MOST }),
    }
}

/// The error of a name that something else has.
pub(crate) fn taken<T: Named>(site: &SiteId, name: &str) -> CatalogError {
    CatalogError::NameTaken { site: site.clone(), what: T::WHAT, name: name.to_owned() }
}

/// The place of what has this id, in a list by id.
pub(crate) fn find<T: Named>(list: &[T], id: u32) -> Option<&T> {
    list.binary_search_by_key(&id, T::id).ok().map(|place| &list[place])
}
