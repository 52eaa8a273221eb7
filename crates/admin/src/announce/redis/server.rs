//! A connection to one server that is replaced after an error.

use std::time::Duration;

use redis::{
    Client, Connection, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult,
    ServerErrorKind, Value,
};

use super::scripts::SCRIPTS;

/// How long one answer may take; scripts on big batches take a few milliseconds.
const ANSWER: Duration = Duration::from_secs(2);

/// How long a new connection may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    connect: Duration,
    /// Each of the first answers: a server that hangs accepts connections all the same.
    greet: Duration,
}

impl Patience {
    pub(super) const USUAL: Self = Self {
        connect: Duration::from_secs(1),
        greet: ANSWER,
    };

    /// While others wait.
    pub(super) const SHORT: Self = Self {
        connect: Duration::from_millis(400),
        greet: Duration::from_millis(400),
    };
}

/// One server.
pub(super) struct Server {
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
    connection.set_write_timeout(Some(ANSWER))?;
    connection.set_read_timeout(Some(patience.greet))?;
    SCRIPTS.load(&mut connection)?;
    connection.set_read_timeout(Some(ANSWER))?;
    Ok(connection)
}

fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}
