//! What handlers work with.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use suo_link::{destination::PrivateTargets, time::Timestamp};

use crate::{
    clock::Clock,
    problem::{Name, Problem},
    relay::RelayHandle,
    store::{Store, StoreError},
    token::InternalToken,
};

/// How long an ordinary call to a database elsewhere may take before its client hears of it.
const MOMENT: Duration = Duration::from_millis(1900);

/// One for all handlers.
#[derive(Clone)]
pub struct State {
    /// Where links are kept.
    pub store: Arc<dyn Store>,
    /// Publishes what is committed.
    pub relay: RelayHandle,
    /// Tells the time.
    pub clock: Clock,
    /// Whether targets on private networks are accepted.
    pub private_targets: PrivateTargets,
    /// What edges ask with; without it they can't.
    pub internal_token: Option<InternalToken>,
}

impl State {
    /// The moment that a request is handled.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Runs a call to the store on a thread for blocking work, and waits for it a moment.
    ///
    /// # Errors
    /// The call's own failure as clients see it; 503 if it takes too long.
    pub async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.ask_within(
            self.store.patience().map(|patience| patience.min(MOMENT)),
            call,
        )
        .await
    }

    /// Like [`State::ask`], for a call that may well take long.
    ///
    /// # Errors
    /// As [`State::ask`].
    pub async fn ask_much<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.ask_within(self.store.patience(), call).await
    }

    async fn ask_within<T: Send + 'static>(
        &self,
        patience: Option<Duration>,
        call: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = self.store.clone();
        let asked = web::block(move || call(&*store));
        let outcome = match patience {
            None => asked.await,
            Some(patience) => tokio::time::timeout(patience, asked).await.map_err(|_| {
                tracing::warn!("the database took too long");
                Problem::new(
                    Name::Unavailable,
                    "the database took too long: try again in a moment",
                )
            })?,
        };
        Ok(outcome.map_err(|error| {
            tracing::error!(%error, "no thread for a request");
            Problem::new(Name::Unavailable, "try again in a moment")
        })??)
    }
}
