//! The authority: what an admin reads in the database, asked over its internal endpoint.

mod batch;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore};
use suo_link::wire::{
    WireError, leases,
    names::LinkKey,
    sighting::{self, Question},
    visitor_keys::{self, DayKey},
};
use tokio::{runtime::Handle, time::timeout};

use super::{Answer, Unavailable};
use crate::leases::TURNS;
use batch::Batches;

/// Paths of the internal endpoint.
const RESOLVE: &str = "/internal/v1/resolve";
const LEASES: &str = "/internal/v1/leases";
const VISITOR_KEYS: &str = "/internal/v1/visitor-keys";

/// How long one admin may take.
const LIMIT: Duration = Duration::from_secs(1);

/// With several admins, one that is silent must leave time to ask the next.
const LIMIT_OF_SEVERAL: Duration = Duration::from_millis(400);

/// The largest answer that is read: [`sighting::MAX_QUESTIONS`] records with the longest URLs
/// fit in.
const LARGEST_ANSWER: usize = 16 << 20;

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

/// Sends one question at a time.
struct Door {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    addresses: Vec<Address>,
    authorization: HeaderValue,
    /// The admin who answered last is asked first.
    first: AtomicUsize,
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
        let door = Arc::new(Door {
            client: client(&addresses)?,
            addresses,
            authorization: authorization(token)?,
            first: AtomicUsize::new(0),
        });
        let batches = Batches::start(Arc::clone(&door), background);
        Ok(Self { door, batches })
    }

    /// What the database says about a code.
    pub(crate) fn link<'a>(&'a self, key: &'a LinkKey) -> Answer<'a> {
        self.batches.ask(key.clone()).boxed()
    }

    /// Says what a worker has to say about its blocks of clicks. Every attempt bears a number of its
    /// own, so that an admin who hears of it late, after another one, does nothing.
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
        let reply = self.door.in_turn(|admin| &admin.leases, body).await?;
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

impl Door {
    async fn ask(&self, question: &Question) -> Result<sighting::Answer, Unavailable> {
        let body = Bytes::from(question.encode());
        let answer = self.in_turn(|admin| &admin.resolve, |_| body.clone());
        sighting::Answer::decode(&answer.await?).map_err(unreadable)
    }

    /// Asks one admin after the other; bodies are made for the first attempt, the second one …
    async fn in_turn(
        &self,
        path: impl Fn(&Address) -> &Uri,
        body: impl Fn(usize) -> Bytes,
    ) -> Result<Bytes, Unavailable> {
        let count = self.addresses.len();
        let first = self.first.load(Relaxed);
        let mut reason = Unavailable(String::from("no admin is named"));
        for attempt in 0..count {
            let place = (first + attempt) % count;
            let to = path(&self.addresses[place]);
            match self.post(to, body(attempt)).await {
                Ok(answer) => {
                    self.first.store(place, Relaxed);
                    return Ok(answer);
                }
                Err(error) => reason = error,
            }
        }
        // Who asks next may have less patience: it begins with another one.
        self.first.store(first.wrapping_add(1), Relaxed);
        Err(reason)
    }

    async fn post(&self, to: &Uri, body: Bytes) -> Result<Bytes, Unavailable> {
        let limit = if self.addresses.len() > 1 {
            LIMIT_OF_SEVERAL
        } else {
            LIMIT
        };
        match timeout(limit, self.exchange(to, body)).await {
            Ok(answer) => answer.map_err(|reason| Unavailable(format!("admin: {reason}"))),
            Err(_) => Err(Unavailable(format!("admin: no answer within {limit:?}"))),
        }
    }

    async fn exchange(&self, to: &Uri, body: Bytes) -> Result<Bytes, String> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = to.clone();
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        let octets = HeaderValue::from_static("application/octet-stream");
        headers.insert(header::CONTENT_TYPE, octets);
        let response = self.client.request(request).await;
        let response = response.map_err(|error| error.to_string())?;
        if response.status() != StatusCode::OK {
            return Err(format!("status {}", response.status()));
        }
        let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect();
        let body = body.await.map_err(|error| error.to_string())?;
        Ok(body.to_bytes())
    }
}

fn client(
    addresses: &[Address],
) -> Result<Client<HttpsConnector<HttpConnector>, Full<Bytes>>, BadAdmins> {
    let builder = HttpsConnectorBuilder::new();
    let is_https = |to: &Address| to.resolve.scheme_str() == Some("https");
    let builder = if addresses.iter().any(is_https) {
        builder.with_native_roots().map_err(|_| BadAdmins::Roots)?
    } else {
        // A system without roots can still ask over plain HTTP.
        let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty());
        builder.with_tls_config(config.with_no_client_auth())
    };
    let connector = builder.https_or_http().enable_http1().build();
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new());
    Ok(builder.build(connector))
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
