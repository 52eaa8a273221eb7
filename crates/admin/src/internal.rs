//! What edges ask an admin when Redis can't be believed: `/internal/v1/resolve`.
//!
//! Not part of the public API: bytes of [`suo_link::wire::sighting`], behind a token that all
//! programs of one instance share.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    web::{Data, Payload},
};
use suo_link::wire::sighting::Question;

use crate::state::State;

/// The largest question: 500 codes of 64 bytes on domains of 4.
const MAX_QUESTION: usize = 64 * 1024;

/// Answers an edge; 401 for everybody while there is no token.
pub(crate) async fn resolve(
    request: HttpRequest,
    state: Data<State>,
    payload: Payload,
) -> HttpResponse {
    if !state
        .internal_token
        .as_ref()
        .is_some_and(|token| token.is_borne_by(&request))
    {
        return HttpResponse::Unauthorized().finish();
    }
    let Ok(Ok(body)) = payload.to_bytes_limited(MAX_QUESTION).await else {
        return HttpResponse::PayloadTooLarge().finish();
    };
    let Ok(question) = Question::decode(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    match state.ask(move |store| store.answer(&question)).await {
        Ok(answer) => HttpResponse::Ok()
            .content_type("application/octet-stream")
            .body(answer.encode()),
        Err(problem) => problem.error_response(),
    }
}
