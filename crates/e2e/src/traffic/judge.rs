//! Holds what visitors saw against what was written.

use std::{
    fmt,
    time::{Duration, Instant},
};

use super::work::{Link, Write};
use crate::http::Answer;

/// For how long a link may be unknown after the API has answered, on a busy machine.
const UNANNOUNCED: Duration = Duration::from_secs(10);

/// One visit.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) link: usize,
    pub(super) edge: u16,
    pub(super) began: Instant,
    pub(super) ended: Instant,
    pub(super) seen: Seen,
}

/// What a visitor saw.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    /// The target of this write.
    Target(usize),
    /// 404.
    Absent,
    /// 503 with `Retry-After`.
    Doubt,
    /// What no answer for this code ever is.
    Wrong(String),
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Acknowledged writes, all of them seen at every edge in the end.
    pub writes: usize,
    /// Visits.
    pub reads: usize,
    /// Visits that were answered 503.
    pub doubts: usize,
    /// How long after the acknowledgement of an edit an older target was still seen.
    pub stalest: Duration,
    /// How long after the fault something that was replaced before its end, or a 503, was seen.
    pub slowest_return: Duration,
}

impl Read {
    fn story(&self, link: &Link, stale: Option<Duration>) -> String {
        let seen = match &self.seen {
            Seen::Target(number) => link.target(*number),
            Seen::Absent => String::from("404"),
            Seen::Doubt => String::from("503"),
            Seen::Wrong(other) => other.clone(),
        };
        let since = |write: &Write| self.began.saturating_duration_since(write.began);
        let writes: Vec<Duration> = link.writes.iter().map(since).collect();
        let (code, edge) = (&link.code, self.edge);
        format!("{code} at {edge}: {seen}, stale {stale:?}; it was written {writes:?} before")
    }
}

impl Seen {
    pub(super) fn read(code: &str, answer: &Answer) -> Self {
        match (answer.status, answer.header("location")) {
            (302, Some(location)) => {
                let own = location.strip_prefix(&format!("https://example.com/{code}/"));
                let number = own.and_then(|number| number.parse().ok());
                number.map_or_else(|| Self::Wrong(location.to_owned()), Self::Target)
            }
            (404, None) => Self::Absent,
            (503, None) if answer.header("retry-after").is_some() => Self::Doubt,
            other => Self::Wrong(format!("{other:?}")),
        }
    }
}

/// # Panics
/// If an answer cannot be explained.
pub(super) fn judge(
    links: &[Link],
    reads: &[Read],
    over: Option<Instant>,
    allowed: Duration,
) -> Figures {
    let mut figures = Figures {
        writes: links.iter().map(|link| link.writes.len()).sum(),
        reads: reads.len(),
        ..Figures::default()
    };
    let mut wrong = Vec::new();
    for read in reads {
        match staleness(&links[read.link], read) {
            Some(stale) if stale <= allowed => figures.stalest = figures.stalest.max(stale),
            stale => wrong.push(read.story(&links[read.link], stale)),
        }
        figures.doubts += usize::from(matches!(read.seen, Seen::Doubt));
        if over.is_some_and(|over| is_after_effect(&links[read.link], read, over)) {
            let since = read
                .ended
                .saturating_duration_since(over.unwrap_or(read.ended));
            figures.slowest_return = figures.slowest_return.max(since);
        }
    }
    let shown = wrong
        .iter()
        .take(20)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {figures} cannot be explained:\n{shown}",
        wrong.len()
    );
    figures
}

/// How long ago at the time of the visit what was seen was replaced for certain; `None`: it
/// never was so.
fn staleness(link: &Link, read: &Read) -> Option<Duration> {
    match read.seen {
        Seen::Doubt => Some(Duration::ZERO),
        // Only what was acknowledged a moment ago may be unknown yet: the API does not wait
        // longer than 250 ms for the relay. No link is asked for before.
        Seen::Absent => {
            let made = link.writes.first()?.acknowledged?;
            let age = read.began.saturating_duration_since(made);
            (!link.is_known && age <= UNANNOUNCED).then_some(age)
        }
        Seen::Wrong(_) => None,
        Seen::Target(number) => {
            let is_told = link.writes.get(number)?.began <= read.ended;
            let replaced = replaced(link, number);
            let since = |replaced| read.began.saturating_duration_since(replaced);
            is_told.then(|| replaced.map_or(Duration::ZERO, since))
        }
    }
}

fn replaced(link: &Link, number: usize) -> Option<Instant> {
    let later = link.writes.get(number + 1..)?;
    later.iter().filter_map(|write| write.acknowledged).min()
}

/// Whether the fault still shows.
fn is_after_effect(link: &Link, read: &Read, over: Instant) -> bool {
    let is_old = |number| replaced(link, number).is_some_and(|replaced| replaced < over);
    read.began >= over
        && match read.seen {
            Seen::Doubt => true,
            Seen::Target(number) => is_old(number) && replaced(link, number) < Some(read.began),
            Seen::Absent | Seen::Wrong(_) => false,
        }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} writes, {} reads, {} times 503, {:?} stale at most, slowest return {:?}",
            self.writes, self.reads, self.doubts, self.stalest, self.slowest_return
        )
    }
}
