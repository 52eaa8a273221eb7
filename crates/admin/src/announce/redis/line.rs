//! The relay's line to Redis: to the one server, or to the nodes of a cluster.

use redis::{FromRedisValue, Pipeline, RedisError, RedisResult, Value, from_redis_value};

use super::{
    cluster::Cluster,
    server::{Answer, Patience, Server},
    target::RedisTarget,
};
use crate::announce::AnnounceError;

pub(crate) enum Line {
    One(Box<Server>),
    Cluster(Cluster),
}

impl Line {
    /// Nothing is connected yet.
    pub(crate) fn new(target: &RedisTarget) -> Self {
        match target.only() {
            Some(client) => Self::One(Box::new(Server::new(client.clone(), Patience::USUAL))),
            None => Self::Cluster(Cluster::new(target.clone())),
        }
    }

    /// Runs a pipeline of commands that are harmless when repeated.
    pub(crate) fn run<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
    ) -> Result<T, AnnounceError> {
        let outcome = match self {
            Self::One(server) => server.run(pipeline),
            Self::Cluster(cluster) => all(cluster.run(pipeline)),
        };
        outcome.map_err(|error| unavailable(&error))
    }

    /// The same as far as nodes of a cluster can do it; `None` stands for what could not be done.
    pub(super) fn run_in_part<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
    ) -> Result<Vec<Option<T>>, AnnounceError> {
        match self {
            Self::One(server) => {
                let done: RedisResult<Vec<T>> = server.run(pipeline);
                let done = done.map_err(|error| unavailable(&error))?;
                Ok(done.into_iter().map(Some).collect())
            }
            Self::Cluster(cluster) => {
                let value = |answer: Answer| from_redis_value(answer.ok()?).ok();
                Ok(cluster.run(pipeline).into_iter().map(value).collect())
            }
        }
    }

    /// Runs a pipeline on every server that can be asked; each with its name.
    pub(super) fn run_on_each<T: FromRedisValue>(
        &mut self,
        pipeline: &Pipeline,
    ) -> Result<Vec<(String, T)>, AnnounceError> {
        match self {
            Self::One(server) => {
                let done = server.run(pipeline).map_err(|error| unavailable(&error))?;
                Ok(vec![(String::new(), done)])
            }
            Self::Cluster(cluster) => {
                let each = cluster.run_on_each(pipeline);
                let each = each.map_err(|error| unavailable(&error))?;
                let done = each
                    .into_iter()
                    .filter_map(|(node, answers)| Some((node.to_string(), all(answers).ok()?)));
                Ok(done.collect())
            }
        }
    }
}

fn all<T: FromRedisValue>(answers: Vec<Answer>) -> RedisResult<T> {
    let values = answers.into_iter().collect::<RedisResult<_>>()?;
    Ok(from_redis_value(Value::Array(values))?)
}

pub(super) fn unavailable(error: &RedisError) -> AnnounceError {
    let why = format!("Redis: {error}");
    if error.is_io_error() || error.is_timeout() || error.is_connection_dropped() {
        AnnounceError::Unavailable(why)
    } else {
        AnnounceError::Refused(why)
    }
}
