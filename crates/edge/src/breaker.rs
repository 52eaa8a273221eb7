//! Whether it is worth asking somebody who did not answer lately.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// So many questions in a row without an answer, and it is no longer worth asking.
const ENOUGH: u32 = 3;

/// How often somebody silent is asked again, in milliseconds.
const PROBE_EVERY: u64 = 250;

/// Counts unanswered questions. It only advises: who has nothing to serve asks anyway.
#[derive(Default)]
pub(crate) struct Breaker {
    unanswered: AtomicU32,
    probed_at: AtomicU64,
}

impl Breaker {
    pub(crate) fn is_open(&self) -> bool {
        self.unanswered.load(Relaxed) >= ENOUGH
    }

    pub(crate) fn answered(&self) {
        // Read first: nearly always it is 0 already, and a write would move the cache line.
        if self.unanswered.load(Relaxed) != 0 {
            self.unanswered.store(0, Relaxed);
        }
    }

    /// `true`: that was the one too many.
    pub(crate) fn unanswered(&self, now: u64) -> bool {
        self.probed_at.store(now, Relaxed);
        let before = self.unanswered.fetch_add(1, Relaxed);
        before + 1 == ENOUGH
    }

    /// Whether it is time to try again; true for one caller at a time.
    pub(crate) fn probe_is_due(&self, now: u64) -> bool {
        let last = self.probed_at.load(Relaxed);
        let claim = || self.probed_at.compare_exchange(last, now, Relaxed, Relaxed);
        now.saturating_sub(last) >= PROBE_EVERY && claim().is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, ENOUGH, PROBE_EVERY};

    #[test]
    fn silence_opens_it_and_one_answer_closes_it() {
        let breaker = Breaker::default();
        for _ in 1..ENOUGH {
            assert!(!breaker.unanswered(0));
        }
        assert!(!breaker.is_open());
        assert!(breaker.unanswered(0));
        assert!(!breaker.unanswered(0));
        assert!(breaker.is_open());
        breaker.answered();
        assert!(!breaker.is_open());
    }

    #[test]
    fn one_probe_at_a_time() {
        let breaker = Breaker::default();
        breaker.unanswered(1000);
        assert!(!breaker.probe_is_due(1000 + PROBE_EVERY - 1));
        assert!(breaker.probe_is_due(1000 + PROBE_EVERY));
        assert!(!breaker.probe_is_due(1000 + PROBE_EVERY));
    }
}
