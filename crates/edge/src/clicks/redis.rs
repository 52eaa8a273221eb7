//! Segments go to a stream in Redis, from which admins take them.

use std::time::Duration;

use suo_link::wire::{
    clicks::{JournalId, SegmentName},
    names::Names,
};
use tokio::{runtime::Handle, time::timeout};

use super::{ClickSink, Unavailable};
use crate::origin::redis::Redis;

/// While the stream holds so many segments, further ones wait on this edge's disk: a backlog of
/// clicks must not take the memory that links need.
const STREAM: usize = 512;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The stream of segments, and the table of what admins have applied.
pub struct RedisSink {
    redis: Redis,
    stream: String,
    applied: String,
    background: Handle,
}

impl RedisSink {
    /// Calls are carried by `background`.
    #[must_use]
    pub fn new(redis: Redis, names: &Names, background: Handle) -> Self {
        Self {
            redis,
            stream: names.clicks(),
            applied: names.applied(),
            background,
        }
    }

    fn ask<T: redis::FromRedisValue>(
        &self,
        key: &str,
        command: &redis::Cmd,
    ) -> Result<T, Unavailable> {
        let asked = async { timeout(PATIENCE, self.redis.ask(key, command)).await };
        let answer = self.background.block_on(asked);
        answer.map_err(|_| Unavailable(format!("Redis: no answer within {PATIENCE:?}")))?
    }
}

impl ClickSink for RedisSink {
    fn room(&mut self) -> Result<usize, Unavailable> {
        let length: usize = self.ask(&self.stream, redis::cmd("XLEN").arg(&self.stream))?;
        Ok(STREAM.saturating_sub(length))
    }

    fn ship(&mut self, name: SegmentName, segment: &[u8]) -> Result<(), Unavailable> {
        let mut add = redis::cmd("XADD");
        add.arg(&self.stream).arg("*");
        add.arg("journal").arg(name.journal.to_string());
        add.arg("number").arg(name.number);
        add.arg("segment").arg(segment);
        let _id: String = self.ask(&self.stream, &add)?;
        Ok(())
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        let mut get = redis::cmd("HMGET");
        get.arg(&self.applied);
        for journal in journals {
            get.arg(journal.to_string());
        }
        let numbers: Vec<Option<u64>> = self.ask(&self.applied, &get)?;
        Ok(numbers.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn forget(&mut self, journals: &[JournalId]) {
        let mut delete = redis::cmd("HDEL");
        delete.arg(&self.applied);
        for journal in journals {
            delete.arg(journal.to_string());
        }
        // What stays is a few bytes that nobody reads.
        let forgotten: Result<u64, Unavailable> = self.ask(&self.applied, &delete);
        if let Err(error) = forgotten {
            tracing::debug!(%error, "ended journals stay in Redis");
        }
    }
}
