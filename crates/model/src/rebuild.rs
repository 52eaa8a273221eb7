//! The rebuild of the projection, beside its process's relay.

use crate::{
    BUCKETS, KEYS, bucket,
    mutation::Mutation,
    redis::Record,
    sql::{Holder, Position, Rev},
    world::World,
};

/// A rebuild at work.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    /// No other rebuild has it.
    pub token: Option<u8>,
    generation: u8,
    /// Still to be rebuilt.
    buckets: [bool; BUCKETS],
    /// Where it is.
    pub stage: Stage,
}

/// Where a rebuild is, and what it has read so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Takes the lease.
    Leasing,
    /// SCAN, and what stands there.
    Scanning,
    /// Asks SQL which of these keys there are.
    Asking([Option<Rev>; KEYS]),
    /// Removes these.
    Sweeping([Option<Rev>; KEYS]),
    /// Puts the token into the next bucket.
    Beginning,
    /// Reads the bucket's page in SQL.
    Reading,
    /// Writes it.
    Filling([Option<Record>; KEYS]),
    /// Takes the relay's lock, and reads how far publication has come.
    Locking,
    /// Sets the marker.
    Sealing(Position),
    /// Notes that the bucket holds all that.
    Committing(Position),
    /// Gives the lease back.
    Ending,
}

impl Job {
    /// A rebuild of these buckets.
    pub fn new(buckets: [bool; BUCKETS]) -> Self {
        Self {
            token: None,
            generation: 0,
            buckets,
            stage: Stage::Leasing,
        }
    }

    fn place(&self) -> usize {
        self.buckets.iter().position(|is_due| *is_due).unwrap_or(0)
    }
}

