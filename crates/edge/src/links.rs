//! What this edge knows: the face that the serving side sees.

use std::{sync::Arc, time::Duration};

use suo_link::{
    id::DomainId,
    rev::Position,
    wire::{
        changes::Notice,
        leases::{Reply, Request},
        names::LinkKey,
    },
};
use tokio::{runtime::Handle, time::timeout};

use crate::{
    asking::Asking,
    cache::{Cache, KeyBytes, Remembered},
    counters::Counters,
    domains::{Domains, Register},
    flights::{Boarding, Flights, Passenger, Pilot},
    hearing::Hearing,
    knowledge::Knowledge,
    lookup::{Arrival, Lookup},
    origin::{Origin, Unavailable},
    stopwatch::Stopwatch,
};
pub use crate::{cache::CachedLink, found::Found};

/// How often somebody looks, if each time something newer is heard before the answer arrives.
const ROUNDS: usize = 5;

/// How long a visitor waits at most for the confirmation of an old value.
const CONFIRMATION: Duration = Duration::from_millis(300);

/// How much to remember, and for how long without confirmation.
#[derive(Clone, Copy, Debug)]
pub struct LinksSettings {
    /// Memory for the cache, in bytes.
    pub cache_bytes: u64,
    /// How long an answer may be served that nobody can confirm; `None`: without limit.
    pub max_stale: Option<Duration>,
}

/// What this edge knows; one for all cores.
pub struct Links {
    lookup: Arc<Lookup>,
    flights: Arc<Flights<Arrival>>,
    background: Handle,
}

impl Links {
    /// Knows nothing yet. Lookups run on `background`.
    pub fn new(
        origin: Arc<dyn Origin>,
        settings: LinksSettings,
        counters: Arc<Counters>,
        background: Handle,
    ) -> Arc<Self> {
        Self::with_stopwatch(origin, settings, counters, background, Stopwatch::system())
    }

    /// [`Links::new`] with a stopwatch of the caller's own.
    pub fn with_stopwatch(
        origin: Arc<dyn Origin>,
        settings: LinksSettings,
        counters: Arc<Counters>,
        background: Handle,
        stopwatch: Stopwatch,
    ) -> Arc<Self> {
        let knowledge = Knowledge {
            cache: Cache::new(settings.cache_bytes),
            domains: Register::new(),
            hearing: Hearing::new(stopwatch.clone(), Arc::clone(&counters)),
            counters: Arc::clone(&counters),
        };
        Arc::new(Self {
            lookup: Arc::new(Lookup {
                knowledge,
                asking: Asking::new(origin, Arc::clone(&counters), stopwatch),
                max_stale: settings.max_stale,
            }),
            flights: Flights::new(counters),
            background,
        })
    }

    /// What the cache knows; `None`: it has to be looked up ([`Links::find`]).
    #[must_use]
    pub fn cached(&self, domain: DomainId, code_key: &str) -> Option<Found> {
        let key = KeyBytes::new(domain, code_key)?;
        let found = Found::from(self.knowledge().good(&key)?);
        match found {
            Found::Link(_) => self.counters().cache_hits.add_one(),
            Found::Absent | Found::InDoubt => self.counters().absences_served.add_one(),
        }
        Some(found)
    }

    /// Looks up what [`Links::cached`] did not know: one lookup shared by all who ask for a key.
    pub async fn find(&self, key: LinkKey) -> Found {
        self.counters().cache_misses.add_one();
        let bytes = KeyBytes::of(&key);
        if let Some(old) = self.lookup.without_asking(&bytes) {
            self.probe(&key);
            return old;
        }
        if !self.lookup.has_old(&bytes) {
            return self.ask(&key).await;
        }
        // The flight goes on: whoever comes next gets what it brings.
        let found = timeout(CONFIRMATION, self.ask(&key)).await;
        found.unwrap_or_else(|_| self.lookup.fall_back(&bytes))
    }

    async fn ask(&self, key: &LinkKey) -> Found {
        for _ in 0..ROUNDS {
            let arrival = self.fly(key).await;
            if let Some(found) = self.lookup.accept(key, arrival) {
                return found;
            }
        }
        self.lookup.fall_back(&KeyBytes::of(key))
    }

    /// All domains.
    #[must_use]
    pub fn domains(&self) -> Arc<Domains> {
        self.knowledge().domains.read()
    }

