//! From when to when, and how it is cut.

use suo_link::time::Timestamp;

use crate::{clicks::Hours, store::Interval};

/// Milliseconds.
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The most days of a series by hour and of one by day; the latter is a year, with the same days of the year
/// before beside it.
const MOST_DAYS_BY_HOUR: i64 = 14;
const MOST_DAYS_BY_DAY: i64 = 400;

/// How much is shown unless somebody says from when.
const USUAL_HOURS: i64 = 24;
const USUAL_DAYS: i64 = 30;

/// A time, cut where hours or days of the zone begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) interval: Interval,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

impl Period {
    /// The whole hours or days that hold the time between; without an end until now.
    pub(super) fn new(
        hours: &Hours,
        interval: Interval,
        (from, to): (Option<Timestamp>, Option<Timestamp>),
        now: Timestamp,
    ) -> Self {
        let to = to.unwrap_or(now.plus(1));
        let begin = begin(hours, interval, to);
        let to = if begin == to {
            to
        } else {
            next(hours, interval, begin)
        };
        let from = from.unwrap_or(match interval {
            Interval::Hour => to.plus(-USUAL_HOURS * HOUR),
            // Noon is safe from days of 23 and 25 hours.
            Interval::Day => to.plus(-USUAL_DAYS * DAY + DAY / 2),
        });
        Self {
            interval,
            from: self::begin(hours, interval, from),
            to,
        }
    }

    /// What is too long about it.
    pub(super) fn excess(&self) -> Option<String> {
        let (days, name, hint) = match self.interval {
            Interval::Hour => (MOST_DAYS_BY_HOUR, "hour", "; take interval=day"),
            Interval::Day => (MOST_DAYS_BY_DAY, "day", ""),
        };
        // A day of 25 hours does no harm.
        let is_long = self.to.0.saturating_sub(self.from.0) > days * DAY + 2 * HOUR;
        is_long.then(|| format!("a series by {name} covers {days} days at most{hint}"))
    }

    /// When each point begins.
    pub(super) fn points(&self, hours: &Hours) -> Vec<Timestamp> {
        let mut points = Vec::new();
        let mut at = self.from;
        while at < self.to {
            points.push(at);
            at = next(hours, self.interval, at);
        }
        points
    }
}

fn begin(hours: &Hours, interval: Interval, at: Timestamp) -> Timestamp {
    match interval {
        Interval::Hour => hours.begin(at),
        Interval::Day => hours.day(at).begins,
    }
}

/// The next beginning; always later.
fn next(hours: &Hours, interval: Interval, at: Timestamp) -> Timestamp {
    match interval {
        Interval::Day => hours.day(at).ends.max(at.plus(1)),
        Interval::Hour => {
            let next = hours.begin(at.plus(HOUR));
            // Where clocks are put back by half an hour, an hour begins twice.
            if next > at { next } else { at.plus(HOUR) }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{HOUR, Hours, Interval, Period};
    use crate::time;

    fn period(
        zone: &str,
        interval: Interval,
        from: Option<&str>,
        to: Option<&str>,
    ) -> (Hours, Period) {
        let hours = Hours::of(TimeZone::get(zone).unwrap());
        let read = |text: Option<&str>| text.map(|text| time::from_text(text).unwrap());
        let now = time::from_text("2026-11-23T10:20:30.000Z").unwrap();
        let period = Period::new(&hours, interval, (read(from), read(to)), now);
        (hours, period)
    }

    #[test]
    fn periods_are_whole_hours_and_days_of_the_zone() {
        for (interval, from, to, begins, ends, points) in [
            (
                Interval::Day,
                None,
                None,
                "2026-10-24T16:00",
                "2026-11-23T16:00",
                30,
            ),
            (
                Interval::Hour,
                None,
                None,
                "2026-11-22T11:00",
                "2026-11-23T11:00",
                24,
            ),
            (
                Interval::Day,
                Some("2026-11-01T16:00:00Z"),
                Some("2026-11-02T16:00:00Z"),
                "2026-11-01T16:00",
                "2026-11-02T16:00",
                1,
            ),
            (
                Interval::Hour,
                Some("2026-11-01T16:59:00Z"),
                Some("2026-11-01T17:00:00.001Z"),
                "2026-11-01T16:00",
                "2026-11-01T18:00",
                2,
            ),
        ] {
            let (hours, period) = period("Asia/Shanghai", interval, from, to);
            assert!(time::to_text(period.from).starts_with(begins), "{period:?}");
            assert!(time::to_text(period.to).starts_with(ends), "{period:?}");
            assert_eq!(period.points(&hours).len(), points, "{period:?}");
            assert_eq!(period.excess(), None);
        }
    }

    #[test]
    fn odd_days_and_hours_are_cut_without_gaps() {
        for (zone, interval, from, to, points) in [
            (
                "Europe/Berlin",
                Interval::Day,
                "2026-10-24T22:00:00Z",
                "2026-10-25T23:00:00Z",
                1,
            ),
            (
                "Europe/Berlin",
                Interval::Hour,
                "2026-10-24T22:00:00Z",
                "2026-10-25T23:00:00Z",
                25,
            ),
            (
                "Australia/Lord_Howe",
                Interval::Hour,
                "2026-04-04T12:30:00Z",
                "2026-04-05T12:30:00Z",
                24,
            ),
            (
                "Asia/Kathmandu",
                Interval::Hour,
                "2026-11-22T18:15:00Z",
                "2026-11-23T18:15:00Z",
                24,
            ),
        ] {
            let (hours, period) = period(zone, interval, Some(from), Some(to));
            let found = period.points(&hours);
            assert!(found.len().abs_diff(points) <= 1, "{zone} {found:?}");
            assert!(found.is_sorted());
            assert_eq!(found[0], period.from);
        }
        let (_, long) = period("UTC", Interval::Hour, Some("2026-11-01T00:00:00Z"), None);
        assert!(long.excess().unwrap().contains("interval=day"));
        assert!(long.to.0 - long.from.0 > 20 * 24 * HOUR);
    }
}
