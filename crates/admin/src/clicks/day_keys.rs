//! The keys by which edges tell visitors apart: one for each day, made when it is first asked for.

use suo_link::{time::Timestamp, visitor::VisitorKey, wire::visitor_keys::DayKey};

use super::{Day, Hours};
use crate::{
    random::Random,
    store::{Store, StoreError},
};

/// From when on tomorrow's key is handed out, in milliseconds before midnight.
const AHEAD: i64 = 3_600_000;

/// Today's key, and tomorrow's in the last hour of the day.
///
/// # Errors
/// If the database is away, or the system has no randomness.
pub fn day_keys(
    store: &dyn Store,
    hours: &Hours,
    random: Random,
    now: Timestamp,
) -> Result<Vec<DayKey>, StoreError> {
    let today = hours.day(now);
    let mut days = vec![today];
    if now.plus(AHEAD) >= today.ends {
        days.push(hours.day(today.ends));
    }
    let key = |Day { begins, ends }| {
        let mut bytes = [0; 16];
        random(&mut bytes).map_err(StoreError::Broken)?;
        let key = store.visitor_key(begins, VisitorKey::new(bytes), now)?;
        Ok(DayKey { begins, ends, key })
    };
    days.into_iter().map(key).collect()
}
