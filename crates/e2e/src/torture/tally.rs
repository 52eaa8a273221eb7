//! What is counted.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{
    history::State,
    judge::{Read, Seen, Verdict},
    windows::Window,
};

/// How many violations about one thing are explained; the others are only counted.
const EXPLAINED: usize = 2;

/// About how many things violations are explained.
const EXPLAINED_CODES: usize = 40;

/// Staleness beyond this is counted as such.
const NOTABLE: Duration = Duration::from_millis(10);

/// Counts of a run.
#[derive(Default)]
pub(crate) struct Tally {
    /// Writes that were acknowledged.
    pub(crate) acknowledged: AtomicU64,
    /// Writes whose answer was lost, or was 503.
    pub(crate) maybe: AtomicU64,
    /// Of these, those that were found to have come true.
    pub(crate) came_true: AtomicU64,
    /// Writes that were refused, for instance by If-Match.
    pub(crate) refused: AtomicU64,
    /// Reads of the API.
    pub(crate) api_reads: AtomicU64,
    redirects: AtomicU64,
    absences: AtomicU64,
    doubts: AtomicU64,
    broken: AtomicU64,
    slowest_read: AtomicU64,
    violations: AtomicU64,
    details: Mutex<Details>,
}

/// What is kept under a lock.
#[derive(Default)]
pub(super) struct Details {
    /// Per kind of fault; `calm` outside of faults.
    pub(super) kinds: BTreeMap<&'static str, OfKind>,
    pub(super) explained: Vec<String>,
    explained_about: BTreeMap<String, usize>,
    /// What edges and admins said about themselves, added up over their lives.
    pub(super) metrics: BTreeMap<String, f64>,
}

/// What was seen during one kind of fault.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OfKind {
    pub(super) times: u64,
    pub(super) slowest_return: Duration,
    pub(super) slowest_whole: Duration,
    pub(super) stale_reads: u64,
    pub(super) stalest: Duration,
    pub(super) latest_absence: Duration,
    pub(super) doubts: u64,
}

/// Reads by result.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reads {
    /// 302.
    pub(crate) redirects: u64,
    /// 404.
    pub(crate) absences: u64,
    /// 503.
    pub(crate) doubts: u64,
    /// No answer.
    pub(crate) broken: u64,
    /// How long the slowest took.
    pub(crate) slowest: Duration,
}

impl Tally {
    /// Counts a read.
    pub(crate) fn note<'a>(
        &self,
        read: &Read,
        verdict: Verdict,
        during: impl Iterator<Item = &'a Window>,
    ) {
        let counter = match read.seen {
            Seen::State(State::Leads(_)) | Seen::Elsewhere => &self.redirects,
            Seen::State(State::Absent) => &self.absences,
            Seen::Doubt | Seen::Status(_) => &self.doubts,
            Seen::Broken => &self.broken,
        };
        counter.fetch_add(1, Relaxed);
        let took = read.span.answered.since(read.span.sent).as_micros();
        self.slowest_read.fetch_max(took as u64, Relaxed);
        let staleness = match verdict {
            Verdict::Right(staleness) if staleness.is_zero() => return,
            Verdict::Right(staleness) => Some(staleness),
            Verdict::Excused | Verdict::Wrong(_) => None,
        };
        let mut kinds: Vec<_> = during.map(|window| window.kind).collect();
        if kinds.is_empty() {
            kinds.push("calm");
        }
        let mut details = self.details();
        for kind in kinds {
            details
                .kinds
                .entry(kind)
                .or_default()
                .note(read.seen, staleness);
        }
    }

    /// Something about a code, or about the API, cannot be explained.
    pub(crate) fn violation(&self, about: &str, explanation: &str) {
        let number = self.violations.fetch_add(1, Relaxed) + 1;
        let mut details = self.details();
        let times = details.explained_about.entry(about.to_owned()).or_default();
        *times += 1;
        if *times <= EXPLAINED && details.explained_about.len() <= EXPLAINED_CODES {
            let explanation = format!("violation {number}: {explanation}");
            details.explained.push(explanation);
        }
    }

    /// What was explained since the last call.
    pub(crate) fn explanations(&self) -> Vec<String> {
        std::mem::take(&mut self.details().explained)
    }

    /// How many there are.
    pub(crate) fn violations(&self) -> u64 {
        self.violations.load(Relaxed)
    }

    /// A fault took place, and so long after it all edges were right.
    ///
    /// Redis was whole after `whole`.
    pub(crate) fn returned(&self, kind: &'static str, after: Duration, whole: Duration) {
        let mut details = self.details();
        let of_kind = details.kinds.entry(kind).or_default();
        of_kind.times += 1;
        of_kind.slowest_return = of_kind.slowest_return.max(after);
        of_kind.slowest_whole = of_kind.slowest_whole.max(whole);
    }

    /// Adds to a figure of the programs.
    pub(crate) fn add_metric(&self, name: &str, value: f64) {
        *self.details().metrics.entry(name.to_owned()).or_default() += value;
    }

    /// Raises a figure of the programs.
    pub(crate) fn raise_metric(&self, name: &str, value: f64) {
        let mut details = self.details();
        let figure = details.metrics.entry(name.to_owned()).or_default();
        *figure = figure.max(value);
    }

    /// Reads by result so far.
    pub(crate) fn reads(&self) -> Reads {
        Reads {
            redirects: self.redirects.load(Relaxed),
            absences: self.absences.load(Relaxed),
            doubts: self.doubts.load(Relaxed),
            broken: self.broken.load(Relaxed),
            slowest: Duration::from_micros(self.slowest_read.load(Relaxed)),
        }
    }

    pub(super) fn details(&self) -> MutexGuard<'_, Details> {
        self.details.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OfKind {
    fn note(&mut self, seen: Seen, staleness: Option<Duration>) {
        self.doubts += u64::from(seen == Seen::Doubt);
        let Some(staleness) = staleness else {
            return;
        };
        self.stale_reads += u64::from(staleness > NOTABLE);
        self.stalest = self.stalest.max(staleness);
        if seen == Seen::State(State::Absent) {
            self.latest_absence = self.latest_absence.max(staleness);
        }
    }
}
