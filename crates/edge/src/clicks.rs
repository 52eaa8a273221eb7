//! Counting: what was answered goes into a journal that survives the process, and from there,
//! in segments, to the database.
//!
//! [`Recorder`] is a worker's end: it appends to a mapped file and never waits. The shipper, one
//! thread, closes segments (`journal.rs`) and keeps them until they are known to be applied. Another
//! thread, the carrier, takes them to a [`ClickSink`], so that a sink that hangs keeps up nobody.
//! How a chunk of the journal is laid out is in `chunk.rs`; mapped files, and their `unsafe`, are in
//! `memory.rs`.

mod carrier;
mod cell;
mod chunk;
mod complaint;
mod end;
mod held;
mod journal;
pub mod keys;
mod memory;
mod pending;
#[cfg(feature = "redis")]
pub mod redis;
mod room;
mod shipper;
mod sink_state;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, Thread},
    time::Duration,
};

use suo_link::{
    time::Timestamp,
    visitor::VisitorKey,
    wire::clicks::{Click, JournalId, SegmentName},
};

use self::{
    carrier::Carrier,
    end::End,
    journal::Journal,
    keys::{Ring, VisitorKeys},
    memory::Mapped,
    room::Make,
    shipper::{Place, Shipper},
    writer::{Handover, Writer},
};
use crate::{
    clock,
    counters::{Counter, Gauge},
    origin::Unavailable,
};

/// Chunks that each worker has in any case: the one it writes, the next, and one on its way.
const LEAST_CHUNKS: usize = 3;

/// How much longer than it was told the shipper may take to end. A disk that hangs takes for ever.
const GRACE: Duration = shipper::LAST_CALL.saturating_add(Duration::from_secs(1));

/// Where segments go: the port that production and the quick start fill differently.
///
/// Calls may block; one thread makes them, which does nothing else.
pub trait ClickSink: Send + 'static {
    /// How many segments it takes now. What it does not take waits on the disk.
    ///
    /// # Errors
    /// If it cannot be reached.
    fn room(&mut self) -> Result<usize, Unavailable>;

    /// Takes a segment. It is not applied by that, and comes again if that is not heard of.
    ///
    /// # Errors
    /// If it is not known that it was taken.
    fn ship(&mut self, name: SegmentName, segment: &[u8]) -> Result<(), Unavailable>;

    /// For each journal, up to which segment all are in the database; 0: none.
    ///
    /// # Errors
    /// If it cannot be reached.
    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable>;

    /// These journals will not be asked about again.
    fn forget(&mut self, journals: &[JournalId]);
}

/// What counting is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of the journal, made if it is missing. It belongs to this process alone.
    pub folder: PathBuf,
    /// The most room that it takes, in MiB; three MiB for each worker in any case.
    pub megabytes: usize,
    /// Workers that count.
    pub workers: NonZeroUsize,
}

/// What the shipper counts, for the operator.
#[derive(Debug, Default)]
pub struct Counts {
    /// Segments that were shipped, again ones too.
    pub shipped: Counter,
    /// Closed segments that are not known to be applied.
    pub segments_waiting: Gauge,
    /// Clicks in them.
    pub clicks_waiting: Gauge,
    /// Whether visitors are hashed with the key that all edges share: 1 or 0.
    pub visitor_key_shared: Gauge,
    /// Answers that were not recorded because the journal had all the room it may take.
    pub dropped_full: Gauge,
    /// Answers that were not recorded because no file could be made.
    pub dropped_unwritable: Gauge,
}

/// What is not known to be applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remaining {
    /// Closed segments.
    pub segments: usize,
    /// Clicks in them.
    pub clicks: u64,
    /// Whether there may be more of both: the disk hung, and nobody could look.
    pub is_least: bool,
}

impl fmt::Display for Remaining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_least {
            f.write_str("at least ")?;
        }
        match self.clicks {
            0 if self.is_least => f.write_str("0 clicks remain, to be shipped at the next start"),
            0 => f.write_str("all clicks are in the database"),
            1 => f.write_str("1 click remains, to be shipped at the next start"),
            clicks => write!(f, "{clicks} clicks remain, to be shipped at the next start"),
        }
    }
}

/// Counting, as long as it goes on.
#[derive(Debug)]
pub struct Clicks {
    recorders: Mutex<Vec<Recorder>>,
    counts: Arc<Counts>,
    keys: Arc<VisitorKeys>,
    end: Arc<End>,
    shipper: Thread,
    /// What the shipper has left.
    left: mpsc::Receiver<Remaining>,
}

