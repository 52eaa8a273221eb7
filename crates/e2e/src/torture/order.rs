//! Whether what the API said about one link is one history: versions in the order of time.
//!
//! Linearizability of a register with version numbers is simple: whatever began after another
//! call had been answered shows no lower version, a write a higher one, and a version has
//! one content.

use std::collections::VecDeque;

use super::{clock::Span, history::State};

/// How many calls are compared with a new one.
const REMEMBERED: usize = 64;

/// An answered call about a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// When.
    pub span: Span,
    /// The version that the answer shows; of a write, the one that it made.
    pub version: u64,
    /// The content that the answer shows.
    pub state: State,
    /// Whether the call made this version.
    pub is_write: bool,
}

/// Recent calls about one life of a link.
#[derive(Debug, Default)]
pub struct Order {
    calls: VecDeque<Call>,
}

impl Order {
    /// Takes in a call; returns one that contradicts it.
    pub fn add(&mut self, call: Call) -> Option<Call> {
        let contradiction = self.calls.iter().find(|old| contradict(old, &call));
        let contradiction = contradiction.copied();
        self.calls.push_back(call);
        if self.calls.len() > REMEMBERED {
            self.calls.pop_front();
        }
        contradiction
    }
}

fn contradict(one: &Call, other: &Call) -> bool {
    let same = one.version == other.version;
    if same && (one.state != other.state || one.is_write && other.is_write) {
        return true;
    }
    is_out_of_order(one, other) || is_out_of_order(other, one)
}

/// Whether `later` began after `earlier` had been answered, and shows something older.
fn is_out_of_order(earlier: &Call, later: &Call) -> bool {
    let lowest = earlier.version + u64::from(later.is_write);
    earlier.span.answered < later.span.sent && later.version < lowest
}
