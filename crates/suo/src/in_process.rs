//! The ports between admin and edge, filled without a network: the origin is the store, and
//! notices are function calls.

use std::sync::Arc;

use futures_util::FutureExt;
use suo_admin::{
    announce::{Announce, AnnounceError, notice},
    store::{Message, RelayState, Store, StoreError},
};
use suo_edge::{
    links::Links,
    origin::{Answer, Origin, Unavailable},
};
use suo_link::wire::{names::LinkKey, sighting::Question};
use tokio::runtime::Handle;

/// The edge asks the store itself: projection and authority are one.
pub(crate) struct StoreOrigin {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) background: Handle,
}

impl StoreOrigin {
    fn ask(&self, question: Question) -> Answer<'_> {
        let store = self.store.clone();
        let asked = self
            .background
            .spawn_blocking(move || store.answer(&question));
        asked
            .map(|answer| match answer {
                Ok(Ok(answer)) => answer.into_sightings().next().ok_or_else(nothing),
                Ok(Err(error)) => Err(unavailable(&error)),
                Err(error) => Err(Unavailable(error.to_string())),
            })
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
