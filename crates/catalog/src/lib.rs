//! Sites, their keys, schemas, goals, segments and annotations, and the salts of anonymous visitors.
//!
//! [`Catalog`] is the seam; [`sqlite`] is the backend of one machine, [`postgres`] that of several. The hot path never
//! asks a database: it reads a [`Directory`], a snapshot of all but the salts that the backend keeps fresh.
//!
//! With the feature `testing`: [`conformance`], which every backend passes, and [`memory`], a catalog for the tests
//! of whoever needs one.
//!
//! Invariant: a key's secret is shown once, when it is made; only its SHA-256 is stored.

mod annotations;
#[cfg(feature = "testing")]
pub mod conformance;
mod directory;
mod goals;
pub mod key;
#[cfg(feature = "testing")]
pub mod memory;
mod named;
pub mod postgres;
mod rows;
mod salts;
mod schema;
mod schemas;
mod segments;
pub mod settings;
mod snapshot;
pub mod sqlite;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use millrace_event::{SiteId, Timestamp};

pub use annotations::{NewAnnotation, SavedAnnotation, SiteAnnotations};
pub use directory::{Directory, Grant, OwnPath};
pub use goals::{NewGoal, SavedGoal, SiteGoals};
use key::{Key, KeyId, KeyKind, NewKey};
pub use named::InvalidField;
pub use schemas::{DeclaredSchema, NewSchema, SiteSchemas};
pub use segments::{NewSegment, SavedSegment, SiteSegments};
pub use settings::SiteSettings;

/// What is tracked.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// The zone its days are cut in.
    pub timezone: jiff::tz::TimeZone,
    /// Its reports may be read without a key.
    pub public: bool,
    /// Events are taken with a key only.
    pub require_key: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// What its owner decided about its events.
    pub settings: SiteSettings,
}

/// What is to change of a site; nothing leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteChange {
    /// Its time zone. What has been counted is cut in the new one from then on.
    pub timezone: Option<jiff::tz::TimeZone>,
    /// Whether its reports may be read without a key.
    pub public: Option<bool>,
    /// Whether events are taken with a key only.
    pub require_key: Option<bool>,
}

/// The secret of one UTC day, under which anonymous visitors are hashed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt {
    /// Days since the epoch.
    pub utc_day: i64,
    /// 128 random bits.
    pub secret: u128,
}

impl fmt::Debug for Salt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Salt").field("utc_day", &self.utc_day).finish_non_exhaustive()
    }
}

