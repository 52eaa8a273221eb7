//! What a run has found, for people.

use std::{fmt, sync::atomic::Ordering::Relaxed, time::Duration};

use super::{
    clock::Moment,
    tally::{OfKind, Tally},
};

/// The tally of a run, displayed as its summary.
pub struct Report {
    /// What was counted.
    pub(super) tally: Tally,
    /// The seed that repeats it.
    pub seed: u64,
    /// What the programs said, if anything could not be explained.
    pub said: Option<String>,
    /// How long it took.
    pub took: Duration,
}

/// One line while it runs.
#[must_use]
pub(super) fn progress(now: Moment, tally: &Tally) -> String {
    let reads = tally.reads();
    let details = tally.details();
    let faults: u64 = details.kinds.values().map(|kind| kind.times).sum();
    format!(
        "{:>5.0} s: {faults} faults, {} writes, {} maybe, {} reads, {} of them 503, {} violations",
        now.0 as f64 / 1e6,
        tally.acknowledged.load(Relaxed),
        tally.maybe.load(Relaxed),
        reads.redirects + reads.absences + reads.doubts,
        reads.doubts,
        tally.violations(),
    )
}

impl Report {
    /// How much could not be explained.
    #[must_use]
    pub fn violations(&self) -> u64 {
        self.tally.violations()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = self.tally.details();
        details
            .explained
            .iter()
            .try_for_each(|it| writeln!(f, "{it}"))?;
        writeln!(f, "seed {}, {:.0} s", self.seed, self.took.as_secs_f64())?;
        writes(f, &self.tally)?;
        reads(f, &self.tally)?;
        writeln!(
            f,
            "\n{:<48} times  right after  whole after  stale > 10 ms  stalest target or 404   late 404  503",
            "fault"
        )?;
        details
            .kinds
            .iter()
            .try_for_each(|(kind, figures)| row(f, kind, figures))?;
        writeln!(f)?;
        for (name, value) in &details.metrics {
            writeln!(f, "{name}: {value:.0}")?;
        }
        writeln!(f, "violations: {}", self.tally.violations())
    }
}

fn writes(f: &mut fmt::Formatter<'_>, tally: &Tally) -> fmt::Result {
    writeln!(
        f,
        "writes: {} acknowledged, {} maybe ({} of them came true), {} refused; {} reads of the API",
        tally.acknowledged.load(Relaxed),
        tally.maybe.load(Relaxed),
        tally.came_true.load(Relaxed),
        tally.refused.load(Relaxed),
        tally.api_reads.load(Relaxed),
    )
}

fn reads(f: &mut fmt::Formatter<'_>, tally: &Tally) -> fmt::Result {
    let reads = tally.reads();
    writeln!(
        f,
        "reads: {} redirects, {} 404, {} 503, {} without an answer; the slowest took {:?}",
        reads.redirects, reads.absences, reads.doubts, reads.broken, reads.slowest
    )
}

fn row(f: &mut fmt::Formatter<'_>, kind: &str, figures: &OfKind) -> fmt::Result {
    let millis = |duration: Duration| format!("{} ms", duration.as_millis());
    writeln!(
        f,
        "{kind:<48} {:>5}  {:>11}  {:>11}  {:>13}  {:>21}  {:>9}  {:>4}",
        figures.times,
        millis(figures.slowest_return),
        millis(figures.slowest_whole),
        figures.stale_reads,
        millis(figures.stalest),
        millis(figures.latest_absence),
        figures.doubts,
    )
}
