//! The stream of segments, as one consumer of the group sees it.

use std::{collections::HashMap, io};

use redis::{Cmd, FromRedisValue, Pipeline};
use suo_link::wire::clicks::{JournalId, SegmentName};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    announce::{
        AnnounceError,
        redis::{Line, RedisTarget},
    },
    clicks::Shipment,
    store::Watermark,
};

/// The group of all admins.
pub(in crate::clicks) const GROUP: &str = "admin";

/// For how long an admin may have taken something without confirming it before it counts as dead.
/// One that is alive after all counts the same segments beside the claimer, and that makes no
/// difference.
const DEAD: u64 = 5000;

/// What an entry of the stream holds, by field.
pub(in crate::clicks) type Fields = HashMap<String, Vec<u8>>;

/// An entry of the stream.
pub(in crate::clicks) struct Entry {
    id: String,
    pub(in crate::clicks) shipment: Shipment,
}

pub(super) struct Stream {
    line: Line,
    stream: String,
    applied: String,
    consumer: String,
}

impl Stream {
    /// A consumer with a name of its own. Nothing is connected yet.
    pub(super) fn new(target: &RedisTarget) -> io::Result<Self> {
        let mut name = [0; 16];
        getrandom::fill(&mut name).map_err(io::Error::other)?;
        Ok(Self {
            line: Line::new(target),
            stream: target.names.clicks(),
            applied: target.names.applied(),
            consumer: JournalId(name).to_string(),
        })
    }

    /// Takes entries that nobody has taken yet.
    pub(super) fn read(&mut self, count: usize) -> Result<Vec<Entry>, AnnounceError> {
        let mut command = redis::cmd("XREADGROUP");
        command.arg("GROUP").arg(GROUP).arg(&self.consumer);
        command.arg("COUNT").arg(count);
        command.arg("STREAMS").arg(&self.stream).arg(">");
        type Reply = Option<Vec<(String, Vec<(String, Fields)>)>>;
        let streams: Reply = self.ask(&command)?;
        let entries = streams
            .into_iter()
            .flatten()
            .flat_map(|(_, entries)| entries);
        Ok(entries.map(|(id, fields)| entry(id, fields)).collect())
    }

    /// How many entries there are.
    pub(super) fn length(&mut self) -> Result<u64, AnnounceError> {
        self.run(redis::cmd("XLEN").arg(&self.stream))
    }

    /// Takes entries over that dead consumers have taken.
    pub(super) fn claim(&mut self, count: usize) -> Result<Vec<Entry>, AnnounceError> {
        let mut command = redis::cmd("XAUTOCLAIM");
        command.arg(&self.stream).arg(GROUP).arg(&self.consumer);
        command.arg(DEAD).arg("0-0").arg("COUNT").arg(count);
        // Redis 6.2 shows deleted entries as nil; later versions name them behind the others.
        type Reply = (String, Vec<Option<(String, Fields)>>);
        let mut reply: Vec<redis::Value> = self.ask(&command)?;
        reply.truncate(2);
        let reply = redis::from_redis_value::<Reply>(redis::Value::Array(reply));
        let (_, entries) = reply.map_err(|error| AnnounceError::Unavailable(error.to_string()))?;
        let entries = entries.into_iter().flatten();
        Ok(entries.map(|(id, fields)| entry(id, fields)).collect())
    }

    /// Says how far journals are counted, then lets go of the entries.
    pub(super) fn confirm(
        &mut self,
        entries: &[Entry],
        counted: &[Watermark],
    ) -> Result<(), AnnounceError> {
        let mut pipeline = Pipeline::new();
        if !counted.is_empty() {
            let set = pipeline.cmd("HSET").arg(&self.applied);
            for watermark in counted {
                set.arg(watermark.journal.to_string())
                    .arg(watermark.applied);
            }
        }
        let ids = entries.iter().map(|entry| &entry.id);
        let acknowledge = pipeline.cmd("XACK").arg(&self.stream).arg(GROUP);
        ids.clone().for_each(|id| _ = acknowledge.arg(id));
        let delete = pipeline.cmd("XDEL").arg(&self.stream);
        ids.for_each(|id| _ = delete.arg(id));
        let _done: Vec<i64> = self.line.run(&pipeline)?;
        Ok(())
    }

    /// Takes this consumer's name off the group, if nothing hangs on it.
    pub(super) fn leave(&mut self) {
        let mut pending = redis::cmd("XPENDING");
        pending
            .arg(&self.stream)
            .arg(GROUP)
            .arg("-")
            .arg("+")
            .arg(1)
            .arg(&self.consumer);
        let pending: Result<Vec<redis::Value>, _> = self.ask(&pending);
        if pending.is_ok_and(|pending| pending.is_empty()) {
            let mut leave = redis::cmd("XGROUP");
            leave
                .arg("DELCONSUMER")
                .arg(&self.stream)
                .arg(GROUP)
                .arg(&self.consumer);
            // A name that stays is a few bytes.
            let _: Result<i64, _> = self.ask(&leave);
        }
    }

    /// Asks, and makes the group if Redis has lost it or never had it.
    fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, AnnounceError> {
        match self.run(command) {
            Err(AnnounceError::Refused(why)) if why.contains("NOGROUP") => {
                let mut create = redis::cmd("XGROUP");
                create.arg("CREATE").arg(&self.stream).arg(GROUP);
                create.arg("0").arg("MKSTREAM");
                match self.run::<String>(&create) {
                    // Another admin was quicker.
                    Err(AnnounceError::Refused(why)) if why.contains("BUSYGROUP") => {}
                    made => _ = made?,
                }
                self.run(command)
            }
            outcome => outcome,
        }
    }

    fn run<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, AnnounceError> {
        let mut pipeline = Pipeline::new();
        pipeline.add_command(command.clone());
        let (value,): (T,) = self.line.run(&pipeline)?;
        Ok(value)
    }
}

/// What has no name is given one, so that it can be put aside.
pub(in crate::clicks) fn entry(id: String, mut fields: Fields) -> Entry {
    let field = |name: &str| fields.get(name).map_or(&[][..], Vec::as_slice);
    let name = SegmentName::of_fields(field("journal"), field("number"));
    let name = name.unwrap_or_else(|| SegmentName {
        journal: JournalId([0; 16]),
        number: xxh3_64(id.as_bytes()) >> 1,
    });
    Entry {
        id,
        shipment: Shipment {
            name,
            segment: fields.remove("segment").unwrap_or_default(),
        },
    }
}
