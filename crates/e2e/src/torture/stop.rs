//! The end of the run, and waiting that it interrupts.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

/// Whether the run is over.
#[derive(Default)]
pub(crate) struct Stop {
    is_over: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    /// It is.
    pub(crate) fn stop(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits for the end, at most so long; whether it has come.
    pub(crate) fn within(&self, limit: Duration) -> bool {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(is_over, limit, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Ends the run when it goes out of scope: also when what was to go on until then has panicked.
pub(crate) struct StopAtEnd<'a>(pub(crate) &'a Stop);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}
