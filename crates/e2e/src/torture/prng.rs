//! Numbers that depend on the seed alone.

use std::{ops::Range, time::Duration};

/// splitmix64 (Steele, Lea, Flood 2014): small, and as good as a schedule needs.
#[derive(Clone, Debug)]
pub(crate) struct Prng(u64);

impl Prng {
    /// The stream of one actor: same seed, same name, same numbers.
    #[must_use]
    pub(crate) fn of(seed: u64, role: &str, number: usize) -> Self {
        let mut prng = Self(seed ^ (number as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for byte in role.bytes() {
            prng.0 = prng.next() ^ u64::from(byte);
        }
        prng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A number below `end`, small ones much more often.
    pub(crate) fn skewed_below(&mut self, end: usize) -> usize {
        let (one, other) = (self.below(end), self.below(end));
        one * other / end.max(1)
    }

    /// `true` so often in a hundred.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A duration within a range, to the millisecond.
    pub(crate) fn within(&mut self, range: &Range<Duration>) -> Duration {
        let width = range.end.saturating_sub(range.start).as_millis();
        range.start + Duration::from_millis(self.below(width as usize) as u64)
    }
}
