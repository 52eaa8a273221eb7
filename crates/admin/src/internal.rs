//! What edges ask an admin: codes, when Redis can't be believed (`/internal/v1/resolve`), blocks of clicks
//! (`/internal/v1/leases`), and the keys of visitors (`/internal/v1/visitor-keys`).
//!
//! Not part of the public API: bytes of [`suo_link::wire`], behind a token that all programs of one
//! instance share.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::header::CACHE_CONTROL,
    web::{Bytes, Data, Payload},
};
use suo_link::wire::{leases::Request, sighting::Question, visitor_keys};

use crate::{clicks::day_keys, random, state::State};

/// The largest question: 500 codes of 64 bytes on domains of 4.
const MAX_QUESTION: usize = 64 * 1024;

/// The largest request: 4 096 blocks that are held, as many that are given back, and 500 links.
const MAX_REQUEST: usize = 128 * 1024;

/// Answers an edge; 401 for everybody while there is no token.
pub(crate) async fn resolve(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> HttpResponse {
    let body = match body(&request, &state, payload, MAX_QUESTION).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let Ok(question) = Question::decode(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    match state.ask(move |store| store.answer(&question)).await {
        Ok(answer) => octets(answer.encode()),
        Err(problem) => problem.error_response(),
    }
}

/// Hears what a worker of an edge says of its blocks of clicks; 409 if something later was heard.
pub(crate) async fn lease(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> HttpResponse {
    let body = match body(&request, &state, payload, MAX_REQUEST).await {
        Ok(body) => body,
        Err(refused) => return refused,
    };
    let Ok(said) = Request::decode(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    let now = state.now();
    match state.ask(move |store| store.lease(&said, now)).await {
        Ok(Some(reply)) => octets(reply.encode()),
        Ok(None) => HttpResponse::Conflict().finish(),
        Err(problem) => problem.error_response(),
    }
}

/// Hands out the keys of visitors. They are in no URL and in no log.
pub(crate) async fn hand_out_keys(request: HttpRequest, state: Data<State>) -> HttpResponse {
    if !is_edge(&request, &state) {
        return HttpResponse::Unauthorized().finish();
    }
    let (hours, now) = (state.rules.hours.clone(), state.now());
    let keys = state
        .ask(move |store| day_keys(store, &hours, random::system, now))
        .await;
    match keys {
        Ok(keys) => HttpResponse::Ok()
            .content_type("application/octet-stream")
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(visitor_keys::encode(&keys)),
        Err(problem) => problem.error_response(),
    }
}

fn is_edge(request: &HttpRequest, state: &State) -> bool {
    let token = state.internal_token.as_ref();
    token.is_some_and(|token| token.is_borne_by(request))
}

async fn body(
    request: &HttpRequest,
    state: &State,
    payload: Payload,
    most: usize,
) -> Result<Bytes, HttpResponse> {
    if !is_edge(request, state) {
        return Err(HttpResponse::Unauthorized().finish());
    }
    match payload.to_bytes_limited(most).await {
        Ok(Ok(body)) => Ok(body),
        _ => Err(HttpResponse::PayloadTooLarge().finish()),
    }
}

fn octets(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(body)
}
