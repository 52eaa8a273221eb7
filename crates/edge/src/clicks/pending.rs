//! Segments of one journal that are closed and not known to be applied.

use std::{
    collections::VecDeque,
    ops::Range,
    time::{Duration, Instant},
};

use suo_link::wire::clicks::Dropped;

/// After this time without confirmation a segment is shipped again: the stream may be lost.
const AGAIN: Duration = Duration::from_secs(5);

/// The most segments of one journal that are shipped and not confirmed.
const WINDOW: usize = 64;

/// They wait in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Pending {
    segments: VecDeque<Closed>,
    clicks: u64,
}

/// A closed segment.
#[derive(Debug)]
pub(super) struct Closed {
    pub(super) number: u64,
    /// The place of its chunk, and its cells there.
    pub(super) place: u64,
    pub(super) cells: Range<usize>,
    pub(super) clicks: u64,
    /// What was dropped until it was closed.
    pub(super) dropped: Dropped,
    /// When it was shipped last.
    pub(super) sent: Option<Instant>,
}

impl Pending {
    pub(super) fn push(&mut self, segment: Closed) {
        self.clicks += segment.clicks;
        self.segments.push_back(segment);
    }

    /// Segments, and clicks in them.
    pub(super) fn count(&self) -> (usize, u64) {
        (self.segments.len(), self.clicks)
    }

    pub(super) fn first(&self) -> Option<&Closed> {
        self.segments.front()
    }

    /// The next ones to be shipped, at most `limit`.
    pub(super) fn due(&self, now: Instant, limit: usize) -> impl Iterator<Item = &Closed> {
        let is_due = move |sent: Instant| now.duration_since(sent) >= AGAIN;
        let window = self.segments.iter().take(WINDOW);
        window
            .filter(move |segment| segment.sent.is_none_or(is_due))
            .take(limit)
    }

    /// A segment is on its way.
    pub(super) fn sent(&mut self, number: u64, now: Instant) {
        let mut segments = self.segments.iter_mut();
        if let Some(segment) = segments.find(|segment| segment.number == number) {
            segment.sent = Some(now);
        }
    }

    /// All segments up to this number are in the database.
    pub(super) fn applied(&mut self, number: u64) {
        while let Some(first) = self.segments.pop_front_if(|first| first.number <= number) {
            self.clicks -= first.clicks;
        }
    }
}
