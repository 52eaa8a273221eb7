//! A connection to one server that is replaced after an error.

use std::time::Duration;

use redis::{
    Client, Connection, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult,
    ServerErrorKind, Value,
};

use super::scripts::SCRIPTS;

/// How long the other side may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    connect: Duration,
    /// Each of the first answers: a server that hangs accepts connections all the same.
    greet: Duration,
    answer: Duration,
}

impl Patience {
    /// While somebody has the relay's lock nobody publishes, and another may have a better line.
    pub(super) const USUAL: Self = Self {
        connect: Duration::from_secs(1),
        greet: RELAY_WAITS,
        answer: RELAY_WAITS,
    };

    /// For one of several nodes: the others wait.
    pub(super) const SHORT: Self = Self {
        connect: Duration::from_millis(400),
        greet: Duration::from_millis(400),
        answer: RELAY_WAITS,
    };
}

/// Scripts on a full batch take a few tens of milliseconds.
const RELAY_WAITS: Duration = Duration::from_millis(600);

/// One server.
pub(crate) struct Server {
    client: Client,
    patience: Patience,
    connection: Option<Connection>,
}

impl Server {
    pub(super) fn new(client: Client, patience: Patience) -> Self {
        Self {
            client,
            patience,
            connection: None,
        }
    }

    /// Runs a pipeline of commands that are harmless when repeated.
    pub(super) fn run<T: FromRedisValue>(&mut self, pipeline: &Pipeline) -> RedisResult<T> {
        self.repeat(pipeline, |outcome: &RedisResult<T>| {
            outcome.as_ref().is_err_and(is_unknown_script)
        })
    }

    /// The same for a pipeline that ignores errors: each command has an answer of its own.
    pub(super) fn run_each(&mut self, pipeline: &Pipeline) -> RedisResult<Vec<Answer>> {
        self.repeat(pipeline, |outcome: &RedisResult<Vec<Answer>>| {
            let unknown = |answer: &Answer| answer.as_ref().is_err_and(is_unknown_script);
            outcome
                .as_ref()
                .is_ok_and(|answers| answers.iter().any(unknown))
        })
    }

    fn repeat<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
        lacks_script: impl Fn(&RedisResult<T>) -> bool,
    ) -> RedisResult<T> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.client, self.patience)?,
        };
        let mut outcome = pipeline.query(&mut connection);
        if lacks_script(&outcome) {
            // Somebody flushed the script cache.
            outcome = SCRIPTS
                .load(&mut connection)
                .and_then(|()| pipeline.query(&mut connection));
        }
        let value = outcome?;
        self.connection = Some(connection);
        Ok(value)
    }
}

/// What one command of a pipeline was answered.
pub(super) type Answer = RedisResult<Value>;

/// A new connection to a server that knows every script.
pub(super) fn connect(client: &Client, patience: Patience) -> RedisResult<Connection> {
    let mut connection = client.get_connection_with_timeout(patience.connect)?;
    connection.set_write_timeout(Some(patience.answer))?;
    connection.set_read_timeout(Some(patience.greet))?;
    SCRIPTS.load(&mut connection)?;
    connection.set_read_timeout(Some(patience.answer))?;
    Ok(connection)
}

fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}
