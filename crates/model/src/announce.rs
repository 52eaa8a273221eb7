//! What a relay announces under one lock: records and markers first, then stream and channel.

use crate::{
    BUCKETS,
    mutation::Mutation,
    redis::{Notice, Record, Refusal},
    relay::Phase,
    sql::{Holder, Position, RelayState},
    world::World,
};

/// What is published under one lock.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Batch {
    state: RelayState,
    ids: Vec<u8>,
}

impl World {
    /// Takes the lock, and what waits.
    pub fn locks(&mut self, me: u8) -> Phase {
        let state = self.sql.relay;
        let mut ids = self.sql.messages_after(state.published);
        if self.mutations.has(Mutation::NumberWhilePublishing) {
            ids.extend(self.sql.unnumbered(self.mutations).map(|id| id as u8));
        }
        if ids.is_empty() {
            return Phase::Idle;
        }
        self.sql.lock = Some(Holder::Relay(me));
        let batch = Batch { state, ids };
        let buckets = self.buckets_of(&batch);
        if buckets == [false; BUCKETS] || self.mutations.has(Mutation::PublishBeforeApply) {
            Phase::Publishing(batch, 0, None)
        } else {
            Phase::Applying(batch, buckets)
        }
    }

    fn buckets_of(&self, batch: &Batch) -> [bool; BUCKETS] {
        let messages = batch.ids.iter().map(|id| self.sql.outbox[usize::from(*id)]);
        let mut buckets = [false; BUCKETS];
        messages
            .filter_map(|message| message.bucket())
            .for_each(|bucket| buckets[bucket] = true);
        buckets
    }

    /// One bucket.
    pub fn applies(&mut self, batch: Batch, mut buckets: [bool; BUCKETS]) -> Phase {
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
            let message = self.sql.outbox[usize::from(*id)];
            let key = message.key;
            if message.bucket() == Some(place) {
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

    /// The pipeline goes on after a refusal. `None`: the relay has to look first.
    pub fn publishes(
        &mut self,
        batch: Batch,
        place: u8,
        mut refused: Option<Refusal>,
    ) -> Option<Phase> {
        let (id, state) = (batch.ids[usize::from(place)], batch.state);
        let notice = self.notice(id, state.generation, state.published + 1 + place);
        let reached = Position {
            seq: state.published + place,
            ..state.position()
        };
        let is_asked = state.published > 0 && !self.mutations.has(Mutation::PublishBehind);
        let outcome = self.publish(notice, is_asked.then_some(reached));
        refused = refused.or(outcome.err());
        if usize::from(place) + 1 < batch.ids.len() {
            return Some(Phase::Publishing(batch, place + 1, refused));
        }
        Some(match refused {
            Some(Refusal::Ahead(top)) => Phase::Beginning(top.generation),
            Some(Refusal::Behind) => return None,
            None if self.mutations.has(Mutation::PublishBeforeApply) => {
                let buckets = self.buckets_of(&batch);
                Phase::Applying(batch, buckets)
            }
            None => Phase::Recording(batch),
        })
    }

    /// Fails if the lock was lost meanwhile.
    pub fn records(&mut self, me: u8, batch: &Batch) {
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

    /// A message as it is published.
    pub fn notice(&self, id: u8, generation: u8, seq: u8) -> Notice {
        let message = self.sql.outbox[usize::from(id)];
        let record = self.sql.record_of(id, generation);
        let change = (message.key, message.kind, record);
        Notice {
            position: Position { generation, seq },
            change: message.bucket().map(|_| change),
        }
    }

    /// The script PUBLISH.
    ///
    /// # Errors
    /// If the stream does not take it.
    pub fn publish(&mut self, notice: Notice, reached: Option<Position>) -> Result<(), Refusal> {
        self.redis.append(notice, reached)?;
        for edge in &mut self.edges {
            edge.is_told(notice);
        }
        Ok(())
    }
}
