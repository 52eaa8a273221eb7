//! Moments in JSON: RFC 3339, UTC, milliseconds.

use jiff::{
    SignedDuration,
    civil::{DateTime, date},
    fmt::temporal::Pieces,
};
use suo_link::time::Timestamp;

/// Where timestamps count from. Civil times, because they reach to the end of year 9999 and
/// jiff's own timestamps do not; "9999-12-31T23:59:59Z" is how many programs say "never".
const EPOCH: DateTime = date(1970, 1, 1).at(0, 0, 0, 0);

/// The years of RFC 3339: 0000 to 9999, in UTC.
const WRITABLE: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// `2026-01-02T03:04:05.678Z`. Moments beyond year 9999 come out as the last one before it.
#[must_use]
pub fn to_text(time: Timestamp) -> String {
    let since = SignedDuration::from_millis(time.0.clamp(*WRITABLE.start(), *WRITABLE.end()));
    let moment = EPOCH.checked_add(since).unwrap_or(DateTime::MAX);
    format!("{moment:.3}Z")
}

/// Reads RFC 3339 with any offset; what is finer than a millisecond is cut off.
#[must_use]
pub fn from_text(text: &str) -> Option<Timestamp> {
    // jiff reads years of six digits and a sign, too.
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let moment = DateTime::from_parts(pieces.date(), pieces.time()?);
    let offset = SignedDuration::from_secs(i64::from(pieces.to_numeric_offset()?.seconds()));
    let since = moment.duration_since(EPOCH).checked_sub(offset)?;
    let time = i64::try_from(since.as_nanos().div_euclid(1_000_000)).ok()?;
    WRITABLE.contains(&time).then_some(Timestamp(time))
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, from_text, to_text};

    #[test]
    fn moments_are_utc_with_milliseconds() {
        let moment = Timestamp(1_767_323_045_678);
        assert_eq!(to_text(moment), "2026-01-02T03:04:05.678Z");
        for text in [
            "2026-01-02T03:04:05.678Z",
            "2026-01-02T11:04:05.678999+08:00",
        ] {
            assert_eq!(from_text(text), Some(moment), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-13-02T03:04:05Z",
            "-000001-01-01T00:00:00Z",
            "+002026-01-01T00:00:00Z",
            "0000-01-01T00:00:00+08:00",
            "9999-12-31T23:59:59-08:00",
        ] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    #[test]
    fn years_have_four_digits() {
        for text in [
            "0000-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert_eq!(from_text(text).map(to_text).as_deref(), Some(text));
        }
        assert_eq!(from_text("1969-12-31T23:59:59.9999Z"), Some(Timestamp(-1)));
        assert_eq!(to_text(Timestamp(i64::MAX)), "9999-12-31T23:59:59.999Z");
        assert_eq!(to_text(Timestamp(i64::MIN)), "0000-01-01T00:00:00.000Z");
    }
}
