//! A lookup: one question to Redis or an admin, and what becomes of the answer.

use crate::{
    bucket,
    cached::{Cached, Moment},
    edge::{Edge, Weight},
    mutation::{Mutation, Mutations},
    redis::Record,
    sql::Position,
    world::{World, Wrong},
};

/// How often one side is asked if a notice arrives while it answers.
const TRIES: u8 = 2;

/// A lookup on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    /// What is looked up.
    pub key: u8,
    /// Before the question.
    moment: Moment,
    lapses: u8,
    /// How far publication had come before the question: nothing older may be the answer.
    published: u8,
    /// Redis was set back and no relay had looked at it: the answer may be old.
    pub in_window: bool,
    attempt: u8,
    stage: Stage,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    Projection,
    Authority,
}

/// How far a lookup is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// On its way to somebody.
    Asking(Side),
    /// An admin has read the first half of its answer.
    Answering(Option<Position>, Option<Record>),
    /// On its way back.
    Returning(Side, Option<Position>, Option<Record>),
    /// Weighed; to be written.
    Writing(Side, Option<Position>, Option<Record>),
    /// Written; told to those who wait.
    Landing(Option<Position>, Option<Record>),
}

impl World {
    /// A visitor asks for something that is not remembered.
    pub fn ask(&mut self, edge: u8, key: u8) {
        let published = self.sql.relay.published;
        let in_window = self.is_set_back || self.restores > 0;
        let edge = &mut self.edges[usize::from(edge)];
        edge.flight = Some(Flight {
            key,
            moment: edge.moment(),
            lapses: edge.lapses,
            published,
            in_window,
            attempt: 0,
            stage: Stage::Asking(Side::Projection),
        });
    }

