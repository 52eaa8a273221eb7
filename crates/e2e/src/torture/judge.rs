//! Whether a read can be explained by the writes and the faults.

use std::{fmt, time::Duration};

use super::{
    clock::{Moment, Span},
    history::{History, State, Target},
    windows::{Allowance, Windows},
};

/// What a visitor saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A redirect or a 404.
    State(State),
    /// A redirect to nothing that was ever written.
    Elsewhere,
    /// 503.
    Doubt,
    /// Another status.
    Status(u16),
    /// No answer.
    Broken,
}

/// One read.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// Which edge was asked.
    pub edge: usize,
    /// When.
    pub span: Span,
    /// What it said.
    pub seen: Seen,
}

/// What a read is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It showed what was right so long ago, which is allowed.
    Right(Duration),
    /// No answer, or 503, while that is allowed.
    Excused,
    /// It cannot be explained.
    Wrong(Wrong),
}

/// Why a read cannot be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// What it shows was replaced so long before.
    Stale(Duration),
    /// 404 for a link that had been there for so long.
    FalseAbsence(Duration),
    /// Nobody ever gave this code this target.
    NeverWritten,
    /// 503 although nothing was broken.
    Doubt,
    /// No answer although the edge was there.
    Broken,
    /// Neither a redirect, nor 404, nor 503.
    Status(u16),
}

impl Seen {
    /// What an answer shows.
    #[must_use]
    pub fn of(status: u16, location: Option<&str>) -> Self {
        match (status, location) {
            (302, Some(url)) => Target::parse(url)
                .map_or(Self::Elsewhere, |target| Self::State(State::Leads(target))),
            (404, _) => Self::State(State::Absent),
            (503, _) => Self::Doubt,
            (other, _) => Self::Status(other),
        }
    }
}

/// Judges one read of the code with this history.
#[must_use]
pub fn judge(history: &History, windows: &Windows, read: &Read) -> Verdict {
    let allowance = windows.allowance(read.edge, read.span);
    match read.seen {
        Seen::State(state) => judge_state(history, &allowance, read.span, state),
        Seen::Elsewhere => Verdict::Wrong(Wrong::NeverWritten),
        Seen::Doubt if allowance.doubt => Verdict::Excused,
        Seen::Doubt => Verdict::Wrong(Wrong::Doubt),
        Seen::Broken if allowance.broken => Verdict::Excused,
        Seen::Broken => Verdict::Wrong(Wrong::Broken),
        Seen::Status(status) => Verdict::Wrong(Wrong::Status(status)),
    }
}

fn judge_state(history: &History, allowance: &Allowance, read: Span, state: State) -> Verdict {
    let Some(staleness) = history.staleness(state, read) else {
        return Verdict::Wrong(Wrong::NeverWritten);
    };
    let replaced = read.sent.minus(staleness);
    let was_right_since = |since: Option<Moment>| since.is_some_and(|since| replaced >= since);
    match state {
        State::Absent if staleness <= allowance.absent => {}
        State::Absent if was_right_since(allowance.absent_since) => {}
        State::Absent => return Verdict::Wrong(Wrong::FalseAbsence(staleness)),
        State::Leads(_) if staleness <= allowance.stale => {}
        State::Leads(_) if was_right_since(allowance.since) => {}
        State::Leads(_) => return Verdict::Wrong(Wrong::Stale(staleness)),
    }
    Verdict::Right(staleness)
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => state.fmt(f),
            Self::Elsewhere => f.write_str("a target that nobody ever wrote"),
            Self::Doubt => f.write_str("503"),
            Self::Status(status) => status.fmt(f),
            Self::Broken => f.write_str("no answer"),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stale(by) => write!(f, "replaced {by:?} before"),
            Self::FalseAbsence(by) => write!(f, "404 for a link that was there for {by:?}"),
            Self::NeverWritten => f.write_str("never written here before"),
            Self::Doubt => f.write_str("503 although nothing was broken"),
            Self::Broken => f.write_str("no answer from an edge that was there"),
            Self::Status(status) => write!(f, "status {status}"),
        }
    }
}
