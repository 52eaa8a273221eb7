//! A Postgres, a Redis and a relay between them.

use std::{sync::Arc, time::Duration};

use suo_admin::{
    announce::{
        Announce, AnnounceError,
        redis::{RedisAnnounce, RedisTarget},
    },
    clock,
    relay::Relay,
    store::{Patched, Store, StoredLink},
};
use suo_link::{
    code::CodeKey,
    id::DomainId,
    rev::Position,
    wire::{
        names::{Bucket, LinkKey, Names},
        record::{Content, Record},
    },
};
use suo_testkit::{Redis, wait_until};

use crate::store::place::Place;

/// How long anything may take on a busy machine.
pub(super) const SOON: Duration = Duration::from_secs(20);

pub(super) struct Scene {
    pub(super) place: Place,
    pub(super) redis: Redis,
    pub(super) target: RedisTarget,
    relay: Option<Relay>,
}

impl Scene {
    /// With a relay that has filled Redis.
    pub(super) fn new() -> Self {
        let mut scene = Self::without_relay();
        scene.start_relay();
        scene.until_whole();
        scene
    }

    pub(super) fn without_relay() -> Self {
        let redis = Redis::start();
        let target = RedisTarget::new(&redis.url(), "suo").unwrap();
        let place = Place::postgres_with(suo_admin::random::system);
        Self {
            place,
            redis,
            target,
            relay: None,
        }
    }

    pub(super) fn start_relay(&mut self) {
        let store: Arc<dyn Store> = self.place.shared();
        let announce = RedisAnnounce::new(self.target.clone(), store.clone(), clock::system());
        let patience = Duration::from_millis(250);
        self.relay = Some(Relay::start(store, announce, clock::system(), patience).unwrap());
    }

    pub(super) fn stop_relay(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.stop();
        }
    }

    /// Publishes what waits as the relay does, but without having looked at Redis before.
    pub(super) fn announce_without_looking(&self) -> Result<(), AnnounceError> {
        let store: Arc<dyn Store> = self.place.shared();
        let mut announce = RedisAnnounce::new(self.target.clone(), store.clone(), clock::system());
        let state = store.number_outbox().unwrap();
        let batch = store.messages_after(state.published, 100).unwrap();
        assert!(!batch.is_empty());
        announce.announce(&state, &batch)
    }

    pub(super) fn edit(&self, link: &StoredLink, target: &str) {
        let edited = self
            .place
            .edit(link.id, |fields| fields.target = target.into(), None);
        assert!(matches!(edited, Patched::Done(_)));
    }

    /// A code in the same bucket.
    pub(super) fn neighbour_of(&self, code: &str) -> String {
        let bucket = key(code).bucket();
        let codes = (0..).map(|n| format!("n{n}"));
        codes
            .into_iter()
            .find(|other| key(other).bucket() == bucket)
            .unwrap()
    }

    pub(super) fn set(&self, name: &str, value: &[u8]) {
        let mut connection = self.connection().unwrap();
        redis::cmd("SET")
            .arg(name)
            .arg(value)
            .exec(&mut connection)
            .unwrap();
    }

    /// A write that a full Redis may refuse, after it has thrown away what it could.
    pub(super) fn try_set(&self, name: &str) {
        let mut connection = self.connection().unwrap();
        let _ = redis::cmd("SET").arg(name).arg("x").exec(&mut connection);
    }

    pub(super) fn names(&self) -> &Names {
        &self.target.names
    }

    /// Creates a link and waits until its record is in Redis.
    pub(super) fn publish(&self, code: &str, target: &str) -> StoredLink {
        let link = self.place.create(code, target);
        self.until_leads(code, target);
        link
    }

    pub(super) fn until_leads(&self, code: &str, target: &str) {
        wait_until(&format!("{code} leads to {target}"), SOON, || {
            match self.target_of(code) {
                Some(found) if found == target => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
    }

    /// Waits until every bucket has a marker of the present generation.
    pub(super) fn until_whole(&self) {
        wait_until("every bucket has its marker", SOON, || {
            let generation = self.place.relay_state().unwrap().generation;
            let whole = |marker: &Option<Position>| {
                marker.is_some_and(|marker| marker.generation == generation)
            };
            match self
                .markers()
                .iter()
                .filter(|marker| !whole(marker))
                .count()
            {
                0 => Ok(()),
                missing => Err(format!("{missing} have none of {generation:?}")),
            }
        });
    }

    pub(super) fn marker(&self, bucket: Bucket) -> Option<Position> {
        self.markers()[bucket.index()]
    }

    /// All markers, in the order of the buckets.
    fn markers(&self) -> Vec<Option<Position>> {
        let mut pipeline = redis::pipe();
        Bucket::all().for_each(|bucket| _ = pipeline.get(self.names().marker(bucket)));
        let Ok(mut connection) = self.connection() else {
            return vec![None; Bucket::all().len()];
        };
        let markers: Vec<Option<String>> = pipeline.query(&mut connection).unwrap();
        markers
            .into_iter()
            .map(|marker| marker?.parse().ok())
            .collect()
    }

    pub(super) fn connection(&self) -> redis::RedisResult<redis::Connection> {
        redis::Client::open(self.redis.url())?.get_connection()
    }

    pub(super) fn top(&self) -> Option<Position> {
        let stream = self.names().stream();
        let reply = self
            .redis
            .command(&["XREVRANGE", &stream, "+", "-", "COUNT", "1"]);
        reply.lines().next()?.trim().parse().ok()
    }

    /// The ids of all entries of the stream, once all that was written is there: a record leads
    /// somewhere a moment before its message is in the stream.
    pub(super) fn published_ids(&self) -> Vec<String> {
        wait_until("all is published", SOON, || {
            match self.place.has_unpublished() {
                Ok(false) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
        self.stream_ids()
    }

    /// The ids of all entries of the stream.
    pub(super) fn stream_ids(&self) -> Vec<String> {
        let mut connection = self.connection().unwrap();
        let stream: redis::streams::StreamRangeReply = redis::cmd("XRANGE")
            .arg(self.names().stream())
            .arg("-")
            .arg("+")
            .query(&mut connection)
            .unwrap();
        stream.ids.into_iter().map(|entry| entry.id).collect()
    }

    pub(super) fn record_name(&self, code: &str) -> String {
        self.names().record(&key(code))
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.redis.command(&["EXISTS", name]).trim() == "1"
    }

    fn target_of(&self, code: &str) -> Option<String> {
        match self.record(code)?.content {
            Content::Redirect(link) => Some(link.target.into()),
            _ => None,
        }
    }

    pub(super) fn record(&self, code: &str) -> Option<Record> {
        let mut connection = self.connection().ok()?;
        let bytes: Option<Vec<u8>> = redis::cmd("GET")
            .arg(self.record_name(code))
            .query(&mut connection)
            .unwrap();
        Some(Record::decode(&bytes?).unwrap())
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.stop_relay();
    }
}

pub(super) fn key(code: &str) -> LinkKey {
    LinkKey {
        domain: DomainId(1),
        code: CodeKey::from_segment(code, true).unwrap(),
    }
}
