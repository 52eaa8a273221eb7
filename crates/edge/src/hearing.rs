//! How far this edge has heard of changes, and so what it may believe.

mod moment;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use suo_link::{
    rev::{Generation, Position},
    wire::{
        changes::Notice,
        names::{BUCKETS, Bucket},
    },
};

use self::moment::{DEAF, doubled};
pub(crate) use self::moment::{Freshness, Moment};
use crate::{counters::Counters, stopwatch::Stopwatch};

/// While the edge is deaf, what was confirmed this recently is served: one question a second
/// for each key that visitors ask for.
const GOOD_WHILE_DEAF: Duration = Duration::from_secs(1);

/// How many epochs back it is known until when they were right.
const REMEMBERED_EPOCHS: usize = 64;

/// What was heard, and whether anything is heard now.
pub(crate) struct Hearing {
    /// The epoch and [`DEAF`]: one load decides whether an entry is good.
    state: AtomicU64,
    /// How often the edge went deaf.
    lapses: AtomicU64,
    /// The highest generation that anybody told of, plus one; 0: nobody did.
    generation: AtomicU64,
    /// Per bucket, the last change that was heard of. Raised before the caches are touched and
    /// compared inside their write closures, so that nothing older is remembered after it.
    seen: [Mutex<Option<Position>>; BUCKETS],
    heard: Mutex<Heard>,
    stopwatch: Stopwatch,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Heard {
    position: Option<Position>,
    /// When a heartbeat last found this edge up to date, by the stopwatch's milliseconds.
    current_at: Option<u64>,
    /// The caller applies every change by itself; nothing is ever missed.
    directly: bool,
    /// Visitors need not wait until changes are heard.
    is_not_waited_for: bool,
    /// Until when the last epochs were right, the latest last.
    ends: VecDeque<u64>,
}

/// What a marker is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// What came with it holds everything this edge has heard of.
    Believed,
    /// A change was heard that is not in it: it was read before, or was lost.
    Behind,
    /// Nobody knows what is missing.
    Doubtful,
}

impl Hearing {
    /// Deaf until told otherwise.
    pub(crate) fn new(stopwatch: Stopwatch, counters: Arc<Counters>) -> Self {
        counters.deaf.set(1);
        Self {
            state: AtomicU64::new(DEAF),
            lapses: AtomicU64::new(0),
            generation: AtomicU64::new(0),
            seen: std::array::from_fn(|_| Mutex::new(None)),
            heard: Mutex::default(),
            stopwatch,
            counters,
        }
    }

    pub(crate) fn moment(&self) -> Moment {
        // Read first, so that a moment never looks better than it is.
        let lapses = self.lapses.load(SeqCst);
        let state = self.state.load(SeqCst);
        Moment {
            epoch: doubled(state),
            at: self.stopwatch.millis(),
            lapses,
        }
    }

    /// What an answer is good for that has arrived now. Unless changes were heard all the time
    /// since the question, it may come from a Redis that was set back and that no relay has
    /// looked at: what this edge has heard is published again then, and told to nobody twice.
    pub(crate) fn answered(&self, asked: Moment) -> Moment {
        let is_deaf = self.state.load(SeqCst) & DEAF != 0;
        let has_lapsed = self.lapses.load(SeqCst) != asked.lapses;
        Moment {
            epoch: asked.epoch & !u64::from(is_deaf || has_lapsed),
            ..asked
        }
    }

    /// Whether all that has happened since then is heard of, or will be.
    pub(crate) fn has_missed_nothing_since(&self, moment: Moment) -> bool {
        let now = doubled(self.state.load(SeqCst));
        now == moment.epoch || now | 1 == moment.epoch
    }

    /// Whether something remembered may be served without asking.
    pub(crate) fn is_good(&self, freshness: &Freshness) -> bool {
        let epoch = freshness.epoch.load(SeqCst);
        let state = self.state.load(SeqCst);
        if state & DEAF == 0 {
            epoch == doubled(state)
        } else {
            epoch | 1 == doubled(state) | 1
                && self.stopwatch.since(freshness.checked.load(SeqCst)) < GOOD_WHILE_DEAF
        }
    }

    /// How long ago it was last certain that something remembered is right.
    pub(crate) fn age(&self, freshness: &Freshness) -> Duration {
        let epochs_ago =
            (self.state.load(SeqCst) & !DEAF).saturating_sub(freshness.epoch.load(SeqCst) / 2);
        let heard = self.heard();
        let right_until = match usize::try_from(epochs_ago) {
            Ok(0) => heard.current_at,
            Ok(ago) => heard.ends.iter().rev().nth(ago - 1).copied(),
            Err(_) => None,
        };
        let checked = freshness.checked.load(SeqCst);
        self.stopwatch.since(checked.max(right_until.unwrap_or(0)))
    }

