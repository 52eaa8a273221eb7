//! The store on Postgres.

mod dialect;
mod migrate;
#[allow(
    clippy::duplicate_mod,
    reason = "written once, compiled for each database"
)]
#[path = "queries/mod.rs"]
mod queries;

use std::time::Duration;

use diesel::{
    PgConnection,
    connection::SimpleConnection,
    prelude::*,
    r2d2::{self, ConnectionManager, CustomizeConnection, HandleError, Pool, PooledConnection},
    result::{DatabaseErrorKind as Kind, Error as SqlError},
};
use tracing::warn;

use super::{Cause, StoreError, error::Failure};
use crate::random::{self, Random};

type Conn = PgConnection;
type Manager = ConnectionManager<Conn>;

/// The store on Postgres is this type.
pub type PgStore = Database;

/// Connections of one program.
const CONNECTIONS: u32 = 16;

/// How long a call waits for a connection. libpq takes no limit below 2 s for connecting.
const CONNECT_LIMIT: Duration = Duration::from_millis(1800);

/// How long one statement may take, waiting for locks included; and how long a transaction of
/// a program that has vanished keeps its locks (longer than Redis may take to answer the relay).
const STATEMENT_LIMIT: &str =
    "SET statement_timeout = 2000; SET idle_in_transaction_session_timeout = 30000";

/// What libpq is told unless the URL says something else: a server that is away is noticed,
/// also if it vanished without a word.
const LINE_SETTINGS: [(&str, &str); 5] = [
    ("connect_timeout", "2"),
    ("tcp_user_timeout", "2000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "2"),
];

/// How often a transaction is tried that the server gives up on (deadlock, serialization).
const ATTEMPTS: usize = 3;

/// Links in a Postgres database. TLS is the URL's business (`sslmode=verify-full` …).
pub struct Database {
    url: String,
    pool: Pool<Manager>,
    random: Random,
}

impl Database {
    /// Beyond this a handler answers 503; the call itself may take several statements.
    const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));

    /// Connects to `postgres://…` (or libpq's `key=value` form).
    ///
    /// # Errors
    /// If there is no connection within two seconds.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let url = with_line_settings(url);
        // One attempt of our own first: the pool only says that it waited in vain.
        let _probe = connect(&url)?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(1))
            .connection_timeout(CONNECT_LIMIT)
            .connection_customizer(Box::new(Limits))
            .error_handler(Box::new(Log))
            .build(Manager::new(&url))
            .map_err(unavailable)?;
        Ok(Self {
            url,
            pool,
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

    fn connection(&self) -> Result<PooledConnection<Manager>, StoreError> {
        self.pool.get().map_err(unavailable)
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        Ok(query(&mut *self.connection()?)?)
    }

    fn write<T>(
        &self,
        mut change: impl FnMut(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut conn = self.connection()?;
        let mut attempt = 1;
        loop {
            match conn.transaction(|conn| change(conn)) {
                Err(failure) if is_worth_a_retry(&failure) && attempt < ATTEMPTS => attempt += 1,
                settled => return Ok(settled?),
            }
        }
    }

    fn write_once<T>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        Ok(self.connection()?.transaction(|conn| change(conn))?)
    }
}

/// Whether the server gave up on a transaction that may well pass next time.
fn is_worth_a_retry(failure: &Failure) -> bool {
    match failure {
        Failure::Sql(SqlError::DatabaseError(Kind::SerializationFailure, _)) => true,
        Failure::Sql(SqlError::DatabaseError(Kind::Unknown, said)) => {
            said.message().contains("deadlock")
        }
        _ => false,
    }
}

fn connect(url: &str) -> Result<Conn, StoreError> {
    Conn::establish(url).map_err(|error| unavailable(harmless(error.to_string())))
}

/// What libpq says of a connection that it tried names host and user. What it says of an
/// address that it can't read may quote pieces of the password.
fn harmless(said: String) -> String {
    if said.starts_with("connection to server") {
        said
    } else {
        "SUO_DATABASE_URL can't be read, or its host is not found \
         (in a password, percent-escape what is not a letter or a digit)"
            .to_owned()
    }
}

fn unavailable(error: impl Into<Cause>) -> StoreError {
    StoreError::Unavailable(error.into())
}

/// The URL with our line settings, where it has none of its own.
fn with_line_settings(url: &str) -> String {
    let is_url = url.contains("://");
    let mut url = url.to_owned();
    for (name, value) in LINE_SETTINGS {
        if url.contains(&format!("{name}=")) {
            continue;
        }
        let separator = match (is_url, url.contains('?')) {
            (false, _) => ' ',
            (true, true) => '&',
            (true, false) => '?',
        };
        url.push(separator);
        url.push_str(&format!("{name}={value}"));
    }
    url
}

#[derive(Debug)]
struct Limits;

impl CustomizeConnection<Conn, r2d2::Error> for Limits {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.batch_execute(STATEMENT_LIMIT)
            .map_err(r2d2::Error::QueryError)
    }
}

#[derive(Debug)]
struct Log;

impl HandleError<r2d2::Error> for Log {
    fn handle_error(&self, error: r2d2::Error) {
        let error = match error {
            r2d2::Error::ConnectionError(error) => harmless(error.to_string()),
            other => other.to_string(),
        };
        warn!(error, "a connection to the database failed");
    }
}

#[cfg(test)]
mod tests {
    use super::with_line_settings;

    #[test]
    fn the_urls_own_settings_win() {
        let url = with_line_settings("postgres://u@h/d?connect_timeout=9&sslmode=require");
        assert!(url.starts_with("postgres://u@h/d?connect_timeout=9&sslmode=require&tcp_user"));
        assert!(with_line_settings("postgres://h/d").contains("/d?connect_timeout=2&tcp_user"));
        assert!(with_line_settings("host=h dbname=d").contains("dbname=d connect_timeout=2 "));
    }
}
