//! Everything at one moment, and what is promised about it.

use crate::{
    BUCKETS, KEYS, bucket,
    cached::Cached,
    edge::{Edge, Weight},
    look::stream_is_whole,
    mutation::Mutations,
    redis::{Marker, Redis},
    relay::Relay,
    scenario::{Scenario, Start},
    sql::{Kind, Position, RelayState, Sql},
};

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    /// Postgres.
    pub sql: Sql,
    /// Redis.
    pub redis: Redis,
    /// The admins.
    pub relays: Vec<Relay>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Redis at an earlier moment.
    pub snapshot: Option<Redis>,
    /// Postgres at an earlier moment.
    pub backup: Option<Sql>,
    /// Redis was set back, and no relay has looked at it since.
    pub is_set_back: bool,
    /// How often Postgres was restored.
    pub restores: u8,
    /// What may still happen.
    pub left: Left,
    /// What must not have happened.
    pub wrong: Option<Wrong>,
    /// The keys that are written, as bits.
    pub keys: u8,
    /// What is left out of the protocol; the same in every state of a run.
    pub mutations: Mutations,
}

/// What the world around may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Creations, edits, deletions.
    pub writes: u8,
    /// Lookups by visitors.
    pub asks: u8,
    /// Crashes and losses.
    pub faults: u8,
    /// Looks at a Redis that has nothing.
    pub looks: u8,
}

impl Left {
    /// So many writes, lookups and faults.
    pub const fn of(writes: u8, asks: u8, faults: u8) -> Self {
        Self {
            writes,
            asks,
            faults,
            looks: 0,
        }
    }
}

/// An answer that should not have been given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// A 404 for a link that was published before the question.
    Absent,
    /// A link as it was before a change that was published before the question.
    Old,
    /// A record gave way to an older one in a cache.
    OlderReplacesNewer,
}

impl World {
    /// How it begins.
    pub fn new(scenario: &Scenario) -> Self {
        let mut sql = Sql {
            rows: [None; KEYS],
            outbox: Vec::new(),
            relay: RelayState {
                generation: 1,
                numbered: 0,
                published: 0,
                acknowledged: [0; BUCKETS],
            },
            lock: None,
            lease: None,
        };
        let mut redis = Redis::empty();
        let mut edge = Edge::started();
        let mut relay = Relay::started();
        if scenario.start != Start::Empty {
            sql.begin(0, Kind::Created, 1);
            sql.commit(0);
            (redis, relay) = settled(&mut sql);
        }
        if scenario.start == Start::Hearing {
            edge = Edge::listening(sql.relay.position());
            edge.seen[0] = edge.position;
            let now = edge.moment();
            edge.cache[0].put(Mutations::NONE, sql.record(0), now);
        }
        Self {
            sql,
            redis,
            relays: vec![relay; scenario.relays],
            edges: vec![edge; scenario.edges],
            snapshot: None,
            backup: None,
            is_set_back: false,
            restores: 0,
            left: scenario.left,
            wrong: None,
            keys: scenario.keys,
            mutations: scenario.mutations,
        }
    }

    /// The keys that are written.
    pub fn keys(&self) -> impl Iterator<Item = u8> + use<> {
        let keys = self.keys;
        (0..KEYS as u8).filter(move |key| keys & (1 << key) != 0)
    }

    /// Whether a key that is written is in this bucket.
    pub fn uses_bucket(&self, which: usize) -> bool {
        self.keys().any(|key| bucket(key) == which)
    }

    /// No answer was wrong.
    pub fn is_right(&self) -> bool {
        self.wrong.is_none()
    }

    /// What an edge serves without asking holds everything that it has heard of.
    pub fn edges_serve_what_they_heard(&self) -> bool {
        self.restores > 0
            || self
                .edges
                .iter()
                .all(|edge| self.serves_what_it_heard(edge))
    }

    fn serves_what_it_heard(&self, edge: &Edge) -> bool {
        let Some(position) = edge.position else {
            return true;
        };
        self.keys().all(|key| {
            let known = match edge.good(key) {
                None | Some(Cached::Nothing) => return true,
                Some(_) if edge.asked_in_window & (1 << key) != 0 => return true,
                Some(Cached::Link { rev, value, .. }) => Some((rev.number, Some(value))),
                Some(Cached::Absence { .. }) => None,
            };
            self.sql.allows(key, position.seq, known)
        })
    }

