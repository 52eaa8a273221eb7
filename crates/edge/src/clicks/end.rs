//! How the shipper is asked to end.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

/// What asks the shipper to end: until when it may go on, if it is asked.
#[derive(Debug, Default)]
pub(super) struct End(OnceLock<Option<Instant>>);

impl End {
    /// Asks for it; only the first time counts.
    pub(super) fn ask(&self, limit: Duration) {
        let _ = self.0.set(Instant::now().checked_add(limit));
    }

    pub(super) fn is_asked(&self) -> bool {
        self.0.get().is_some()
    }

    /// Whether the time is over. The time that a disk hangs is part of it.
    pub(super) fn is_now(&self) -> bool {
        let until = self.0.get().copied().flatten();
        until.is_some_and(|until| until <= Instant::now())
    }
}
