//! The schema on Postgres.

use diesel::{
    connection::SimpleConnection,
    prelude::*,
    sql_types::{Bool, Text},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Database, Sessions, connect};
use crate::store::{Cause, SchemaState, StoreError, error::Failure, schema_state};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Held for the session of whoever migrates; the number is ours alone ("suo" in ASCII).
const LOCK: &str = "SELECT pg_advisory_lock(7566703)";

/// The lock would stay behind in a session that belongs to the pooler.
const BY_TRANSACTION: &str = "SUO_DATABASE_URL leads to a pooler that works by transaction; \
     migrate needs a session of its own: name the server itself, or a pool by session";

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

impl Database {
    pub(super) fn compare_schema(&self) -> Result<SchemaState, StoreError> {
        let applied = self.read(applied)?;
        schema_state::compare::<diesel::pg::Pg>(&MIGRATIONS, &applied)
    }

    /// On a connection of its own: no limit on statements, and the lock goes with it.
    pub(super) fn apply_migrations(&self) -> Result<Vec<String>, StoreError> {
        if self.sessions == Sessions::Pooled {
            return Err(StoreError::broken(BY_TRANSACTION));
        }
        let mut conn = connect(&self.url)?;
        conn.batch_execute(LOCK).map_err(Failure::from)?;
        let done = conn
            .run_pending_migrations(MIGRATIONS)
            .map_err(|error| StoreError::Broken(Cause::from(error.to_string())))?;
        Ok(done.iter().map(ToString::to_string).collect())
    }
}

fn applied(conn: &mut Conn) -> Result<Vec<String>, Failure> {
    let table = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS yes";
    if !diesel::sql_query(table).get_result::<Exists>(conn)?.yes {
        return Ok(Vec::new());
    }
    let rows = diesel::sql_query("SELECT version FROM __diesel_schema_migrations")
        .load::<Version>(conn)?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}
