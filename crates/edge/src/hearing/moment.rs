//! Moments by which it is told whether what is remembered is still good.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// In the state of [`super::Hearing`], beside the epoch: changes are not heard now.
pub(super) const DEAF: u64 = 1 << 63;

/// A moment before a question was asked: what the answer is good for. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Twice the epoch, and one if changes were heard.
    pub(super) epoch: u64,
    pub(super) at: u64,
    pub(super) lapses: u64,
}

/// When something remembered was last confirmed.
#[derive(Debug)]
pub(crate) struct Freshness {
    /// As in [`Moment`].
    pub(super) epoch: AtomicU64,
    pub(super) checked: AtomicU64,
}

/// The epoch of a state as [`Moment`] has it.
pub(super) fn doubled(state: u64) -> u64 {
    2 * (state & !DEAF) + u64::from(state & DEAF == 0)
}

impl Freshness {
    pub(crate) fn as_of(moment: Moment) -> Self {
        Self {
            epoch: AtomicU64::new(moment.epoch),
            checked: AtomicU64::new(moment.at),
        }
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            epoch: self.epoch.load(SeqCst),
            at: self.checked.load(SeqCst),
            lapses: 0,
        }
    }

    /// Confirmed again.
    pub(crate) fn renew(&self, moment: Moment) {
        self.epoch.fetch_max(moment.epoch, SeqCst);
        self.checked.fetch_max(moment.at, SeqCst);
    }
}
