//! What visitors are told apart with: today's key, which all edges of an instance share.
//!
//! An admin hands the keys out ([`keep`] asks). An edge that has none for the moment makes one of its
//! own: then it counts who comes to other edges as well once more, and nothing else is wrong. No key is
//! used for longer than a day, and none is written down here.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Acquire, Ordering::Release},
    },
    time::Duration,
};

use suo_link::{time::Timestamp, visitor::VisitorKey, wire::visitor_keys::DayKey};

use super::Counts;
use crate::{
    clock,
    origin::{Origin, Unavailable},
};

/// How often is looked whether a key is missing, and asked for it.
const LOOK: Duration = Duration::from_secs(5);

/// How long before its day begins a key should be here, in milliseconds.
const AHEAD: i64 = 30 * 60 * 1000;

/// How long a key is kept behind its day, for workers whose clock is a little behind.
const BEHIND: i64 = 60 * 1000;

/// How long a key of this edge's own is used at most.
const DAY: i64 = 24 * 3600 * 1000;

/// The keys of this edge; one for all workers.
#[derive(Debug)]
pub struct VisitorKeys {
    /// Rises when other keys are known.
    turn: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    shared: Vec<DayKey>,
    own: DayKey,
}

impl VisitorKeys {
    /// Knows only a key of its own.
    pub(super) fn new(own: VisitorKey, now: Timestamp) -> Self {
        let own = day_from(now, own);
        let shared = Vec::new();
        Self {
            turn: AtomicU64::new(0),
            known: Mutex::new(Known { shared, own }),
        }
    }

    /// Takes keys that all edges have.
    pub fn learn(&self, keys: Vec<DayKey>) {
        let mut known = self.lock();
        if known.shared != keys {
            known.shared = keys;
            self.turn.fetch_add(1, Release);
        }
    }

    /// Whether a key should be asked for.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let mut known = self.lock();
        known.shared.retain(|day| now.plus(-BEHIND) < day.ends);
        let is_known = |at| known.shared.iter().any(|day| day.holds(at));
        !is_known(now) || !is_known(now.plus(AHEAD))
    }

    /// Whether the key of this moment is one that all edges have.
    fn has(&self, at: Timestamp) -> bool {
        self.lock().shared.iter().any(|day| day.holds(at))
    }

    /// The key of a moment, and until when no other one is better.
    fn at(&self, at: Timestamp) -> DayKey {
        let mut known = self.lock();
        if let Some(day) = known.shared.iter().find(|day| day.holds(at)) {
            return *day;
        }
        let is_used_up = at >= known.own.ends || at < known.own.begins.plus(-DAY);
        if is_used_up && let Ok(bytes) = super::random() {
            known.own = day_from(at, VisitorKey::new(bytes));
        }
        let later = known.shared.iter().map(|day| day.begins);
        let next = later.filter(|begins| *begins > at).min();
        DayKey {
            begins: Timestamp(i64::MIN),
            ends: next.map_or(known.own.ends, |next| next.min(known.own.ends)),
            key: known.own.key,
        }
    }

    /// Held for a look; nobody panics meanwhile.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn day_from(begins: Timestamp, key: VisitorKey) -> DayKey {
    let ends = begins.plus(DAY);
    DayKey { begins, ends, key }
}

/// A worker's end: looks at the others only when something has changed.
#[derive(Debug)]
pub(super) struct Ring {
    keys: Arc<VisitorKeys>,
    turn: u64,
    day: DayKey,
}

impl Ring {
    pub(super) fn new(keys: Arc<VisitorKeys>, now: Timestamp) -> Self {
        let turn = keys.turn.load(Acquire);
        let day = keys.at(now);
        Self { keys, turn, day }
    }

    pub(super) fn key(&mut self, at: Timestamp) -> &VisitorKey {
        let turn = self.keys.turn.load(Acquire);
        if turn != self.turn || !self.day.holds(at) {
            self.turn = turn;
            self.day = self.keys.at(at);
        }
        &self.day.key
    }
}

