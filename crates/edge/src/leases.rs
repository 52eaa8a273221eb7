//! Links that people may follow only so often: this edge's share of their clicks.
//!
//! Admins grant *blocks* of clicks, and note them in the database. A worker uses a block for two
//! seconds at most; each click that it pays for bears its number in the worker's journal. What
//! was not used goes back: by the next request, or, if the edge is killed, when its journal has
//! been counted to its end. No clock decides when a unit is free again.

mod book;
mod entry;

#[cfg(test)]
mod tests;

use std::{
    num::NonZeroU64,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use suo_link::{
    id::LinkId,
    wire::{
        clicks::JournalId,
        leases::{LeaseId, Request},
    },
};
use tokio::{sync::Notify, time::timeout};

use crate::links::Links;
use book::{Book, Looked, Next, Taken};
#[cfg(feature = "redis")]
pub(crate) use book::{LIFE, TURNS};

/// How long a visitor waits for a unit.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether a visitor may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Yes; this block pays for it, or 0: nothing has to be paid.
    Open(LeaseId),
    /// The link was followed as often as it may be.
    UsedUp,
    /// Others hold what is left of it.
    Elsewhere,
    /// Nobody can say.
    Unknown,
}

/// One worker's share.
pub(crate) struct Leases {
    links: Arc<Links>,
    desk: Mutex<Desk>,
    /// Something was heard.
    news: Notify,
    /// Something is to be said.
    work: Notify,
}

struct Desk {
    book: Book,
    /// Whether a task looks after the book.
    is_manned: bool,
}

impl Leases {
    /// Records of what is used here are in this journal.
    pub(crate) fn new(links: Arc<Links>, journal: JournalId) -> Arc<Self> {
        Arc::new(Self {
            links,
            desk: Mutex::new(Desk {
                book: Book::new(journal),
                is_manned: false,
            }),
            news: Notify::new(),
            work: Notify::new(),
        })
    }

    /// A unit for a person who follows the link. `has_room` is asked right before one is taken:
    /// whether the click will be recorded. The caller records it without waiting for anything.
    pub(crate) async fn take(
        self: &Arc<Self>,
        link: LinkId,
        most: NonZeroU64,
        has_room: impl Fn() -> bool,
    ) -> Pass {
        let attempt = |book: &mut Book, now| {
            if !has_room() {
                return Some(Pass::Unknown);
            }
            match book.take(link, most, now) {
                Taken::Unit(lease) => Some(Pass::Open(lease)),
                Taken::Free => Some(Pass::Open(0)),
                Taken::UsedUp => Some(Pass::UsedUp),
                Taken::Wait => None,
            }
        };
        self.wait(link, true, attempt).await
    }

    /// Whether the link is used up, for somebody who does not follow it.
    pub(crate) async fn look(self: &Arc<Self>, link: LinkId, most: NonZeroU64) -> Pass {
        let arrived = Instant::now();
        let attempt = |book: &mut Book, now| match book.look(link, most, arrived, now) {
            Looked::Open => Some(Pass::Open(0)),
            Looked::UsedUp => Some(Pass::UsedUp),
            Looked::Wait => None,
        };
        self.wait(link, false, attempt).await
    }

    async fn wait(
        self: &Arc<Self>,
        link: LinkId,
        takes: bool,
        attempt: impl Fn(&mut Book, Instant) -> Option<Pass>,
    ) -> Pass {
        let arrived = Instant::now();
        let mut place = None;
        loop {
            let mut news = pin!(self.news.notified());
            // Before the attempt, or what is heard right after it would be missed.
            news.as_mut().enable();
            let passed = {
                let mut desk = self.desk();
                let passed = attempt(&mut desk.book, Instant::now());
                if passed.is_none() && place.is_none() {
                    desk.book.come(link, takes);
                    place = Some(Place {
                        leases: self,
                        link,
                        takes,
                    });
                }
                if desk.book.has_something_to_say() {
                    self.work.notify_one();
                }
                passed
            };
            if let Some(pass) = passed {
                return pass;
            }
            self.man();
            let left = PATIENCE.saturating_sub(arrived.elapsed());
            if timeout(left, news).await.is_err() {
                return self.turn_away(link, arrived);
            }
        }
    }

    /// What somebody hears who has waited long enough. Whoever comes again finds what was asked for
    /// them: nobody takes back a request that is under way.
    fn turn_away(&self, link: LinkId, arrived: Instant) -> Pass {
        let mut desk = self.desk();
        desk.book.turn_away(link, arrived, Instant::now());
        match desk.book.is_elsewhere(link) {
            true => Pass::Elsewhere,
            false => Pass::Unknown,
        }
    }

    /// Sees to it that somebody looks after the book.
    fn man(self: &Arc<Self>) {
        let was_manned = std::mem::replace(&mut self.desk().is_manned, true);
        if was_manned {
            self.work.notify_one();
        } else {
            let this = Arc::clone(self);
            self.links.background().spawn(this.look_after());
        }
    }

    async fn look_after(self: Arc<Self>) {
        loop {
            let next = {
                let mut desk = self.desk();
                let next = desk.book.next(Instant::now());
                desk.is_manned = next != Next::Nothing;
                next
            };
            match next {
                Next::Say(request) => self.say(&request).await,
                Next::Wait(time) => _ = timeout(time, self.work.notified()).await,
                Next::Nothing => return,
            }
        }
    }

    async fn say(&self, request: &Request) {
        let sent = Instant::now();
        let reply = self.links.lease(request).await;
        if let Err(error) = &reply {
            tracing::debug!(%error, "no blocks of clicks");
        }
        let mut desk = self.desk();
        desk.book
            .hear(request, sent, reply.as_ref().ok(), Instant::now());
        drop(desk);
        self.news.notify_waiters();
    }

    /// Held for a moment; nobody panics meanwhile.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits, until they are dropped.
struct Place<'a> {
    leases: &'a Leases,
    link: LinkId,
    takes: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leases.desk().book.go(self.link, self.takes);
        // What was leased for them is given back at once.
        self.leases.work.notify_one();
    }
}
