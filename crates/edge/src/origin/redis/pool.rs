//! Pooled connections to one server.

use bb8_redis::RedisConnectionManager;
use redis::{FromRedisValue, RedisError, aio::MultiplexedConnection};

use super::{CONNECT_LIMIT, address::Server};
use crate::origin::Unavailable;

/// Questions to one server at one time; each takes a connection for one round trip.
const CONNECTIONS: u32 = 16;

/// Asks one server over pooled connections.
#[derive(Clone)]
pub(super) struct Pool(bb8::Pool<Lines>);

/// Why there is no answer.
pub(super) enum Unanswered {
    /// Nobody was there to give one.
    Nobody(Unavailable),
    /// The server gave an error instead.
    Refused(RedisError),
}

impl Pool {
    /// Connects when it is first asked. The caller is inside a runtime, which carries the
    /// pool's upkeep.
    pub(super) fn new(server: &Server) -> Self {
        let pool = bb8::Pool::builder()
            .max_size(CONNECTIONS)
            .connection_timeout(CONNECT_LIMIT)
            // A PING before each question would double its time; a broken line is found by use.
            .test_on_check_out(false)
            .build_unchecked(Lines(server.manager.clone()));
        Self(pool)
    }

    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        command: &redis::Cmd,
    ) -> Result<T, Unanswered> {
        let mut line = self.0.get().await.map_err(Unavailable::from)?;
        line.query(async |connection| command.query_async(connection).await)
            .await
    }

    /// Asks a node for what it is only about to hold.
    pub(super) async fn ask_ahead<T: FromRedisValue>(
        &self,
        command: &redis::Cmd,
    ) -> Result<T, Unanswered> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("ASKING").ignore().add_command(command.clone());
        let mut line = self.0.get().await.map_err(Unavailable::from)?;
        let (reply,) = line
            .query(async |connection| pipeline.query_async(connection).await)
            .await?;
        Ok(reply)
    }
}

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
    async fn query<T>(
        &mut self,
        question: impl AsyncFnOnce(&mut MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Result<T, Unanswered> {
        // Also if nobody waits for the answer any more: the line may be half-open.
        self.broken = true;
        let connection = self.connection.as_mut().map_err(|error| error.clone())?;
        let reply = question(connection).await;
        // Who sends us elsewhere is well.
        let is_redirect = |error: &RedisError| error.redirect_node().is_some();
        self.broken = reply.as_ref().is_err_and(|error| !is_redirect(error));
        reply.map_err(Unanswered::Refused)
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

impl From<Unavailable> for Unanswered {
    fn from(reason: Unavailable) -> Self {
        Self::Nobody(reason)
    }
}

impl From<Unanswered> for Unavailable {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Nobody(reason) => reason,
            Unanswered::Refused(error) => error.into(),
        }
    }
}
