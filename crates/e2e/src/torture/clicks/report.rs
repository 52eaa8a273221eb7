//! What a run with clicks has found.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::Value;

use crate::visitors::{CLASSES, Given, Seen, add};

/// How long totals may take to be right after the last fault, and without one.
const AFTER_FAULTS: Duration = Duration::from_secs(10);
const IN_QUIET: Duration = Duration::from_secs(2);

/// The figures of a run, displayed as its summary.
#[derive(Debug)]
pub struct Report {
    /// The seed that repeats it.
    pub seed: u64,
    /// How often each kind of fault was made.
    pub faults: BTreeMap<&'static str, u64>,
    /// How long it took, up to the last visitor.
    pub took: Duration,
    /// How long visitors stayed after the last fault was over.
    pub visitors_stayed: Duration,
    /// How long after the last visitor, with faults before, everything was counted; none: not in
    /// time.
    pub settled: Option<Duration>,
    /// The same of visits without faults.
    pub settled_in_quiet: Option<Duration>,
    /// What visitors were given.
    pub given: Given,
    /// What was counted.
    pub counted: Seen,
    /// What the edges say they could not record.
    pub dropped: u64,
    /// What the instance itself says.
    pub audit: Result<Value, String>,
}

impl Report {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            faults: BTreeMap::new(),
            took: Duration::ZERO,
            visitors_stayed: Duration::ZERO,
            settled: None,
            settled_in_quiet: None,
            given: Given::default(),
            counted: Seen::new(),
            dropped: 0,
            audit: Err("not asked".to_owned()),
        }
    }

    pub(super) fn add(&mut self, more: Given) {
        add(&mut self.given.seen, more.seen);
        add(&mut self.given.unanswered, more.unanswered);
    }

    /// Everything that is not as promised.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        let mut wrong = judge(&self.given, &self.counted);
        let is_whole = !self.faults.contains_key("an edge killed");
        if is_whole && !self.given.unanswered.is_empty() {
            wrong.push(format!("without an answer: {:?}", self.given.unanswered));
        }
        if self.dropped > 0 {
            wrong.push(format!("{} clicks were dropped", self.dropped));
        }
        if self.settled.is_none() || self.settled_in_quiet.is_none() {
            wrong.push("not everything was counted in the end".to_owned());
        }
        let clicks = sum(&self.counted);
        match &self.audit {
            Err(why) => wrong.push(why.clone()),
            Ok(audit) if audit["counted"]["clicks"] == clicks => {}
            Ok(audit) => wrong.push(format!("{clicks} are counted, the audit says {audit}")),
        }
        wrong
    }

    /// What took longer than it may on a quiet machine.
    #[must_use]
    pub fn late(&self) -> Vec<String> {
        let after = [
            ("after the last fault", self.settled, AFTER_FAULTS),
            ("in quiet", self.settled_in_quiet, IN_QUIET),
        ];
        let late = after
            .iter()
            .filter(|(_, took, may)| took.is_none_or(|took| took > *may));
        late.map(|(what, took, may)| {
            format!("totals were right {took:?} {what}, not within {may:?}")
        })
        .collect()
    }
}

/// For each link and class: answers received ≤ counted ≤ answers received + requests in flight.
#[must_use]
pub fn judge(given: &Given, counted: &Seen) -> Vec<String> {
    let mut all = given.seen.clone();
    for what in given.unanswered.keys().chain(counted.keys()) {
        all.entry(what.clone()).or_default();
    }
    let wrong = all.into_iter().filter_map(|(what, received)| {
        let most = received + given.unanswered.get(&what).copied().unwrap_or(0);
        let counted = counted.get(&what).copied().unwrap_or(0);
        let (code, class) = what;
        (counted < received || counted > most)
            .then(|| format!("/{code}, {class}: {received} to {most} answers, {counted} counted"))
    });
    wrong.collect()
}

fn sum(seen: &Seen) -> u64 {
    seen.values().sum()
}

fn of_class(seen: &Seen, class: &str) -> u64 {
    let of_class = seen.iter().filter(|((_, other), _)| *other == class);
    of_class.map(|(_, count)| count).sum()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, {:.0} s", self.seed, self.took.as_secs_f64())?;
        for (kind, times) in &self.faults {
            writeln!(f, "{times:>4} × {kind}")?;
        }
        writeln!(f, "class       received  in flight    counted")?;
        let sides = [&self.given.seen, &self.given.unanswered, &self.counted];
        for (class, _) in CLASSES {
            let [received, in_flight, counted] = sides.map(|seen| of_class(seen, class));
            writeln!(f, "{class:<10} {received:>9} {in_flight:>10} {counted:>10}")?;
        }
        let shown = |took: Option<Duration>| match took {
            Some(took) => format!("{:.2} s", took.as_secs_f64()),
            None => "never".to_owned(),
        };
        writeln!(
            f,
            "totals right {} after the last visitor, who left {:.2} s after the last fault; in quiet after {}",
            shown(self.settled),
            self.visitors_stayed.as_secs_f64(),
            shown(self.settled_in_quiet)
        )?;
        if let Ok(audit) = &self.audit {
            writeln!(f, "audit: {audit}")?;
        }
        let wrong = self.violations().into_iter().chain(self.late());
        wrong
            .into_iter()
            .try_for_each(|wrong| writeln!(f, "wrong: {wrong}"))
    }
}
