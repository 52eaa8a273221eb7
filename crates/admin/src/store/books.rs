//! What was written down of clicks, for those who hold it against each other.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::AddAssign,
    time::Duration,
};

use suo_link::{time::Timestamp, wire::clicks::JournalId};

use super::ClickTotals;

/// A period: from a moment on, up to another one; without one, without an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The first moment that is behind it.
    pub to: Option<Timestamp>,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything: all sums of the period.
    All,
    /// What can be read at any time: the sums of the workspace alone, no totals of links.
    Workspace,
}

/// All that is needed for an audit.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// What counted segments held, by the hour of the answers.
    pub ledger: BTreeMap<Timestamp, LedgerHour>,
    /// What the roll-ups of the period say.
    pub sums: BTreeMap<SumKey, u64>,
    /// Every journal that is remembered, or that something is left of.
    pub journals: BTreeMap<JournalId, JournalEntry>,
    /// Segments that were parked in the period, and at any time.
    pub parked: (u64, u64),
    /// The sums of all links' totals, and of the workspace's series, at any time.
    pub totals: Option<(ClickTotals, ClickTotals)>,
    /// The same sums cut in different ways; only if the period is all time.
    pub cuts: Option<Cuts>,
}

/// What tables of sums say that are written side by side: by scope and dimension, as numbers of
/// [`crate::clicks::tally`].
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    /// By hour.
    pub hours: BTreeMap<(i16, i16), u64>,
    /// By day.
    pub days: BTreeMap<(i16, i16), u64>,
    /// By day, put together to spans; by the moment at which the span begins.
    pub days_of_spans: BTreeMap<(i64, i16, i16), u64>,
    /// By span.
    pub spans: BTreeMap<(i64, i16, i16), u64>,
}

/// What counted segments held of one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerHour {
    /// Answers of all outcomes.
    pub answers: u64,
    /// Of these, answers about a link.
    pub of_links: u64,
    /// Of these, clicks.
    pub clicks: u64,
    /// Answers that could not be recorded.
    pub dropped: u64,
}

/// A sum of the roll-ups: all values and classes of a dimension together, by the numbers of
/// [`crate::clicks::tally`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumKey {
    /// When the hour begins.
    pub hour: Timestamp,
    /// The scope.
    pub scope: i16,
    /// The dimension.
    pub dimension: i16,
}

/// What is written down of one journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalEntry {
    /// All its segments up to this number have been counted or parked.
    pub applied: u64,
    /// Segments beyond that have been, too, by their numbers.
    pub beyond: BTreeSet<u64>,
    /// How often a segment was counted.
    pub counted: u64,
    /// How often one was parked.
    pub parked: u64,
    /// Segments that were counted before the database was set back, and that nobody has any more.
    pub lost: u64,
    /// Answers in the counted ones.
    pub answers: u64,
    /// The same by the ledger; 0 unless [`Depth::All`].
    pub entered: u64,
}

impl Period {
    /// As numbers for a query.
    pub(super) fn bounds(&self) -> (i64, i64) {
        let from = self.from.map_or(i64::MIN, |from| from.0);
        (from, self.to.map_or(i64::MAX, |to| to.0))
    }
}

impl JournalEntry {
    /// Segments that have a name here.
    #[must_use]
    pub fn names(&self) -> u64 {
        self.applied + self.beyond.len() as u64
    }

    /// Whether the segment of this number has one.
    #[must_use]
    pub fn has(&self, number: u64) -> bool {
        number <= self.applied || self.beyond.contains(&number)
    }
}

impl Depth {
    /// How long one query may take.
    pub(super) fn limit(self) -> Duration {
        match self {
            Self::All => Duration::from_secs(600),
            Self::Workspace => Duration::from_secs(2),
        }
    }
}

impl LedgerHour {
    /// Of what the database holds.
    pub(super) fn of(answers: i64, of_links: i64, clicks: i64, dropped: i64) -> Self {
        Self {
            answers: answers.unsigned_abs(),
            of_links: of_links.unsigned_abs(),
            clicks: clicks.unsigned_abs(),
            dropped: dropped.unsigned_abs(),
        }
    }
}

impl AddAssign for LedgerHour {
    fn add_assign(&mut self, other: Self) {
        self.answers += other.answers;
        self.of_links += other.of_links;
        self.clicks += other.clicks;
        self.dropped += other.dropped;
    }
}
