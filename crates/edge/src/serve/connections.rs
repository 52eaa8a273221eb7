//! What all connections of the process share: their limit and their counts.

use std::sync::{
    Arc,
    atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
};

/// Counts of connections, for the limit and for the operator.
#[derive(Debug)]
pub(crate) struct Connections {
    limit: usize,
    open: AtomicUsize,
    accepted: AtomicU64,
    refused: AtomicU64,
    malformed_heads: AtomicU64,
    large_heads: AtomicU64,
    slow_heads: AtomicU64,
}

/// What [`Connections`] have counted so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionCounts {
    /// Open now.
    pub(crate) open: u64,
    /// Accepted since the start.
    pub(crate) accepted: u64,
    /// Closed at once, because of the limit.
    pub(crate) refused: u64,
    /// Heads that are no HTTP/1.
    pub(crate) malformed_heads: u64,
    /// Heads over the size limit.
    pub(crate) large_heads: u64,
    /// Heads over the time limit.
    pub(crate) slow_heads: u64,
}

impl Connections {
    /// At most `limit` are open at a time.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            open: AtomicUsize::new(0),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            malformed_heads: AtomicU64::new(0),
            large_heads: AtomicU64::new(0),
            slow_heads: AtomicU64::new(0),
        }
    }

    /// A place for one more connection, if there is one.
    pub(crate) fn admit(self: &Arc<Self>) -> Option<Place> {
        if self.open.fetch_add(1, Relaxed) < self.limit {
            self.accepted.fetch_add(1, Relaxed);
            Some(Place(Arc::clone(self)))
        } else {
            self.open.fetch_sub(1, Relaxed);
            self.refused.fetch_add(1, Relaxed);
            None
        }
    }

    pub(crate) fn count_slow_head(&self) {
        self.slow_heads.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_malformed_head(&self) {
        self.malformed_heads.fetch_add(1, Relaxed);
    }

    /// Counts what was wrong with a head; peers that hang up are nobody's fault.
    pub(crate) fn count_error(&self, error: &hyper::Error) {
        if error.is_parse_too_large() {
            self.large_heads.fetch_add(1, Relaxed);
        } else if error.is_parse() {
            self.malformed_heads.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn counts(&self) -> ConnectionCounts {
        ConnectionCounts {
            open: self.open.load(Relaxed) as u64,
            accepted: self.accepted.load(Relaxed),
            refused: self.refused.load(Relaxed),
            malformed_heads: self.malformed_heads.load(Relaxed),
            large_heads: self.large_heads.load(Relaxed),
            slow_heads: self.slow_heads.load(Relaxed),
        }
    }
}

/// The place of one open connection, free again when dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<Connections>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}
