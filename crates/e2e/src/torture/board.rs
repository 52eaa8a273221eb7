//! The codes that are written and read, and what became of all reads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::{
    clock::Clock,
    history::History,
    judge::{Read, Verdict, judge},
    prng::Prng,
    stop::Stop,
    tally::Tally,
    windows::Windows,
};

/// The most codes beside the fixed ones: generated ones, and samples of batches.
const PASSING: usize = 300;

/// A code, and what was written to it.
pub(crate) struct Code {
    /// As in the path.
    pub(crate) name: String,
    history: Mutex<History>,
}

/// What all threads share.
pub(crate) struct Board {
    /// The clock.
    pub(crate) clock: Clock,
    /// What happened.
    pub(crate) tally: Tally,
    /// When to end.
    pub(crate) stop: Stop,
    fixed: Vec<Arc<Code>>,
    passing: RwLock<Vec<Arc<Code>>>,
    windows: Mutex<Windows>,
}

impl Code {
    /// Nothing was written yet.
    #[must_use]
    pub(crate) fn new(name: &str) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            history: Mutex::default(),
        })
    }

    /// Its history.
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Board {
    /// With these codes, and nothing broken yet.
    #[must_use]
    pub(crate) fn new(fixed: Vec<Arc<Code>>, windows: Windows) -> Self {
        Self {
            clock: Clock::start(),
            tally: Tally::default(),
            stop: Stop::default(),
            fixed,
            passing: RwLock::default(),
            windows: Mutex::new(windows),
        }
    }

    /// One more code to read; the oldest of its kind is read no more.
    pub(crate) fn add(&self, code: Arc<Code>) {
        let mut passing = self.passing.write().unwrap_or_else(PoisonError::into_inner);
        if passing.len() >= PASSING {
            passing.remove(0);
        }
        passing.push(code);
    }

    /// Some code to read: one in five is a passing one.
    pub(crate) fn choose(&self, prng: &mut Prng) -> Arc<Code> {
        if prng.percent(20) {
            let passing = self.passing.read().unwrap_or_else(PoisonError::into_inner);
            if !passing.is_empty() {
                return Arc::clone(&passing[prng.below(passing.len())]);
            }
        }
        Arc::clone(&self.fixed[prng.skewed_below(self.fixed.len())])
    }

    /// All codes.
    pub(crate) fn all(&self) -> Vec<Arc<Code>> {
        let passing = self.passing.read().unwrap_or_else(PoisonError::into_inner);
        [self.fixed.clone(), passing.clone()].concat()
    }

    /// Judges a read, and notes it.
    pub(crate) fn note(&self, code: &Code, read: &Read) {
        let (history, windows) = (code.history(), self.windows());
        let verdict = judge(&history, &windows, read);
        self.tally.note(read, verdict, windows.during(read.span));
        if let Verdict::Wrong(wrong) = verdict {
            let lately: Vec<String> = windows.lately(read.span).map(ToString::to_string).collect();
            let explanation = format!(
                "edge {} answered /{} with {}: {wrong}\n  asked {}\n  last faults: {}\n  writes:\n{history}",
                read.edge,
                code.name,
                read.seen,
                read.span,
                lately.join("; "),
            );
            self.tally.violation(&code.name, &explanation);
        }
    }

    /// The windows.
    pub(crate) fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
