//! Reading the stream of recent notices.

use std::time::Duration;

use redis::{
    RedisResult,
    aio::MultiplexedConnection,
    streams::{StreamId, StreamRangeReply},
};
use suo_link::{
    rev::Position,
    wire::{changes::Notice, names::Names},
};
use tokio::time::timeout;

use super::lost::Lost;

/// How long the last id may take: a line silent for longer is taken for dead.
const BEAT_LIMIT: Duration = Duration::from_secs(1);

/// How long a page may take.
const PAGE_LIMIT: Duration = Duration::from_secs(3);

/// Entries read at once; each can hold 500 changes.
const PAGE: usize = 50;

/// The stream, over a connection of its own.
#[derive(Clone)]
pub(super) struct Stream {
    connection: MultiplexedConnection,
    name: String,
}

/// One entry.
pub(super) struct Entry {
    pub(super) position: Position,
    /// `None`: this edge cannot read it.
    pub(super) notice: Option<Notice>,
}

impl Stream {
    pub(super) fn new(connection: MultiplexedConnection, names: &Names) -> Self {
        Self {
            connection,
            name: names.stream(),
        }
    }

    /// The position of the last entry; `None` if there is no stream.
    pub(super) async fn last(&mut self) -> Result<Option<Position>, Lost> {
        let mut command = redis::cmd("XREVRANGE");
        command
            .arg(&self.name)
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1);
        let reply = self.query(&command, BEAT_LIMIT).await?;
        Ok(reply.ids.first().and_then(|entry| entry.id.parse().ok()))
    }

    /// Entries after a position, in order; a page of them.
    pub(super) async fn after(&mut self, position: Position) -> Result<Vec<Entry>, Lost> {
        let mut command = redis::cmd("XRANGE");
        command.arg(&self.name).arg(format!("({position}")).arg("+");
        let reply = self
            .query(command.arg("COUNT").arg(PAGE), PAGE_LIMIT)
            .await?;
        reply.ids.iter().map(entry).collect()
    }

    async fn query(
        &mut self,
        command: &redis::Cmd,
        limit: Duration,
    ) -> Result<StreamRangeReply, Lost> {
        let asked = command.query_async(&mut self.connection);
        let reply: Result<RedisResult<_>, _> = timeout(limit, asked).await;
        reply.map_err(|_| Lost::Silence)?.map_err(Lost::from)
    }
}

fn entry(entry: &StreamId) -> Result<Entry, Lost> {
    let position = entry.id.parse().map_err(|_| Lost::Foreign)?;
    let bytes: Option<Vec<u8>> = entry.get("n");
    let notice = bytes.and_then(|bytes| Notice::decode(&bytes).ok());
    Ok(Entry {
        position,
        notice: notice.filter(|notice| notice.position == position),
    })
}
