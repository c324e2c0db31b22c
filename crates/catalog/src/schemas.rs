//! Declared schemas of a site's events, compiled, in the snapshot that ingestion reads.
//!
//! Invariant: a name is normalised as an event's is, so that a schema holds for the events that are kept under it.

use std::borrow::Cow;
use std::sync::Arc;

use bytestring::ByteString;
use millrace_event::payload::{Rejection, normalise_name};
use millrace_event::schema::{EventSchema, Mode};
use millrace_event::{SiteId, Timestamp, limits};

use crate::{CatalogError, Directory};

/// A schema to be declared, in place of the one that the event's name has.
#[derive(Clone, Debug)]
pub struct NewSchema {
    name: ByteString,
    mode: Mode,
    schema: Arc<EventSchema>,
}

impl NewSchema {
    /// A schema for the events of this name, or of another one that means the same.
    ///
    /// # Errors
    /// When no event can have this name.
    pub fn new(name: &str, mode: Mode, schema: EventSchema) -> Result<Self, Rejection> {
        let name = normalise_name(Cow::Borrowed(name))?.as_ref().into();
        Ok(Self { name, mode, schema: Arc::new(schema) })
    }

    /// The normalised name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What becomes of events that violate it.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The document.
    pub fn document(&self) -> &str {
        self.schema.document()
    }

    /// It as declared at `now`, in place of `before`; databases do the same by a statement.
    #[cfg(feature = "testing")]
    pub(crate) fn declared(&self, before: Option<&DeclaredSchema>, now: Timestamp) -> DeclaredSchema {
        DeclaredSchema {
            name: self.name.clone(),
            mode: self.mode,
            schema: Arc::clone(&self.schema),
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
        }
    }

    /// Refuses one more than a site may have. Two processes at once may both take the last place; this bounds
    /// memory, and one more or less does no harm.
    pub(crate) fn check_room(&self, site: &SiteId, directory: &Directory) -> Result<(), CatalogError> {
        let declared = directory.schemas(site);
        match declared.get(&self.name) {
            None if declared.all().len() >= limits::SCHEMAS => {
                Err(CatalogError::TooManySchemas(site.clone()))
            }
            _ => Ok(()),
        }
    }
}

/// What an event's name was declared to have.
#[derive(Clone, Debug)]
pub struct DeclaredSchema {
    /// The event's name.
    pub name: ByteString,
    /// What becomes of events that violate it.
    pub mode: Mode,
    /// What their properties must be.
    pub schema: Arc<EventSchema>,
    /// When the name was first declared.
    pub created_at: Timestamp,
    /// When this schema and mode were.
    pub updated_at: Timestamp,
}

/// The schemas of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteSchemas(
    /// By name, each once.
    Vec<DeclaredSchema>,
);

/// Of a site without any.
static NONE: SiteSchemas = SiteSchemas(Vec::new());

impl SiteSchemas {
    /// Of a site without any.
    pub(crate) fn none() -> &'static Self {
        &NONE
    }

    pub(crate) fn new(mut schemas: Vec<DeclaredSchema>) -> Self {
        schemas.sort_by(|a, b| a.name.cmp(&b.name));
        schemas.dedup_by(|a, b| a.name == b.name);
        Self(schemas)
    }

    /// The schema of the events of this normalised name.
    pub fn get(&self, name: &str) -> Option<&DeclaredSchema> {
        let place = self.0.binary_search_by(|schema| (*schema.name).cmp(name));
        place.ok().map(|place| &self.0[place])
    }

    /// All of them, by name.
    pub fn all(&self) -> &[DeclaredSchema] {
        &self.0
    }
}
