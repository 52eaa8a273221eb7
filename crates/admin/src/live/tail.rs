//! The end of the table of answers.
//!
//! Numbers are given before a transaction commits, so that one may appear below others that are seen
//! already. That is why the last few seconds are looked at again.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use super::Heard;
use crate::store::{Store, StoreError};

/// For how long a lower number may appear behind a higher one.
const LATE: Duration = Duration::from_secs(5);

/// The most answers of one look.
const MOST: usize = 2000;

pub(super) struct Tail {
    /// Everything up to here is behind us.
    floor: i64,
    seen: BTreeSet<i64>,
    /// The highest number at some moments.
    marks: VecDeque<(Instant, i64)>,
}

impl Tail {
    /// Begins behind this answer.
    pub(super) fn from(floor: i64) -> Self {
        Self {
            floor,
            seen: BTreeSet::new(),
            marks: VecDeque::new(),
        }
    }

    /// What has come since the last look.
    pub(super) fn look(&mut self, store: &dyn Store) -> Result<Vec<Heard>, StoreError> {
        let events = store.events_after(self.floor, MOST)?;
        let is_full = events.len() == MOST;
        let last = events.last().map_or(self.floor, |event| event.id);
        let mut heard = Vec::new();
        for event in events {
            if self.seen.insert(event.id) {
                heard.push(Heard::Event(Arc::new(event)));
            }
        }
        if is_full {
            // More than anybody could read: go on at the end, and do not look back.
            let end = store.last_event()?.max(last);
            if end > last {
                heard.push(Heard::LeftOut(end.abs_diff(last)));
            }
            *self = Self::from(end);
        } else {
            self.move_on(last);
        }
        Ok(heard)
    }

    fn move_on(&mut self, last: i64) {
        let now = Instant::now();
        self.marks.push_back((now, last));
        while let Some((at, mark)) = self.marks.front().copied()
            && now.duration_since(at) >= LATE
        {
            self.marks.pop_front();
            self.floor = mark;
            self.seen = self.seen.split_off(&(mark + 1));
        }
    }
}