    /// Takes note of a generation: a higher one than before makes everything stale.
    pub(crate) fn learn(&self, generation: Generation) {
        let told = u64::from(generation.0) + 1;
        let before = self.generation.fetch_max(told, SeqCst);
        if 0 < before && before < told {
            self.begin_epoch();
        }
    }

    /// What is worth a sighting with this marker in this bucket.
    pub(crate) fn weigh(&self, bucket: Bucket, marker: Option<Position>) -> Weight {
        match marker {
            Some(marker) if self.is_current(marker.generation) => {
                if Some(marker) < *self.seen(bucket) {
                    Weight::Behind
                } else {
                    Weight::Believed
                }
            }
            _ => Weight::Doubtful,
        }
    }

    /// Raises what was seen in all buckets of a notice. Returns since when its changes are
    /// true; `None`: it is of an older generation.
    pub(crate) fn see(&self, notice: &Notice) -> Option<Moment> {
        self.learn(notice.position.generation);
        for change in &notice.changes.0 {
            let mut seen = self.seen(change.bucket());
            *seen = (*seen).max(Some(notice.position));
        }
        // Taken first: if a newer generation is told of meanwhile, the moment is before it.
        let mut moment = self.moment();
        // Also what is caught up with was heard.
        moment.epoch |= 1;
        self.is_current(notice.position.generation)
            .then_some(moment)
    }

    /// Everything up to here is applied. The position never goes back.
    pub(crate) fn advance(&self, position: Position) {
        let mut heard = self.heard();
        if heard.position < Some(position) {
            heard.position = Some(position);
            self.counters.generation.set(position.generation.0.into());
            self.counters.applied_seq.set(position.seq);
        }
    }

    /// Changes were missed for good: everything is stale, and hearing goes on from here.
    pub(crate) fn miss(&self, position: Position) {
        self.learn(position.generation);
        self.begin_epoch();
        self.advance(position);
    }

    /// A heartbeat found the edge up to date at this moment.
    pub(crate) fn hear(&self) {
        let now = crate::clock::now().0;
        self.counters
            .current_at
            .set(u64::try_from(now).unwrap_or(0));
        self.be_current();
    }

    fn be_current(&self) {
        self.heard().current_at = Some(self.stopwatch.millis());
        self.state.fetch_and(!DEAF, SeqCst);
        self.counters.deaf.set(0);
    }

    /// The edge can't hear any more.
    pub(crate) fn lose_touch(&self) {
        if !self.heard().directly {
            self.state.fetch_or(DEAF, SeqCst);
            self.lapses.fetch_add(1, SeqCst);
            self.counters.deaf.set(1);
        }
    }

    /// Whether the edge heard changes, and does not now.
    pub(crate) fn has_lost_touch(&self) -> bool {
        self.state.load(SeqCst) & DEAF != 0 && self.has_heard()
    }

    /// Somebody else applies every change from this position on.
    pub(crate) fn follow_directly(&self, position: Position) {
        self.heard().directly = true;
        self.learn(position.generation);
        self.advance(position);
        self.be_current();
    }

    pub(crate) fn position(&self) -> Option<Position> {
        self.heard().position
    }

    /// Whether this edge was ever up to date.
    pub(crate) fn has_heard(&self) -> bool {
        self.heard().current_at.is_some()
    }

    /// Whether this edge was ever up to date, or need not be.
    pub(crate) fn may_serve(&self) -> bool {
        let heard = self.heard();
        heard.current_at.is_some() || heard.is_not_waited_for
    }

    /// Visitors need not wait until changes are heard.
    #[cfg(feature = "redis")]
    pub(crate) fn serve_without_hearing(&self) {
        self.heard().is_not_waited_for = true;
    }

    /// How long ago this edge was certainly up to date; `None` if it never was.
    pub(crate) fn lag(&self) -> Option<Duration> {
        let heard = self.heard();
        let current_at = heard.current_at?;
        if heard.directly {
            Some(Duration::ZERO)
        } else {
            Some(self.stopwatch.since(current_at))
        }
    }

    fn begin_epoch(&self) {
        let mut heard = self.heard();
        let end = heard.current_at.unwrap_or(0);
        heard.ends.push_back(end);
        if heard.ends.len() > REMEMBERED_EPOCHS {
            heard.ends.pop_front();
        }
        self.state.fetch_add(1, SeqCst);
    }

    fn is_current(&self, generation: Generation) -> bool {
        self.generation.load(SeqCst) == u64::from(generation.0) + 1
    }

    fn seen(&self, bucket: Bucket) -> MutexGuard<'_, Option<Position>> {
        let seen = &self.seen[bucket.index()];
        seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
