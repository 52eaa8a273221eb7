//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use suo_link::time::Timestamp;

/// Now; the epoch if the clock stands before it.
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let milliseconds = since_epoch.map_or(0, |since| since.as_millis());
    Timestamp(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}
