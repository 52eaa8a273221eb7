//! Postgres: rows, the outbox, the relay's row with its lock, and the rebuild's lease.

use crate::{
    BUCKETS, KEYS, bucket,
    mutation::{Mutation, Mutations},
    redis::Record,
};

/// (generation, seq), as in `suo_link::rev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Lives of the history.
    pub generation: u8,
    /// Place in the published history.
    pub seq: u8,
}

/// (generation, number), as in `suo_link::rev`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rev {
    /// Lives of the history.
    pub generation: u8,
    /// From the one sequence, taken while the row is locked.
    pub number: u8,
}

/// What a write does to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Its notice carries no record.
    Created,
    /// Its notice carries the record.
    Edited,
    /// Its notice carries a tombstone.
    Deleted,
    /// It changes nothing, and its notice says nothing (`put_doubt`).
    Nothing,
}

/// A row of the outbox; its place is its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Whom it is about.
    pub key: u8,
    /// What it does.
    pub kind: Kind,
    /// From the sequence.
    pub number: u8,
    /// What visitors get; no two writes write the same.
    pub value: u8,
    /// Whether others see it.
    pub is_committed: bool,
    /// 0: not numbered.
    pub seq: u8,
}

/// The row of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// Its rev's number.
    pub number: u8,
    /// What visitors get.
    pub value: u8,
}

/// The relay's one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RelayState {
    /// The life in which `seq` counts.
    pub generation: u8,
    /// The highest `seq` given.
    pub numbered: u8,
    /// The highest `seq` published.
    pub published: u8,
    /// Per bucket, the highest `seq` that Redis acknowledged.
    pub acknowledged: [u8; BUCKETS],
}

/// Who holds the lock on the relay's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A relay that publishes.
    Relay(u8),
    /// The rebuild of a relay's process, which seals.
    Seal(u8),
}

/// The database.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sql {
    /// What is true.
    pub rows: [Option<Row>; KEYS],
    /// What was changed.
    pub outbox: Vec<Message>,
    /// How far publication has come.
    pub relay: RelayState,
    /// Who works on that.
    pub lock: Option<Holder>,
    /// The token of the rebuild that has the lease.
    pub lease: Option<u8>,
}

impl Sql {
    /// Begins to write a key: the row is locked, number and id are taken, nobody sees it yet.
    pub fn begin(&mut self, key: u8, kind: Kind, value: u8) {
        self.outbox.push(Message {
            key,
            kind,
            number: self.outbox.len() as u8 + 1,
            value,
            is_committed: false,
            seq: 0,
        });
    }

    /// Commits what was begun.
    pub fn commit(&mut self, id: usize) {
        let message = &mut self.outbox[id];
        message.is_committed = true;
        let row = Row {
            number: message.number,
            value: message.value,
        };
        self.rows[usize::from(message.key)] = (message.kind != Kind::Deleted).then_some(row);
    }

    /// Edges will look up everything again.
    pub fn put_doubt(&mut self) {
        self.begin(0, Kind::Nothing, 0);
        if let Some(message) = self.outbox.last_mut() {
            message.is_committed = true;
        }
    }

    /// What may be done to a key now; nothing while it is locked.
    pub fn writable(&self, key: u8) -> &'static [Kind] {
        let is_locked = |message: &Message| message.is_about(key) && !message.is_committed;
        match self.rows[usize::from(key)] {
            _ if self.outbox.iter().any(is_locked) => &[],
            Some(_) => &[Kind::Edited, Kind::Deleted],
            None => &[Kind::Created],
        }
    }

    /// Ids that wait for a number.
    pub fn unnumbered(&self, mutations: Mutations) -> impl Iterator<Item = usize> + '_ {
        let last_seen = self.outbox.iter().rposition(|message| message.seq > 0);
        let from = if mutations.has(Mutation::NumberIdsAboveLastSeen) {
            last_seen.map_or(0, |id| id + 1)
        } else {
            0
        };
        let waits = |message: &Message| message.is_committed && message.seq == 0;
        (from..self.outbox.len()).filter(move |id| waits(&self.outbox[*id]))
    }

    /// `number_outbox`.
    pub fn number(&mut self, mutations: Mutations) {
        let waiting: Vec<usize> = self.unnumbered(mutations).collect();
        for id in waiting {
            self.relay.numbered += 1;
            self.outbox[id].seq = self.relay.numbered;
        }
    }

    /// `messages_after`: ids in order of their numbers.
    pub fn messages_after(&self, seq: u8) -> Vec<u8> {
        let numbered = self.outbox.iter().map(|message| message.seq).max();
        (seq + 1..=numbered.unwrap_or(0))
            .filter_map(|seq| self.outbox.iter().position(|message| message.seq == seq))
            .map(|id| id as u8)
            .collect()
    }

    /// A message's change as a record of this generation.
    pub fn record_of(&self, id: u8, generation: u8) -> Record {
        let message = self.outbox[usize::from(id)];
        Record {
            rev: Rev {
                generation,
                number: message.number,
            },
            value: (message.kind != Kind::Deleted).then_some(message.value),
        }
    }

    /// A row as a record; `None`: no such code.
    pub fn record(&self, key: u8) -> Option<Record> {
        self.rows[usize::from(key)].map(|row| Record {
            rev: Rev {
                generation: self.relay.generation,
                number: row.number,
            },
            value: Some(row.value),
        })
    }

    /// The newest change of a key up to a place in the history: what somebody who holds all of
    /// it cannot be behind.
    pub fn newest(&self, key: u8, up_to: u8) -> Option<Message> {
        let known =
            |message: &&Message| message.is_about(key) && 0 < message.seq && message.seq <= up_to;
        let of_key = self.outbox.iter().filter(known);
        of_key.max_by_key(|message| message.number).copied()
    }

    /// Whether somebody who holds the history up to `up_to` may know this about a key: that, or
    /// something newer. Of a key that is deleted by now, and is about to be everywhere, an older
    /// link too: a rebuild writes nothing about it, and has swept before.
    pub fn allows(&self, key: u8, up_to: u8, known: Option<(u8, Option<u8>)>) -> bool {
        let floor = self.newest(key, up_to).map_or(0, |message| message.number);
        match known {
            Some((number, Some(_))) => floor <= number || self.was_deleted_since(key, floor + 1),
            // A tombstone, or nothing at all.
            _ => floor == 0 || self.was_deleted_since(key, floor),
        }
    }

    fn was_deleted_since(&self, key: u8, number: u8) -> bool {
        let deletes = |message: &Message| {
            message.key == key
                && message.kind == Kind::Deleted
                && message.is_committed
                && number <= message.number
        };
        self.outbox.iter().any(deletes)
    }
}

impl Message {
    /// Whether it changes this key.
    pub fn is_about(&self, key: u8) -> bool {
        self.key == key && self.kind != Kind::Nothing
    }

    /// The bucket that it changes.
    pub fn bucket(&self) -> Option<usize> {
        (self.kind != Kind::Nothing).then(|| bucket(self.key))
    }
}

impl RelayState {
    /// `relay::acknowledge`.
    pub fn acknowledge(&mut self, sql_outbox: &[Message], batch: &[u8]) {
        for id in batch {
            self.published += 1;
            if let Some(bucket) = sql_outbox[usize::from(*id)].bucket() {
                self.acknowledged[bucket] = self.published;
            }
        }
    }

    /// How far publication has come, as a position.
    pub fn position(&self) -> Position {
        Position {
            generation: self.generation,
            seq: self.published,
        }
    }
}
