//! Whether what was written down of clicks adds up.
//!
//! A segment leaves several traces, all in one transaction: its name, an entry in the ledger of its
//! journal, and what it adds to totals and roll-ups. An audit holds each against the others, as they
//! stood at one moment:
//!
//! - A journal has as many names as segments that were counted, parked or lost. One more count than
//!   names: *applied twice*. One less: a name without a count.
//! - The ledger of a journal has as many answers as its segments had.
//! - Every hour's sums in the roll-ups are what the ledger says of that hour (`sums`).
//! - The totals of all links are the sum of the workspace's series.
//! - Sums by day are what sums by hour are, and sums by span what sums by day are (`cuts`).
//! - Redis confirms nothing to edges that the database does not know.

mod cuts;
#[cfg(feature = "redis")]
mod stream;
mod sums;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;
use suo_link::wire::clicks::{Class, JournalId, SegmentName};

#[cfg(feature = "redis")]
pub use self::stream::look;
use crate::store::{Books, Depth, JournalEntry, Period, Store, StoreError};

/// What an audit has found.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// From which moment on; none: from the beginning.
    pub from: Option<String>,
    /// Up to which moment; none: to the end.
    pub to: Option<String>,
    /// Whether nothing was found that contradicts something else.
    pub adds_up: bool,
    /// What was counted in the period.
    pub counted: Counted,
    /// What is known to be on its way now.
    pub in_flight: InFlight,
    /// Answers of the period that edges could not record, as far as their segments tell.
    pub dropped: u64,
    /// Segments that could not be read or counted, by when they were put aside.
    pub parked: Parked,
    /// Segments that were counted before the database was set back, at any time; nobody has them any more.
    pub lost: u64,
    /// Segments that were counted more than once, at any time.
    pub applied_twice: u64,
    /// What does not add up.
    pub findings: Vec<Finding>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counted {
    /// Answers of all outcomes.
    pub answers: u64,
    /// Of these, clicks.
    pub clicks: u64,
    /// Segments, at any time.
    pub segments: u64,
    /// Journals of which they were, as far as they are remembered.
    pub journals: u64,
}

/// What is on its way.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct InFlight {
    /// What Redis holds; none in the quick start, which has no Redis.
    pub in_stream: Option<InStream>,
    /// Segments that are still to come, because later ones of their journals are counted.
    pub awaited: u64,
}

/// What the stream in Redis holds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct InStream {
    /// Segments that are not counted yet.
    pub segments: u64,
    /// Answers in them.
    pub answers: u64,
    /// Segments that are counted already and came again.
    pub repeated: u64,
    /// Segments that cannot be read.
    pub unreadable: u64,
    /// Segments that an admin has taken and not confirmed.
    pub taken: u64,
}

