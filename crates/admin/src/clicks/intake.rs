//! Takes segments from the stream in Redis, counts them, and says so.
//!
//! Every admin has one, and they share the stream as a consumer group. What a dead admin has taken
//! and not confirmed is claimed by the others. Nothing is lost if Redis forgets the stream, or that
//! something was confirmed: edges ship again what they do not know to be counted, and a segment that
//! comes again counts once.

mod batch;
mod stream;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use batch::Batch;
use stream::Stream;
pub(super) use stream::{Entry, Fields, GROUP, entry};

use super::{Rules, Shipment, count};
use crate::{
    announce::redis::RedisTarget,
    background::{Background, Complaint, Going},
    clock::Clock,
    store::{Store, Watermark},
};

/// How long the stream is left alone after it was found empty.
const LOOK: Duration = Duration::from_millis(100);

/// The same after Redis or the database has failed.
const PAUSE: Duration = Duration::from_millis(500);

/// How often is looked for what dead admins have left.
const CLAIM_EVERY: Duration = Duration::from_secs(2);

/// The most segments that are taken at once.
const TAKEN: usize = 64;

/// An intake that runs.
pub struct Intake {
    in_stream: Arc<AtomicU64>,
    background: Background,
}

impl Intake {
    /// Starts the intake's thread.
    ///
    /// # Errors
    /// If there is no thread, or no randomness for its name.
    pub fn start(
        store: Arc<dyn Store>,
        target: &RedisTarget,
        rules: Rules,
        clock: Clock,
    ) -> io::Result<Self> {
        let in_stream = Arc::<AtomicU64>::default();
        let worker = Worker {
            store,
            stream: Stream::new(target)?,
            rules,
            clock,
            in_stream: Arc::clone(&in_stream),
            waiting: Vec::new(),
            batch: Batch::new(),
            claimed: None,
        };
        let work = |going| worker.run(&going);
        let background = Background::start("suo-clicks", "the intake of clicks", work)?;
        Ok(Self {
            in_stream,
            background,
        })
    }

    /// How many segments wait in Redis, as of two seconds ago.
    #[must_use]
    pub fn segments_in_stream(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.in_stream)
    }

    /// Ends after what is being counted now.
    pub fn stop(self) {
        self.background.stop();
    }
}

struct Worker {
    store: Arc<dyn Store>,
    stream: Stream,
    rules: Rules,
    clock: Clock,
    in_stream: Arc<AtomicU64>,
    /// Taken from the stream and not counted yet.
    waiting: Vec<Entry>,
    batch: Batch,
    claimed: Option<Instant>,
}

impl Worker {
    fn run(mut self, going: &Going) {
        let mut complaint = Complaint::new(
            "clicks wait until they can be counted",
            "clicks are counted again",
        );
        while !going.is_stopped() {
            let outcome = self.round();
            complaint.report(&outcome);
            match outcome {
                Ok(true) => {}
                Ok(false) => thread::park_timeout(LOOK),
                Err(_) => thread::park_timeout(PAUSE),
            }
        }
        self.stream.leave();
    }

    /// Whether there may be more.
    fn round(&mut self) -> Result<bool, String> {
        if self.waiting.is_empty() {
            self.waiting = self.take().map_err(|error| error.to_string())?;
        }
        while !self.waiting.is_empty() {
            let sizes = self
                .waiting
                .iter()
                .map(|entry| entry.shipment.segment.len());
            let batch = self.batch.count(sizes);
            let shipments: Vec<Shipment> = self.waiting[..batch]
                .iter()
                .map(|entry| entry.shipment.clone())
                .collect();
            let bytes = shipments
                .iter()
                .map(|shipment| shipment.segment.len())
                .sum();
            let (now, begun) = ((self.clock)(), Instant::now());
            let counted = count(&*self.store, &self.rules, now, &shipments);
            self.batch
                .learn(bytes, counted.is_ok().then(|| begun.elapsed()));
            let counted: Vec<Watermark> = counted.map_err(|error| error.to_string())?;
            // Only now: what was said to be counted is forgotten by the edge.
            let done = self.stream.confirm(&self.waiting[..batch], &counted);
            done.map_err(|error| error.to_string())?;
            self.waiting.drain(..batch);
            if self.waiting.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn take(&mut self) -> Result<Vec<Entry>, crate::announce::AnnounceError> {
        if self.claimed.is_none_or(|at| at.elapsed() >= CLAIM_EVERY) {
            self.claimed = Some(Instant::now());
            self.in_stream.store(self.stream.length()?, Relaxed);
            let left = self.stream.claim(TAKEN)?;
            if !left.is_empty() {
                // There may be more of it.
                self.claimed = None;
                return Ok(left);
            }
        }
        self.stream.read(TAKEN)
    }
}
