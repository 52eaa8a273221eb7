//! The schema on SQLite.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Database};
use crate::store::{Cause, SchemaState, StoreError, error::Failure, schema_state};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

impl Database {
    pub(super) fn compare_schema(&self) -> Result<SchemaState, StoreError> {
        let applied = self.read(applied)?;
        schema_state::compare::<diesel::sqlite::Sqlite>(&MIGRATIONS, &applied)
    }

    /// The data folder is locked by its program, so nobody else migrates meanwhile.
    pub(super) fn apply_migrations(&self) -> Result<Vec<String>, StoreError> {
        let mut writer = self.writer();
        let done = writer
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| StoreError::Broken(Cause::from(error.to_string())))?;
        Ok(done.iter().map(ToString::to_string).collect())
    }
}

fn applied(conn: &mut Conn) -> Result<Vec<String>, Failure> {
    let table = "SELECT count(*) AS count FROM sqlite_master
        WHERE type = 'table' AND name = '__diesel_schema_migrations'";
    if diesel::sql_query(table).get_result::<Count>(conn)?.count == 0 {
        return Ok(Vec::new());
    }
    let rows = diesel::sql_query("SELECT version FROM __diesel_schema_migrations")
        .load::<Version>(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}
