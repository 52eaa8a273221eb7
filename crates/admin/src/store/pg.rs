//! The store on Postgres.

mod dialect;
mod migrate;
mod pooler;
#[allow(
    clippy::duplicate_mod,
    reason = "written once, compiled for each database"
)]
#[path = "queries/mod.rs"]
mod queries;

use std::time::{Duration, Instant};

use diesel::{
    PgConnection,
    connection::{CacheSize, InstrumentationEvent, SimpleConnection},
    prelude::*,
    r2d2::{self, ConnectionManager, CustomizeConnection, HandleError, Pool, PooledConnection},
    result::{DatabaseErrorKind as Kind, Error as SqlError},
};
use tracing::{info, warn};

use super::{Cause, StoreError, error::Failure, patience};
use crate::random::{self, Random};

type Conn = PgConnection;
type Manager = ConnectionManager<Conn>;

/// The store on Postgres is this type.
pub type PgStore = Database;

/// Connections of one program.
const CONNECTIONS: u32 = 16;

/// How long a call waits for a connection. libpq takes no limit below 2 s for connecting.
const CONNECT_LIMIT: Duration = Duration::from_millis(1800);

/// How long one statement may take, waiting for locks included.
const STATEMENT: Duration = Duration::from_secs(2);

/// The same for the server; and how long a transaction of a program that has vanished or hangs keeps
/// its locks (longer than Redis may take to answer the relay). To start parallel workers takes longer
/// than any question of ours.
const LIMITS: &str = "SET statement_timeout = 2000; SET idle_in_transaction_session_timeout = 2000; SET max_parallel_workers_per_gather = 0";

/// The same for one transaction, where sessions belong to a pooler.
const LIMITS_OF_A_TRANSACTION: &str = "SET LOCAL statement_timeout = 2000; SET LOCAL idle_in_transaction_session_timeout = 2000; SET LOCAL max_parallel_workers_per_gather = 0";

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
    sessions: Sessions,
    random: Random,
}

/// Whose the server's sessions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sessions {
    /// Each belongs to one connection.
    Own,
    /// A pooler hands them out by the transaction.
    Pooled,
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
        let mut probe = connect(&url)?;
        let sessions = sessions(&mut probe, &url)?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .min_idle(Some(1))
            .connection_timeout(CONNECT_LIMIT)
            .connection_customizer(Box::new(Setup(sessions)))
            .error_handler(Box::new(Log))
            .build(Manager::new(&url))
            .map_err(unavailable)?;
        Ok(Self {
            url,
            pool,
            sessions,
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
        let conn = self.pool.get().map_err(unavailable)?;
        check_that_somebody_waits()?;
        Ok(conn)
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        match self.sessions {
            Sessions::Own => Ok(query(&mut *self.connection()?)?),
            Sessions::Pooled => self.write_once(query),
        }
    }

    /// Several queries that see one state of the database; each may take so long.
    fn snapshot<T>(
        &self,
        limit: Duration,
        query: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut conn = self.connection()?;
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        let outcome: Result<T, Failure> = snapshot.run(|conn| {
            let limit = limit.as_millis();
            conn.batch_execute(&format!("SET LOCAL statement_timeout = {limit}"))?;
            query(conn)
        });
        Ok(outcome?)
    }

    fn write<T>(
        &self,
        mut change: impl FnMut(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut conn = self.connection()?;
        let mut attempt = 1;
        loop {
            let begun = Instant::now();
            match self.transaction(&mut conn, &mut change) {
                Err(failure) if attempt < ATTEMPTS && is_worth_a_retry(&failure, begun) => {
                    attempt += 1;
                }
                settled => return Ok(settled?),
            }
        }
    }

    fn write_once<T>(
        &self,
        change: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        Ok(self.transaction(&mut *self.connection()?, change)?)
    }

    fn transaction<T>(
        &self,
        conn: &mut Conn,
        change: impl FnOnce(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        conn.transaction(|conn| {
            if self.sessions == Sessions::Pooled {
                conn.batch_execute(LIMITS_OF_A_TRANSACTION)?;
            }
            let changed = change(conn)?;
            // A database that hung may have taken minutes: the caller has done something else.
            check_that_somebody_waits()?;
            Ok(changed)
        })
    }
}

/// Whether the server gave up on a transaction that may well pass next time. diesel has no name
/// for a deadlock and hides its SQLSTATE, and the message comes in the server's language. So
/// whatever has no name is tried again, except what has used up the limit of a statement.
fn is_worth_a_retry(failure: &Failure, begun: Instant) -> bool {
    match failure {
        Failure::Sql(SqlError::DatabaseError(Kind::SerializationFailure, _)) => true,
        Failure::Sql(SqlError::DatabaseError(Kind::Unknown, _)) => begun.elapsed() < STATEMENT,
        _ => false,
    }
}

fn check_that_somebody_waits() -> Result<(), StoreError> {
    if patience::is_given_up() {
        return Err(unavailable("it took so long that nobody waits for it"));
    }
    Ok(())
}

fn sessions(probe: &mut Conn, url: &str) -> Result<Sessions, StoreError> {
    if !pooler::shares_sessions(probe, url)? {
        return Ok(Sessions::Own);
    }
    info!("the database is behind a pooler that works by transaction: statements are not prepared");
    Ok(Sessions::Pooled)
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

/// What is done to every new connection.
#[derive(Debug)]
struct Setup(Sessions);

impl CustomizeConnection<Conn, r2d2::Error> for Setup {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.set_instrumentation(|event: InstrumentationEvent<'_>| match event {
            InstrumentationEvent::StartQuery { .. } => patience::asked(),
            InstrumentationEvent::FinishQuery { .. } => patience::answered(),
            _ => {}
        });
        match self.0 {
            Sessions::Own => conn.batch_execute(LIMITS).map_err(r2d2::Error::QueryError),
            Sessions::Pooled => {
                // Statements and their values go in one message then, which a pooler keeps together.
                conn.set_prepared_statement_cache_size(CacheSize::Disabled);
                Ok(())
            }
        }
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
    use std::time::Instant;

    use super::{Failure, Kind, STATEMENT, SqlError, is_worth_a_retry, with_line_settings};

    #[test]
    fn a_deadlock_is_tried_again_in_any_language_and_a_used_up_limit_is_not() {
        let said = Box::new("Verklemmung entdeckt".to_owned());
        let deadlock = Failure::Sql(SqlError::DatabaseError(Kind::Unknown, said));
        let now = Instant::now();
        assert!(is_worth_a_retry(&deadlock, now));
        let long_ago = now.checked_sub(STATEMENT).unwrap();
        assert!(!is_worth_a_retry(&deadlock, long_ago));
        let said = Box::new("doppelter Schlüsselwert".to_owned());
        let taken = Failure::Sql(SqlError::DatabaseError(Kind::UniqueViolation, said));
        assert!(!is_worth_a_retry(&taken, now));
    }

    #[test]
    fn the_urls_own_settings_win() {
        let url = with_line_settings("postgres://u@h/d?connect_timeout=9&sslmode=require");
        assert!(url.starts_with("postgres://u@h/d?connect_timeout=9&sslmode=require&tcp_user"));
        assert!(with_line_settings("postgres://h/d").contains("/d?connect_timeout=2&tcp_user"));
        assert!(with_line_settings("host=h dbname=d").contains("dbname=d connect_timeout=2 "));
    }
}
