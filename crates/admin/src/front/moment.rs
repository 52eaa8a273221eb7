//! Moments as people read them.

use jiff::tz::TimeZone;
use suo_link::time::Timestamp;

use super::words::Tongue;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// So many days later.
pub(super) fn after(now: Timestamp, days: u16) -> Timestamp {
    Timestamp(now.0.saturating_add(i64::from(days) * DAY))
}

/// Day, time and zone; a moment that no calendar has is shown as the API writes it.
pub(super) fn text(moment: Timestamp, zone: &TimeZone, tongue: Tongue) -> String {
    let Ok(instant) = jiff::Timestamp::from_millisecond(moment.0) else {
        return crate::time::to_text(moment);
    };
    let format = tongue.choose("%Y年%-m月%-d日 %H:%M（%Z）", "%-d %B %Y, %H:%M %Z");
    instant.to_zoned(zone.clone()).strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use suo_link::time::Timestamp;

    use super::{after, text};
    use crate::front::words::Tongue;

    #[test]
    fn moments_are_told_in_the_instance_s_zone() {
        let moment = after(Timestamp(1_764_000_000_000), 180);
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(
            text(moment, &zone, Tongue::Chinese),
            "2026年5月24日 00:00（CST）"
        );
        assert_eq!(
            text(moment, &TimeZone::UTC, Tongue::English),
            "23 May 2026, 16:00 UTC"
        );
        assert!(text(Timestamp(i64::MAX), &zone, Tongue::English).starts_with("9999"));
    }
}
