//! The ports between admin and edge, filled without a network: the origin is the store, and
//! notices are function calls.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use suo_admin::{
    announce::{Announce, AnnounceError, notice},
    clicks::{Hours, Rules, Shipment, count, day_keys},
    clock::Clock,
    random,
    store::{Message, RelayState, Store, StoreError},
};
use suo_edge::{
    clicks::ClickSink,
    links::Links,
    origin::{Answer, Origin, Unavailable},
};
use suo_link::wire::{
    clicks::{JournalId, SegmentName},
    leases::{Reply, Request},
    names::LinkKey,
    sighting::Question,
    visitor_keys::DayKey,
};
use tokio::runtime::Handle;

/// The edge asks the store itself: projection and authority are one.
pub(crate) struct StoreOrigin {
    pub(crate) store: Arc<dyn Store>,
    hours: Hours,
    clock: Clock,
    background: Handle,
}

impl StoreOrigin {
    pub(crate) fn new(
        store: &Arc<dyn Store>,
        hours: &Hours,
        clock: &Clock,
        background: &Handle,
    ) -> Arc<Self> {
        Arc::new(Self {
            store: store.clone(),
            hours: hours.clone(),
            clock: clock.clone(),
            background: background.clone(),
        })
    }

    /// What the store says, on a thread that may wait for it.
    fn call<'a, T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> BoxFuture<'a, Result<T, Unavailable>> {
        let store = self.store.clone();
        let called = self.background.spawn_blocking(move || call(&*store));
        called
            .map(|said| match said {
                Ok(said) => said.map_err(|error| unavailable(&error)),
                Err(error) => Err(Unavailable(error.to_string())),
            })
            .boxed()
    }

    fn ask(&self, question: Question) -> Answer<'_> {
        let answer = self.call(move |store| store.answer(&question));
        answer
            .map(|answer| answer?.into_sightings().next().ok_or_else(nothing))
            .boxed()
    }
}

impl Origin for StoreOrigin {
    fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.ask(Question::Links(vec![key.clone()]))
    }

    fn resolve<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.look_up(key)
    }

    fn domains(&self) -> Answer<'_> {
        self.ask(Question::Domains)
    }

    fn resolve_domains(&self) -> Answer<'_> {
        Origin::domains(self)
    }

    fn lease<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Unavailable>> {
        let (request, now) = (request.clone(), (self.clock)());
        let reply = self.call(move |store| store.lease(&request, now));
        reply.map(|reply| reply?.ok_or_else(nothing)).boxed()
    }

    fn visitor_keys(&self) -> BoxFuture<'_, Result<Vec<DayKey>, Unavailable>> {
        let (hours, now) = (self.hours.clone(), (self.clock)());
        self.call(move |store| day_keys(store, &hours, random::system, now))
    }
}

fn unavailable(error: &StoreError) -> Unavailable {
    Unavailable(error.to_string())
}

fn nothing() -> Unavailable {
    Unavailable("the store gave no answer".into())
}

/// Changes are applied to the edge before the admin answers.
pub(crate) struct Direct(pub(crate) Arc<Links>);

impl Announce for Direct {
    fn announce(&mut self, state: &RelayState, batch: &[Message]) -> Result<(), AnnounceError> {
        for message in batch {
            self.0.apply(&notice(state.generation, message)?);
        }
        Ok(())
    }

    fn look_after(&mut self) -> Result<(), AnnounceError> {
        Ok(())
    }
}

/// Segments are counted as they are shipped.
pub(crate) struct Counted {
    store: Arc<dyn Store>,
    rules: Rules,
    clock: Clock,
    applied: HashMap<JournalId, u64>,
}

impl Counted {
    pub(crate) fn new(store: Arc<dyn Store>, rules: Rules, clock: Clock) -> Self {
        Self {
            store,
            rules,
            clock,
            applied: HashMap::new(),
        }
    }
}

impl ClickSink for Counted {
    fn room(&mut self) -> Result<usize, Unavailable> {
        Ok(usize::MAX)
    }

    fn ship(&mut self, name: SegmentName, segment: &[u8]) -> Result<(), Unavailable> {
        let segment = segment.to_vec();
        let shipments = [Shipment { name, segment }];
        let counted = count(&*self.store, &self.rules, (self.clock)(), &shipments);
        for watermark in counted.map_err(|error| unavailable(&error))? {
            self.applied.insert(watermark.journal, watermark.applied);
        }
        Ok(())
    }

    fn applied(&mut self, journals: &[JournalId]) -> Result<Vec<u64>, Unavailable> {
        let number = |journal| self.applied.get(journal).copied().unwrap_or(0);
        Ok(journals.iter().map(number).collect())
    }

    fn forget(&mut self, journals: &[JournalId]) {
        journals
            .iter()
            .for_each(|journal| _ = self.applied.remove(journal));
    }
}
