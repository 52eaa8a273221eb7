//! Where links come from: the port that production and the quick start fill differently.

#[cfg(feature = "redis")]
pub mod admin;
#[cfg(feature = "redis")]
pub mod production;
#[cfg(feature = "redis")]
pub mod redis;

use std::fmt;

use futures_util::{FutureExt, future::BoxFuture};
use suo_link::wire::{
    leases::{Reply, Request},
    names::LinkKey,
    sighting::Sighting,
    visitor_keys::DayKey,
};

/// What an edge asks when it does not know.
///
/// No implementation retries or judges: whether a sighting is believed is decided in
/// one place, `knowledge`.
pub trait Origin: Send + Sync + 'static {
    /// What the projection holds about a code: marker and record as of one moment.
    fn look_up<'a>(&'a self, key: &'a LinkKey) -> Answer<'a>;

    /// What the authority says about a code; asked when the projection is not believed.
    fn resolve<'a>(&'a self, key: &'a LinkKey) -> Answer<'a>;

    /// What the projection holds about the domains.
    fn domains(&self) -> Answer<'_>;

    /// What the authority says about the domains.
    fn resolve_domains(&self) -> Answer<'_>;

    /// Has the authority hear what is to be said about blocks of clicks. The answer to an earlier
    /// request must never arrive after a later one was made.
    fn lease<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Unavailable>> {
        let _ = request;
        let nobody = Unavailable(String::from("nobody grants blocks of clicks here"));
        std::future::ready(Err(nobody)).boxed()
    }

    /// The keys that visitors are hashed with, today's and those to come.
    fn visitor_keys(&self) -> BoxFuture<'_, Result<Vec<DayKey>, Unavailable>> {
        let reason = String::from("nobody hands out keys of visitors");
        std::future::ready(Err(Unavailable(reason))).boxed()
    }

    /// Whether the projection may answer about other codes, although it did not about one: it
    /// is spread over several servers, and not all of them are silent.
    fn answers_in_part(&self) -> bool {
        false
    }
}

/// What an [`Origin`] says, when it gets round to it.
pub type Answer<'a> = BoxFuture<'a, Result<Sighting, Unavailable>>;

/// Nobody answered. The reason is for the log and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable(pub String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}
