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

/// While so many hundredths of the memory that Redis may take are taken, nothing is added to it: the rest is
/// for links.
const MEMORY: u64 = 85;

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
        // A Redis that says nothing about its memory looks after it itself.
        let memory: Result<String, Unavailable> =
            self.ask(&self.stream, redis::cmd("INFO").arg("memory"));
        if memory.is_ok_and(|memory| is_scarce(&memory)) {
            return Ok(0);
        }
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

/// Whether too much of its memory is taken, by what Redis says of it; 0 is no limit.
fn is_scarce(memory: &str) -> bool {
    let number = |name: &str| {
        let line = memory.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|number| number.trim().parse::<u64>().ok())
    };
    match (number("used_memory:"), number("maxmemory:")) {
        (Some(used), Some(most)) => most > 0 && used / MEMORY > most / 100,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_scarce;

    #[test]
    fn memory_is_scarce_if_most_of_what_may_be_taken_is() {
        for (used, most, scarce) in [(900, 1000, true), (800, 1000, false), (900, 0, false)] {
            let said = format!(
                "# Memory\r\nused_memory:{used}000\r\nused_memory_human:9M\r\nmaxmemory:{most}000\r\n"
            );
            assert_eq!(is_scarce(&said), scarce, "{said}");
        }
        assert!(!is_scarce(""));
    }
}
