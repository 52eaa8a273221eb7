//! The projection: what Redis holds.

use std::{fmt, time::Duration};

use bb8_redis::RedisConnectionManager;
use futures_util::FutureExt;
use redis::{AsyncConnectionConfig, Client, RedisError, aio::MultiplexedConnection};
use suo_link::{
    rev::Position,
    wire::{
        names::{Bucket, LinkKey, Names},
        sighting::Sighting,
    },
};
use tokio::runtime::Handle;

use super::{Answer, Unavailable};

/// Questions to Redis at one time; each takes a connection for one round trip.
const CONNECTIONS: u32 = 16;

/// How long an attempt to connect may take.
const CONNECT_LIMIT: Duration = Duration::from_secs(1);

/// Where Redis is, and how to log in.
///
/// Never shown: the URL can hold a password.
#[derive(Clone)]
pub struct Address {
    client: Client,
    manager: RedisConnectionManager,
}

/// Why a text is no address; says nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAddress {
    /// Not `redis://…` or `rediss://…`.
    NotAnUrl,
    /// Several nodes: Redis Cluster.
    Cluster,
}

/// Asks Redis over pooled connections.
#[derive(Clone)]
pub struct Redis {
    pool: bb8::Pool<Lines>,
    names: Names,
}

impl Address {
    /// Reads `redis://:password@host:6379/0`, or `rediss://` for TLS with the system's roots.
    ///
    /// # Errors
    /// See [`BadAddress`].
    pub fn parse(url: &str) -> Result<Self, BadAddress> {
        crate::tls::use_ring();
        if url.contains(',') {
            // A cluster would be a second implementation of the port, with `cluster-async`.
            return Err(BadAddress::Cluster);
        }
        let client = Client::open(url.trim()).map_err(|_| BadAddress::NotAnUrl)?;
        let manager = RedisConnectionManager::new(url.trim()).map_err(|_| BadAddress::NotAnUrl)?;
        Ok(Self { client, manager })
    }

    /// A connection of one's own for commands, without a limit to how long they take.
    pub(crate) async fn commands(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(None);
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&config);
        connecting.await
    }

    /// A connection that hears what is published.
    pub(crate) async fn subscriber(&self) -> Result<redis::aio::PubSub, RedisError> {
        self.client.get_async_pubsub().await
    }
}

impl Redis {
    /// Connects when it is first asked. The pool's upkeep runs on `background`.
    #[must_use]
    pub fn new(address: &Address, names: Names, background: &Handle) -> Self {
        let _context = background.enter();
        let pool = bb8::Pool::builder()
            .max_size(CONNECTIONS)
            .connection_timeout(CONNECT_LIMIT)
            // A PING before each question would double its time; a broken line is found by use.
            .test_on_check_out(false)
            .build_unchecked(Lines(address.manager.clone()));
        Self { pool, names }
    }

    /// What is held about a code: marker and record in one MGET.
    pub(crate) fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.see(key.bucket(), self.names.record(key)).boxed()
    }

    /// What is held about the domains.
    pub(crate) fn domains(&self) -> Answer<'_> {
        self.see(Bucket::DOMAINS, self.names.domains()).boxed()
    }

    async fn see(&self, bucket: Bucket, record: String) -> Result<Sighting, Unavailable> {
        let mut line = self.pool.get().await.map_err(Unavailable::from)?;
        let mut mget = redis::cmd("MGET");
        mget.arg(self.names.marker(bucket)).arg(record);
        let (marker, record) = line.query(&mget).await?;
        Ok(Sighting {
            marker: marker.and_then(position),
            record,
        })
    }
}

/// A marker that can't be read is none.
fn position(marker: Vec<u8>) -> Option<Position> {
    std::str::from_utf8(&marker).ok()?.parse().ok()
}

type MarkerAndRecord = (Option<Vec<u8>>, Option<Vec<u8>>);

/// Makes connections for the pool.
///
/// bb8 keeps from those who wait why it could not connect, and lets them wait on; so a failed
/// attempt is handed out like a connection, and dropped as a broken one.
struct Lines(RedisConnectionManager);

/// A connection, or why there is none.
struct Line {
    connection: Result<MultiplexedConnection, Unavailable>,
    broken: bool,
}

impl Line {
    async fn query(&mut self, command: &redis::Cmd) -> Result<MarkerAndRecord, Unavailable> {
        // Also if nobody waits for the answer any more: the line may be half-open.
        self.broken = true;
        let connection = self.connection.as_mut().map_err(|error| error.clone())?;
        let reply = command.query_async(connection).await?;
        self.broken = false;
        Ok(reply)
    }
}

impl bb8::ManageConnection for Lines {
    type Connection = Line;
    type Error = RedisError;

    async fn connect(&self) -> Result<Line, RedisError> {
        let connecting = tokio::time::timeout(CONNECT_LIMIT, self.0.connect()).await;
        let connection = match connecting {
            Ok(connected) => connected.map_err(Unavailable::from),
            Err(_) => Err(Unavailable(format!(
                "no connection within {CONNECT_LIMIT:?}"
            ))),
        };
        Ok(Line {
            broken: connection.is_err(),
            connection,
        })
    }

    /// Never asked: `test_on_check_out(false)`.
    async fn is_valid(&self, _: &mut Line) -> Result<(), RedisError> {
        Ok(())
    }

    /// The manager within says `false` of every connection.
    fn has_broken(&self, line: &mut Line) -> bool {
        line.broken
    }
}

impl From<RedisError> for Unavailable {
    fn from(error: RedisError) -> Self {
        Self(format!("Redis: {error}"))
    }
}

impl From<bb8::RunError<RedisError>> for Unavailable {
    fn from(error: bb8::RunError<RedisError>) -> Self {
        match error {
            bb8::RunError::User(error) => error.into(),
            bb8::RunError::TimedOut => Self(String::from("Redis: all connections are busy")),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnUrl => "not a Redis address: redis://… or rediss://… expected",
            Self::Cluster => "several Redis nodes are not supported yet: name one",
        })
    }
}

impl std::error::Error for BadAddress {}
