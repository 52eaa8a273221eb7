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
use suo_link::{rev::Generation, time::Timestamp};

use crate::{
    announce::{Announce, AnnounceError},
    clock::Clock,
    store::{Message, RelayState, Store, StoreError},
};

/// How long what another admin left behind may wait.
const POLL: Duration = Duration::from_millis(200);

/// How often the far side is looked after.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// The most messages that are published under one lock.
const BATCH: usize = 100;

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
            unmarked: None,
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
    /// Up to where messages are published and that is not noted yet.
    unmarked: Option<u64>,
}

impl Worker {
    fn run(mut self) {
        let mut upkeep = Upkeep::default();
        loop {
            let call = self.inbox.wait(POLL);
            // Nothing is numbered before the far side was seen: it may be ahead of a restored database.
            let outcome = upkeep
                .run(&mut self)
                .and_then(|()| self.publish_if_any(call.is_some()));
            report(&outcome, &mut upkeep.was_well);
            match outcome {
                Ok(()) => self.inbox.done(call),
                Err(_) => self.inbox.failed(),
            }
            if let Err(error) = self.mark() {
                tracing::warn!(%error, "what was published is not noted; the next time notes it too");
            }
            if self.inbox.is_stopped() {
                return;
            }
        }
    }

    fn publish_if_any(&mut self, is_called: bool) -> Result<(), AnnounceError> {
        if is_called || self.store.has_unpublished()? {
            self.publish()
        } else {
            Ok(())
        }
    }

    fn publish(&mut self) -> Result<(), AnnounceError> {
        let numbered = self.store.number_outbox()?.numbered;
        loop {
            let published = self.publish_batch()?;
            if published >= numbered {
                return Ok(());
            }
        }
    }

    /// Publishes the next messages under the lock; returns how far publication has come.
    fn publish_batch(&mut self) -> Result<u64, AnnounceError> {
        let mut failure = None;
        let mut published = 0;
        let (store, announce) = (self.store.clone(), &mut self.announce);
        let locked = self.store.with_relay_lock(&mut |state| {
            let batch = store.messages_after(state.published, BATCH)?;
            published = state.published;
            if batch.is_empty() {
                return Ok(());
            }
            if let Err(error) = announce.announce(state.generation, &batch) {
                failure = Some(error);
                return Err(StoreError::Aborted("not announced".into()));
            }
            acknowledge(state, &batch);
            published = state.published;
            Ok(())
        });
        if let Some(error) = failure {
            return Err(self.answer_to(error)?);
        }
        locked?;
        self.unmarked = (published > 0).then_some(published);
        Ok(published)
    }

    /// Notes when messages were published: upkeep needs it, nobody who waits does.
    fn mark(&mut self) -> Result<(), StoreError> {
        match self.unmarked.take() {
            Some(published) => self.store.mark_published(published, (self.clock)()),
            None => Ok(()),
        }
    }

    /// A far side that is ahead means that the database was restored: a new generation begins.
    fn answer_to(&self, error: AnnounceError) -> Result<AnnounceError, StoreError> {
        if let AnnounceError::Ahead(top) = error {
            begin_generation(&*self.store, top.generation)?;
        }
        Ok(error)
    }
}

/// Begins the generation after `seen` and after the present one.
///
/// # Errors
/// If the database does not answer.
pub fn begin_generation(store: &dyn Store, seen: Generation) -> Result<(), StoreError> {
    store.with_relay_lock(&mut |state| {
        state.generation = Generation(seen.0.max(state.generation.0).saturating_add(1));
        tracing::warn!(
            generation = state.generation.0,
            "a new generation begins: the database was restored to an earlier point, or the operator says so"
        );
        Ok(())
    })
}

fn acknowledge(state: &mut RelayState, batch: &[Message]) {
    for message in batch {
        let changes = suo_link::wire::changes::Changes::decode(&message.changes);
        for change in changes.map(|changes| changes.0).unwrap_or_default() {
            if let Some(seq) = state.acknowledged.get_mut(change.bucket().index()) {
                *seq = message.seq;
            }
        }
        state.published = message.seq;
    }
}

/// What is done about once a second.
struct Upkeep {
    next: Instant,
    was_well: bool,
}

impl Default for Upkeep {
    fn default() -> Self {
        Self {
            next: Instant::now(),
            was_well: true,
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

/// Says once that publication has stopped, and once that it goes on.
fn report(outcome: &Result<(), AnnounceError>, was_well: &mut bool) {
    match outcome {
        Err(error) if *was_well => tracing::warn!(%error, "edits wait until they can be announced"),
        Ok(()) if !*was_well => tracing::info!("edits are announced again"),
        _ => {}
    }
    *was_well = outcome.is_ok();
}