    /// A marker of this generation claims no more than its bucket holds.
    pub fn markers_claim_what_is_there(&self) -> bool {
        self.restores > 0 || self.keys().all(|key| self.marker_is_true(key))
    }

    fn marker_is_true(&self, key: u8) -> bool {
        let Marker::At(marker) = self.redis.markers[bucket(key)] else {
            return true;
        };
        let record = self.redis.records[usize::from(key)];
        let known = record.map(|record| (record.rev.number, record.value));
        marker.generation != self.sql.relay.generation || self.sql.allows(key, marker.seq, known)
    }

    /// A new generation begins only when the database was restored.
    pub fn generations_are_of_restores(&self) -> bool {
        self.sql.relay.generation <= 1 + self.restores
    }

    /// When nothing is left to be done, everybody is right.
    pub fn edges_answer_like_sql(&self) -> bool {
        self.redis_is_whole() && self.edges.iter().all(|edge| self.edge_is_right(edge))
    }

    fn redis_is_whole(&self) -> bool {
        let state = &self.sql.relay;
        let is_whole = |bucket: usize| {
            let least = Position {
                generation: state.generation,
                seq: state.acknowledged[bucket],
            };
            !self.uses_bucket(bucket) || Some(least) <= self.redis.markers[bucket].position()
        };
        (0..BUCKETS).all(is_whole) && stream_is_whole(state, &self.redis)
    }

    fn edge_is_right(&self, edge: &Edge) -> bool {
        let was_published = self.sql.relay.published > 0;
        let hears = !edge.is_deaf && edge.session.is_some();
        hears >= was_published && self.keys().all(|key| self.answer_is_right(edge, key))
    }

    fn answer_is_right(&self, edge: &Edge, key: u8) -> bool {
        let truth = self.sql.rows[usize::from(key)].map(|row| row.value);
        let answer = match edge.good(key) {
            Some(Cached::Link { value, .. }) => Some(Some(value)),
            Some(Cached::Absence { .. }) => Some(None),
            _ => self.would_learn(edge, key),
        };
        answer == Some(truth)
    }

    /// What a lookup would find now; `None`: nobody can say.
    fn would_learn(&self, edge: &Edge, key: u8) -> Option<Option<u8>> {
        let mut edge = edge.clone();
        let state = self.sql.relay;
        let numbered = Position {
            generation: state.generation,
            seq: state.numbered,
        };
        let redis = &self.redis;
        let marker = redis.markers[bucket(key)].position();
        let of_redis = (marker, redis.records[usize::from(key)]);
        let of_admin = (Some(numbered), self.sql.record(key));
        let is_credible = !edge.has_lost_touch();
        let sightings = is_credible.then_some(of_redis).into_iter();
        for (marker, record) in sightings.chain([of_admin]) {
            edge.learn(marker.map_or(0, |marker| marker.generation));
            if edge.weigh(self.mutations, bucket(key), marker) == Weight::Believed {
                let now = edge.moment();
                let cached = &mut edge.cache[usize::from(key)];
                cached.put(self.mutations, record, now);
                return Some(match cached {
                    Cached::Link { value, .. } => Some(*value),
                    _ => None,
                });
            }
        }
        None
    }
}

/// Everything that was written is published, and a relay has looked.
fn settled(sql: &mut Sql) -> (Redis, Relay) {
    let mut redis = Redis::empty();
    sql.number(Mutations::NONE);
    let ids = sql.messages_after(0);
    let mut state = sql.relay;
    state.acknowledge(&sql.outbox, &ids);
    sql.relay = state;
    for bucket in 0..BUCKETS {
        redis.markers[bucket] = Marker::At(Position {
            generation: state.generation,
            seq: state.acknowledged[bucket],
        });
    }
    for (seq, id) in (1..).zip(ids) {
        let message = sql.outbox[usize::from(id)];
        let record = sql.record_of(id, state.generation);
        redis.records[usize::from(message.key)] = Some(record);
        redis.stream.push(crate::redis::Notice {
            position: Position {
                generation: state.generation,
                seq,
            },
            change: Some((message.key, message.kind, record)),
        });
    }
    (redis, Relay::idle())
}
