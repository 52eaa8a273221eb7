//! The propagation protocol as a model that a checker searches to the end.
//!
//! Relay, scripts, markers, rebuild and edge as in `suo-admin` and `suo-edge`, under the names they
//! have there. One action is one exchange with Postgres or Redis, or one step that another thread
//! can come between; the checker tries every order, with a fault at any place. A [`world::World`]
//! is everything at one moment and says what is promised; [`system::Protocol`] says what can happen
//! next; [`mutation::Mutation`] leaves out a rule, to show that its loss would be found.
//!
//! Time does not exist: what a timer starts can happen at any moment when it would change
//! something. So a state in which the programs have nothing to do is one in which all of them have
//! looked, and there every edge must answer like SQL.
//!
//! Left out, because it changes nothing of this: the content of records, batches of several
//! changes, bounds of pages (a bucket's page and a replay's are whole), the breakers and patience
//! of lookups, the aliases of a link, the domains (one more record with a marker), eviction by
//! `maxmemory` (loses keys like a lost bucket), and all that takes hours: tombstones and the outbox
//! stay. What a lookup writes to both caches is one step, as each of the two asks again whether it
//! is believed. `SET`s of one pipeline to several markers are one step when they only remove.
//!
//! Not promised, and so not held against the protocol:
//!
//! - A Redis that was set back lies until a relay has looked at it: what was looked up in between
//!   by an edge that hears may be old, but must not stay so. An edge that has heard and hears
//!   nothing now has no such excuse.
//! - While a line is silent an edge serves what it remembers; how long is for clocks to say.
//! - A key that is deleted after its set-back bucket was swept, and before its page is read, is as
//!   it was in that Redis from SEAL until its deletion is published. [`sql::Sql::allows`] lets
//!   through only deletions that are later than what a marker or an edge claims to hold: as soon
//!   as one of them claims the deletion, nothing older is allowed.
//! - A database that was restored to a point which Redis has not passed looks like one that was
//!   not restored: the operator has to say so (`suo-admin project --new-generation`).
//! - Two faults within one batch: an admin has published and dies before it notes that, and Redis
//!   (one shard alone, or behind lines that stay up) goes back to before its APPLY in the same
//!   moment. The marker is not behind what was acknowledged, so nobody tells edges that began
//!   between. Likewise a bucket that goes back and is then lost before a relay has told of it, and
//!   one that goes back, behind a line that stays up, into its own rebuild.
//! - A shard that goes back between the look and the SEAL of a rebuild by the operator. That it
//!   must look first is shown in `without_a_look_of_the_operators_rebuild.rs`.

pub mod announce;
pub mod cached;
pub mod edge;
pub mod faults;
pub mod feed;
pub mod flight;
pub mod look;
pub mod mutation;
pub mod rebuild;
pub mod redis;
pub mod relay;
pub mod scenario;
pub mod sql;
pub mod system;
pub mod world;

use stateright::{Checker, HasDiscoveries, Model};

use crate::{scenario::Scenario, system::Protocol};

/// The most keys.
pub const KEYS: usize = 3;

/// The most buckets.
pub const BUCKETS: usize = 2;

/// Where a key is.
pub fn bucket(key: u8) -> usize {
    usize::from(key) % BUCKETS
}

/// Visits every state within the bounds, or stops at the first that breaks a promise.
pub fn search(scenario: Scenario, threads: usize) -> impl Checker<Protocol> {
    let checker = Protocol(scenario).checker().threads(threads);
    checker
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join()
}
