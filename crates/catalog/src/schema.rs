//! What a failed migration means.

use sqlx::migrate::{MigrateError, Migrator};

use crate::CatalogError;

/// The migrator says of a newer schema that a migration is missing, which helps nobody.
pub(crate) fn error(migrations: &Migrator, error: MigrateError) -> CatalogError {
    let known = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) if found > known => CatalogError::NewerSchema { found, known },
        error => CatalogError::Migration(error),
    }
}
