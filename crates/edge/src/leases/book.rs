//! What a worker knows of its blocks: pure, time is an argument.
//!
//! A worker asks for a block when a visitor waits for a unit, uses it for at most [`LIFE`], and gives
//! back what nobody needs. Nothing here is ever forgotten by itself: a block is held, or it is
//! given back until an admin has heard so. Of a block whose grant was lost it knows nothing, and
//! says so by not naming it.

use std::{
    collections::HashMap,
    num::NonZeroU64,
    time::{Duration, Instant},
};

use suo_link::{
    id::LinkId,
    wire::{
        clicks::JournalId,
        leases::{Ask, Closed, LeaseId, MAX_ASKS, MAX_LEASES, Reply, Request, Standing},
    },
};

use super::entry::{Block, Entry, REMEMBERED, entry};

/// How long a block is used, from before it was asked for.
pub(crate) const LIFE: Duration = Duration::from_secs(2);

/// How long a link is not asked about again: after an answer, and when all is in blocks of others.
const PAUSE: Duration = Duration::from_millis(5);
const PAUSE_ELSEWHERE: Duration = Duration::from_millis(50);

/// Nobody looks again earlier than that.
const LEAST_WAIT: Duration = Duration::from_millis(1);

/// The same for everything after a request has failed; twice as long each time, up to the last.
const FAILED: Duration = Duration::from_millis(100);
const FAILED_AGAIN: Duration = Duration::from_secs(1);

/// Requests of a journal are numbered in such steps; between them is room for one attempt at each
/// of several admins.
pub(crate) const TURNS: u64 = 256;

/// The blocks of one journal.
#[derive(Debug)]
pub(super) struct Book {
    journal: JournalId,
    turn: u64,
    links: HashMap<LinkId, Entry>,
    /// Given back, until an admin has heard so.
    closed: Vec<Closed>,
    /// Whether an admin may have granted what was not heard of here.
    is_unsettled: bool,
    failed: Option<(Instant, Duration)>,
}

/// What a visitor gets who follows the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// A unit of this block.
    Unit(LeaseId),
    /// The link has no limit any more.
    Free,
    UsedUp,
    /// Nothing yet.
    Wait,
}

/// What a visitor hears who does not follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looked {
    Open,
    UsedUp,
    Wait,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// This has to be said to an admin, and the answer be heard ([`Book::hear`]).
    Say(Request),
    /// Nothing, for so long.
    Wait(Duration),
    /// Nothing, until a visitor comes.
    Nothing,
}

impl Book {
    pub(super) fn new(journal: JournalId) -> Self {
        Self {
            journal,
            turn: 0,
            links: HashMap::new(),
            closed: Vec::new(),
            is_unsettled: false,
            failed: None,
        }
    }

    /// Takes a unit for a link with this `max_clicks`.
    pub(super) fn take(&mut self, link: LinkId, most: NonZeroU64, now: Instant) -> Taken {
        let closed = &mut self.closed;
        let entry = entry(&mut self.links, closed, link, most, now);
        if let Some(block) = &mut entry.block {
            if now < block.until {
                block.used += 1;
                block.touched = now;
                let (lease, is_spent) = (block.lease, block.used == block.size);
                if is_spent {
                    entry.close(closed);
                }
                return Taken::Unit(lease);
            }
            entry.close(closed);
        }
        match entry.said {
            Some((at, Standing::UsedUp)) if now < at + REMEMBERED => Taken::UsedUp,
            Some((at, Standing::Unlimited)) if now < at + PAUSE_ELSEWHERE => Taken::Free,
            _ => Taken::Wait,
        }
    }

    /// How it stands for somebody who came at `arrived`: what was asked before is no answer, but for
    /// that all is used.
    pub(super) fn look(
        &mut self,
        link: LinkId,
        most: NonZeroU64,
        arrived: Instant,
        now: Instant,
    ) -> Looked {
        let entry = entry(&mut self.links, &mut self.closed, link, most, now);
        match (&entry.block, entry.said) {
            (Some(block), _) if now < block.until => Looked::Open,
            (_, Some((at, Standing::UsedUp))) if now < at + REMEMBERED => Looked::UsedUp,
            (_, Some((at, said))) if arrived <= at => match said {
                Standing::Granted { .. } | Standing::Open | Standing::Unlimited => Looked::Open,
                Standing::UsedUp => Looked::UsedUp,
                Standing::Elsewhere | Standing::Unknown => Looked::Wait,
            },
            _ => Looked::Wait,
        }
    }

    /// Somebody waits from here on.
    pub(super) fn come(&mut self, link: LinkId, takes: bool) {
        if let Some(entry) = self.links.get_mut(&link) {
            *entry.count(takes) += 1;
        }
    }

    /// Somebody waits no more.
    pub(super) fn go(&mut self, link: LinkId, takes: bool) {
        if let Some(entry) = self.links.get_mut(&link) {
            let count = entry.count(takes);
            *count = count.saturating_sub(1);
        }
    }

