//! One connection to Redis that is replaced after an error.

use std::{fmt, time::Duration};

use redis::{Client, Connection, ErrorKind, FromRedisValue, Pipeline, RedisError, ServerErrorKind};
use suo_link::wire::names::Names;

use super::scripts::SCRIPTS;
use crate::announce::AnnounceError;

/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(1);

/// How long one answer may take; scripts on big batches take a few milliseconds.
const ANSWER: Duration = Duration::from_secs(2);

/// Which Redis, and where in it.
#[derive(Clone)]
pub struct RedisTarget {
    client: Client,
    /// Keys and channels behind `SUO_REDIS_PREFIX`.
    pub names: Names,
}

impl RedisTarget {
    /// Reads `redis://[user:password@]host:port[/db]`, or `rediss://` for TLS with the
    /// system's roots. Nothing is connected yet.
    ///
    /// # Errors
    /// What is wrong with the address; never the address itself, which may hold a password.
    pub fn new(url: &str, prefix: &str) -> Result<Self, TargetError> {
        if url.contains(',') {
            return Err(TargetError::SeveralNodes);
        }
        let client = Client::open(url).map_err(|_| TargetError::NotAnAddress)?;
        Ok(Self {
            client,
            names: Names::new(prefix),
        })
    }

    /// A connection of its own that is never replaced behind one's back: whatever was written
    /// on it went to one and the same server process.
    pub(super) fn connect(&self) -> Result<Connection, AnnounceError> {
        let connect = || {
            let mut connection = self.client.get_connection_with_timeout(CONNECT)?;
            connection.set_read_timeout(Some(ANSWER))?;
            connection.set_write_timeout(Some(ANSWER))?;
            SCRIPTS.load(&mut connection)?;
            Ok(connection)
        };
        connect().map_err(|error: RedisError| unavailable(&error))
    }
}

/// Why an address of Redis is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetError {
    /// Not of the form `redis://…` or `rediss://…`.
    NotAnAddress,
    /// A list of nodes: Redis Cluster.
    SeveralNodes,
}

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnAddress => {
                "it is redis://[user:password@]host:port[/db], or rediss:// for TLS"
            }
            Self::SeveralNodes => "several nodes (Redis Cluster) are not supported yet: name one",
        })
    }
}

impl std::error::Error for TargetError {}

/// The relay's connection.
pub(super) struct Line {
    target: RedisTarget,
    connection: Option<Connection>,
}

impl Line {
    pub(super) fn new(target: RedisTarget) -> Self {
        Self {
            target,
            connection: None,
        }
    }

    /// Runs a pipeline of commands that are harmless when repeated.
    pub(super) fn run<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
    ) -> Result<T, AnnounceError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.target.connect()?,
        };
        let mut outcome = pipeline.query(&mut connection);
        if outcome.as_ref().is_err_and(is_unknown_script) {
            // Somebody flushed the script cache.
            outcome = SCRIPTS
                .load(&mut connection)
                .and_then(|()| pipeline.query(&mut connection));
        }
        let value = outcome.map_err(|error| unavailable(&error))?;
        self.connection = Some(connection);
        Ok(value)
    }
}

pub(super) fn unavailable(error: &RedisError) -> AnnounceError {
    AnnounceError::Unavailable(format!("Redis: {error}"))
}

fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}
