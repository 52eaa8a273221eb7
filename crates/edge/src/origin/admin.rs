//! The authority: what an admin reads in the database, asked over its internal endpoint.

mod batch;
mod door;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Uri};
use suo_link::wire::{
    WireError, leases,
    names::LinkKey,
    sighting::Question,
    visitor_keys::{self, DayKey},
};
use tokio::runtime::Handle;

use super::{Answer, Unavailable};
use crate::leases::{LIFE, TURNS};
use batch::Batches;
use door::Door;

/// Paths of the internal endpoint.
const RESOLVE: &str = "/internal/v1/resolve";
const LEASES: &str = "/internal/v1/leases";
const VISITOR_KEYS: &str = "/internal/v1/visitor-keys";

/// Why no admin can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAdmins {
    /// A base is not `http://host:port` or `https://host:port`.
    Base,
    /// The token can't be sent in a header.
    Token,
    /// The system has no TLS roots.
    Roots,
}

/// The admins' internal endpoints.
pub struct Admins {
    door: Arc<Door>,
    batches: Batches,
}

/// Where one admin is asked.
struct Address {
    resolve: Uri,
    leases: Uri,
    visitor_keys: Uri,
}

impl Admins {
    /// Admins at `bases` (`https://admin.internal:8080`), asked in turn. Questions are sent from
    /// `background`.
    ///
    /// # Errors
    /// See [`BadAdmins`].
    pub fn new(bases: &[String], token: &str, background: &Handle) -> Result<Self, BadAdmins> {
        crate::tls::use_ring();
        let addresses = bases.iter().map(|base| address(base));
        let addresses: Vec<Address> = addresses.collect::<Result<_, _>>()?;
        let door = Arc::new(Door::new(addresses, authorization(token)?)?);
        let batches = Batches::start(Arc::clone(&door), background);
        Ok(Self { door, batches })
    }

    /// What the database says about a code.
    pub(crate) fn link<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.batches.ask(key.clone()).boxed()
    }

    /// Says what a worker has to say about its blocks of clicks. Every attempt bears a number of its
    /// own, so that an admin who hears of it late, after another one, does nothing. The last attempt
    /// goes on for as long as its answer is worth something.
    pub(crate) async fn lease(
        &self,
        request: &leases::Request,
    ) -> Result<leases::Reply, Unavailable> {
        let body = |attempt: usize| {
            let turn = request.turn + (attempt as u64).min(TURNS - 1);
            let request = leases::Request {
                turn,
                ..request.clone()
            };
            request.encode().into()
        };
        let reply = self.door.patiently(|admin| &admin.leases, body, LIFE);
        let reply = reply.await?;
        leases::Reply::decode(&reply).map_err(unreadable)
    }

    /// What the database says about the domains.
    pub(crate) fn domains(&self) -> Answer<'_> {
        let asked = async {
            let answer = self.door.ask(&Question::Domains).await?;
            let only = answer.into_sightings().next();
            only.ok_or_else(|| Unavailable(String::from("admin: an empty answer")))
        };
        asked.boxed()
    }

    /// The keys of today's visitors, and of tomorrow's when it is near.
    pub(crate) async fn visitor_keys(&self) -> Result<Vec<DayKey>, Unavailable> {
        let keys = self
            .door
            .in_turn(|admin| &admin.visitor_keys, |_| Bytes::new());
        visitor_keys::decode(&keys.await?).map_err(unreadable)
    }
}

fn unreadable(error: WireError) -> Unavailable {
    Unavailable(format!("admin: {error}"))
}

fn address(base: &str) -> Result<Address, BadAdmins> {
    let base = base.trim().trim_end_matches('/');
    let uri = |path: &str| -> Result<Uri, BadAdmins> {
        let uri: Result<Uri, _> = format!("{base}{path}").parse();
        uri.map_err(|_| BadAdmins::Base)
    };
    let resolve = uri(RESOLVE)?;
    match (resolve.scheme_str(), resolve.host()) {
        (Some("http" | "https"), Some(_)) => Ok(Address {
            resolve,
            leases: uri(LEASES)?,
            visitor_keys: uri(VISITOR_KEYS)?,
        }),
        _ => Err(BadAdmins::Base),
    }
}

fn authorization(token: &str) -> Result<HeaderValue, BadAdmins> {
    let value = HeaderValue::try_from(format!("Bearer {token}"));
    let mut value = value.map_err(|_| BadAdmins::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Display for BadAdmins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Base => "not an admin's address: http://host:port or https://host:port expected",
            Self::Token => "the token holds characters that no header can carry",
            Self::Roots => "the system has no root certificates",
        })
    }
}

impl std::error::Error for BadAdmins {}
