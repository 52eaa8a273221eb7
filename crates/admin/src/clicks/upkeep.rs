//! What is to be done with counted clicks beside counting: visits go into sketches, and what has had its
//! time is forgotten.
//!
//! Every admin has one such thread, and so has the quick start. Several do the same work twice at
//! worst; nothing depends on who does it.

use std::{
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::Rules;
use crate::{
    background::{Background, Complaint, Going},
    clock::Clock,
    store::{Store, StoreError},
};

/// How often is looked at what is due.
const LOOK: Duration = Duration::from_secs(1);

/// How often visits go into sketches: seldom enough that a popular link's sketch takes many at once.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// The most values of visits of one transaction; there are ten or so a second at the busiest.
const FOLDED_AT_ONCE: usize = 64;

/// For how long a day may get late visitors, in days, and referrers are known.
const LATE: i64 = 8;

/// How often old things are looked for.
const FORGET_EVERY: Duration = Duration::from_secs(3600);

/// How long the name of a journal is kept after its last segment, in days.
const JOURNALS: i64 = 400;

/// How long the key of a day's visitors is kept after it was made, in hours: gone within 48, as old
/// things are looked for every hour.
const KEYS: i64 = 47;

/// The most rows that are forgotten at once.
const AT_ONCE: usize = 1000;

/// Milliseconds.
const HOUR: i64 = 3600 * 1000;
const DAY: i64 = 24 * HOUR;

/// Upkeep that goes on.
pub struct Upkeep(Background);

impl Upkeep {
    /// Starts the thread.
    ///
    /// # Errors
    /// If there is none.
    pub fn start(store: Arc<dyn Store>, rules: &Rules, clock: Clock) -> io::Result<Self> {
        let events_days = rules.events_days.into();
        let work = move |going| {
            let worker = Worker {
                store,
                events_days,
                clock,
                going,
                forgotten: None,
                folded: None,
            };
            worker.run();
        };
        Background::start("suo-upkeep", "the upkeep of statistics", work).map(Self)
    }

    /// Ends after what is being done now.
    pub fn stop(self) {
        self.0.stop();
    }
}

struct Worker {
    store: Arc<dyn Store>,
    events_days: i64,
    clock: Clock,
    going: Going,
    forgotten: Option<Instant>,
    folded: Option<Instant>,
}

impl Worker {
    fn run(mut self) {
        let mut forgetting = Complaint::new(
            "what is old of clicks waits until it can be forgotten",
            "what is old of clicks is forgotten again",
        );
        let mut folding = Complaint::new(
            "visitors wait until they can be counted",
            "visitors are counted again",
        );
        while !self.going.is_stopped() {
            forgetting.report(&self.forget());
            folding.report(&self.fold());
            thread::park_timeout(LOOK);
        }
    }

    fn fold(&mut self) -> Result<(), StoreError> {
        if self.folded.is_some_and(|at| at.elapsed() < FOLD_EVERY) {
            return Ok(());
        }
        self.all(|| self.store.fold_visits(FOLDED_AT_ONCE))?;
        self.folded = Some(Instant::now());
        Ok(())
    }

    fn forget(&mut self) -> Result<(), StoreError> {
        if self.forgotten.is_some_and(|at| at.elapsed() < FORGET_EVERY) {
            return Ok(());
        }
        let now = (self.clock)();
        let ago = |days: i64| now.plus(-days * DAY);
        let store = &self.store;
        // First: it is a promise to visitors.
        self.all(|| store.forget_visitor_keys(now.plus(-KEYS * HOUR)))?;
        self.all(|| store.forget_journals(ago(JOURNALS), AT_ONCE))?;
        self.all(|| store.close_visitors(ago(LATE), AT_ONCE))?;
        self.all(|| store.forget_hosts(ago(LATE), AT_ONCE))?;
        // With 0 days what was counted today goes, too.
        let events = match self.events_days {
            0 => now.plus(DAY),
            days => ago(days),
        };
        self.all(|| store.forget_events(events, AT_ONCE))?;
        self.forgotten = Some(Instant::now());
        Ok(())
    }

    /// Bit by bit, so that nobody waits for it long.
    fn all(&self, some: impl Fn() -> Result<usize, StoreError>) -> Result<(), StoreError> {
        while !self.going.is_stopped() && some()? > 0 {}
        Ok(())
    }
}
