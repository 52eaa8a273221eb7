//! Publishes what was committed, in order, and again until it has arrived.
//!
//! Every admin has a relay; the lock on the `relay_state` row lets one publish at a time. A
//! relay is woken by the handlers of its own process and looks every 200 ms for what
//! another admin left behind. It never reads "ids greater than the last one" (rows commit
//! out of order): numbers are given under the lock, and committed before anything is published.

mod handle;

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use handle::Inbox;
pub use handle::RelayHandle;
use suo_link::{rev::Generation, time::Timestamp, wire::changes::Changes};

use crate::{
    announce::{Announce, AnnounceError},
    background::{Complaint, EndsWith},
    clock::Clock,
    store::{Message, NUMBERED_AT_ONCE, RelayState, Store, StoreError},
};

/// How long what another admin left behind may wait.
const POLL: Duration = Duration::from_millis(200);

/// How often the far side is looked after.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// The most messages that are published under one lock. Fewer after a failure, and then more
/// again: what is too much for a slow Redis to take in time would never arrive.
const BATCH: usize = 100;

/// How often the lock is given back because it had to be waited for, and the far side may have
/// gone silent meanwhile.
const REACHED_AGAIN: usize = 3;

/// The most published messages that are noted as such in one statement.
const MARKED_AT_ONCE: usize = 5000;

/// How long a message that this program can't read is left to an admin of a newer version.
const UNREADABLE: Duration = Duration::from_secs(5);

/// How long published messages stay, to be published again if Redis loses them; and replies
/// to requests with an idempotency key, to be sent again.
const KEEP: Duration = Duration::from_secs(24 * 3600);

/// The most of each that one trim removes.
const TRIM: usize = 1000;

/// A relay that has been started.
pub struct Relay {
    handle: RelayHandle,
    thread: thread::JoinHandle<()>,
}

impl Relay {
    /// Starts the relay's thread. Handlers wait for it at most `patience`.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(
        store: Arc<dyn Store>,
        announce: impl Announce + 'static,
        clock: Clock,
        patience: Duration,
    ) -> std::io::Result<Self> {
        let (handle, inbox) = handle::pair(patience);
        let worker = Worker {
            store,
            announce: Box::new(announce),
            clock,
            inbox,
            limit: BATCH,
            unmarked: None,
            unreadable: None,
        };
        let thread = thread::Builder::new()
            .name("suo-relay".into())
            .spawn(|| worker.run())?;
        Ok(Self { handle, thread })
    }

    /// What handlers wait with.
    #[must_use]
    pub fn handle(&self) -> RelayHandle {
        self.handle.clone()
    }

    /// Publishes what is left, as far as that is possible now, and ends.
    pub fn stop(self) {
        self.handle.stop();
        if self.thread.join().is_err() {
            tracing::error!("the relay had panicked");
        }
    }
}

struct Worker {
    store: Arc<dyn Store>,
    announce: Box<dyn Announce>,
    clock: Clock,
    inbox: Inbox,
    /// The most messages of the next batch.
    limit: usize,
    /// Up to where messages are published and that is not noted yet.
    unmarked: Option<u64>,
    /// The next message, if this program can't read it, and since when.
    unreadable: Option<(u64, Instant)>,
}

impl Worker {
    fn run(mut self) {
        let _guard = EndsWith("the relay");
        let mut upkeep = Upkeep::default();
        let mut complaint = Complaint::new(
            "edits wait until they can be announced",
            "edits are announced again",
        );
        loop {
            let call = self.inbox.wait(POLL);
            // Nothing is numbered before the far side was seen: it may be ahead of a restored database.
            let outcome = upkeep
                .run(&mut self)
                .and_then(|()| self.publish_if_any(call.is_some(), upkeep.next));
            complaint.report(&outcome);
            match outcome {
                Ok(true) => self.inbox.done(call),
                Ok(false) => {}
                Err(_) => {
                    // What answers next may be another server, or the same one set back.
                    upkeep.next = Instant::now();
                    self.inbox.failed();
                }
            }
            if let Err(error) = self.mark() {
                tracing::warn!(%error, "what was published is not noted yet");
            }
            if self.inbox.is_stopped() {
                return;
            }
        }
    }

    /// Whether nothing is left to publish.
    fn publish_if_any(&mut self, is_called: bool, until: Instant) -> Result<bool, AnnounceError> {
        if is_called || self.store.has_unpublished()? {
            self.publish(until)
        } else {
            Ok(true)
        }
    }

    /// Publishes what waits, piece by piece, so that a long backlog does not keep upkeep waiting.
    fn publish(&mut self, until: Instant) -> Result<bool, AnnounceError> {
        loop {
            let state = self.store.number_outbox()?;
            while self.publish_batch()? < state.numbered {
                if Instant::now() >= until {
                    return Ok(false);
                }
            }
            let numbered_now = state.numbered.saturating_sub(state.published);
            if numbered_now < NUMBERED_AT_ONCE {
                return Ok(true);
            }
        }
    }

    /// Publishes the next messages; returns how far publication has come.
    fn publish_batch(&mut self) -> Result<u64, AnnounceError> {
        for _ in 0..REACHED_AGAIN {
            self.announce.reach()?;
            if let Some(published) = self.publish_locked(false)? {
                return Ok(published);
            }
        }
        self.announce.reach()?;
        Ok(self.publish_locked(true)?.unwrap_or(0))
    }

