//! What was written to one code, and what a read of it can be explained by.
//!
//! A pure record: the writer of a link says when a write was sent and what became of it. Writes
//! of a link come one after the other, or are put in order by their versions before they settle.

use std::{collections::VecDeque, fmt, time::Duration};

use super::clock::{Moment, Span};

/// How many settled writes of a code are remembered; a read of an older one is very stale.
const REMEMBERED: usize = 4096;

/// What a code leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// 404: never made, deleted, paused.
    Absent,
    /// 302 to this target.
    Leads(Target),
}

/// A target that exactly one write gave to exactly one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The number of the link's place.
    pub link: u32,
    /// The number of the write there.
    pub number: u32,
}

/// Names a write that has not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

/// The history of one code.
#[derive(Debug)]
pub struct History {
    /// In the order in which they came true.
    settled: VecDeque<Settled>,
    open: Vec<Open>,
    tickets: u64,
    forgotten: usize,
}

/// A write that certainly came true, at some instant between both moments.
#[derive(Clone, Copy, Debug)]
struct Settled {
    state: State,
    sent: Moment,
    known: Moment,
}

/// A write that may come true at any time after it was sent, or never.
#[derive(Clone, Copy, Debug)]
struct Open {
    ticket: Ticket,
    state: State,
    sent: Moment,
    is_under_way: bool,
}

impl History {
    /// Nothing was ever written.
    #[must_use]
    pub fn new() -> Self {
        let never = Settled {
            state: State::Absent,
            sent: Moment(0),
            known: Moment(0),
        };
        Self {
            settled: VecDeque::from([never]),
            open: Vec::new(),
            tickets: 0,
            forgotten: 0,
        }
    }

    /// A write is about to be sent.
    pub fn begin(&mut self, state: State, sent: Moment) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.open.push(Open {
            ticket,
            state,
            sent,
            is_under_way: true,
        });
        ticket
    }

    /// It came true, after everything that settled before.
    pub fn settle(&mut self, ticket: Ticket, known: Moment) {
        let Some(open) = self.take(ticket) else {
            return;
        };
        self.settled.push_back(Settled {
            state: open.state,
            sent: open.sent,
            known,
        });
        if self.settled.len() > REMEMBERED {
            self.settled.pop_front();
            self.forgotten += 1;
        }
    }

    /// It never came true and never will.
    pub fn void(&mut self, ticket: Ticket) {
        self.take(ticket);
    }

    /// Nobody knows whether it will come true, and nobody waits for it any more.
    pub fn leave_open(&mut self, ticket: Ticket) {
        for open in &mut self.open {
            open.is_under_way &= open.ticket != ticket;
        }
    }

    /// What is true now, if no write is under way.
    #[must_use]
    pub fn now(&self) -> Option<State> {
        let is_quiet = self.open.iter().all(|open| !open.is_under_way);
        self.settled.back().filter(|_| is_quiet).map(|it| it.state)
    }

    /// Changes with every write that begins or ends.
    #[must_use]
    pub fn stamp(&self) -> (u64, usize, usize) {
        let settled = self.settled.len() + self.forgotten;
        (self.tickets, settled, self.open.len())
    }

    /// Whether a write that is still open would explain this.
    #[must_use]
    pub fn may_be(&self, state: State) -> bool {
        self.open.iter().any(|open| open.state == state)
    }

    /// For how long `state` had not been true any more when a read that showed it was sent, at
    /// the least; `None`: it never was, or only after the read had been answered.
    #[must_use]
    pub fn staleness(&self, state: State, read: Span) -> Option<Duration> {
        let was_sent = |sent: Moment| sent <= read.answered;
        let mut open = self.open.iter();
        if open.any(|open| open.state == state && was_sent(open.sent)) {
            return Some(Duration::ZERO);
        }
        let mut replaced = None;
        for write in self.settled.iter().rev() {
            if write.state == state && was_sent(write.sent) {
                let at = replaced.unwrap_or(read.answered);
                return Some(read.sent.since(at));
            }
            replaced = Some(write.known);
        }
        None
    }

    fn take(&mut self, ticket: Ticket) -> Option<Open> {
        let place = self.open.iter().position(|open| open.ticket == ticket)?;
        Some(self.open.remove(place))
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}

impl Target {
    /// The URL.
    #[must_use]
    pub fn url(self) -> String {
        format!("https://example.com/{}/{}", self.link, self.number)
    }

    /// Reads what [`Target::url`] wrote.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let (link, number) = url.strip_prefix("https://example.com/")?.split_once('/')?;
        Some(Self {
            link: link.parse().ok()?,
            number: number.parse().ok()?,
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Leads(Target { link, number }) => write!(f, "…/{link}/{number}"),
        }
    }
}

/// The last writes, for whoever looks for the cause.
impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.settled.len().saturating_sub(8);
        for write in self.settled.iter().skip(shown) {
            let Settled { state, sent, known } = write;
            writeln!(f, "    {state}: sent {sent}, known {known}")?;
        }
        for open in &self.open {
            writeln!(f, "    {}: sent {}, open", open.state, open.sent)?;
        }
        Ok(())
    }
}
