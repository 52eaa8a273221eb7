//! What a browser is shown at an address of ours with nothing behind it, or when it asks in a way that
//! the address does not know. Programs get the problem document of the API.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ACCEPT, ALLOW},
    },
    web::Data,
};

use super::{page, visit::Visit};
use crate::{
    problem::{Name, Problem},
    state::State,
};

/// Nothing is there.
pub(crate) async fn nothing(
    request: HttpRequest,
    state: Data<State>,
    visit: Visit,
) -> HttpResponse {
    let words = visit.tongue.words();
    if is_browser(&request) {
        let (title, text) = (words.nowhere_title, words.nowhere);
        return page::message(&state, &visit, StatusCode::NOT_FOUND, title, text);
    }
    let detail = format!("nothing is at {}", request.path());
    Problem::new(Name::NotFound, detail).error_response()
}

/// The path has other methods, as `allowed` lists them.
pub(crate) fn other_method(
    request: &HttpRequest,
    state: &State,
    visit: &Visit,
    allowed: String,
) -> HttpResponse {
    let words = visit.tongue.words();
    if !is_browser(request) {
        return Problem::method(allowed).error_response();
    }
    let (title, text) = (words.method_title, words.method);
    let mut response = page::message(state, visit, StatusCode::METHOD_NOT_ALLOWED, title, text);
    if let Ok(allowed) = allowed.parse() {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

fn is_browser(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(ACCEPT);
    let accepts = accepts.and_then(|accepts| accepts.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("text/html"))
        && !request.path().starts_with("/api/")
}
