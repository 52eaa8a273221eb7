//! What handlers work with.

use std::{
    cell::Cell,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use suo_link::{destination::PrivateTargets, time::Timestamp};

use crate::{
    clicks::Rules,
    clock::Clock,
    front::Front,
    live::Live,
    pictures::Reader,
    problem::{Name, Problem},
    relay::RelayHandle,
    store::{Call, Store, StoreError},
    token::InternalToken,
};

/// How long a request waits for a database elsewhere before its client hears of it.
const MOMENT: Duration = Duration::from_millis(1900);

/// How often a call under way is looked at.
const LOOK: Duration = Duration::from_millis(20);

tokio::task_local! {
    /// How long the present request has waited for the database.
    static WAITED: Cell<Duration>;
}

/// One for all handlers.
#[derive(Clone)]
pub struct State {
    /// Where links are kept.
    pub store: Arc<dyn Store>,
    /// Publishes what is committed.
    pub relay: RelayHandle,
    /// Segments of clicks that wait in Redis.
    pub segments_in_stream: Arc<AtomicU64>,
    /// Tells the time.
    pub clock: Clock,
    /// Whether targets on private networks are accepted.
    pub private_targets: PrivateTargets,
    /// What edges ask with; without it they can't.
    pub internal_token: Option<InternalToken>,
    /// Reads uploaded pictures.
    pub pictures: Reader,
    /// How clicks are counted.
    pub rules: Rules,
    /// Shows answers as they are counted.
    pub live: Arc<Live>,
    /// What the front page works with.
    pub front: Arc<Front>,
}

impl State {
    /// The moment that a request is handled.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Runs a call to the store on a thread for blocking work, and waits for it a moment.
    /// All calls of one request share that moment.
    ///
    /// # Errors
    /// The call's own failure as clients see it; 503 if it takes too long.
    pub async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let moment = MOMENT.saturating_sub(waited());
        let patience = self.store.patience().map(|patience| patience.min(moment));
        let begun = Instant::now();
        let outcome = self.ask_within(patience, call).await;
        add_to_waited(begun.elapsed());
        outcome
    }

    /// Like [`State::ask`], for a call that may well take long, as long as the database answers
    /// each of its statements.
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
        let (store, shared) = (self.store.clone(), Arc::new(Call::default()));
        let asked = web::block({
            let shared = shared.clone();
            move || shared.run(|| call(&*store))
        });
        let outcome = tokio::select! {
            outcome = asked => outcome,
            () = run_out(patience, &shared) => {
                shared.give_up();
                tracing::warn!("the database took too long");
                return Err(Problem::new(
                    Name::Unavailable,
                    "the database took too long: try again in a moment",
                ));
            }
        };
        Ok(outcome.map_err(|error| {
            tracing::error!(%error, "no thread for a request");
            Problem::new(Name::Unavailable, "try again in a moment")
        })??)
    }
}

/// Lets all calls of a request share one limit.
///
/// # Errors
/// The request's own.
pub async fn share_patience(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    WAITED.scope(Cell::default(), next.call(request)).await
}

fn waited() -> Duration {
    WAITED.try_with(Cell::get).unwrap_or_default()
}

fn add_to_waited(time: Duration) {
    // Work that is no request's has its limit for itself.
    let _ = WAITED.try_with(|waited| waited.set(waited.get() + time));
}

/// Until a call has taken too long, as a whole or with one statement.
async fn run_out(patience: Option<Duration>, call: &Call) {
    let Some(patience) = patience else {
        return std::future::pending().await;
    };
    let begun = Instant::now();
    while begun.elapsed() < patience && call.silence() < MOMENT {
        tokio::time::sleep(LOOK.min(patience)).await;
    }
}