    /// What a flight does next.
    pub fn flight_step(&self, edge: u8) -> Option<&'static str> {
        let flight = self.edges[usize::from(edge)].flight.as_ref()?;
        Some(match flight.stage {
            Stage::Asking(Side::Projection) => "asks Redis",
            Stage::Asking(Side::Authority) => "asks an admin",
            Stage::Answering(..) => "is answered by the admin",
            Stage::Returning(..) => "weighs the answer",
            Stage::Writing(..) => "remembers the answer",
            Stage::Landing(..) => "lands",
        })
    }

    /// Does what [`World::flight_step`] names.
    pub fn flight_steps(&mut self, me: u8) {
        let Some(mut flight) = self.edges[usize::from(me)].flight.take() else {
            return;
        };
        let next = match flight.stage.clone() {
            Stage::Asking(Side::Projection) => Some(self.asks_redis(&flight)),
            Stage::Asking(Side::Authority) => Some(self.asks_admin(&flight)),
            Stage::Answering(marker, record) => Some(self.answers(&flight, marker, record)),
            Stage::Returning(side, marker, record) => {
                self.weighs(me, &mut flight, side, marker, record)
            }
            Stage::Writing(side, marker, record) => {
                self.writes(me, &mut flight, side, marker, record)
            }
            Stage::Landing(marker, record) => {
                self.lands(me, &flight, marker, record);
                None
            }
        };
        if let Some(stage) = next {
            flight.stage = stage;
            self.edges[usize::from(me)].flight = Some(flight);
        }
    }

    fn asks_redis(&self, flight: &Flight) -> Stage {
        let marker = self.redis.markers[bucket(flight.key)].position();
        let record = self.redis.records[usize::from(flight.key)];
        Stage::Returning(Side::Projection, marker, record)
    }

    /// `store.answer`: the marker is read before the rows.
    fn asks_admin(&self, flight: &Flight) -> Stage {
        if self.mutations.has(Mutation::AnswerReadsRowsFirst) {
            Stage::Answering(None, self.sql.record(flight.key))
        } else {
            Stage::Answering(Some(self.numbered()), None)
        }
    }

    fn answers(&self, flight: &Flight, marker: Option<Position>, record: Option<Record>) -> Stage {
        if self.mutations.has(Mutation::AnswerReadsRowsFirst) {
            return Stage::Returning(Side::Authority, Some(self.numbered()), record);
        }
        let mut record = self.sql.record(flight.key);
        if let (Some(record), Some(marker)) = (&mut record, marker) {
            record.rev.generation = marker.generation;
        }
        Stage::Returning(Side::Authority, marker, record)
    }

    fn numbered(&self) -> Position {
        Position {
            generation: self.sql.relay.generation,
            seq: self.sql.relay.numbered,
        }
    }

    fn weighs(
        &mut self,
        me: u8,
        flight: &mut Flight,
        side: Side,
        marker: Option<Position>,
        record: Option<Record>,
    ) -> Option<Stage> {
        let mutations = self.mutations;
        let edge = &mut self.edges[usize::from(me)];
        flight.in_window |= self.is_set_back;
        // Who knows that he hears nothing has no excuse.
        flight.in_window &= self.restores > 0 || !edge.has_lost_touch();
        if !edge.finds_credible(mutations, flight, side) {
            return flight.elsewhere(side);
        }
        if let Some(marker) = marker {
            edge.learn(marker.generation);
        }
        match edge.weigh(mutations, bucket(flight.key), marker) {
            Weight::Believed => Some(Stage::Writing(side, marker, record)),
            Weight::Behind => flight.again(side),
            Weight::Doubtful => flight.elsewhere(side),
        }
    }

    fn writes(
        &mut self,
        me: u8,
        flight: &mut Flight,
        side: Side,
        marker: Option<Position>,
        record: Option<Record>,
    ) -> Option<Stage> {
        let mutations = self.mutations;
        let edge = &mut self.edges[usize::from(me)];
        let weight = edge.weigh(mutations, bucket(flight.key), marker);
        if weight != Weight::Believed && !mutations.has(Mutation::WriteWithoutWeighing) {
            return flight.again(side);
        }
        let mut moment = flight.moment;
        moment.is_firm &= edge.lapses == flight.lapses;
        moment.is_firm |= mutations.has(Mutation::TrustWhatWasAskedWhileDeaf);
        if mutations.has(Mutation::FreshAsOfArrival) {
            moment = edge.moment();
        }
        let cached = &mut edge.cache[usize::from(flight.key)];
        let before = *cached;
        cached.put(mutations, record, moment);
        let after = *cached;
        edge.asked_in_window &= !(1 << flight.key);
        edge.asked_in_window |= u8::from(flight.in_window) << flight.key;
        if let (Cached::Link { rev: old, .. }, Cached::Link { rev: new, .. }) = (before, after)
            && new < old
        {
            self.wrong = Some(Wrong::OlderReplacesNewer);
        }
        let known = match after {
            Cached::Link { rev, value, .. } => Some(Record {
                rev,
                value: Some(value),
            }),
            _ => record.map(|record| Record {
                value: None,
                ..record
            }),
        };
        Some(Stage::Landing(marker, known))
    }

    /// `Lookup::accept`: what was written before something newer was heard is not served.
    fn lands(&mut self, me: u8, flight: &Flight, marker: Option<Position>, known: Option<Record>) {
        let edge = &self.edges[usize::from(me)];
        let weight = edge.weigh(self.mutations, bucket(flight.key), marker);
        if weight != Weight::Believed || flight.in_window {
            return;
        }
        let known = known.map(|record| (record.rev.number, record.value));
        if !self.sql.allows(flight.key, flight.published, known) {
            let is_link = known.is_some_and(|(_, value)| value.is_some());
            self.wrong = Some(if is_link { Wrong::Old } else { Wrong::Absent });
        }
    }
}

impl Edge {
    /// `Lookup::is_credible`.
    fn finds_credible(&self, mutations: Mutations, _flight: &Flight, side: Side) -> bool {
        side == Side::Authority
            || !self.has_lost_touch()
            || mutations.has(Mutation::BelieveRedisWhileDeaf)
    }
}

impl Flight {
    /// Something newer was heard: the same side again, then the other one.
    fn again(&mut self, side: Side) -> Option<Stage> {
        self.attempt += 1;
        if self.attempt < TRIES {
            return Some(Stage::Asking(side));
        }
        self.elsewhere(side)
    }

    /// `None`: nobody can say; an old link is served, or 503.
    fn elsewhere(&mut self, side: Side) -> Option<Stage> {
        self.attempt = 0;
        (side == Side::Projection).then_some(Stage::Asking(Side::Authority))
    }
}
