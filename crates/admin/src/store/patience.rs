//! What a call to the store knows of the caller who waits for it, and the caller of the call.
//!
//! A thread that waits for a database that hangs can't be called back. So the caller stops
//! waiting; and the call, when its database goes on, does not commit what nobody waits for.

use std::{
    cell::RefCell,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

thread_local! {
    /// The call that this thread is at.
    static CURRENT: RefCell<Option<Arc<Call>>> = const { RefCell::new(None) };
}

/// One call, for both sides.
#[derive(Debug, Default)]
pub struct Call {
    is_given_up: AtomicBool,
    asked: Mutex<Option<Instant>>,
}

impl Call {
    /// Runs `work` as this call, on the present thread.
    pub fn run<T>(self: &Arc<Self>, work: impl FnOnce() -> T) -> T {
        let _current = Current::enter(self.clone());
        work()
    }

    /// Nobody waits any more.
    pub fn give_up(&self) {
        self.is_given_up.store(true, Ordering::Release);
    }

    /// For how long the database has owed an answer to a statement.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.asked().map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn asked(&self) -> MutexGuard<'_, Option<Instant>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether nobody waits any more for the call that this thread is at.
#[cfg(feature = "postgres")]
pub(super) fn is_given_up() -> bool {
    with_current(|call| call.is_given_up.load(Ordering::Acquire)).unwrap_or(false)
}

/// A statement was sent.
#[cfg(feature = "postgres")]
pub(super) fn asked() {
    with_current(|call| *call.asked() = Some(Instant::now()));
}

/// A statement was answered.
#[cfg(feature = "postgres")]
pub(super) fn answered() {
    with_current(|call| *call.asked() = None);
}

#[cfg(feature = "postgres")]
fn with_current<T>(look: impl FnOnce(&Call) -> T) -> Option<T> {
    CURRENT.with_borrow(|current| current.as_deref().map(look))
}

/// Ends the call on this thread when it is dropped, also by a panic.
struct Current;

impl Current {
    fn enter(call: Arc<Call>) -> Self {
        CURRENT.set(Some(call));
        Self
    }
}

impl Drop for Current {
    fn drop(&mut self) {
        CURRENT.set(None);
    }
}