/// What was put aside.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Parked {
    /// In the period.
    pub in_period: u64,
    /// At any time, and not deleted since.
    pub ever: u64,
}

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Finding {
    /// A journal has fewer names than segments that were counted.
    AppliedTwice {
        /// The journal.
        journal: String,
        /// How many.
        segments: u64,
    },
    /// A journal has names of segments that were not counted.
    NotCounted {
        /// The journal.
        journal: String,
        /// How many.
        segments: u64,
    },
    /// The ledger of a journal says something else than its segments had.
    Ledger {
        /// The journal.
        journal: String,
        /// What its segments had.
        answers: u64,
        /// What the ledger says.
        entered: u64,
    },
    /// The roll-ups of an hour say something else than the ledger.
    Sum {
        /// When the hour begins.
        hour: String,
        /// Of which scope.
        scope: &'static str,
        /// Of which dimension.
        dimension: &'static str,
        /// What it should be.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// The totals of all links are not what the workspace's series sums up to.
    Totals {
        /// Of which class.
        class: &'static str,
        /// What it should be: the series.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// The sums by day of a scope and dimension are not the sums by hour, over all time.
    Days {
        /// Of which scope.
        scope: &'static str,
        /// Of which dimension.
        dimension: &'static str,
        /// What it should be: the sum by hour.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// The sums by span are not the sums by day.
    Span {
        /// When the span begins, 32 days long.
        span: String,
        /// Of which scope.
        scope: &'static str,
        /// Of which dimension.
        dimension: &'static str,
        /// What it should be: the sum by day.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// Edges were told that segments are counted which the database does not know.
    ConfirmedOnly {
        /// The journal.
        journal: String,
        /// Up to which segment they were told so.
        confirmed: u64,
        /// Up to which segment all are counted.
        applied: u64,
    },
}

/// What Redis held a moment before the database was read.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Segments in the stream, with the answers in them; `None`: it cannot be read.
    pub segments: Vec<(SegmentName, Option<u64>)>,
    /// How many of them an admin has taken.
    pub taken: u64,
    /// Up to which segment edges believe that all are counted.
    pub confirmed: BTreeMap<JournalId, u64>,
}

/// Audits a period. Redis is looked at first: what it confirms is counted by then.
///
/// # Errors
/// If the database cannot be read.
pub fn audit(
    store: &dyn Store,
    seen: Option<&Seen>,
    period: &Period,
    depth: Depth,
) -> Result<Audit, StoreError> {
    let books = store.click_books(period, depth)?;
    let mut findings = Vec::new();
    for (id, journal) in &books.journals {
        of_journal(*id, journal, depth, &mut findings);
    }
    findings.extend(sums::differences(&books, depth));
    findings.extend(of_totals(&books));
    findings.extend(books.cuts.iter().flat_map(cuts::differences));
    if let Some(seen) = seen {
        findings.extend(confirmed_only(seen, &books));
    }
    let twice = findings.iter().map(|finding| match finding {
        Finding::AppliedTwice { segments, .. } => *segments,
        _ => 0,
    });
    let ledger = || books.ledger.values();
    let journals = || books.journals.values();
    Ok(Audit {
        from: period.from.map(crate::time::to_text),
        to: period.to.map(crate::time::to_text),
        adds_up: findings.is_empty(),
        applied_twice: twice.sum(),
        counted: Counted {
            answers: ledger().map(|hour| hour.answers).sum(),
            clicks: ledger().map(|hour| hour.clicks).sum(),
            segments: journals().map(|journal| journal.counted).sum(),
            journals: books.journals.len() as u64,
        },
        in_flight: InFlight {
            in_stream: seen.map(|seen| in_stream(seen, &books)),
            awaited: journals().map(awaited).sum(),
        },
        dropped: ledger().map(|hour| hour.dropped).sum(),
        lost: journals().map(|journal| journal.lost).sum(),
        parked: Parked {
            in_period: books.parked.0,
            ever: books.parked.1,
        },
        findings,
    })
}

impl Audit {
    /// By how many answers sums differ from what they should be.
    #[must_use]
    pub fn mismatch(&self) -> u64 {
        let differences = self.findings.iter().map(|finding| match finding {
            Finding::Sum {
                expected, found, ..
            } => expected.abs_diff(*found),
            _ => 0,
        });
        differences.sum()
    }
}

fn of_journal(id: JournalId, journal: &JournalEntry, depth: Depth, findings: &mut Vec<Finding>) {
    let applied = journal.counted + journal.parked + journal.lost;
    let names = journal.names();
    let name = || id.to_string();
    if applied > names {
        findings.push(Finding::AppliedTwice {
            journal: name(),
            segments: applied - names,
        });
    }
    if applied < names {
        findings.push(Finding::NotCounted {
            journal: name(),
            segments: names - applied,
        });
    }
    if depth == Depth::All && journal.answers != journal.entered {
        findings.push(Finding::Ledger {
            journal: name(),
            answers: journal.answers,
            entered: journal.entered,
        });
    }
}

fn of_totals(books: &Books) -> Vec<Finding> {
    let Some((totals, series)) = books.totals else {
        return Vec::new();
    };
    let differs = Class::ALL
        .iter()
        .filter(|class| totals.of(**class) != series.of(**class));
    let finding = |class: &Class| Finding::Totals {
        class: class.as_str(),
        expected: series.of(*class),
        found: totals.of(*class),
    };
    differs.map(finding).collect()
}

/// Journals that the database does not know at all are old ones, or of another database.
fn confirmed_only(seen: &Seen, books: &Books) -> Vec<Finding> {
    let ahead = seen.confirmed.iter().filter_map(|(id, confirmed)| {
        let journal = books.journals.get(id)?;
        (*confirmed > journal.applied).then(|| Finding::ConfirmedOnly {
            journal: id.to_string(),
            confirmed: *confirmed,
            applied: journal.applied,
        })
    });
    ahead.collect()
}

/// Segments before the last one that have no name.
fn awaited(journal: &JournalEntry) -> u64 {
    let last = journal.beyond.last().copied().unwrap_or(0);
    // Where segments without a name are parked, numbers mean nothing.
    if journal.counted == 0 {
        return 0;
    }
    last.saturating_sub(journal.names())
}

fn in_stream(seen: &Seen, books: &Books) -> InStream {
    let mut stream = InStream {
        taken: seen.taken,
        ..InStream::default()
    };
    for (name, answers) in &seen.segments {
        let journal = books.journals.get(&name.journal);
        if journal.is_some_and(|journal| journal.has(name.number)) {
            stream.repeated += 1;
        } else if let Some(answers) = answers {
            stream.segments += 1;
            stream.answers += answers;
        } else {
            stream.unreadable += 1;
        }
    }
    stream
}
