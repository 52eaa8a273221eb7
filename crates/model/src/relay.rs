//! A relay's loop, one action for each exchange with Postgres or Redis.

use crate::{
    BUCKETS,
    announce::Batch,
    look::Looking,
    mutation::{Mutation, Mutations},
    rebuild::Job,
    redis::Refusal,
    sql::Holder,
    world::World,
};

/// An admin process: its relay, and the rebuild it may have started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relay {
    /// Nothing is numbered or published before Redis was looked at.
    pub must_look: bool,
    /// Redis was set back during the look at it.
    pub looks_at_the_past: bool,
    /// Where in its loop.
    pub phase: Phase,
    /// The rebuild at work.
    pub job: Option<Job>,
}

/// Where a relay is, and what it has read so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Waits for a call, or for the next look.
    Idle,
    /// `look_after`.
    Looking(Looking),
    /// `begin_generation`, after this one.
    Beginning(u8),
    /// `number_outbox` has committed.
    Numbered,
    /// Under the lock: these buckets are still to be applied.
    Applying(Batch, [bool; BUCKETS]),
    /// Under the lock: from this place on messages are to be published.
    Publishing(Batch, u8, Option<Refusal>),
    /// Under the lock: progress is to be written.
    Recording(Batch),
}

impl Relay {
    /// A process that has just started.
    pub fn started() -> Self {
        Self {
            must_look: true,
            looks_at_the_past: false,
            phase: Phase::Idle,
            job: None,
        }
    }

    /// A process that has looked.
    pub fn idle() -> Self {
        Self {
            must_look: false,
            ..Self::started()
        }
    }

    /// After an error it looks first.
    pub fn fails(&mut self, mutations: Mutations) {
        self.phase = Phase::Idle;
        self.must_look = !mutations.has(Mutation::PublishWithoutLooking);
        self.looks_at_the_past = false;
    }
}

impl World {
    /// What the relay does next; `None`: it waits.
    pub fn relay_step(&self, me: u8) -> Option<&'static str> {
        let lock_is_free = self.sql.lock.is_none();
        match &self.relays[usize::from(me)].phase {
            Phase::Idle => None,
            Phase::Looking(stage) => Some(stage.step()),
            Phase::Beginning(_) => lock_is_free.then_some("begins a generation"),
            Phase::Numbered => lock_is_free.then_some("locks"),
            Phase::Applying(..) => Some("APPLY"),
            Phase::Publishing(..) => Some("PUBLISH"),
            Phase::Recording(_) => Some("commits progress"),
        }
    }

    /// Whether somebody has something to announce.
    pub fn relay_may_number(&self, me: u8) -> bool {
        let relay = &self.relays[usize::from(me)];
        let waits = self.sql.unnumbered(self.mutations).next().is_some()
            || self.sql.relay.published < self.sql.relay.numbered;
        relay.phase == Phase::Idle && !relay.must_look && self.sql.lock.is_none() && waits
    }

    /// `number_outbox`, in a transaction of its own.
    pub fn relay_numbers(&mut self, me: u8) {
        if !self.mutations.has(Mutation::NumberWhilePublishing) {
            self.sql.number(self.mutations);
        }
        self.relays[usize::from(me)].phase = Phase::Numbered;
    }

    /// Does what [`World::relay_step`] names.
    pub fn relay_steps(&mut self, me: u8) {
        let phase = self.relays[usize::from(me)].phase.clone();
        let next = match phase {
            Phase::Idle => Phase::Idle,
            Phase::Looking(stage) => self.looks(me, stage),
            Phase::Beginning(seen) => {
                self.begin_generation(seen);
                return self.relays[usize::from(me)].fails(self.mutations);
            }
            Phase::Numbered => self.locks(me),
            Phase::Applying(batch, buckets) => self.applies(batch, buckets),
            Phase::Publishing(batch, place, refused) => {
                match self.publishes(batch, place, refused) {
                    Some(next) => next,
                    None => return self.relay_fails(me),
                }
            }
            Phase::Recording(batch) => return self.records(me, &batch),
        };
        self.unlock_if_refused(me, &next);
        self.relays[usize::from(me)].phase = next;
    }

    /// Redis refused: the transaction is rolled back before a new generation begins.
    fn unlock_if_refused(&mut self, me: u8, next: &Phase) {
        if matches!(next, Phase::Beginning(_)) {
            self.unlock(Holder::Relay(me));
        }
    }

    fn begin_generation(&mut self, seen: u8) {
        let state = &mut self.sql.relay;
        if state.generation <= seen {
            state.generation = seen + 1;
        }
    }

    /// An error on the way: the transaction is rolled back, and the relay looks again.
    pub fn relay_fails(&mut self, me: u8) {
        self.unlock(Holder::Relay(me));
        self.relays[usize::from(me)].fails(self.mutations);
    }

    /// Gives a lock back, if it is still held.
    pub fn unlock(&mut self, holder: Holder) {
        if self.sql.lock == Some(holder) {
            self.sql.lock = None;
        }
    }

    /// Whether the relay speaks to Redis now, or has, and the last reply may be lost.
    pub fn relay_uses_redis(&self, me: u8) -> bool {
        !matches!(
            self.relays[usize::from(me)].phase,
            Phase::Idle | Phase::Beginning(_)
        )
    }
}