/// Where sites and what belongs to them are kept, and salts.
#[async_trait]
pub trait Catalog: fmt::Debug + Send + Sync + 'static {
    /// The current snapshot; never waits.
    fn directory(&self) -> Arc<Directory>;

    /// Reads the database again; what another process changed is in [`Catalog::directory`] afterwards.
    /// The backend also does this by itself within two seconds of a change.
    async fn refresh(&self) -> Result<(), CatalogError>;

    /// Adds a site. Its id must be new.
    async fn add_site(&self, site: &Site) -> Result<(), CatalogError>;

    /// Changes a site. Two who change different fields at once both have their way.
    async fn change_site(&self, site: &SiteId, change: &SiteChange) -> Result<(), CatalogError>;

    /// Declares a schema of a site's events, in place of the one that the name had.
    async fn set_schema(&self, site: &SiteId, schema: &NewSchema) -> Result<(), CatalogError>;

    /// Takes back what was declared of a name, as it is kept; answers whether there was something.
    async fn remove_schema(&self, site: &SiteId, name: &str) -> Result<bool, CatalogError>;

    /// Adds a goal and answers its number. Its name must be new among the site's goals.
    async fn add_goal(&self, site: &SiteId, goal: &NewGoal) -> Result<u32, CatalogError>;

    /// Puts `goal` in the place of the one with this number, which it keeps; answers whether there was one.
    async fn replace_goal(&self, site: &SiteId, id: u32, goal: &NewGoal) -> Result<bool, CatalogError>;

    /// Removes a goal; answers whether there was one.
    async fn remove_goal(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError>;

    /// Adds a segment and answers its number. Its name must be new among the site's segments.
    async fn add_segment(&self, site: &SiteId, segment: &NewSegment) -> Result<u32, CatalogError>;

    /// Puts `segment` in the place of the one with this number, which it keeps; answers whether there was one.
    async fn replace_segment(
        &self,
        site: &SiteId,
        id: u32,
        segment: &NewSegment,
    ) -> Result<bool, CatalogError>;

    /// Removes a segment; answers whether there was one.
    async fn remove_segment(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError>;

    /// Adds an annotation and answers its number.
    async fn add_annotation(&self, site: &SiteId, annotation: &NewAnnotation) -> Result<u32, CatalogError>;

    /// Puts `annotation` in the place of the one with this number, which it keeps; answers whether there was one.
    async fn replace_annotation(
        &self,
        site: &SiteId,
        id: u32,
        annotation: &NewAnnotation,
    ) -> Result<bool, CatalogError>;

    /// Removes an annotation; answers whether there was one.
    async fn remove_annotation(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError>;

    /// Removes a site, its schemas, goals, segments, annotations and keys; answers whether there was one. Its events stay until erased.
    async fn remove_site(&self, site: &SiteId) -> Result<bool, CatalogError>;

    /// Replaces a site's settings.
    async fn set_settings(&self, site: &SiteId, settings: &SiteSettings) -> Result<(), CatalogError>;

    /// Makes a key for a site and answers it with its secret, this once.
    async fn add_key(&self, site: &SiteId, kind: KeyKind) -> Result<NewKey, CatalogError>;

    /// Every key, revoked ones included, oldest first, of one site or of all.
    async fn keys(&self, site: Option<&SiteId>) -> Result<Vec<Key>, CatalogError>;

    /// Revokes a key at once; answers whether there was one that was not revoked yet.
    async fn revoke_key(&self, key: &KeyId) -> Result<bool, CatalogError>;

    /// The salt of a UTC day, made at its first use and the same for every process after that. Salts of days that
    /// ended more than 48 hours before `now` are deleted; asking for such a day is an error.
    async fn salt(&self, utc_day: i64, now: Timestamp) -> Result<Salt, CatalogError>;
}

/// Why the catalog could not answer.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is a site of this id.
    #[error("site '{0}' exists already")]
    SiteExists(SiteId),
    /// There is no site of this id.
    #[error("there is no site '{0}': add it with 'millrace site add {0}'")]
    UnknownSite(SiteId),
    /// There is no room for one more schema.
    #[error("site '{0}' has {max} schemas, which is the most: remove one first", max = millrace_event::limits::SCHEMAS)]
    TooManySchemas(SiteId),
    /// There is no room for one more goal, segment or annotation.
    #[error("site '{site}' has {most} {what}s, which is the most: remove one first")]
    TooMany {
        /// Whose.
        site: SiteId,
        /// `goal`, `segment` or `annotation`.
        what: &'static str,
        /// The most.
        most: usize,
    },
    /// Another goal or segment of the site has the name.
    #[error("site '{site}' has a {what} named '{name}' already: choose another name")]
    NameTaken {
        /// Whose.
        site: SiteId,
        /// `goal` or `segment`.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The day's salt is gone, as promised.
    #[error(
        "the salt of day {0} has been deleted: anonymous visitors of that day cannot be recognised any more"
    )]
    SaltDeleted(i64),
    /// The database holds what this version never writes.
    #[error("the catalog holds an invalid {what}: {value}")]
    Invalid {
        /// Table and column.
        what: &'static str,
        /// The value.
        value: String,
    },
    /// The URL cannot be used. The reason repeats nothing that may be a password.
    #[error("the catalog's URL: {0}")]
    Url(String),
    /// The database's server cannot be reached, or does not answer in time.
    #[error("the catalog's database at '{server}' is out of reach: {cause}")]
    OutOfReach {
        /// Host, port and database.
        server: String,
        /// Why.
        cause: String,
    },
    /// The database failed.
    #[error("the catalog's database: {0}")]
    Database(#[from] sqlx::Error),
    /// A newer Millrace has been here.
    #[error(
        "the catalog's schema has version {found} and this program knows {known} at most: run the newer one, \
         or restore a backup from before it"
    )]
    NewerSchema {
        /// The first version that is not known.
        found: i64,
        /// The last version that is.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("the catalog's schema: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}