    /// Somebody who came at `arrived` waits no more: they are told to come again.
    pub(super) fn turn_away(&mut self, link: LinkId, arrived: Instant, now: Instant) {
        if let Some(entry) = self.links.get_mut(&link) {
            entry.turn_away(arrived, now);
        }
    }

    /// Whether all that is left of a link was last said to be with others.
    pub(super) fn is_elsewhere(&self, link: LinkId) -> bool {
        let said = self.links.get(&link).and_then(|entry| entry.said);
        let is_failing = self.failed.is_some();
        !is_failing
            && matches!(
                said,
                Some((_, Standing::Elsewhere | Standing::Granted { .. }))
            )
    }

    /// Whether there is something that an admin should hear soon.
    pub(super) fn has_something_to_say(&self) -> bool {
        !self.closed.is_empty()
    }

    /// What is to be done now. Not to be asked while an answer is waited for.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        for entry in self.links.values_mut() {
            if entry.ends().is_some_and(|ends| ends <= now) {
                entry.close(&mut self.closed);
            }
        }
        self.links.retain(|_, entry| entry.is_needed(now));
        if let Some((until, _)) = self.failed.filter(|(until, _)| now < *until) {
            return Next::Wait(until - now);
        }
        let asks = self.asks(now);
        if !asks.is_empty() || !self.closed.is_empty() || self.is_unsettled {
            return Next::Say(self.say(asks));
        }
        let moments = || self.links.values().filter_map(|entry| entry.moment(now));
        // What is over waits for room among what is held: for the end of a block.
        let later = moments().filter(|moment| *moment > now).min();
        match later.or_else(|| moments().min()) {
            Some(moment) => Next::Wait(LEAST_WAIT.max(moment.saturating_duration_since(now))),
            None => Next::Nothing,
        }
    }

    /// What became of a request that was made just before `sent` at the earliest.
    pub(super) fn hear(
        &mut self,
        request: &Request,
        sent: Instant,
        reply: Option<&Reply>,
        now: Instant,
    ) {
        let Some(reply) = reply.filter(|reply| reply.standings.len() == request.asks.len()) else {
            self.is_unsettled = true;
            let pause = self
                .failed
                .map_or(FAILED, |(_, last)| FAILED_AGAIN.min(last * 2));
            self.failed = Some((now + pause, pause));
            return;
        };
        (self.is_unsettled, self.failed) = (false, None);
        self.closed
            .retain(|closed| !request.closed.contains(closed));
        for (ask, standing) in request.asks.iter().zip(&reply.standings) {
            self.learn(ask.link, sent, *standing, now);
        }
    }

    fn learn(&mut self, link: LinkId, sent: Instant, standing: Standing, now: Instant) {
        let entry = self
            .links
            .get_mut(&link)
            .filter(|entry| entry.since <= sent);
        let granted = match standing {
            Standing::Granted { lease, units } => Some((lease, units)),
            _ => None,
        };
        let Some(entry) = entry else {
            // It was asked for with another `max_clicks`.
            self.closed
                .extend(granted.map(|(lease, _)| Closed { lease, used: 0 }));
            return;
        };
        entry.said = Some((sent, standing));
        let pause = match standing {
            Standing::Granted { .. } => Duration::ZERO,
            Standing::Open | Standing::UsedUp | Standing::Unlimited => PAUSE,
            Standing::Elsewhere | Standing::Unknown => PAUSE_ELSEWHERE,
        };
        entry.again = Some(now + pause);
        if let Some((lease, units)) = granted {
            entry.close(&mut self.closed);
            entry.block = Some(Block {
                lease,
                size: units,
                used: 0,
                until: sent + LIFE,
                touched: now,
            });
            if units == 0 {
                entry.close(&mut self.closed);
            }
        }
    }

    fn asks(&mut self, now: Instant) -> Vec<Ask> {
        let held = self.links.values().filter(|entry| entry.block.is_some());
        let room = MAX_LEASES.saturating_sub(held.count() + self.closed.len());
        let is_due =
            |entry: &Entry| entry.block.is_none() && entry.again.is_none_or(|again| again <= now);
        let due = self.links.iter_mut().filter(|(_, entry)| is_due(entry));
        let ask = |(link, entry): (&LinkId, &mut Entry)| {
            let wanted = entry.wanted(now)?;
            if wanted > 0 {
                (entry.asked, entry.missed) = (Some(now), 0);
            }
            Some(Ask {
                link: *link,
                wanted,
            })
        };
        due.filter_map(ask).take(MAX_ASKS.min(room)).collect()
    }

    fn say(&mut self, asks: Vec<Ask>) -> Request {
        self.turn += TURNS;
        let blocks = self.links.values().filter_map(|entry| entry.block.as_ref());
        Request {
            journal: self.journal,
            turn: self.turn,
            held: blocks.map(|block| block.lease).collect(),
            closed: self.closed.clone(),
            asks,
        }
    }
}
