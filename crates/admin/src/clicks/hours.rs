//! Hours, as the instance's zone cuts them.

use jiff::{Timestamp as Moment, tz::TimeZone};
use suo_link::time::Timestamp;

const HOUR: i64 = 3_600_000;

/// Zones change their offset at whole quarters of an hour, so within one it is looked up once.
const QUARTER: i64 = HOUR / 4;

/// Cuts time into hours of a zone (`SUO_TIME_ZONE`).
#[derive(Clone, Debug)]
pub struct Hours(TimeZone);

impl Hours {
    /// Hours of this zone.
    #[must_use]
    pub fn of(zone: TimeZone) -> Self {
        Self(zone)
    }

    /// The moment at which the hour began.
    #[must_use]
    pub fn begin(&self, at: Timestamp) -> Timestamp {
        let since = (at.0 + self.offset(at)).rem_euclid(HOUR);
        at.plus(-since)
    }

    /// A cut that remembers the last quarter of an hour: clicks come in their order.
    pub(crate) fn cut(&self) -> impl FnMut(Timestamp) -> Timestamp {
        let mut last = None;
        move |at| {
            let quarter = at.0.div_euclid(QUARTER);
            let offset = match last {
                Some((known, offset)) if known == quarter => offset,
                _ => self.offset(at),
            };
            last = Some((quarter, offset));
            at.plus(-(at.0 + offset).rem_euclid(HOUR))
        }
    }

    /// Milliseconds that clocks of the zone are ahead of UTC; moments that no calendar holds count
    /// as UTC.
    fn offset(&self, at: Timestamp) -> i64 {
        let moment = Moment::from_millisecond(at.0);
        moment.map_or(0, |moment| {
            i64::from(self.0.to_offset(moment).seconds()) * 1000
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{Hours, Timestamp};
    use crate::time;

    #[test]
    fn hours_begin_where_the_zone_says() {
        for (zone, at, begin) in [
            (
                "UTC",
                "2026-11-23T10:59:59.999Z",
                "2026-11-23T10:00:00.000Z",
            ),
            (
                "Asia/Shanghai",
                "2026-11-23T10:59:59.999Z",
                "2026-11-23T10:00:00.000Z",
            ),
            (
                "Asia/Kolkata",
                "2026-11-23T10:29:59.999Z",
                "2026-11-23T09:30:00.000Z",
            ),
            (
                "Asia/Kolkata",
                "2026-11-23T10:30:00.000Z",
                "2026-11-23T10:30:00.000Z",
            ),
            (
                "Asia/Kathmandu",
                "2026-11-23T10:20:00.000Z",
                "2026-11-23T10:15:00.000Z",
            ),
            (
                "Australia/Lord_Howe",
                "2026-07-01T10:29:00.000Z",
                "2026-07-01T09:30:00.000Z",
            ),
            (
                "UTC",
                "1969-12-31T23:59:59.999Z",
                "1969-12-31T23:00:00.000Z",
            ),
        ] {
            let hours = Hours::of(TimeZone::get(zone).unwrap());
            let at = time::from_text(at).unwrap();
            assert_eq!(time::to_text(hours.begin(at)), begin, "{zone}");
            let mut cut = hours.cut();
            assert_eq!(cut(at), hours.begin(at));
            let later = at.plus(1_000_000);
            assert_eq!(cut(later), hours.begin(later));
        }
        let _ = Hours::of(TimeZone::UTC).begin(Timestamp(i64::MAX));
    }
}
