//! Finding out what is not known, and what to say if nobody knows.

use std::{sync::Arc, time::Duration};

use suo_link::{
    link::{Link, Status},
    rev::Position,
    wire::{names::LinkKey, sighting::Sighting},
};

use crate::{
    asking::{About, Asking, Learned, Need, Side},
    cache::{CachedLink, KeyBytes, Remembered},
    found::Found,
    knowledge::Knowledge,
    origin::Unavailable,
};

/// What is known, and whom to ask for more.
pub(crate) struct Lookup {
    pub(crate) knowledge: Knowledge,
    pub(crate) asking: Asking,
    pub(crate) max_stale: Option<Duration>,
}

/// What a lookup found out.
#[derive(Clone, Debug)]
pub(crate) enum Arrival {
    /// This is so, as of the marker.
    Confirmed(Found, Option<Position>),
    /// Nobody could say; this is served instead.
    Unconfirmed(Found),
    /// Another flight landed just before this one began: the cache knows.
    Remembered,
}

impl Lookup {
    /// Asks about a link, and falls back on an old one if nobody can say.
    pub(crate) async fn link(&self, key: &LinkKey) -> Arrival {
        let bytes = KeyBytes::of(key);
        if self.knowledge.good(&bytes).is_some() {
            return Arrival::Remembered;
        }
        self.knowledge.counters.lookups.add_one();
        let need = if self.has_old(&bytes) {
            Need::Confirmation
        } else {
            Need::Answer
        };
        let moment = self.knowledge.hearing.moment();
        let learn = |side, sighting: Sighting| {
            if !self.is_credible(side) {
                return Learned::Doubtful;
            }
            let learned = self.knowledge.learn_link(key, &sighting, moment);
            learned.with_marker(sighting.marker)
        };
        let asking = self.asking.ask(self.sides(), About::Link(key), need, learn);
        let asked = asking.await;
        asked.unwrap_or_else(|_| Arrival::Unconfirmed(self.fall_back(&bytes)))
    }

    /// Asks about the domains.
    ///
    /// # Errors
    /// If nobody could say.
    pub(crate) async fn domains(&self) -> Result<(), Unavailable> {
        let moment = self.knowledge.hearing.moment();
        let learn = |side, sighting| {
            if self.is_credible(side) {
                self.knowledge.learn_domains(&sighting, moment)
            } else {
                Learned::Doubtful
            }
        };
        let about = About::Domains;
        self.asking
            .ask(self.sides(), about, Need::Answer, learn)
            .await
    }

    /// How far changes are published or soon will be, as an admin says.
    ///
    /// # Errors
    /// If none could say.
    #[cfg(feature = "redis")]
    pub(crate) async fn published(&self) -> Result<Option<Position>, Unavailable> {
        let learn = |_, sighting: Sighting| Learned::Known(sighting.marker);
        self.asking
            .ask(&[Side::Authority], About::Domains, Need::Answer, learn)
            .await
    }

    /// Who is asked, in this order. An edge that has heard nothing yet could not tell if Redis
    /// had been set back just now.
    fn sides(&self) -> &'static [Side] {
        if !self.is_credible(Side::Projection) {
            &[Side::Authority]
        } else if self.knowledge.hearing.has_heard() {
            &[Side::Projection, Side::Authority]
        } else {
            &[Side::Authority, Side::Projection]
        }
    }

    /// Whether anybody could tell if this side were set back: while the edge is deaf, the
    /// projection may be another one than it has heard of.
    fn is_credible(&self, side: Side) -> bool {
        side == Side::Authority || !self.knowledge.hearing.has_lost_touch()
    }

    /// The old value, if it is not worth asking anybody now.
    pub(crate) fn without_asking(&self, key: &KeyBytes) -> Option<Found> {
        (self.asking.is_useless() && self.has_old(key)).then(|| self.fall_back(key))
    }

    /// What an arrival tells somebody now: nothing, if something newer was heard since. An answer
    /// is shared with those who asked while it was on its way.
    pub(crate) fn accept(&self, key: &LinkKey, arrival: Arrival) -> Option<Found> {
        match arrival {
            Arrival::Unconfirmed(found) => Some(found),
            Arrival::Confirmed(found, marker) => {
                let holds = self.knowledge.believes(key.bucket(), marker);
                holds.then_some(found)
            }
            Arrival::Remembered => self.knowledge.good(&KeyBytes::of(key)).map(Found::from),
        }
    }

    /// What to say if nobody can say.
    pub(crate) fn fall_back(&self, key: &KeyBytes) -> Found {
        match self.old(key) {
            Some(link) => {
                self.knowledge.counters.stale_served.add_one();
                Found::Link(link)
            }
            None => {
                self.knowledge.counters.doubts.add_one();
                Found::InDoubt
            }
        }
    }

    /// Whether there is something to serve if nobody can say.
    pub(crate) fn has_old(&self, key: &KeyBytes) -> bool {
        self.old(key).is_some()
    }

    /// What may be served if nobody can say: a link that is not too old. Never an absence, nor a
    /// link that is 404 itself: it may answer by now, and doubt is no 404.
    fn old(&self, key: &KeyBytes) -> Option<Arc<CachedLink>> {
        let Remembered::Link(link) = self.knowledge.cache.remembered(key)? else {
            return None;
        };
        let age = || self.knowledge.hearing.age(&link.freshness);
        let is_too_old = self.max_stale.is_some_and(|limit| age() > limit);
        (!is_too_old && !is_not_found(&link.link)).then_some(link)
    }
}

/// Whether visitors of this link get a 404 now.
fn is_not_found(link: &Link) -> bool {
    let starts_later = |start| crate::clock::now() < start;
    link.status == Status::Paused || link.starts_at.is_some_and(starts_later)
}

impl Learned<Found> {
    fn with_marker(self, marker: Option<Position>) -> Learned<Arrival> {
        match self {
            Self::Known(found) => Learned::Known(Arrival::Confirmed(found, marker)),
            Self::Behind => Learned::Behind,
            Self::Doubtful => Learned::Doubtful,
        }
    }
}