impl Clicks {
    /// Starts the shipper. A folder that cannot be used is no error: then clicks are dropped, and
    /// counted, and the folder is tried again.
    ///
    /// # Errors
    /// If there is no thread or no randomness.
    pub fn start(config: &Config, sink: impl ClickSink) -> io::Result<Self> {
        Self::start_with(config, sink, Box::new(Mapped::make))
    }

    /// The same with files that are made in another way.
    fn start_with(config: &Config, sink: impl ClickSink, make: Make) -> io::Result<Self> {
        let (counts, end) = (Arc::<Counts>::default(), Arc::<End>::default());
        let (give, given) = mpsc::sync_channel::<Shipper>(1);
        let (leave, left) = mpsc::sync_channel(1);
        let shipper = thread::Builder::new()
            .name("suo-edge-clicks".to_owned())
            // Nobody may wait for it any more.
            .spawn(move || _ = given.recv().map(|shipper| leave.send(shipper.run())))?;
        let shipper = shipper.thread().clone();
        let workers = config.workers.get();
        let (mut journals, mut recorders) = (Vec::new(), Vec::new());
        let now = clock::now();
        let keys = Arc::new(VisitorKeys::new(VisitorKey::new(random()?), now));
        for _ in 0..workers {
            let handover = Arc::new(Handover::new(shipper.clone()));
            let journal = JournalId(random()?);
            journals.push(Journal::new(journal, Arc::clone(&handover)));
            recorders.push(Recorder {
                journal,
                writer: Writer::new(handover),
                ring: Ring::new(Arc::clone(&keys), now),
            });
        }
        let place = Place {
            folder: config.folder.clone(),
            limit: config.megabytes.max(workers * LEAST_CHUNKS),
            make,
        };
        let carrier = Carrier::start(Box::new(sink), shipper.clone())?;
        let ready = Shipper::new(
            place,
            journals,
            carrier,
            Arc::clone(&counts),
            Arc::clone(&end),
        );
        give.send(ready)
            .map_err(|_| io::Error::other("the shipper has ended"))?;
        Ok(Self {
            recorders: Mutex::new(recorders),
            counts,
            keys,
            end,
            shipper,
            left,
        })
    }

    /// What the operator may see of it.
    #[must_use]
    pub fn counts(&self) -> &Arc<Counts> {
        &self.counts
    }

    /// What visitors are told apart with.
    #[must_use]
    pub fn keys(&self) -> &Arc<VisitorKeys> {
        &self.keys
    }

    /// The next worker's end; `None` if all have one.
    #[must_use]
    pub fn recorder(&self) -> Option<Recorder> {
        let mut recorders = self
            .recorders
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        recorders.pop()
    }

    /// Closes and ships everything, after the workers have ended, and waits until it is applied,
    /// at most `limit`; three seconds longer for a sink or a disk that does not answer. What such a disk
    /// holds is found by the next start.
    #[must_use]
    pub fn finish(self, limit: Duration) -> Remaining {
        drop(self.recorders);
        self.end.ask(limit);
        self.shipper.unpark();
        let left = self.left.recv_timeout(limit.saturating_add(GRACE));
        left.unwrap_or_else(|_| {
            tracing::warn!(
                "the disk of the journal does not answer: its clicks are left to the next start"
            );
            Remaining {
                segments: usize::try_from(self.counts.segments_waiting.value())
                    .unwrap_or(usize::MAX),
                clicks: self.counts.clicks_waiting.value(),
                is_least: true,
            }
        })
    }
}

/// A worker's end.
#[derive(Debug)]
pub struct Recorder {
    journal: JournalId,
    writer: Writer<Mapped>,
    ring: Ring,
}

impl Recorder {
    /// Has fetched what the next answer will be recorded in.
    pub(crate) fn expect(&self) {
        self.writer.expect();
    }

    /// Records an answer whose visitor came from this host; empty: from none that is named.
    pub fn record(&mut self, click: &Click, host: &[u8]) {
        self.writer.append(click.row(), host);
    }

    /// The journal that it writes.
    #[must_use]
    pub fn journal(&self) -> JournalId {
        self.journal
    }

    /// Notes that blocks are leased for the journal, before the first is asked for. Whether the next
    /// answer will be recorded for certain.
    pub(crate) fn lease(&mut self) -> bool {
        self.writer.lease()
    }

    /// What visitors are hashed with at this moment.
    #[must_use]
    pub fn key(&mut self, at: Timestamp) -> &VisitorKey {
        self.ring.key(at)
    }
}

fn random() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
