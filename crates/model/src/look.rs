//! A relay's look at Redis: compares, doubts, tells, and begins to mend.

use crate::{
    BUCKETS,
    mutation::Mutation,
    rebuild::Job,
    redis::{Marker, Notice, Redis},
    relay::Phase,
    sql::{Position, RelayState},
    world::World,
};

/// How far a look is, and what it has read so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Looking {
    /// `inspect`: the state was read.
    Began(RelayState),
    /// `inspect`: the stream's last id was read, too.
    SawTop(RelayState, Option<Position>),
    /// `inspect`: the markers were read, too.
    SawMarkers(RelayState, Look),
    /// The state was read again and Redis was not ahead of it.
    Judged(RelayState, Look),
    /// `doubt::tell`: are these lost?
    Doubting(RelayState, Look),
    /// `doubt::tell`: the message goes into the outbox because of these.
    Telling(RelayState, Look, [bool; BUCKETS]),
    /// `doubt::tell`: these forget it.
    Forgetting(RelayState, Look, [bool; BUCKETS]),
    /// The rebuild starts.
    Mending(RelayState, Look),
    /// `refill_stream`: after this message.
    Refilling(RelayState, u8),
}

/// What one look at Redis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    top: Option<Position>,
    markers: [Option<Position>; BUCKETS],
}

impl Looking {
    /// What comes next.
    pub fn step(&self) -> &'static str {
        match self {
            Self::Began(_) => "reads the last id",
            Self::SawTop(..) => "reads the markers",
            Self::SawMarkers(..) => "reads the state again",
            Self::Judged(..) => "DOUBT",
            Self::Doubting(..) => "asks which markers are lost",
            Self::Telling(..) => "puts a doubt into the outbox",
            Self::Forgetting(..) => "FORGET",
            Self::Mending(..) => "starts the rebuild",
            Self::Refilling(..) => "refills the stream",
        }
    }

    /// Whether edges are being told of a marker that was behind.
    pub fn tells(&self) -> bool {
        let started = matches!(self, Self::Doubting(..) | Self::Telling(..));
        started || matches!(self, Self::Forgetting(..) | Self::Mending(..))
    }
}

impl World {
    /// Whether a look would change anything.
    pub fn relay_should_look(&self, me: u8) -> bool {
        let relay = &self.relays[usize::from(me)];
        relay.phase == Phase::Idle && (relay.must_look || self.is_damaged(me))
    }

    fn is_damaged(&self, me: u8) -> bool {
        let look = self.sees(self.redis.top());
        let state = &self.sql.relay;
        let lost = self.lost(state, &look);
        let doubts = !self.mutations.has(Mutation::KeepDamagedMarkers);
        let can_doubt = (0..BUCKETS).any(|b| lost[b] && look.markers[b].is_some());
        let can_tell = (0..BUCKETS).any(|b| lost[b] && self.redis.markers[b] == Marker::Lost);
        let can_rebuild = lost != [false; BUCKETS]
            && self.relays[usize::from(me)].job.is_none()
            && self.sql.lease.is_none();
        is_ahead(state, &look).is_some()
            || (can_doubt && doubts)
            || can_tell
            || can_rebuild
            || (lost_end(state, look.top).is_some()
                && !self.mutations.has(Mutation::LeaveStreamShort))
    }

    fn sees(&self, top: Option<Position>) -> Look {
        let markers = self.redis.markers.map(Marker::position);
        Look { top, markers }
    }

    /// The first step of `look_after`.
    pub fn relay_looks(&mut self, me: u8) {
        let relay = &mut self.relays[usize::from(me)];
        relay.looks_at_the_past = false;
        relay.phase = Phase::Looking(Looking::Began(self.sql.relay));
    }

    /// Does what [`Looking::step`] names.
    pub fn looks(&mut self, me: u8, stage: Looking) -> Phase {
        Phase::Looking(match stage {
            Looking::Began(before) => Looking::SawTop(before, self.redis.top()),
            Looking::SawTop(before, top) => Looking::SawMarkers(before, self.sees(top)),
            Looking::SawMarkers(before, look) => match is_ahead(&self.sql.relay, &look) {
                Some(seen) => return Phase::Beginning(seen.generation),
                None => Looking::Judged(before, look),
            },
            Looking::Judged(before, look) => self.doubts(me, before, look),
            Looking::Doubting(before, look) => self.asks_whom_to_tell(before, look),
            Looking::Telling(before, look, told) => {
                self.sql.put_doubt();
                if self.mutations.has(Mutation::ForgetBeforeTelling) {
                    Looking::Mending(before, look)
                } else {
                    Looking::Forgetting(before, look, told)
                }
            }
            Looking::Forgetting(before, look, told) => {
                (0..BUCKETS)
                    .filter(|bucket| told[*bucket])
                    .for_each(|bucket| self.redis.forget(bucket));
                if self.mutations.has(Mutation::ForgetBeforeTelling) {
                    Looking::Telling(before, look, told)
                } else {
                    Looking::Mending(before, look)
                }
            }
            Looking::Mending(before, look) => return self.mends(me, before, look),
            Looking::Refilling(before, after) => return self.refills(me, before, after),
        })
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

    fn doubts(&mut self, me: u8, before: RelayState, look: Look) -> Looking {
        let lost = self.lost(&before, &look);
        for (bucket, seen) in look.markers.into_iter().enumerate() {
            if let Some(seen) = seen.filter(|_| lost[bucket])
                && !self.mutations.has(Mutation::KeepDamagedMarkers)
            {
                self.redis.doubt(self.mutations, bucket, seen);
            }
        }
        if !self.relays[usize::from(me)].looks_at_the_past {
            self.is_set_back = false;
        }
        // With nothing lost `doubt::tell` asks nothing.
        if lost == [false; BUCKETS] {
            Looking::Mending(before, look)
        } else {
            Looking::Doubting(before, look)
        }
    }

    fn asks_whom_to_tell(&self, before: RelayState, look: Look) -> Looking {
        let lost = self.lost(&before, &look);
        let is_told = |bucket: usize| lost[bucket] && self.redis.markers[bucket] == Marker::Lost;
        let told = std::array::from_fn(is_told);
        if told == [false; BUCKETS] {
            Looking::Mending(before, look)
        } else if self.mutations.has(Mutation::ForgetBeforeTelling) {
            Looking::Forgetting(before, look, told)
        } else {
            Looking::Telling(before, look, told)
        }
    }

    fn mends(&mut self, me: u8, before: RelayState, look: Look) -> Phase {
        let lost = self.lost(&before, &look);
        if lost != [false; BUCKETS] && self.relays[usize::from(me)].job.is_none() {
            self.relays[usize::from(me)].job = Some(Job::new(lost));
        }
        match lost_end(&before, look.top) {
            Some(after) if !self.mutations.has(Mutation::LeaveStreamShort) => {
                Phase::Looking(Looking::Refilling(before, after))
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
            let _refused = self.publish(nothing, None);
            return self.has_looked(me);
        };
        if before.published <= after {
            return self.has_looked(me);
        }
        let _refused = self.publish(self.notice(*id, before.generation, after + 1), None);
        if before.published == after + 1 {
            return self.has_looked(me);
        }
        Phase::Looking(Looking::Refilling(before, after + 1))
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
