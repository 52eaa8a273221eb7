//! What was counted.

use suo_link::{
    id::LinkId,
    time::Timestamp,
    wire::{
        clicks::{Class, Dropped, JournalId, Segment, SegmentName},
        leases::{Reply, Request},
    },
};

use super::{Books, Depth, Period, StoreError};
use crate::clicks::Rules;

/// How often something was followed, by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClickTotals([u64; Class::ALL.len()]);

impl ClickTotals {
    /// The clicks of a class.
    #[must_use]
    pub fn of(&self, class: Class) -> u64 {
        self.0[class as usize]
    }

    /// Counts more clicks of a class.
    pub fn add(&mut self, class: Class, clicks: u64) {
        self.0[class as usize] += clicks;
    }
}

/// How far a journal is counted: all its segments up to this number are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watermark {
    /// The journal.
    pub journal: JournalId,
    /// The segment; 0: none.
    pub applied: u64,
}

/// The sums over all journals that are remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClicksState {
    /// Answers that were counted, of all outcomes.
    pub counted: u64,
    /// Answers that edges could not record.
    pub dropped: Dropped,
    /// Segments that could not be read or counted.
    pub parked: u64,
}

/// Counts what edges have shipped, and shares out the clicks of links that people may follow only so
/// often.
pub trait Counting: Send + Sync {
    /// Counts the segments that are not counted yet, all in one transaction, as `rules`
    /// say; returns how far each of their journals is counted.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn count_clicks(
        &self,
        segments: &[Segment],
        rules: &Rules,
        now: Timestamp,
    ) -> Result<Vec<Watermark>, StoreError>;

    /// Keeps a segment that cannot be counted, and goes on behind it.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn park_clicks(
        &self,
        name: SegmentName,
        segment: &[u8],
        reason: &str,
        now: Timestamp,
    ) -> Result<Watermark, StoreError>;

    /// Forgets journals of which nothing came since `before`; at most `limit` a call; returns how
    /// many.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn forget_journals(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;

    /// What was counted, dropped and parked altogether.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn clicks_state(&self) -> Result<ClicksState, StoreError>;

    /// What was written down of clicks in a period, all of one moment.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn click_books(&self, period: &Period, depth: Depth) -> Result<Books, StoreError>;

    /// Hears what a journal says of its blocks of clicks, and grants others. `None`: something later
    /// was heard from it; then nothing is done.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn lease(&self, request: &Request, now: Timestamp) -> Result<Option<Reply>, StoreError>;

    /// How many clicks are in blocks whose time was over before `before`: whoever holds them has not
    /// come back.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn leases_overdue(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// How often people came to a link by its QR code.
    ///
    /// # Errors
    /// As every call: [`StoreError`].
    fn scans(&self, link: LinkId) -> Result<u64, StoreError>;
}
