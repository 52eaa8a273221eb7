//! Redis: the projection and the stream, changed by the scripts of the relay alone.

use crate::{
    BUCKETS, KEYS, bucket,
    mutation::{Mutation, Mutations},
    sql::{Kind, Position, Rev},
};

/// The record of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    /// How old it is.
    pub rev: Rev,
    /// What visitors get; `None`: a tombstone.
    pub value: Option<u8>,
}

/// An entry of the stream, and what is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Notice {
    /// Its place in the published history.
    pub position: Position,
    /// Its change; `None`: it says nothing.
    pub change: Option<(u8, Kind, Record)>,
}

/// What stands where a bucket says how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Marker {
    /// The bucket has lost writes.
    Missing,
    /// Edges may have believed the bucket although writes were lost, and are to be told.
    Lost,
    /// The bucket holds everything up to here.
    At(Position),
}

/// Why the stream does not take a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The stream has lost its end.
    Behind,
    /// This is its last id.
    Ahead(Position),
}

/// What Redis holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Redis {
    /// `suo:{bb}:l:…`
    pub records: [Option<Record>; KEYS],
    /// `suo:{bb}:m`
    pub markers: [Marker; BUCKETS],
    /// `suo:{bb}:r`
    pub tokens: [Option<u8>; BUCKETS],
    /// `suo:changes`
    pub stream: Vec<Notice>,
}

impl Redis {
    /// A new server.
    pub fn empty() -> Self {
        Self {
            records: [None; KEYS],
            markers: [Marker::Missing; BUCKETS],
            tokens: [None; BUCKETS],
            stream: Vec::new(),
        }
    }

    /// The stream's last id.
    pub fn top(&self) -> Option<Position> {
        self.stream.last().map(|entry| entry.position)
    }

    fn put(&mut self, mutations: Mutations, key: u8, record: Record) {
        let old = &mut self.records[usize::from(key)];
        let is_newer = old.is_none_or(|old| old.rev < record.rev);
        if is_newer || mutations.has(Mutation::ApplyIgnoresRev) {
            *old = Some(record);
        }
    }

    /// The script APPLY, for one bucket.
    pub fn apply(
        &mut self,
        mutations: Mutations,
        bucket: usize,
        to: Position,
        acknowledged: u8,
        records: &[(u8, Record)],
    ) {
        for (key, record) in records {
            self.put(mutations, *key, *record);
        }
        let Marker::At(before) = self.markers[bucket] else {
            return;
        };
        if before.generation != to.generation {
            return;
        }
        let is_behind = before.seq < acknowledged;
        if is_behind && !mutations.has(Mutation::ApplyIgnoresAcknowledged) {
            self.doubt(mutations, bucket, before);
        } else if before.seq < to.seq {
            self.markers[bucket] = Marker::At(to);
        }
    }

    /// The script PUBLISH without the publishing.
    ///
    /// # Errors
    /// If the stream has not reached what it must have reached before, or refuses the id.
    pub fn append(&mut self, notice: Notice, reached: Option<Position>) -> Result<(), Refusal> {
        if self.top() < reached {
            return Err(Refusal::Behind);
        }
        match self.top() {
            Some(top) if notice.position <= top => {
                let found = self.stream.contains(&notice);
                if found {
                    Ok(())
                } else {
                    Err(Refusal::Ahead(top))
                }
            }
            _ => {
                self.stream.push(notice);
                Ok(())
            }
        }
    }

    /// The script FILL; whether the bucket is still this rebuild's.
    pub fn fill(
        &mut self,
        mutations: Mutations,
        bucket: usize,
        token: u8,
        page: &[Option<Record>; KEYS],
    ) -> bool {
        if self.tokens[bucket] != Some(token) && !mutations.has(Mutation::SealWithoutToken) {
            return false;
        }
        for (key, record) in (0..).zip(page) {
            if let Some(record) = record {
                self.put(mutations, key, *record);
            }
        }
        true
    }

    /// The script SEAL; whether the bucket was still this rebuild's.
    pub fn seal(&mut self, mutations: Mutations, bucket: usize, token: u8, to: Position) -> bool {
        if self.tokens[bucket] != Some(token) && !mutations.has(Mutation::SealWithoutToken) {
            return false;
        }
        self.tokens[bucket] = None;
        self.markers[bucket] = Marker::At(to);
        true
    }

    /// The script SWEEP.
    pub fn sweep(&mut self, key: u8, seen: Rev) {
        let record = &mut self.records[usize::from(key)];
        if record.is_some_and(|record| record.rev == seen && record.value.is_some()) {
            *record = None;
        }
    }

    /// The script DOUBT.
    pub fn doubt(&mut self, mutations: Mutations, bucket: usize, seen: Position) {
        if self.markers[bucket] == Marker::At(seen) {
            self.markers[bucket] = if mutations.has(Mutation::LeaveOutDoubt) {
                Marker::Missing
            } else {
                Marker::Lost
            };
        }
    }

    /// The script FORGET.
    pub fn forget(&mut self, bucket: usize) {
        if self.markers[bucket] == Marker::Lost {
            self.markers[bucket] = Marker::Missing;
        }
    }

    /// One bucket's keys are gone, its token too.
    pub fn lose(&mut self, lost: usize) {
        self.markers[lost] = Marker::Missing;
        self.tokens[lost] = None;
        for key in 0..KEYS {
            if bucket(key as u8) == lost {
                self.records[key] = None;
            }
        }
    }
}

impl Marker {
    /// What it says to whoever weighs it.
    pub fn position(self) -> Option<Position> {
        match self {
            Self::At(position) => Some(position),
            Self::Missing | Self::Lost => None,
        }
    }
}
