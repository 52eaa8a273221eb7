//! Which migrations a program has and a database has seen.

use diesel::{backend::Backend, migration::MigrationSource};

use super::{Cause, StoreError};

/// Whether the program and the database fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// They do.
    Current,
    /// The database lacks these migrations (all of them, if it is empty).
    NeedsMigration(Vec<String>),
    /// A newer program has applied these migrations.
    Newer(Vec<String>),
}

/// Compares the program's migrations with those applied.
pub(super) fn compare<DB: Backend>(
    own: &impl MigrationSource<DB>,
    applied: &[String],
) -> Result<SchemaState, StoreError> {
    let own = own
        .migrations()
        .map_err(|error| StoreError::Broken(Cause::from(error.to_string())))?;
    let mut own: Vec<String> = own
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    own.sort();
    let foreign: Vec<String> = applied
        .iter()
        .filter(|version| !own.contains(version))
        .cloned()
        .collect();
    own.retain(|version| !applied.contains(version));
    Ok(if !foreign.is_empty() {
        SchemaState::Newer(foreign)
    } else if !own.is_empty() {
        SchemaState::NeedsMigration(own)
    } else {
        SchemaState::Current
    })
}
