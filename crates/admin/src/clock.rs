//! The time, as an argument.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use suo_link::time::Timestamp;

use crate::store::{Store, StoreError};

/// Tells the time; tests pass their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How often the database's clock is looked at. Between two looks the machine's monotonic clock
/// can only be wrong if the machine was asleep.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A look that took longer says too little about the present.
const QUICK: Duration = Duration::from_millis(500);

/// The machine's clock.
#[must_use]
pub fn system() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// The database's clock, whatever this machine's clock shows. Admins on several machines compare
/// what others wrote (a rebuild's lease, the age of a reply that is kept, of a message that was
/// published), so they need one clock.
///
/// # Errors
/// If the database does not answer now. Later it may be away: the time goes on.
pub fn of_database(store: &Arc<dyn Store>) -> Result<Clock, StoreError> {
    let look = Arc::new(Mutex::new(Look::at(&**store)?));
    let (watched, store) = (Arc::downgrade(&look), Arc::downgrade(store));
    let watching = thread::Builder::new()
        .name("suo-clock".into())
        .spawn(move || watch(&watched, &store));
    if let Err(error) = watching {
        tracing::error!(%error, "no thread for the clock: it goes on by itself");
    }
    Ok(Arc::new(move || lock(&look).now()))
}

/// What the clock showed, and when that was.
#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    shown: Timestamp,
}

impl Look {
    /// The clock was read at some moment of the call: half of the way back is the best guess.
    fn at(store: &dyn Store) -> Result<Self, StoreError> {
        let before = Instant::now();
        let shown = store.now()?;
        let at = before + before.elapsed() / 2;
        Ok(Self { at, shown })
    }

    fn now(self) -> Timestamp {
        let passed = i64::try_from(self.at.elapsed().as_millis());
        self.shown.plus(passed.unwrap_or(i64::MAX))
    }
}

/// Looks again and again, until nobody asks for the time any more.
fn watch(look: &Weak<Mutex<Look>>, store: &Weak<dyn Store>) {
    loop {
        thread::sleep(LOOK_EVERY);
        let (Some(look), Some(store)) = (look.upgrade(), store.upgrade()) else {
            return;
        };
        let begun = Instant::now();
        match Look::at(&*store) {
            Ok(fresh) if begun.elapsed() < QUICK => *lock(&look) = fresh,
            // A database that is away, or hung meanwhile: nobody knows when it read its clock.
            _ => {}
        }
    }
}

fn lock(look: &Mutex<Look>) -> MutexGuard<'_, Look> {
    look.lock().unwrap_or_else(PoisonError::into_inner)
}