impl World {
    /// What the rebuild of this process does next.
    pub fn rebuild_step(&self, me: u8) -> Option<&'static str> {
        let lock_is_free = self.sql.lock.is_none();
        let job = self.relays[usize::from(me)].job.as_ref()?;
        match job.stage {
            Stage::Leasing => lock_is_free.then_some("takes the lease"),
            Stage::Scanning => Some("scans"),
            Stage::Asking(_) => Some("asks which keys there are"),
            Stage::Sweeping(_) => Some("SWEEP"),
            Stage::Beginning => Some("puts its token"),
            Stage::Reading => Some("reads a page"),
            Stage::Filling(_) => Some("FILL"),
            Stage::Locking => lock_is_free.then_some("locks to seal"),
            Stage::Sealing(_) => Some("SEAL"),
            Stage::Committing(_) => Some("commits what is acknowledged"),
            Stage::Ending => lock_is_free.then_some("ends the lease"),
        }
    }

    /// Does what [`World::rebuild_step`] names.
    pub fn rebuild_steps(&mut self, me: u8) {
        let Some(mut job) = self.relays[usize::from(me)].job.take() else {
            return;
        };
        let goes_on = self.stage(me, &mut job);
        if goes_on {
            self.relays[usize::from(me)].job = Some(job);
        }
    }

    /// Whether there is more to do.
    fn stage(&mut self, me: u8, job: &mut Job) -> bool {
        job.stage = match job.stage.clone() {
            Stage::Leasing => return self.takes_lease(job),
            Stage::Scanning => Stage::Asking(self.scans()),
            Stage::Asking(seen) => Stage::Sweeping(self.unknown(seen)),
            Stage::Sweeping(unknown) => self.sweeps(job, unknown),
            Stage::Beginning => {
                self.redis.tokens[job.place()] = job.token;
                Stage::Reading
            }
            Stage::Reading => Stage::Filling(self.page(job)),
            Stage::Filling(page) => self.fills(job, &page),
            Stage::Locking => self.locks_to_seal(me, job),
            Stage::Sealing(position) => self.seals(me, job, position),
            Stage::Committing(position) => self.acknowledges(me, job, position),
            Stage::Ending => {
                self.sql.lease = self.sql.lease.filter(|owner| Some(*owner) != job.token);
                return false;
            }
        };
        true
    }

    fn takes_lease(&mut self, job: &mut Job) -> bool {
        if self.sql.lease.is_some() {
            return false;
        }
        job.token = Some(self.unused_token());
        job.generation = self.sql.relay.generation;
        job.stage = if self.mutations.has(Mutation::SweepAfterSeal) {
            Stage::Beginning
        } else {
            Stage::Scanning
        };
        self.sql.lease = job.token;
        true
    }

    /// Tokens are random; here the lowest that nobody has, so that equal states look equal.
    fn unused_token(&self) -> u8 {
        let jobs = self.relays.iter().filter_map(|relay| relay.job.as_ref());
        let of_jobs = jobs.filter_map(|job| job.token);
        let old = self.snapshot.iter().flat_map(|redis| redis.tokens);
        let now = self.redis.tokens.into_iter().chain(old).flatten();
        let used: Vec<u8> = of_jobs.chain(now).chain(self.sql.lease).collect();
        (0..).find(|token| !used.contains(token)).unwrap_or(0)
    }

    fn scans(&self) -> [Option<Rev>; KEYS] {
        let link = |record: &Record| record.value.map(|_| record.rev);
        self.redis.records.map(|record| link(&record?))
    }

    fn unknown(&self, mut seen: [Option<Rev>; KEYS]) -> [Option<Rev>; KEYS] {
        for (seen, row) in seen.iter_mut().zip(&self.sql.rows) {
            if row.is_some() {
                *seen = None;
            }
        }
        seen
    }

    fn sweeps(&mut self, job: &Job, unknown: [Option<Rev>; KEYS]) -> Stage {
        for (key, seen) in (0..).zip(unknown) {
            match seen {
                Some(_) if self.mutations.has(Mutation::SweepUnseen) => {
                    self.redis.records[usize::from(key)] = None;
                }
                Some(seen) => self.redis.sweep(key, seen),
                None => {}
            }
        }
        if job.buckets.contains(&true) {
            Stage::Beginning
        } else {
            Stage::Ending
        }
    }

    fn page(&self, job: &Job) -> [Option<Record>; KEYS] {
        std::array::from_fn(|key| {
            let key = key as u8;
            let is_of_bucket = bucket(key) == job.place();
            self.sql.record(key).filter(|_| is_of_bucket)
        })
    }

    fn fills(&mut self, job: &Job, page: &[Option<Record>; KEYS]) -> Stage {
        let Some(token) = job.token else {
            return Stage::Ending;
        };
        let is_ours = self.redis.fill(self.mutations, job.place(), token, page);
        if is_ours {
            Stage::Locking
        } else {
            Stage::Ending
        }
    }

    fn locks_to_seal(&mut self, me: u8, job: &Job) -> Stage {
        if self.sql.relay.generation != job.generation {
            return Stage::Ending;
        }
        self.sql.lock = Some(Holder::Seal(me));
        Stage::Sealing(self.sql.relay.position())
    }

    fn seals(&mut self, me: u8, job: &Job, position: Position) -> Stage {
        let Some(token) = job.token else {
            return Stage::Ending;
        };
        let place = job.place();
        if self.redis.seal(self.mutations, place, token, position) {
            return Stage::Committing(position);
        }
        self.unlock(Holder::Seal(me));
        Stage::Ending
    }

    fn acknowledges(&mut self, me: u8, job: &mut Job, position: Position) -> Stage {
        if self.sql.lock != Some(Holder::Seal(me)) {
            return Stage::Ending;
        }
        self.unlock(Holder::Seal(me));
        let place = job.place();
        self.sql.relay.acknowledged[place] = position.seq;
        job.buckets[place] = false;
        if job.buckets.contains(&true) {
            Stage::Beginning
        } else if self.mutations.has(Mutation::SweepAfterSeal) {
            Stage::Scanning
        } else {
            Stage::Ending
        }
    }

    /// An error on the way.
    pub fn rebuild_fails(&mut self, me: u8) {
        self.unlock(Holder::Seal(me));
        if let Some(job) = &mut self.relays[usize::from(me)].job {
            job.stage = Stage::Ending;
        }
    }
}
