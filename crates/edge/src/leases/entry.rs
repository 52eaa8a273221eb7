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
    });
    if entry.most != most {
        entry.close(closed);
        (entry.most, entry.since) = (most, now);
        (entry.said, entry.again) = (None, None);
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

    /// When there is something to be done about it.
    pub(super) fn moment(&self) -> Option<Instant> {
        match &self.block {
            Some(block) => Some(block.ends(self.waiting > 0)),
            None if self.waiting > 0 || self.looking > 0 => self.again,
            None => None,
        }
    }

    pub(super) fn is_needed(&self, now: Instant) -> bool {
        let is_remembered =
            |(at, said): (Instant, Standing)| said == Standing::UsedUp && now < at + REMEMBERED;
        self.block.is_some()
            || self.waiting > 0
            || self.looking > 0
            || self.said.is_some_and(is_remembered)
    }
}

impl Block {
    /// When it is given back; not for idleness while somebody waits for it.
    pub(super) fn ends(&self, is_waited_for: bool) -> Instant {
        if is_waited_for {
            self.until
        } else {
            self.until.min(self.touched + IDLE)
        }
    }
}
