//! How much is counted in one transaction.
//!
//! Clicks of the same hour, link and value share a row, so the more are counted at once, the less each of them
//! costs. But a transaction must not take long: what it has locked waits for it, and after five seconds its
//! segments are another admin's. How many rows clicks make differs widely, so the time tells.

use std::time::Duration;

/// Bytes of segments, compressed, that any database counts in time.
const FIRST: usize = 128 * 1024;
const LEAST: usize = 32 * 1024;
const MOST: usize = 2 * 1024 * 1024;

/// A transaction that takes less may be larger, and one that takes more should be smaller.
const QUICK: Duration = Duration::from_millis(300);
const SLOW: Duration = Duration::from_secs(1);

/// The size of a transaction, by how long others took.
pub(super) struct Batch {
    most: usize,
}

impl Batch {
    pub(super) const fn new() -> Self {
        Self { most: FIRST }
    }

    /// How many of these, of so many bytes each, are counted at once; one at least.
    pub(super) fn count(&self, sizes: impl Iterator<Item = usize>) -> usize {
        let mut bytes = 0;
        let fits = |size: &usize| {
            bytes += size;
            bytes <= self.most
        };
        sizes.take_while(fits).count().max(1)
    }

    /// So many bytes took so long; `None`: they could not be counted. A batch that was not full says
    /// nothing about a larger one.
    pub(super) fn learn(&mut self, bytes: usize, took: Option<Duration>) {
        match took {
            Some(time) if time < QUICK && bytes > self.most / 2 => {
                self.most = MOST.min(self.most * 2);
            }
            Some(time) if time < SLOW => {}
            _ => self.most = LEAST.max(self.most / 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, Duration, FIRST, LEAST, MOST};

    const FAST: Option<Duration> = Some(Duration::from_millis(20));
    const LONG: Option<Duration> = Some(Duration::from_secs(3));

    #[test]
    fn full_batches_that_are_quick_grow_and_slow_ones_shrink() {
        let mut batch = Batch::new();
        let most = |batch: &Batch| batch.count(std::iter::repeat_n(1024, 1 << 20)) * 1024;
        assert_eq!(most(&batch), FIRST);
        batch.learn(FIRST / 4, FAST);
        assert_eq!(most(&batch), FIRST, "it was nearly empty");
        for _ in 0..20 {
            batch.learn(most(&batch), FAST);
        }
        assert_eq!(most(&batch), MOST);
        batch.learn(MOST, Some(Duration::from_millis(600)));
        assert_eq!(most(&batch), MOST, "just right");
        batch.learn(MOST, LONG);
        assert_eq!(most(&batch), MOST / 2);
        batch.learn(1, None);
        assert_eq!(most(&batch), MOST / 4);
        for _ in 0..20 {
            batch.learn(1, None);
        }
        assert_eq!(most(&batch), LEAST);
    }

    #[test]
    fn one_segment_is_counted_however_large_it_is() {
        assert_eq!(Batch::new().count([10 * MOST, 1].into_iter()), 1);
    }
}
