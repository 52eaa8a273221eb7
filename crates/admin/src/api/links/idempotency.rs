//! `Idempotency-Key`: a request that is sent twice creates once.
//!
//! The claim is committed before the work, so that a second request sees it; the reply is
//! kept in the transaction of the work itself, so that a crash leaves both or neither.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header::ETAG},
    web::Data,
};
use sha2::{Digest, Sha256};

use crate::{
    auth,
    problem::{Code, Finding, Name, Problem, in_work},
    state::State,
    store::{ApiKeyId, Claim, Claimed, Reply},
};

/// How long a reply is kept, in milliseconds.
const KEEP: i64 = 24 * 3600 * 1000;

/// How long a request is believed to be at work, in milliseconds. Longer than a handler waits for
/// a batch; one that goes on all the same does not find its claim any more, and creates nothing.
const AT_WORK: i64 = 30 * 1000;

/// The longest key, in bytes.
const MAX_KEY: usize = 255;

/// What the header asks for.
pub(super) enum Idempotency {
    /// There is none.
    None,
    /// The work is ours to do.
    Claimed(Claim),
    /// It was done before.
    Replay(HttpResponse),
}

/// Claims the request's idempotency key, if it has one.
pub(super) async fn begin(
    request: &HttpRequest,
    state: &State,
    caller: ApiKeyId,
    body: &[u8],
) -> Result<Idempotency, Problem> {
    let Some(key) = request.headers().get("idempotency-key") else {
        return Ok(Idempotency::None);
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=MAX_KEY).contains(&key.len()));
    let key = key.ok_or_else(|| {
        let detail = format!("1 to {MAX_KEY} visible ASCII characters");
        Problem::fields(vec![Finding::new("Idempotency-Key", Code::TooLong, detail)])
    })?;
    let claim = claim(request, state, caller, key, body)?;
    let asked = claim.clone();
    let now = state.now();
    match state.ask(move |store| store.claim(&asked, now)).await? {
        Claimed::Ours => Ok(Idempotency::Claimed(claim)),
        Claimed::InWork => Err(in_work()),
        Claimed::OtherRequest => Err(Problem::new(
            Name::IdempotencyMismatch,
            "the same key came with another body or path: take a new key for a new request",
        )),
        Claimed::Answered(reply) => Ok(Idempotency::Replay(replay(&reply))),
    }
}

/// Gives a claim back after a request that created nothing. While the database is away nobody
/// waits for that. A failure costs only time: the claim runs out by itself.
pub(super) async fn release(state: &Data<State>, claim: Option<Claim>, why: &Problem) {
    let Some(claim) = claim else { return };
    let state = state.clone();
    let given_back = async move {
        if let Err(problem) = state.ask(move |store| store.release(&claim)).await {
            tracing::debug!(%problem, "a claim was not given back");
        }
    };
    if why.name() == Name::Unavailable {
        actix_web::rt::spawn(given_back);
    } else {
        given_back.await;
    }
}

fn claim(
    request: &HttpRequest,
    state: &State,
    api_key: ApiKeyId,
    key: &str,
    body: &[u8],
) -> Result<Claim, Problem> {
    let mut token = [0; 16];
    getrandom::fill(&mut token).map_err(|error| {
        tracing::error!(%error, "no random bytes");
        Problem::new(Name::Unavailable, "try again in a moment")
    })?;
    let mut fingerprint = Sha256::new();
    // Bodies may hold passwords that could be guessed at by their fingerprints, if there were not
    // something in them that the database does not know: of keys it has hashes only.
    fingerprint.update(auth::bearer(request).unwrap_or_default());
    fingerprint.update([0]);
    fingerprint.update(request.path());
    fingerprint.update([0]);
    fingerprint.update(body);
    let now = state.now();
    Ok(Claim {
        api_key,
        key: key.to_owned(),
        fingerprint: fingerprint.finalize().into(),
        token,
        until: now.plus(AT_WORK),
        forget_before: now.plus(-KEEP),
    })
}

fn replay(reply: &Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponseBuilder::new(status);
    response
        .content_type("application/json")
        .insert_header(("Idempotent-Replayed", "true"));
    if let Some(etag) = &reply.etag {
        response.insert_header((ETAG, etag.as_str()));
    }
    response.body(reply.body.clone())
}
