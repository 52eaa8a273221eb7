//! What the knowledge side counts; the operations listener shows it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts one.
    pub fn add_one(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// The count so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A number that rises and falls.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// Replaces the value.
    pub fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }

    /// The value now.
    #[must_use]
    pub fn value(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// Everything the knowledge side counts.
#[derive(Debug, Default)]
pub struct Counters {
    /// Questions answered from the cache with a link.
    pub cache_hits: Counter,
    /// Questions answered from the cache with a remembered absence.
    pub absences_served: Counter,
    /// Questions that the cache could not answer.
    pub cache_misses: Counter,
    /// Lookups under way now.
    pub lookups_in_flight: Gauge,
    /// Lookups begun; many visitors share one.
    pub lookups: Counter,
    /// Questions to the projection that it did not answer.
    pub lookups_failed: Counter,
    /// Lookups refused because too many were under way.
    pub lookups_refused: Counter,
    /// Questions to the authority.
    pub resolves: Counter,
    /// Questions to the authority that it did not answer.
    pub resolves_failed: Counter,
    /// Answers from memory although nobody could confirm them.
    pub stale_served: Counter,
    /// Questions that nobody could answer.
    pub doubts: Counter,
    /// Records of a kind, a section or a version that this edge does not know, or broken ones.
    pub unknown_records: Counter,
    /// Notices applied.
    pub notices: Counter,
    /// Notices that could not be read.
    pub unreadable_notices: Counter,
    /// Gaps in what was heard that the stream could fill.
    pub gaps_filled: Counter,
    /// Gaps that it could not fill: everything remembered was looked up again.
    pub gaps_unfilled: Counter,
    /// The generation of the last applied notice; 0 before the first.
    pub generation: Gauge,
    /// The sequence number of the last applied notice.
    pub applied_seq: Gauge,
    /// Messages that are published and not yet applied here, as of the last heartbeat.
    pub behind: Gauge,
    /// When the last heartbeat found this edge up to date: milliseconds of the system's clock
    /// since 1970; 0 before the first, and where there are no heartbeats (quick start).
    pub current_at: Gauge,
    /// 1 while this edge cannot hear of changes, else 0.
    pub deaf: Gauge,
}
