//! Waiting for conditions instead of for time.

use std::fmt::Display;
use std::panic::Location;
use std::thread;
use std::time::{Duration, Instant};

/// Pause between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(3);

/// Looks every few milliseconds until `condition` is `Ok`, and returns what it found.
///
/// # Panics
/// After `limit`, naming `what` was awaited and the last status (the `Err`).
#[track_caller]
pub fn wait_until<T, S: Display>(
    what: &str,
    limit: Duration,
    condition: impl FnMut() -> Result<T, S>,
) -> T {
    match poll(limit, condition) {
        Ok(found) => found,
        Err(status) => panic!("waited {limit:?} for {what}; last status: {status}"),
    }
}

/// [`wait_until`] without the panic: the last status after `limit`.
pub(crate) fn poll<T, S>(
    limit: Duration,
    mut condition: impl FnMut() -> Result<T, S>,
) -> Result<T, S> {
    let start = Instant::now();
    loop {
        match condition() {
            Err(_) if start.elapsed() <= limit => thread::sleep(PAUSE),
            settled => return settled,
        }
    }
}

/// [`wait_until`] for async tests: the condition is an async closure.
///
/// # Panics
/// After `limit`, as [`wait_until`]; also when the condition itself does not answer by then.
#[track_caller]
pub fn wait_until_async<T, S: Display>(
    what: &str,
    limit: Duration,
    condition: impl AsyncFnMut() -> Result<T, S>,
) -> impl Future<Output = T> {
    // An async fn cannot track its caller, and the test's line is what a reader needs.
    let caller = Location::caller();
    async move {
        let mut last = String::from("the condition has not answered once");
        match tokio::time::timeout(limit, look_often(condition, &mut last)).await {
            Ok(found) => found,
            Err(_) => panic!("{caller}: waited {limit:?} for {what}; last status: {last}"),
        }
    }
}

async fn look_often<T, S: Display>(
    mut condition: impl AsyncFnMut() -> Result<T, S>,
    last: &mut String,
) -> T {
    loop {
        match condition().await {
            Ok(found) => return found,
            Err(status) => *last = status.to_string(),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
