//! One lookup per key at a time, shared by all who wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{FutureExt, future::Shared};
use suo_link::wire::names::LinkKey;
use tokio::sync::oneshot;

use crate::counters::Counters;

/// The most lookups at once: what is beyond could not be answered in time anyway.
pub(crate) const MAX_IN_FLIGHT: usize = 4096;

/// Waits for a flight; an error if it crashed.
pub(crate) type Passenger<T> = Shared<oneshot::Receiver<T>>;

/// The lookups under way.
pub(crate) struct Flights<T> {
    under_way: Mutex<HashMap<LinkKey, Passenger<T>>>,
    counters: Arc<Counters>,
}

/// What somebody who wants to know gets.
pub(crate) enum Boarding<T: Clone> {
    /// Somebody is asking already.
    Joined(Passenger<T>),
    /// The caller has to see to it that the pilot asks.
    First(Passenger<T>, Pilot<T>),
    /// Too many lookups are under way.
    Full,
}

/// The duty to land one flight. Dropped without [`Pilot::land`], it has crashed, and the next
/// who wants to know starts anew.
pub(crate) struct Pilot<T: Clone> {
    flights: Arc<Flights<T>>,
    key: LinkKey,
    arrival: Option<oneshot::Sender<T>>,
}

impl<T: Clone> Flights<T> {
    pub(crate) fn new(counters: Arc<Counters>) -> Arc<Self> {
        Arc::new(Self {
            under_way: Mutex::default(),
            counters,
        })
    }

    pub(crate) fn board(self: &Arc<Self>, key: &LinkKey) -> Boarding<T> {
        let mut under_way = self.lock();
        if let Some(passenger) = under_way.get(key) {
            return Boarding::Joined(passenger.clone());
        }
        if under_way.len() >= MAX_IN_FLIGHT {
            return Boarding::Full;
        }
        let (sender, receiver) = oneshot::channel();
        let passenger = receiver.shared();
        under_way.insert(key.clone(), passenger.clone());
        self.counters.lookups_in_flight.set(under_way.len() as u64);
        let pilot = Pilot {
            flights: Arc::clone(self),
            key: key.clone(),
            arrival: Some(sender),
        };
        Boarding::First(passenger, pilot)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<LinkKey, Passenger<T>>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Pilot<T> {
    pub(crate) fn key(&self) -> &LinkKey {
        &self.key
    }

    /// Tells all who wait. Whoever asks from now on starts anew, and finds in the cache
    /// what this flight put there.
    pub(crate) fn land(mut self, result: T) {
        self.leave();
        if let Some(arrival) = self.arrival.take() {
            // Everybody may have gone.
            let _ = arrival.send(result);
        }
    }

    fn leave(&self) {
        let mut under_way = self.flights.lock();
        under_way.remove(&self.key);
        let left = under_way.len() as u64;
        self.flights.counters.lookups_in_flight.set(left);
    }
}

impl<T: Clone> Drop for Pilot<T> {
    fn drop(&mut self) {
        if self.arrival.is_some() {
            self.leave();
        }
    }
}
