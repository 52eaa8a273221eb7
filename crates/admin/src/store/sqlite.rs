//! The store on SQLite: one writer, several readers, everything waits instead of failing.

mod dialect;
mod migrate;
#[allow(
    clippy::duplicate_mod,
    reason = "written once, compiled for each database"
)]
#[path = "queries/mod.rs"]
mod queries;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use diesel::{
    SqliteConnection,
    connection::SimpleConnection,
    prelude::*,
    r2d2::{self, ConnectionManager, CustomizeConnection, Pool},
};

use super::{Cause, StoreError, error::Failure};
use crate::random::{self, Random};

type Conn = SqliteConnection;
type Manager = ConnectionManager<Conn>;

/// The store on SQLite is this type.
pub type SqliteStore = Database;

/// Connections that only read.
const READERS: u32 = 4;

/// A busy database is waited for: this long, which is longer than anybody's request.
const BUSY_LIMIT: Duration = Duration::from_secs(600);

/// The waiting first, because the switch to WAL already needs it. FULL: what was answered
/// survives a power cut.
const SETTINGS: &str = "
    PRAGMA busy_timeout = 600000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -32000;";

/// Every reader has a page cache of its own: a small one, as the kernel keeps the file too.
const READ_ONLY: &str = "PRAGMA query_only = ON; PRAGMA cache_size = -4000;";

/// Links in an SQLite file.
pub struct Database {
    writer: Mutex<Conn>,
    readers: Pool<Manager>,
    random: Random,
}

impl Database {
    const PATIENCE: Option<Duration> = None;

    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// If it can't be opened or made.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        let name = file
            .to_str()
            .ok_or_else(|| StoreError::broken("the path of the database is not UTF-8"))?;
        let mut writer = Conn::establish(name).map_err(unavailable)?;
        writer.batch_execute(SETTINGS).map_err(unavailable)?;
        let readers = Pool::builder()
            .max_size(READERS)
            .connection_timeout(BUSY_LIMIT)
            .test_on_check_out(false)
            .connection_customizer(Box::new(Reader))
            .build(Manager::new(name))
            .map_err(unavailable)?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers,
            random: random::system,
        })
    }

    /// The same store, with codes drawn from `random`.
    #[must_use]
    pub fn with_random(mut self, random: Random) -> Self {
        self.random = random;
        self
    }

    fn random(&self) -> Random {
        self.random
    }

    fn writer(&self) -> MutexGuard<'_, Conn> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut conn = self.readers.get().map_err(unavailable)?;
        Ok(query(&mut conn)?)
    }

    /// Several queries that see one state of the database; they take as long as they take.
    fn snapshot<T>(
        &self,
        _: Duration,
        query: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut conn = self.readers.get().map_err(unavailable)?;
        let conn: &mut Conn = &mut conn;
        Ok(conn.transaction(query)?)
    }

    /// With one writer there are no deadlocks: once is enough.
    fn write<T>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.write_once(change)
    }

    fn write_once<T>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        Ok(self.writer().immediate_transaction(change)?)
    }
}

fn unavailable(error: impl Into<Cause>) -> StoreError {
    StoreError::Unavailable(error.into())
}

#[derive(Debug)]
struct Reader;

impl CustomizeConnection<Conn, r2d2::Error> for Reader {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.batch_execute(SETTINGS)
            .and_then(|()| conn.batch_execute(READ_ONLY))
            .map_err(r2d2::Error::QueryError)
    }
}
