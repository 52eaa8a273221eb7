//! Why an edge stops hearing of changes.

use std::fmt;

use redis::RedisError;

use crate::origin::Unavailable;

/// Why a session ended.
#[derive(Debug)]
pub(super) enum Lost {
    /// The connection failed.
    Line(String),
    /// Redis does not answer in time.
    Silence,
    /// There is no stream: Redis was emptied, or nothing was ever published.
    NoStream,
    /// The stream ends before what was applied here, or is published: Redis was set back.
    WentBack,
    /// Something was published and did not arrive.
    Missed,
    /// The stream holds something that no relay wrote.
    Foreign,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => f.write_str(error),
            Self::Silence => f.write_str("Redis does not answer in time"),
            Self::NoStream => f.write_str("there is no stream of changes"),
            Self::WentBack => f.write_str("the stream ends before what was applied or published"),
            Self::Missed => f.write_str("something was published and did not arrive"),
            Self::Foreign => f.write_str("the stream holds what no relay wrote"),
        }
    }
}

impl From<Unavailable> for Lost {
    fn from(reason: Unavailable) -> Self {
        Self::Line(reason.to_string())
    }
}

impl From<RedisError> for Lost {
    fn from(error: RedisError) -> Self {
        Self::Line(error.to_string())
    }
}