/// Sees to it that today's key is here, and tomorrow's in time; for good.
pub async fn keep(keys: Arc<VisitorKeys>, counts: Arc<Counts>, origin: Arc<dyn Origin>) {
    let mut missed = None;
    loop {
        if keys.is_due(clock::now()) {
            match origin.visitor_keys().await {
                Ok(known) => {
                    keys.learn(known);
                    missed = None;
                }
                Err(error) => complain(&mut missed, error),
            }
        }
        let is_shared = keys.has(clock::now());
        counts.visitor_key_shared.set(is_shared.into());
        tokio::time::sleep(LOOK).await;
    }
}

/// Says once that nobody has a key, until somebody has.
fn complain(missed: &mut Option<Unavailable>, error: Unavailable) {
    if missed.is_none() {
        tracing::warn!(%error, "no admin has handed out the key of visitors; until one does, who comes to several edges counts as several");
        *missed = Some(error);
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, DAY, DayKey, Ring, Timestamp, VisitorKey, VisitorKeys};

    fn shared(number: u8, begins: i64) -> DayKey {
        DayKey {
            begins: Timestamp(begins),
            ends: Timestamp(begins + DAY),
            key: VisitorKey::new([number; 16]),
        }
    }

    fn own() -> (Arc<VisitorKeys>, Ring, VisitorKey) {
        let key = VisitorKey::new([0; 16]);
        let keys = Arc::new(VisitorKeys::new(key, Timestamp(1000)));
        let ring = Ring::new(Arc::clone(&keys), Timestamp(1000));
        (keys, ring, key)
    }

    #[test]
    fn the_key_of_the_day_is_used_as_soon_as_it_is_known() {
        let (keys, mut ring, own) = own();
        assert_eq!(ring.key(Timestamp(2000)), &own);
        assert!(keys.is_due(Timestamp(2000)));
        keys.learn(vec![shared(1, 0), shared(2, DAY)]);
        assert!(!keys.is_due(Timestamp(2000)));
        assert_eq!(ring.key(Timestamp(2000)), &VisitorKey::new([1; 16]));
        assert_eq!(ring.key(Timestamp(DAY - 1)), &VisitorKey::new([1; 16]));
        assert_eq!(ring.key(Timestamp(DAY)), &VisitorKey::new([2; 16]));
        assert_eq!(ring.key(Timestamp(DAY - 1)), &VisitorKey::new([1; 16]));
    }

    #[test]
    fn a_key_of_an_edges_own_gives_way_to_a_later_day_and_lives_a_day_at_most() {
        let (keys, mut ring, own) = own();
        keys.learn(vec![shared(2, 5000)]);
        assert_eq!(ring.key(Timestamp(4999)), &own);
        assert_eq!(ring.key(Timestamp(5000)), &VisitorKey::new([2; 16]));
        keys.learn(Vec::new());
        assert_eq!(ring.key(Timestamp(999 + DAY)), &own);
        let next = *ring.key(Timestamp(1000 + DAY));
        assert_ne!(next, own);
        assert_eq!(*ring.key(Timestamp(2000 + DAY)), next);
        assert_eq!(*ring.key(Timestamp(900 + DAY)), next, "clocks are set back");
    }

    #[test]
    fn the_key_of_a_day_that_is_over_is_dropped_and_the_next_one_asked_for_in_time() {
        let (keys, _, _) = own();
        keys.learn(vec![shared(1, 0)]);
        assert!(!keys.is_due(Timestamp(DAY / 2)));
        assert!(keys.is_due(Timestamp(DAY - 1000)));
        assert!(keys.is_due(Timestamp(DAY + super::BEHIND)));
        assert!(keys.lock().shared.is_empty());
        let shown = format!("{keys:?}");
        assert!(shown.matches("VisitorKey(..)").count() == 1, "{shown}");
        assert!(
            !shown.contains("0101") && !shown.contains("1, 1"),
            "{shown}"
        );
    }
}
