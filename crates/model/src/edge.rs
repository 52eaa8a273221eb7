//! An edge: what it has heard, and what that does to what it remembers.

use crate::{
    BUCKETS, KEYS, bucket,
    cached::{Cached, Moment},
    feed::Session,
    flight::Flight,
    mutation::{Mutation, Mutations},
    redis::Notice,
    sql::{Kind, Position},
};

/// An edge process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The highest generation that anybody told of; 0: nobody did.
    pub generation: u8,
    /// What was confirmed in an earlier one is stale.
    pub epoch: u8,
    /// Changes are not heard now.
    pub is_deaf: bool,
    /// How many sessions have ended.
    pub lapses: u8,
    /// Everything up to here is applied.
    pub position: Option<Position>,
    /// Per bucket, the last change that was heard of.
    pub seen: [Option<Position>; BUCKETS],
    /// What is remembered.
    pub cache: [Cached; KEYS],
    /// The two connections, while they live.
    pub session: Option<Session>,
    /// A notice that has raised the bar and not touched the caches yet, and its moment.
    pub touching: Option<(Notice, Moment)>,
    /// A lookup on its way.
    pub flight: Option<Flight>,
    /// Keys, as bits, that were looked up while nobody could know that Redis was set back.
    pub asked_in_window: u8,
}

/// What a marker is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// What came with it holds everything this edge has heard of.
    Believed,
    /// A change was heard that is not in it.
    Behind,
    /// Nobody knows what is missing.
    Doubtful,
}

impl Edge {
    /// A process that has just started.
    pub fn started() -> Self {
        Self {
            generation: 0,
            epoch: 0,
            is_deaf: true,
            lapses: 0,
            position: None,
            seen: [None; BUCKETS],
            cache: [Cached::Nothing; KEYS],
            session: None,
            touching: None,
            flight: None,
            asked_in_window: 0,
        }
    }

    /// A process that hears, and has heard everything up to here.
    pub fn listening(position: Position) -> Self {
        Self {
            generation: position.generation,
            epoch: 1,
            is_deaf: false,
            position: Some(position),
            session: Some(Session::listening(position)),
            ..Self::started()
        }
    }

    /// What is remembered, if it may be served without asking.
    pub fn good(&self, key: u8) -> Option<Cached> {
        let cached = self.cache[usize::from(key)];
        (!self.is_deaf && cached.moment() == Some(self.moment())).then_some(cached)
    }

    /// What a confirmation is worth that comes now: the epoch, and whether changes are heard.
    pub fn moment(&self) -> Moment {
        Moment {
            epoch: self.epoch,
            is_firm: !self.is_deaf,
        }
    }

    /// `Hearing::learn`.
    pub fn learn(&mut self, generation: u8) {
        if 0 < self.generation && self.generation < generation {
            self.epoch += 1;
        }
        self.generation = self.generation.max(generation);
    }

    /// `Hearing::weigh`.
    pub fn weigh(&self, mutations: Mutations, bucket: usize, marker: Option<Position>) -> Weight {
        if mutations.has(Mutation::BelieveAnyMarker) {
            return Weight::Believed;
        }
        match marker {
            Some(marker) if marker.generation == self.generation => {
                let is_behind = Some(marker) < self.seen[bucket];
                if is_behind && !mutations.has(Mutation::BelieveMarkersBehind) {
                    Weight::Behind
                } else {
                    Weight::Believed
                }
            }
            _ => Weight::Doubtful,
        }
    }

    /// `Hearing::has_lost_touch`.
    pub fn has_lost_touch(&self) -> bool {
        self.is_deaf && self.position.is_some()
    }

    fn advance(&mut self, position: Position) {
        self.position = self.position.max(Some(position));
    }

    /// `Hearing::miss`.
    pub fn miss(&mut self, mutations: Mutations, position: Position) {
        self.learn(position.generation);
        let is_first = self.position.is_none();
        if !(is_first && mutations.has(Mutation::StartWithoutDoubt)) {
            self.epoch += 1;
        }
        self.advance(position);
    }

    /// `Knowledge::apply`, first half: raises the bar.
    pub fn raise(&mut self, mutations: Mutations, notice: Notice) {
        self.learn(notice.position.generation);
        if mutations.has(Mutation::TouchBeforeRaising) {
            let moment = self.heard();
            self.touch_caches(mutations, &notice, moment);
        } else {
            self.raise_seen(&notice);
        }
        if notice.position.generation == self.generation {
            let moment = self.heard();
            self.touching = Some((notice, moment));
        }
    }

    fn raise_seen(&mut self, notice: &Notice) {
        if let Some((key, ..)) = notice.change {
            let seen = &mut self.seen[bucket(key)];
            *seen = (*seen).max(Some(notice.position));
        }
    }

    /// Notices are true whatever Redis holds now.
    fn heard(&self) -> Moment {
        Moment {
            epoch: self.epoch,
            is_firm: true,
        }
    }

    /// `Knowledge::apply`, second half: touches the caches.
    pub fn touch(&mut self, mutations: Mutations, notice: Notice, moment: Moment) {
        if mutations.has(Mutation::TouchBeforeRaising) {
            self.raise_seen(&notice);
        } else {
            self.touch_caches(mutations, &notice, moment);
        }
        self.advance(notice.position);
    }

    fn touch_caches(&mut self, mutations: Mutations, notice: &Notice, moment: Moment) {
        let Some((key, kind, record)) = notice.change else {
            return;
        };
        let cached = &mut self.cache[usize::from(key)];
        self.asked_in_window &= !(1 << key);
        match (kind, record.value) {
            (Kind::Edited, Some(value)) => cached.edit(mutations, record.rev, value, moment),
            (Kind::Deleted, _) => cached.delete(record.rev),
            _ => *cached = Cached::Nothing,
        }
    }
}
