//! What was counted.

use suo_link::wire::clicks::{Class, Dropped, JournalId};

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
