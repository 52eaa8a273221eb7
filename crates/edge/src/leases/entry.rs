//! What a book says of one link.

use std::{
    collections::HashMap,
    num::NonZeroU64,
    time::{Duration, Instant},
};

use suo_link::{
    id::LinkId,
    wire::leases::{Closed, LeaseId, Standing},
};

/// After this time without a visitor a block is given back.
const IDLE: Duration = Duration::from_millis(100);

/// How long after they were turned away people are expected to come again: 503 says that they should
/// after a second.
const COME_AGAIN: Duration = Duration::from_millis(1500);

/// How long it is remembered that a link is used up.
pub(super) const REMEMBERED: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Entry {
    /// The link's `max_clicks`, and since when it is that.
    pub(super) most: NonZeroU64,
    pub(super) since: Instant,
    pub(super) block: Option<Block>,
    /// What an admin has said last, and when it was asked.
    pub(super) said: Option<(Instant, Standing)>,
    /// Visitors who wait for a unit.
    pub(super) waiting: u32,
    /// Visitors who wait to hear whether the link is used up.
    pub(super) looking: u32,
    /// Not asked about before.
    pub(super) again: Option<Instant>,
    /// When a unit was asked for last.
    pub(super) asked: Option<Instant>,
    /// Visitors who were turned away before anything was asked for them.
    pub(super) missed: u32,
    /// Until when somebody may come again who was turned away although nobody had said no.
    pub(super) expected: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Block {
    pub(super) lease: LeaseId,
    pub(super) size: u64,
    pub(super) used: u64,
    pub(super) until: Instant,
    pub(super) touched: Instant,
}

/// The entry of a link. What was granted for another `max_clicks` is given back: the new one may be lower.
pub(super) fn entry<'a>(
    links: &'a mut HashMap<LinkId, Entry>,
    closed: &mut Vec<Closed>,
    link: LinkId,
    most: NonZeroU64,
    now: Instant,
) -> &'a mut Entry {
    let entry = links.entry(link).or_insert_with(|| Entry {
        most,
        since: now,
        block: None,
        said: None,
        waiting: 0,
        looking: 0,
        again: None,
        asked: None,
        missed: 0,
        expected: None,
    });
    if entry.most != most {
        entry.close(closed);
        (entry.most, entry.since) = (most, now);
        (entry.said, entry.again, entry.asked) = (None, None, None);
    }
    entry
}

impl Entry {
    pub(super) fn count(&mut self, takes: bool) -> &mut u32 {
        if takes {
            &mut self.waiting
        } else {
            &mut self.looking
        }
    }

    pub(super) fn close(&mut self, closed: &mut Vec<Closed>) {
        closed.extend(self.block.take().map(|block| Closed {
            lease: block.lease,
            used: block.used,
        }));
    }

    /// Somebody who came at `arrived` is told to come again. Unless an admin has said since then how
    /// it stands, a unit is kept for them; if none was asked for, one is.
    pub(super) fn turn_away(&mut self, arrived: Instant, now: Instant) {
        if self.said.is_some_and(|(at, _)| arrived <= at) {
            return;
        }
        self.expected = Some(now + COME_AGAIN);
        if self.asked.is_none_or(|at| at < arrived) {
            self.missed += 1;
        }
    }

    /// How many units are needed; `None` if nobody asks.
    pub(super) fn wanted(&self, now: Instant) -> Option<u32> {
        let missed = if self.expects(now) { self.missed } else { 0 };
        let wanted = self.waiting + missed;
        (wanted > 0 || self.looking > 0).then_some(wanted)
    }

    /// When its block is given back, if it has one.
    pub(super) fn ends(&self) -> Option<Instant> {
        let block = self.block.as_ref()?;
        let wanted = match (self.waiting, self.expected) {
            (1.., _) => block.until,
            (0, None) => block.touched + IDLE,
            (0, Some(expected)) => expected.max(block.touched + IDLE),
        };
        Some(wanted.min(block.until))
    }

    /// When there is something to be done about it.
    pub(super) fn moment(&self, now: Instant) -> Option<Instant> {
        let asks = || self.wanted(now).and(self.again);
        self.ends().or_else(asks)
    }

    fn expects(&self, now: Instant) -> bool {
        self.expected.is_some_and(|until| now < until)
    }

    pub(super) fn is_needed(&self, now: Instant) -> bool {
        let is_remembered =
            |(at, said): (Instant, Standing)| said == Standing::UsedUp && now < at + REMEMBERED;
        self.block.is_some() || self.wanted(now).is_some() || self.said.is_some_and(is_remembered)
    }
}