    /// Whether [`Links::domains`] are all there are, as far as this edge has heard. Otherwise
    /// somebody has to ask ([`Links::load_domains`]), and a host that is none of them may be a
    /// new one.
    #[must_use]
    pub fn domains_are_current(&self) -> bool {
        self.knowledge().domains_are_current()
    }

    /// Asks for the domains.
    ///
    /// # Errors
    /// If nobody could say.
    pub async fn load_domains(&self) -> Result<(), Unavailable> {
        self.lookup.domains().await
    }

    /// A change was heard.
    pub fn apply(&self, notice: &Notice) {
        self.knowledge().apply(notice);
    }

    /// Whether the domains are known for certain, and changes were heard up to the last one at
    /// least once, or somebody said that it will do without.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.domains_are_current() && self.hearing().may_serve()
    }

    /// Visitors need not wait until changes are heard.
    #[cfg(feature = "redis")]
    pub(crate) fn serve_without_hearing(&self) {
        self.hearing().serve_without_hearing();
    }

    /// The caller applies every change from this position on; nothing is ever missed.
    pub fn follow_directly(&self, position: Position) {
        self.hearing().follow_directly(position);
    }

    /// How far changes are published or soon will be, as an admin says.
    ///
    /// # Errors
    /// If none could say.
    #[cfg(feature = "redis")]
    pub(crate) async fn published(&self) -> Result<Option<Position>, Unavailable> {
        self.lookup.published().await
    }

    /// How long ago this edge was certainly up to date; `None` if it never was.
    #[must_use]
    pub fn lag(&self) -> Option<Duration> {
        self.hearing().lag()
    }

    /// The last change that was applied.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.hearing().position()
    }

    /// The edge is up to date at this moment.
    pub fn hear(&self) {
        self.lookup.asking.projection_answers();
        self.hearing().hear();
    }

    /// The edge can't hear of changes any more.
    pub fn lose_touch(&self) {
        self.hearing().lose_touch();
    }

    /// Changes were missed for good: what is remembered is looked up again before it is served.
    /// Hearing goes on from `position`.
    pub fn miss(&self, position: Position) {
        self.hearing().miss(position);
    }

    /// Says what a worker has to say about its blocks of clicks.
    ///
    /// # Errors
    /// If nobody has heard it for certain.
    pub(crate) async fn lease(&self, request: &Request) -> Result<Reply, Unavailable> {
        self.lookup.asking.lease(request).await
    }

    /// Carries what nobody who serves should wait for.
    pub(crate) fn background(&self) -> &Handle {
        &self.background
    }

    async fn fly(&self, key: &LinkKey) -> Arrival {
        match self.board(key) {
            Some(passenger) => passenger
                .await
                .unwrap_or(Arrival::Unconfirmed(Found::InDoubt)),
            None => {
                self.counters().lookups_refused.add_one();
                Arrival::Unconfirmed(self.lookup.fall_back(&KeyBytes::of(key)))
            }
        }
    }

    /// Sees to it that somebody asks; `None` if too many do already.
    fn board(&self, key: &LinkKey) -> Option<Passenger<Arrival>> {
        match self.flights.board(key) {
            Boarding::Joined(passenger) => Some(passenger),
            Boarding::Full => None,
            Boarding::First(passenger, pilot) => {
                self.background
                    .spawn(take_off(Arc::clone(&self.lookup), pilot));
                Some(passenger)
            }
        }
    }

    /// Now and then somebody asks the silent again, and nobody waits for it.
    fn probe(&self, key: &LinkKey) {
        if self.lookup.asking.probe_is_due() {
            self.board(key);
        }
    }

    fn knowledge(&self) -> &Knowledge {
        &self.lookup.knowledge
    }

    fn hearing(&self) -> &Hearing {
        &self.knowledge().hearing
    }

    fn counters(&self) -> &Counters {
        &self.knowledge().counters
    }
}

async fn take_off(lookup: Arc<Lookup>, pilot: Pilot<Arrival>) {
    let arrival = lookup.link(pilot.key()).await;
    pilot.land(arrival);
}

impl From<Remembered> for Found {
    fn from(remembered: Remembered) -> Self {
        match remembered {
            Remembered::Link(link) => Self::Link(link),
            Remembered::Absence(_) => Self::Absent,
        }
    }
}
