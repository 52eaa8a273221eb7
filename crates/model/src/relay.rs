//! A relay's loop, one action for each exchange with Postgres or Redis.

use crate::{
    BUCKETS, bucket,
    mutation::{Mutation, Mutations},
    rebuild::Job,
    redis::{Notice, Record, Redis},
    sql::{Holder, Position, RelayState},
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
    /// `inspect`: the state was read.
    Looking(RelayState),
    /// `inspect`: the stream's last id was read, too.
    SawTop(RelayState, Option<Position>),
    /// `inspect`: the markers were read, too.
    SawMarkers(RelayState, Look),
    /// The state was read again and Redis was not ahead of it.
    Judged(RelayState, Look),
    /// `refill_stream`: after this message.
    Refilling(RelayState, u8),
    /// `begin_generation`, after this one.
    Beginning(u8),
    /// `number_outbox` has committed.
    Numbered,
    /// Under the lock: these buckets are still to be applied.
    Applying(Batch, [bool; BUCKETS]),
    /// Under the lock: from this place on messages are to be published.
    Publishing(Batch, u8, Option<Position>),
    /// Under the lock: progress is to be written.
    Recording(Batch),
}

/// What one look at Redis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    top: Option<Position>,
    markers: [Option<Position>; BUCKETS],
}

