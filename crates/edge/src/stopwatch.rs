//! Time that only moves forward, handed in so that tests can turn it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Milliseconds since it was made.
#[derive(Clone)]
pub struct Stopwatch {
    start: Instant,
    now: Arc<dyn Fn() -> Instant + Send + Sync>,
}

impl Stopwatch {
    /// One that asks the system.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Instant::now)
    }

    /// One that asks `now`.
    pub fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self {
            start: now(),
            now: Arc::new(now),
        }
    }

    pub(crate) fn millis(&self) -> u64 {
        let passed = (self.now)().saturating_duration_since(self.start);
        u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
    }

    /// The time since this stopwatch said `millis`.
    pub(crate) fn since(&self, millis: u64) -> Duration {
        Duration::from_millis(self.millis().saturating_sub(millis))
    }
}
