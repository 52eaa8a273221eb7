//! An edge's knowledge that follows a real Redis.

use std::{sync::Arc, time::Duration};

use suo_edge::{
    counters::Counters,
    feed::Feed,
    links::{Links, LinksSettings},
    origin::{
        admin::Admins,
        production::Production,
        redis::{Address, Redis},
    },
};
use suo_link::wire::names::Names;
use suo_testkit::{redis_prefix, shared_redis, wait_until_async};
use tokio::{runtime::Handle, task::JoinHandle};

use super::relay::Relay;
use crate::knowledge::words::{key, said};

pub(super) const LIMIT: Duration = Duration::from_secs(10);

pub(super) struct Stage {
    pub(super) links: Arc<Links>,
    pub(super) counters: Arc<Counters>,
    feed: JoinHandle<()>,
}

/// A relay in a corner of its own of the shared server, and that corner's names.
pub(super) fn corner() -> (Relay, Names) {
    let names = Names::new(&redis_prefix());
    let relay = started(&shared_redis().url(), &names);
    (relay, names)
}

/// A relay that has projected one domain and sealed all buckets.
pub(super) fn started(url: &str, names: &Names) -> Relay {
    let mut relay = Relay::new(url, names.clone());
    relay.name_domain("s.example.com");
    relay.seal();
    relay
}

impl Stage {
    /// Follows Redis at `url` and knows no admin.
    pub(super) fn new(url: &str, names: &Names) -> Self {
        Self::with_admins(url, names, None)
    }

    pub(super) fn with_admins(url: &str, names: &Names, admins: Option<Admins>) -> Self {
        let address = Address::parse(url).unwrap();
        let redis = Redis::new(&address, names.clone(), &Handle::current());
        let counters = Arc::new(Counters::default());
        let settings = LinksSettings {
            cache_bytes: 1 << 20,
            max_stale: None,
        };
        let links = Links::new(
            Arc::new(Production::new(redis, admins)),
            settings,
            Arc::clone(&counters),
            Handle::current(),
        );
        let feed = Feed::new(
            address,
            names.clone(),
            Arc::clone(&links),
            Arc::clone(&counters),
        );
        Self {
            links,
            counters,
            feed: tokio::spawn(feed.run()),
        }
    }

    pub(super) async fn ready(self) -> Self {
        self.until("readiness", || self.links.is_ready()).await;
        self
    }

    /// What a visitor of `code` gets.
    pub(super) async fn get(&self, code: &str) -> String {
        match self.cached(code) {
            Some(said) => said,
            None => said(&self.links.find(key(code)).await),
        }
    }

    /// What the cache alone says.
    pub(super) fn cached(&self, code: &str) -> Option<String> {
        let key = key(code);
        let found = self.links.cached(key.domain, key.code.as_str());
        found.as_ref().map(said)
    }

    /// Waits until visitors of `code` get `expected`.
    pub(super) async fn becomes(&self, code: &str, expected: &str) {
        let got = async || match self.get(code).await {
            got if got == expected => Ok(()),
            other => Err(other),
        };
        wait_until_async(&format!("{code} → {expected}"), LIMIT, got).await;
    }

    /// Waits until visitors of `code` get `old` because nobody can say.
    pub(super) async fn serves_old(&self, code: &str, old: &str) {
        let looked = async || {
            assert_eq!(self.get(code).await, old);
            let is_stale = self.counters.stale_served.total() > 0;
            is_stale.then_some(()).ok_or("confirmed lately")
        };
        wait_until_async("an old link", LIMIT, looked).await;
    }

    pub(super) async fn until(&self, what: &str, is_true: impl Fn() -> bool) {
        let look = async || {
            let so_far = || format!("{:?}", self.counters);
            is_true().then_some(()).ok_or_else(so_far)
        };
        wait_until_async(what, LIMIT, look).await;
    }

    pub(super) async fn until_deaf(&self) {
        self.until("deafness", || self.counters.deaf.value() == 1)
            .await;
    }

    pub(super) async fn until_heard(&self, relay: &Relay) {
        let is_current =
            || self.counters.deaf.value() == 0 && self.links.position() == Some(relay.at);
        self.until("being up to date", is_current).await;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.feed.abort();
    }
}