    /// The same under the lock. `None`: the lock came too late to be sure of the far side.
    fn publish_locked(&mut self, is_late_too: bool) -> Result<Option<u64>, AnnounceError> {
        let mut failure = None;
        let mut published = None;
        let (store, announce, limit) = (self.store.clone(), &mut self.announce, self.limit);
        let locked = self.store.with_relay_lock(&mut |state| {
            if !is_late_too && !announce.has_answered_lately() {
                return Ok(());
            }
            published = Some(state.published);
            let mut batch = store.messages_after(state.published, limit)?;
            keep_readable(&mut batch);
            if batch.is_empty() {
                return Ok(());
            }
            if let Err(error) = announce.announce(state, &batch) {
                failure = Some(error);
                return Err(StoreError::Aborted("not announced".into()));
            }
            acknowledge(state, &batch);
            published = Some(state.published);
            Ok(())
        });
        if let Some(error) = failure {
            // What is refused is told nevertheless, and all of it.
            if !matches!(error, AnnounceError::Refused(_)) {
                self.limit = (limit / 2).max(1);
            }
            return Err(self.answer_to(error)?);
        }
        locked?;
        if published.is_some() {
            self.limit = (limit * 2).min(BATCH);
            self.unmarked = published.filter(|published| *published > 0);
        }
        Ok(published)
    }

    /// Notes when messages were published: upkeep needs it, nobody who waits does. What fails
    /// is tried again by the next poll, which finds something that is not noted.
    fn mark(&mut self) -> Result<(), StoreError> {
        let Some(published) = self.unmarked.take() else {
            return Ok(());
        };
        let now = (self.clock)();
        let marked = self.store.mark_published(published, now, MARKED_AT_ONCE)?;
        self.unmarked = (marked == MARKED_AT_ONCE).then_some(published);
        Ok(())
    }

    /// A far side that is ahead means that the database was restored: a new generation begins.
    fn answer_to(&mut self, error: AnnounceError) -> Result<AnnounceError, StoreError> {
        match error {
            AnnounceError::Ahead(top) => begin_generation(&*self.store, Some(top.generation))?,
            AnnounceError::Broken(seq) => self.bury_in_time(seq)?,
            AnnounceError::Unavailable(_) | AnnounceError::Refused(_) | AnnounceError::Store(_) => {
            }
        }
        Ok(error)
    }

    /// Nothing behind a message that can't be read could ever be announced.
    fn bury_in_time(&mut self, seq: u64) -> Result<(), StoreError> {
        let since = match self.unreadable {
            Some((before, since)) if before == seq => since,
            _ => Instant::now(),
        };
        self.unreadable = Some((seq, since));
        if since.elapsed() >= UNREADABLE {
            self.store.bury_message(seq)?;
            tracing::error!(
                seq,
                "a message in the outbox can't be read: a new generation begins in its place"
            );
        }
        Ok(())
    }
}

/// What comes before a message that can't be read must not wait for it; alone, it is an error.
fn keep_readable(batch: &mut Vec<Message>) {
    let is_broken = |message: &Message| Changes::decode(&message.changes).is_err();
    if let Some(first) = batch.iter().position(is_broken) {
        batch.truncate(first.max(1));
    }
}

/// Begins a new generation: after `seen`, unless another relay has done so already; or, if the
/// operator says so, in any case.
///
/// # Errors
/// If the database does not answer.
pub fn begin_generation(store: &dyn Store, seen: Option<Generation>) -> Result<(), StoreError> {
    store.with_relay_lock(&mut |state| {
        if seen.is_some_and(|seen| seen < state.generation) {
            return Ok(());
        }
        let last = seen.map_or(0, |seen| seen.0).max(state.generation.0);
        state.generation = Generation(last.saturating_add(1));
        tracing::warn!(
            generation = state.generation.0,
            "a new generation begins: the database was restored to an earlier point, or the operator says so"
        );
        Ok(())
    })
}

fn acknowledge(state: &mut RelayState, batch: &[Message]) {
    for message in batch {
        let changes = Changes::decode(&message.changes);
        for change in changes.map(|changes| changes.0).unwrap_or_default() {
            if let Some(seq) = state.acknowledged.get_mut(change.bucket().index()) {
                *seq = message.seq;
            }
        }
        state.published = message.seq;
    }
}

/// What is done about twice a second.
struct Upkeep {
    next: Instant,
}

impl Default for Upkeep {
    fn default() -> Self {
        Self {
            next: Instant::now(),
        }
    }
}

impl Upkeep {
    fn run(&mut self, worker: &mut Worker) -> Result<(), AnnounceError> {
        if Instant::now() < self.next {
            return Ok(());
        }
        if let Err(error) = worker.announce.look_after() {
            return Err(worker.answer_to(error)?);
        }
        self.next = Instant::now() + LOOK_AFTER;
        let forgotten = before((worker.clock)(), KEEP);
        worker.store.trim_outbox(forgotten, TRIM)?;
        worker.store.forget_replies(forgotten, TRIM)?;
        Ok(())
    }
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    now.plus(-i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}
