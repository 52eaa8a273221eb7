//! How an instance counts.

use jiff::tz::TimeZone;

use super::Hours;

/// For how many days single answers are kept at most: there are 32 partitions of a day each, and today's
/// and tomorrow's are in use.
pub const MAX_EVENTS_DAYS: u16 = 30;

/// The same, unless it is said otherwise.
pub const EVENTS_DAYS: u16 = 7;

/// What the operator has decided about counting.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Where hours and days begin (`SUO_TIME_ZONE`).
    pub hours: Hours,
    /// For how many days single answers are kept (`SUO_EVENTS_DAYS`); 0: not at all.
    pub events_days: u16,
}

impl Rules {
    /// Hours of this zone, and answers for as long as usual.
    #[must_use]
    pub fn of(zone: TimeZone) -> Self {
        Self {
            hours: Hours::of(zone),
            events_days: EVENTS_DAYS,
        }
    }
}
