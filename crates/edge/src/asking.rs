//! Whom to ask about what is not known, in which order, and for how long.

use std::{sync::Arc, time::Duration};

use suo_link::wire::{
    leases::{Reply, Request},
    names::LinkKey,
    sighting::Sighting,
};
use tokio::time::{sleep, timeout};

use crate::{
    breaker::Breaker,
    counters::Counters,
    origin::{Answer, Origin, Unavailable},
    stopwatch::Stopwatch,
};

/// A notice can be heard a moment before the authority knows that it was published.
const AUTHORITY_CATCHES_UP: Duration = Duration::from_millis(20);

/// How often one side is asked if a notice arrives while it answers.
const TRIES: usize = 2;

/// Asks the projection, which is fast, and then the authority, which is right.
pub(crate) struct Asking {
    origin: Arc<dyn Origin>,
    projection: Breaker,
    authority: Breaker,
    counters: Arc<Counters>,
    stopwatch: Stopwatch,
}

/// What somebody asks about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// What a code leads to.
    Link(&'a LinkKey),
    /// Which domains there are.
    Domains,
}

/// What an answer is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// There is nothing else to serve.
    Answer,
    /// There is an old value that has to be confirmed.
    Confirmation,
}

/// How a sighting was taken.
pub(crate) enum Learned<T> {
    /// This is so.
    Known(T),
    /// A change was heard that is not in it: it was made meanwhile, or lost.
    Behind,
    /// It can't be believed.
    Doubtful,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Redis: fast.
    Projection,
    /// An admin: right.
    Authority,
}

impl Asking {
    pub(crate) fn new(
        origin: Arc<dyn Origin>,
        counters: Arc<Counters>,
        stopwatch: Stopwatch,
    ) -> Self {
        Self {
            origin,
            projection: Breaker::default(),
            authority: Breaker::default(),
            counters,
            stopwatch,
        }
    }

    /// Asks one of `sides` after the other until `learn` knows.
    ///
    /// # Errors
    /// Why the last one did not help.
    pub(crate) async fn ask<T>(
        &self,
        sides: &[Side],
        about: About<'_>,
        need: Need,
        learn: impl Fn(Side, Sighting) -> Learned<T>,
    ) -> Result<T, Unavailable> {
        let mut reason = Unavailable(String::from("nobody has answered lately"));
        for &side in sides {
            if !self.is_worth_asking(side, need) {
                continue;
            }
            match self.ask_side(side, about, need, &learn).await {
                Ok(Some(known)) => return Ok(known),
                Ok(None) => reason = Unavailable(format!("{side:?} can't be believed")),
                Err(error) => reason = error,
            }
        }
        Err(reason)
    }

    /// Has the authority hear what a worker has to say about its blocks of clicks.
    ///
    /// # Errors
    /// If it is not known to have heard it.
    pub(crate) async fn lease(&self, request: &Request) -> Result<Reply, Unavailable> {
        self.origin.lease(request).await
    }

    /// Whether neither side has answered lately.
    pub(crate) fn is_useless(&self) -> bool {
        self.projection.is_open() && self.authority.is_open()
    }

    /// Whether it is time to try again nevertheless; true for one caller at a time.
    pub(crate) fn probe_is_due(&self) -> bool {
        self.authority.probe_is_due(self.stopwatch.millis())
    }

    /// Somebody else has just had an answer from the projection.
    pub(crate) fn projection_answers(&self) {
        self.projection.answered();
    }

    /// The silent one is spared while the other answers, but for a probe now and then. Who
    /// has nothing to serve always asks the authority: nobody else could help.
    fn is_worth_asking(&self, side: Side, need: Need) -> bool {
        let breaker = self.breaker(side);
        let can_be_spared = breaker.is_open() && !self.breaker(side.other()).is_open();
        let is_last_hope = side == Side::Authority && need == Need::Answer;
        !can_be_spared || is_last_hope || breaker.probe_is_due(self.stopwatch.millis())
    }

    async fn ask_side<T>(
        &self,
        side: Side,
        about: About<'_>,
        need: Need,
        learn: &impl Fn(Side, Sighting) -> Learned<T>,
    ) -> Result<Option<T>, Unavailable> {
        for attempt in 0..TRIES {
            if attempt > 0 && side == Side::Authority {
                sleep(AUTHORITY_CATCHES_UP).await;
            }
            match learn(side, self.sighting(side, about, need).await?) {
                Learned::Known(known) => return Ok(Some(known)),
                Learned::Behind => {}
                Learned::Doubtful => break,
            }
        }
        Ok(None)
    }

    async fn sighting(
        &self,
        side: Side,
        about: About<'_>,
        need: Need,
    ) -> Result<Sighting, Unavailable> {
        if side == Side::Authority {
            self.counters.resolves.add_one();
        }
        let limit = limit(side, need);
        let answer = match timeout(limit, self.put(side, about)).await {
            Ok(answer) => answer,
            Err(_) => Err(Unavailable(format!("no answer within {limit:?}"))),
        };
        match &answer {
            Ok(_) => self.breaker(side).answered(),
            Err(error) => self.note_silence(side, error),
        }
        answer
    }

    fn put<'a>(&'a self, side: Side, about: About<'a>) -> Answer<'a> {
        match (side, about) {
            (Side::Projection, About::Link(key)) => self.origin.look_up(key),
            (Side::Projection, About::Domains) => self.origin.domains(),
            (Side::Authority, About::Link(key)) => self.origin.resolve(key),
            (Side::Authority, About::Domains) => self.origin.resolve_domains(),
        }
    }

    fn note_silence(&self, side: Side, error: &Unavailable) {
        match side {
            Side::Projection => self.counters.lookups_failed.add_one(),
            Side::Authority => self.counters.resolves_failed.add_one(),
        }
        if side == Side::Projection && self.origin.answers_in_part() {
            tracing::debug!(%error, "does not answer about this");
            return;
        }
        if self.breaker(side).unanswered(self.stopwatch.millis()) {
            tracing::warn!(?side, %error, "does not answer");
        }
    }

    fn breaker(&self, side: Side) -> &Breaker {
        match side {
            Side::Projection => &self.projection,
            Side::Authority => &self.authority,
        }
    }
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Projection => Self::Authority,
            Self::Authority => Self::Projection,
        }
    }
}

/// How long one side may take. The fast one is not waited for if an old value can be served
/// meanwhile; the one that is right is, or that value would never be corrected.
fn limit(side: Side, need: Need) -> Duration {
    match (side, need) {
        (Side::Projection, Need::Confirmation) => Duration::from_millis(150),
        _ => Duration::from_secs(1),
    }
}