/// What is published under one lock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Batch {
    state: RelayState,
    ids: Vec<u8>,
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

    fn fails(&mut self, mutations: Mutations) {
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
            Phase::Looking(_) => Some("reads the last id"),
            Phase::SawTop(..) => Some("reads the markers"),
            Phase::SawMarkers(..) => Some("reads the state again"),
            Phase::Judged(..) => Some("forgets markers, rebuilds"),
            Phase::Refilling(..) => Some("refills the stream"),
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

    /// Whether a look would change anything.
    pub fn relay_should_look(&self, me: u8) -> bool {
        let relay = &self.relays[usize::from(me)];
        relay.phase == Phase::Idle && (relay.must_look || self.is_damaged(me))
    }

    fn is_damaged(&self, me: u8) -> bool {
        let look = Look {
            top: self.redis.top(),
            markers: self.redis.markers,
        };
        let state = &self.sql.relay;
        let lost = self.lost(state, &look);
        let can_forget = (0..BUCKETS).any(|b| lost[b] && look.markers[b].is_some());
        let can_rebuild = lost != [false; BUCKETS]
            && self.relays[usize::from(me)].job.is_none()
            && self.sql.lease.is_none();
        is_ahead(state, &look).is_some()
            || (can_forget && !self.mutations.has(Mutation::KeepDamagedMarkers))
            || can_rebuild
            || (lost_end(state, look.top).is_some()
                && !self.mutations.has(Mutation::LeaveStreamShort))
    }

    /// The first step of `look_after`.
    pub fn relay_looks(&mut self, me: u8) {
        let relay = &mut self.relays[usize::from(me)];
        relay.looks_at_the_past = false;
        relay.phase = Phase::Looking(self.sql.relay);
    }

    /// Does what [`World::relay_step`] names.
    pub fn relay_steps(&mut self, me: u8) {
        let phase = self.relays[usize::from(me)].phase.clone();
        let next = match phase {
            Phase::Idle => Phase::Idle,
            Phase::Looking(before) => Phase::SawTop(before, self.redis.top()),
            Phase::SawTop(before, top) => {
                let markers = self.redis.markers;
                Phase::SawMarkers(before, Look { top, markers })
            }
            Phase::SawMarkers(before, look) => match is_ahead(&self.sql.relay, &look) {
                Some(seen) => Phase::Beginning(seen.generation),
                None => Phase::Judged(before, look),
            },
            Phase::Judged(before, look) => self.mends(me, before, look),
            Phase::Refilling(before, after) => self.refills(me, before, after),
            Phase::Beginning(seen) => {
                self.begin_generation(seen);
                return self.relays[usize::from(me)].fails(self.mutations);
            }
            Phase::Numbered => self.locks(me),
            Phase::Applying(batch, buckets) => self.applies(batch, buckets),
            Phase::Publishing(batch, place, refused) => self.publishes(batch, place, refused),
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

    fn lost(&self, state: &RelayState, look: &Look) -> [bool; BUCKETS] {
        std::array::from_fn(|bucket| {
            let least = Position {
                generation: state.generation,
                seq: state.acknowledged[bucket],
            };
            self.uses_bucket(bucket) && look.markers[bucket].is_none_or(|marker| marker < least)
        })
    }

    fn mends(&mut self, me: u8, before: RelayState, look: Look) -> Phase {
        let lost = self.lost(&before, &look);
        for (bucket, seen) in look.markers.into_iter().enumerate() {
            if let Some(seen) = seen.filter(|_| lost[bucket])
                && !self.mutations.has(Mutation::KeepDamagedMarkers)
            {
                self.redis.forget(bucket, seen);
            }
        }
        if lost != [false; BUCKETS] && self.relays[usize::from(me)].job.is_none() {
            self.relays[usize::from(me)].job = Some(Job::new(lost));
        }
        if !self.relays[usize::from(me)].looks_at_the_past {
            self.is_set_back = false;
        }
        match lost_end(&before, look.top) {
            Some(after) if !self.mutations.has(Mutation::LeaveStreamShort) => {
                Phase::Refilling(before, after)
            }
            _ => self.has_looked(me),
        }
    }

    fn has_looked(&mut self, me: u8) -> Phase {
        self.relays[usize::from(me)].must_look = false;
        Phase::Idle
    }

    /// One message a step.
    fn refills(&mut self, me: u8, before: RelayState, after: u8) -> Phase {
        let ids = self.sql.messages_after(after);
        let Some(id) = ids.first() else {
            let nothing = Notice {
                position: before.position(),
                change: None,
            };
            // Newer ones that stand there already say as much.
            let _refused = self.publish(nothing);
            return self.has_looked(me);
        };
        if before.published <= after {
            return self.has_looked(me);
        }
        let _refused = self.publish(self.notice(*id, before.generation, after + 1));
        if before.published == after + 1 {
            return self.has_looked(me);
        }
        Phase::Refilling(before, after + 1)
    }

    fn begin_generation(&mut self, seen: u8) {
        let state = &mut self.sql.relay;
        if state.generation <= seen {
            state.generation = seen + 1;
        }
    }

    fn locks(&mut self, me: u8) -> Phase {
        let state = self.sql.relay;
        let mut ids = self.sql.messages_after(state.published);
        if self.mutations.has(Mutation::NumberWhilePublishing) {
            ids.extend(self.sql.unnumbered(self.mutations).map(|id| id as u8));
        }
        if ids.is_empty() {
            return Phase::Idle;
        }
        self.sql.lock = Some(Holder::Relay(me));
        let mut buckets = [false; BUCKETS];
        for id in &ids {
            buckets[bucket(self.sql.outbox[usize::from(*id)].key)] = true;
        }
        let batch = Batch { state, ids };
        if self.mutations.has(Mutation::PublishBeforeApply) {
            Phase::Publishing(batch, 0, None)
        } else {
            Phase::Applying(batch, buckets)
        }
    }

    fn applies(&mut self, batch: Batch, mut buckets: [bool; BUCKETS]) -> Phase {
        let Some(place) = buckets.iter().position(|is_due| *is_due) else {
            return Phase::Recording(batch);
        };
        buckets[place] = false;
        self.apply(&batch, place);
        let publishes_first = self.mutations.has(Mutation::PublishBeforeApply);
        match buckets.contains(&true) {
            true => Phase::Applying(batch, buckets),
            false if publishes_first => Phase::Recording(batch),
            false => Phase::Publishing(batch, 0, None),
        }
    }

    /// With the newest record of each key, and the bucket's highest seq.
    fn apply(&mut self, batch: &Batch, place: usize) {
        let generation = batch.state.generation;
        let mut records: Vec<(u8, Record)> = Vec::new();
        let mut last = 0;
        for (seq, id) in (batch.state.published + 1..).zip(&batch.ids) {
            let key = self.sql.outbox[usize::from(*id)].key;
            if bucket(key) == place {
                last = seq;
                records.retain(|(other, _)| *other != key);
                records.push((key, self.sql.record_of(*id, generation)));
            }
        }
        let to = Position {
            generation,
            seq: last,
        };
        let acknowledged = batch.state.acknowledged[place];
        self.redis
            .apply(self.mutations, place, to, acknowledged, &records);
    }

    /// The pipeline goes on after a refusal.
    fn publishes(&mut self, batch: Batch, place: u8, mut refused: Option<Position>) -> Phase {
        let (id, state) = (batch.ids[usize::from(place)], batch.state);
        let notice = self.notice(id, state.generation, state.published + 1 + place);
        refused = refused.or(self.publish(notice).err());
        let is_last = usize::from(place) + 1 == batch.ids.len();
        match refused {
            Some(top) if is_last => Phase::Beginning(top.generation),
            None if is_last && self.mutations.has(Mutation::PublishBeforeApply) => {
                let mut buckets = [false; BUCKETS];
                for id in &batch.ids {
                    buckets[bucket(self.sql.outbox[usize::from(*id)].key)] = true;
                }
                Phase::Applying(batch, buckets)
            }
            None if is_last => Phase::Recording(batch),
            _ => Phase::Publishing(batch, place + 1, refused),
        }
    }

    /// Fails if the lock was lost meanwhile.
    fn records(&mut self, me: u8, batch: &Batch) {
        if self.sql.lock != Some(Holder::Relay(me)) {
            return self.relays[usize::from(me)].fails(self.mutations);
        }
        let mut state = batch.state;
        state.acknowledge(&self.sql.outbox, &batch.ids);
        if self.mutations.has(Mutation::NumberWhilePublishing) {
            for (seq, id) in (batch.state.published + 1..).zip(&batch.ids) {
                self.sql.outbox[usize::from(*id)].seq = seq;
            }
            state.numbered = state.published;
        }
        state.numbered = state.numbered.max(self.sql.relay.numbered);
        self.sql.relay = state;
        self.sql.lock = None;
        self.relays[usize::from(me)].phase = Phase::Idle;
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

    fn notice(&self, id: u8, generation: u8, seq: u8) -> Notice {
        let message = self.sql.outbox[usize::from(id)];
        Notice {
            position: Position { generation, seq },
            change: Some((
                message.key,
                message.kind,
                self.sql.record_of(id, generation),
            )),
        }
    }

    /// The script PUBLISH.
    fn publish(&mut self, notice: Notice) -> Result<(), Position> {
        self.redis.append(notice)?;
        for edge in &mut self.edges {
            edge.is_told(notice);
        }
        Ok(())
    }

    /// Whether the relay speaks to Redis now.
    pub fn relay_uses_redis(&self, me: u8) -> bool {
        !matches!(
            self.relays[usize::from(me)].phase,
            Phase::Idle | Phase::Recording(_) | Phase::Beginning(_)
        )
    }
}

/// `check_generation`.
fn is_ahead(state: &RelayState, look: &Look) -> Option<Position> {
    let numbered = Position {
        generation: state.generation,
        seq: state.numbered,
    };
    let seen = look.markers.iter().flatten().chain(&look.top).max();
    seen.copied().filter(|seen| *seen > numbered)
}

/// After which message the stream has lost what was published, if it has.
fn lost_end(state: &RelayState, top: Option<Position>) -> Option<u8> {
    let published = state.position();
    match top {
        Some(top) if top >= published => None,
        Some(top) if top.generation == state.generation => Some(top.seq),
        None if state.published == 0 => None,
        _ => Some(0),
    }
}

/// What Redis would show a relay now.
pub fn stream_is_whole(state: &RelayState, redis: &Redis) -> bool {
    lost_end(state, redis.top()).is_none()
}
