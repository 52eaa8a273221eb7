//! An origin in memory that answers, is silent or fails as the test says, and counts.

use std::{
    collections::{HashMap, VecDeque},
    future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures_util::FutureExt;
use suo_edge::{
    counters::Counters,
    links::{Links, LinksSettings},
    origin::{Answer, Origin, Unavailable},
    stopwatch::Stopwatch,
};
use suo_link::{
    rev::Position,
    wire::{names::LinkKey, sighting::Sighting},
};
use tokio::{runtime::Handle, time::Instant};

use super::words::{key, position, said};

/// One whom edges ask.
#[derive(Default)]
pub(crate) struct Side {
    state: Mutex<State>,
    asked: AtomicUsize,
}

#[derive(Default)]
struct State {
    marker: Option<Position>,
    records: HashMap<LinkKey, Vec<u8>>,
    domains: Option<Vec<u8>>,
    mood: Mood,
    /// Run one after the other, each when an answer has been read and is not yet given.
    meanwhile: VecDeque<Box<dyn FnOnce() + Send>>,
}

#[derive(Clone, Copy, Default)]
pub(crate) enum Mood {
    #[default]
    Answers,
    Slow(Duration),
    Fails,
    Silent,
}

impl Side {
    pub(crate) fn mark(&self, marker: Option<Position>) {
        self.state.lock().unwrap().marker = marker;
    }

    pub(crate) fn hold(&self, code: &str, record: Vec<u8>) {
        let mut state = self.state.lock().unwrap();
        state.records.insert(key(code), record);
    }

    pub(crate) fn hold_domains(&self, record: Vec<u8>) {
        self.state.lock().unwrap().domains = Some(record);
    }

    pub(crate) fn be(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    pub(crate) fn meanwhile(&self, event: impl FnOnce() + Send + 'static) {
        let mut state = self.state.lock().unwrap();
        state.meanwhile.push_back(Box::new(event));
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(SeqCst)
    }

    fn answer(&self, read: impl FnOnce(&State) -> Option<Vec<u8>>) -> Answer<'_> {
        self.asked.fetch_add(1, SeqCst);
        let (sighting, mood, event) = {
            let mut state = self.state.lock().unwrap();
            let record = read(&state);
            let marker = state.marker;
            let event = state.meanwhile.pop_front();
            (Sighting { marker, record }, state.mood, event)
        };
        if let Some(event) = event {
            event();
        }
        match mood {
            Mood::Answers => future::ready(Ok(sighting)).boxed(),
            Mood::Slow(time) => async move {
                let never = future::pending::<()>();
                let _ = tokio::time::timeout(time, never).await;
                Ok(sighting)
            }
            .boxed(),
            Mood::Fails => future::ready(Err(Unavailable("it fails".into()))).boxed(),
            Mood::Silent => future::pending().boxed(),
        }
    }
}

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) projection: Side,
    pub(crate) authority: Side,
}

impl Origin for Fake {
    fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.projection
            .answer(|state| state.records.get(key).cloned())
    }

    fn resolve<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.authority
            .answer(|state| state.records.get(key).cloned())
    }

    fn domains(&self) -> Answer<'_> {
        self.projection.answer(|state| state.domains.clone())
    }

    fn resolve_domains(&self) -> Answer<'_> {
        self.authority.answer(|state| state.domains.clone())
    }
}

/// An edge's knowledge over a [`Fake`], in a runtime whose time is paused.
pub(crate) struct Edge {
    pub(crate) origin: Arc<Fake>,
    pub(crate) links: Arc<Links>,
    pub(crate) counters: Arc<Counters>,
}

impl Edge {
    /// Has heard everything up to 1-10; projection and authority hold everything up to there.
    pub(crate) fn new() -> Self {
        Self::with_max_stale(None)
    }

    pub(crate) fn with_max_stale(max_stale: Option<Duration>) -> Self {
        let edge = Self::newborn(max_stale);
        edge.links.miss(position(1, 10));
        edge.links.hear();
        edge
    }

    /// Has heard nothing.
    pub(crate) fn newborn(max_stale: Option<Duration>) -> Self {
        let origin = Arc::new(Fake::default());
        origin.projection.mark(Some(position(1, 10)));
        origin.authority.mark(Some(position(1, 10)));
        let counters = Arc::new(Counters::default());
        let settings = LinksSettings {
            cache_bytes: 1 << 20,
            max_stale,
        };
        let links = Links::with_stopwatch(
            Arc::clone(&origin) as Arc<dyn Origin>,
            settings,
            Arc::clone(&counters),
            Handle::current(),
            Stopwatch::new(|| Instant::now().into_std()),
        );
        Self {
            origin,
            links,
            counters,
        }
    }

    /// What a visitor of `code` gets.
    pub(crate) async fn get(&self, code: &str) -> String {
        let key = key(code);
        match self.links.cached(key.domain, key.code.as_str()) {
            Some(found) => said(&found),
            None => said(&self.links.find(key).await),
        }
    }

    /// What the cache alone says.
    pub(crate) fn cached(&self, code: &str) -> Option<String> {
        let key = key(code);
        let found = self.links.cached(key.domain, key.code.as_str());
        found.as_ref().map(said)
    }
}
