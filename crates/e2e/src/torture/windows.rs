//! When something was broken on purpose, and what may be seen meanwhile.

use std::{fmt, time::Duration};

use super::clock::{Moment, Span};

/// How long a deaf edge may go on with what it has: silence is noticed after 1.25 s at the
/// latest, and then each key is confirmed once a second.
const DEAF: Duration = Duration::from_millis(1500);

/// Which edges, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edges(pub u8);

/// What a fault keeps from working.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effects {
    /// Edges that may not hear of changes, and may not get an answer from Redis.
    pub deaf: Edges,
    /// Edges that may not get an answer from an admin.
    pub unasked: Edges,
    /// Edges that may not be there.
    pub away: Edges,
    /// Whether edges hear of what was acknowledged.
    pub announced: Announced,
}

/// What becomes of announcements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Announced {
    /// They are made.
    #[default]
    InTime,
    /// They may come late, though some admin reaches Redis: what was made exists nevertheless.
    Late,
    /// No admin can announce anything: what is made exists when one can.
    Later,
}

/// One fault, from its begin until contact was regained.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The fault's name.
    pub kind: &'static str,
    /// When it began.
    pub begin: Moment,
    /// When it was over; `None`: it is not.
    pub regained: Option<Moment>,
    /// What it keeps from working.
    pub effects: Effects,
}

/// What a read may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How long ago a target may have been right.
    pub stale: Duration,
    /// Whatever was right at this moment or later is allowed, too.
    pub since: Option<Moment>,
    /// How long ago a link may not have been there yet.
    pub absent: Duration,
    /// Whatever was not there at this moment or later may not be there, too.
    pub absent_since: Option<Moment>,
    /// Whether nobody may be able to say.
    pub doubt: bool,
    /// Whether the edge may not be there.
    pub broken: bool,
}

/// All windows, and the bound that holds outside of them.
#[derive(Debug)]
pub struct Windows {
    /// How long an edit may take to be seen, and an edge to be right after a fault.
    pub bound: Duration,
    /// Whether nobody may be able to say at any time.
    is_busy: bool,
    all: Vec<Window>,
}

impl Edges {
    /// No edge.
    pub const NONE: Self = Self(0);
    /// Every edge.
    pub const ALL: Self = Self(u8::MAX);

    /// One edge.
    #[must_use]
    pub fn only(edge: usize) -> Self {
        Self(1 << edge)
    }

    fn contains(self, edge: usize) -> bool {
        self.0 & (1 << edge) != 0
    }
}

impl Windows {
    /// None yet. On a busy machine a question may take longer than an edge waits.
    #[must_use]
    pub fn new(bound: Duration, is_busy: bool) -> Self {
        Self {
            bound,
            is_busy,
            all: Vec::new(),
        }
    }

    /// A fault begins. Returns its number.
    pub fn open(&mut self, kind: &'static str, begin: Moment, effects: Effects) -> usize {
        self.all.push(Window {
            kind,
            begin,
            regained: None,
            effects,
        });
        self.all.len() - 1
    }

    /// Contact is regained.
    pub fn close(&mut self, window: usize, regained: Moment) {
        self.all[window].regained = Some(regained);
    }

    /// What was, or is still being mended, while something took place.
    pub fn during(&self, span: Span) -> impl Iterator<Item = &Window> {
        let has_ended = move |window: &&Window| {
            let end = window.regained.map(|regained| regained.plus(self.bound));
            end.is_some_and(|end| end < span.sent)
        };
        // Later windows have begun later, but may end earlier: look at all recent ones.
        let recent = self.all.iter().rev().take(16);
        recent
            .filter(move |window| window.begin <= span.answered)
            .filter(move |window| !has_ended(window))
    }

    /// What was broken last before something took place, and during it.
    pub fn lately(&self, span: Span) -> impl Iterator<Item = &Window> {
        let recent = self.all.iter().rev().take(4);
        recent.filter(move |window| window.begin <= span.answered)
    }

    /// What a read of this edge may show.
    #[must_use]
    pub fn allowance(&self, edge: usize, read: Span) -> Allowance {
        let deaf = self
            .begins(read, |effects| effects.deaf.contains(edge))
            .max();
        let unasked = self
            .begins(read, |effects| effects.unasked.contains(edge))
            .max();
        let broken = self
            .begins(read, |effects| effects.away.contains(edge))
            .max();
        let late = self
            .begins(read, |effects| effects.announced >= Announced::Late)
            .min();
        let later = self
            .begins(read, |effects| effects.announced >= Announced::Later)
            .min();

        let limit = self.bound + deaf.map_or(Duration::ZERO, |_| DEAF);
        // From then on it could be sure of nothing.
        let alone = deaf
            .zip(unasked)
            .map(|(deaf, unasked)| deaf.max(unasked).minus(limit));
        let late = late.map(|begin| begin.minus(self.bound));
        Allowance {
            stale: limit,
            since: alone.into_iter().chain(late).min(),
            absent: limit,
            absent_since: later.map(|begin| begin.minus(self.bound)),
            doubt: self.is_busy || deaf.or(broken).or(unasked).is_some(),
            broken: broken.is_some(),
        }
    }

    /// When those began that have such effects.
    fn begins(
        &self,
        read: Span,
        is_meant: impl Fn(&Effects) -> bool,
    ) -> impl Iterator<Item = Moment> {
        let meant = self
            .during(read)
            .filter(move |window| is_meant(&window.effects));
        meant.map(|window| window.begin)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.kind, self.begin)?;
        match self.regained {
            Some(regained) => write!(f, " to {regained}"),
            None => f.write_str(" on"),
        }
    }
}
