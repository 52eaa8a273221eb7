//! Hours, as the instance's zone cuts them.

use jiff::{Timestamp as Moment, Zoned, tz::TimeZone};
use suo_link::time::Timestamp;

const HOUR: i64 = 3_600_000;

/// Zones change their offset at whole quarters of an hour, so within one it is looked up once.
const QUARTER: i64 = HOUR / 4;

/// Milliseconds of a day of no zone.
const DAY: i64 = 24 * HOUR;

/// A day of a zone: mostly 24 hours, sometimes 23 or 25.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its first moment.
    pub begins: Timestamp,
    /// The first moment of the next one.
    pub ends: Timestamp,
}

/// Cuts time into hours and days of a zone (`SUO_TIME_ZONE`).
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

    /// The day of this moment; moments that no calendar holds have days of UTC.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Day {
        self.day_of_zone(at).unwrap_or_else(|| {
            let begins = at.plus(-at.0.rem_euclid(DAY));
            let ends = begins.plus(DAY);
            Day { begins, ends }
        })
    }

    /// The name of the zone, as it was given.
    #[must_use]
    pub fn zone(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The first moment of a calendar's day, `2026-11-23`; `None` if it is no day.
    #[must_use]
    pub fn date(&self, text: &str) -> Option<Timestamp> {
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(moment(&date.to_zoned(self.0.clone()).ok()?))
    }

    fn day_of_zone(&self, at: Timestamp) -> Option<Day> {
        let zoned = Moment::from_millisecond(at.0).ok()?;
        let begins = zoned.to_zoned(self.0.clone()).start_of_day().ok()?;
        let ends = begins.tomorrow().ok()?.start_of_day().ok()?;
        Some(Day {
            begins: moment(&begins),
            ends: moment(&ends),
        })
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

    /// A cut into days that remembers the last one; gives when the day begins.
    pub(crate) fn cut_days(&self) -> impl FnMut(Timestamp) -> Timestamp {
        let mut last: Option<Day> = None;
        move |at| {
            let known = last.filter(|day| day.begins <= at && at < day.ends);
            let day = known.unwrap_or_else(|| self.day(at));
            last = Some(day);
            day.begins
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

fn moment(zoned: &Zoned) -> Timestamp {
    Timestamp(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{DAY, HOUR, Hours, Timestamp};
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

    #[test]
    fn days_begin_at_midnight_of_the_zone_and_may_be_longer() {
        for (zone, at, begin, hours) in [
            (
                "UTC",
                "2026-11-23T23:59:59.999Z",
                "2026-11-23T00:00:00.000Z",
                24,
            ),
            (
                "Asia/Shanghai",
                "2026-11-23T15:59:59.999Z",
                "2026-11-22T16:00:00.000Z",
                24,
            ),
            (
                "Asia/Shanghai",
                "2026-11-23T16:00:00.000Z",
                "2026-11-23T16:00:00.000Z",
                24,
            ),
            (
                "Europe/Berlin",
                "2026-10-25T12:00:00.000Z",
                "2026-10-24T22:00:00.000Z",
                25,
            ),
            (
                "America/Santiago",
                "2026-09-06T12:00:00.000Z",
                "2026-09-06T04:00:00.000Z",
                23,
            ),
        ] {
            let cut = Hours::of(TimeZone::get(zone).unwrap());
            let day = cut.day(time::from_text(at).unwrap());
            assert_eq!(time::to_text(day.begins), begin, "{zone}");
            assert_eq!(day.ends.0 - day.begins.0, hours * HOUR, "{zone} {at}");
            assert_eq!(cut.day(day.begins), day);
            assert_eq!(cut.zone(), zone);
        }
        let shanghai = Hours::of(TimeZone::get("Asia/Shanghai").unwrap());
        let begins = shanghai.date("2026-11-23").unwrap();
        assert_eq!(time::to_text(begins), "2026-11-22T16:00:00.000Z");
        assert_eq!(shanghai.date("2026-11-31"), None);
        let last = Hours::of(TimeZone::UTC).day(Timestamp(i64::MAX / 2));
        assert_eq!(last.ends.0 - last.begins.0, DAY);
    }
}
