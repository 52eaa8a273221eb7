//! One question at a time, to one admin after the other.

use std::{
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls::{ClientConfig, RootCertStore};
use suo_link::wire::sighting::{self, Question};
use tokio::time::timeout;

use super::{Address, BadAdmins, unreadable};
use crate::origin::Unavailable;

/// How long one admin may take.
const LIMIT: Duration = Duration::from_secs(1);

/// With several admins, one that is silent must leave time to ask the next.
const LIMIT_OF_SEVERAL: Duration = Duration::from_millis(400);

/// How often an admin may take the time that the last answer took, before the next one is asked.
const SLACK: u32 = 2;

/// The largest answer that is read: [`sighting::MAX_QUESTIONS`] records with the longest URLs
/// fit in.
const LARGEST_ANSWER: usize = 16 << 20;

/// Sends one question at a time.
pub(super) struct Door {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    addresses: Vec<Address>,
    authorization: HeaderValue,
    /// The admin who answered last is asked first.
    first: AtomicUsize,
    /// Milliseconds that the last answer took which somebody was patient for; 0 after a failure.
    lately: AtomicU64,
}

impl Door {
    pub(super) fn new(
        addresses: Vec<Address>,
        authorization: HeaderValue,
    ) -> Result<Self, BadAdmins> {
        Ok(Self {
            client: client(&addresses)?,
            addresses,
            authorization,
            first: AtomicUsize::new(0),
            lately: AtomicU64::new(0),
        })
    }

    pub(super) async fn ask(&self, question: &Question) -> Result<sighting::Answer, Unavailable> {
        let body = Bytes::from(question.encode());
        let answer = self.in_turn(|admin| &admin.resolve, |_| body.clone());
        sighting::Answer::decode(&answer.await?).map_err(unreadable)
    }

    /// Asks one admin after the other; bodies are made for the first attempt, the second one …
    pub(super) async fn in_turn(
        &self,
        path: impl Fn(&Address) -> &Uri,
        body: impl Fn(usize) -> Bytes,
    ) -> Result<Bytes, Unavailable> {
        let is_one_of_several = self.addresses.len() > 1;
        let limit = |_| match is_one_of_several {
            true => LIMIT_OF_SEVERAL,
            false => LIMIT,
        };
        let answer = self.each(path, body, limit).await;
        answer.map(|(answer, _)| answer)
    }

    /// The same for an answer that is worth something until all of `patience` is over: the last
    /// admin has what is left of it. Where admins have been slow lately, the earlier ones have more
    /// time, too; else each of them would be left right before it answers.
    pub(super) async fn patiently(
        &self,
        path: impl Fn(&Address) -> &Uri,
        body: impl Fn(usize) -> Bytes,
        patience: Duration,
    ) -> Result<Bytes, Unavailable> {
        let (begun, last) = (Instant::now(), self.addresses.len().saturating_sub(1));
        let lately = Duration::from_millis(self.lately.load(Relaxed));
        let limit = |attempt: usize| {
            let left = patience.saturating_sub(begun.elapsed());
            match attempt {
                attempt if attempt == last => left,
                _ => left.min(LIMIT_OF_SEVERAL.max(lately * SLACK)),
            }
        };
        let answer = self.each(path, body, limit).await;
        let took = answer.as_ref().map_or(0, |(_, took)| took.as_millis());
        self.lately.store(u64::try_from(took).unwrap_or(0), Relaxed);
        answer.map(|(answer, _)| answer)
    }

    /// The first answer, and how long the admin took who gave it.
    async fn each(
        &self,
        path: impl Fn(&Address) -> &Uri,
        body: impl Fn(usize) -> Bytes,
        limit: impl Fn(usize) -> Duration,
    ) -> Result<(Bytes, Duration), Unavailable> {
        let count = self.addresses.len();
        let first = self.first.load(Relaxed);
        let mut reason = Unavailable(String::from("no admin is named"));
        for attempt in 0..count {
            let place = (first + attempt) % count;
            let to = path(&self.addresses[place]);
            let asked = Instant::now();
            match self.post(to, body(attempt), limit(attempt)).await {
                Ok(answer) => {
                    self.first.store(place, Relaxed);
                    return Ok((answer, asked.elapsed()));
                }
                Err(error) => reason = error,
            }
        }
        // Who asks next may have less patience: it begins with another one.
        self.first.store(first.wrapping_add(1), Relaxed);
        Err(reason)
    }

    async fn post(&self, to: &Uri, body: Bytes, limit: Duration) -> Result<Bytes, Unavailable> {
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
