//! What all pages of the front page have in common: the frame, and the headers.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
        },
    },
};
use askama::Template;

use super::{
    guard::Pass,
    site::Site,
    visit::Visit,
    words::{Tongue, Words},
};
use crate::state::State;

/// Everything comes from here, nothing runs that is not a file of ours, nobody frames us.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// What stands around each page.
pub(super) struct Frame<'a> {
    pub(super) tongue: Tongue,
    pub(super) words: &'static Words,
    pub(super) site: &'a Site,
    pub(super) title: &'a str,
    /// The path of this page in the other language.
    pub(super) path: &'a str,
    pub(super) is_in_app: bool,
    pub(super) is_indexed: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn new(state: &'a State, visit: &Visit, title: &'a str) -> Self {
        Self {
            tongue: visit.tongue,
            words: visit.tongue.words(),
            site: &state.front.site,
            title,
            path: "/",
            is_in_app: visit.is_in_app(),
            is_indexed: false,
        }
    }
}

/// A page with one thing to say.
#[derive(Template)]
#[template(path = "front/message.html")]
struct Message<'a> {
    frame: Frame<'a>,
    text: &'a str,
}

pub(super) fn message(
    state: &State,
    visit: &Visit,
    status: StatusCode,
    title: &str,
    text: &str,
) -> HttpResponse {
    let frame = Frame::new(state, visit, title);
    respond_in_secret(status, &Message { frame, text })
}

/// The page that says that nothing can be done at the moment.
pub(super) fn down(state: &State, visit: &Visit) -> HttpResponse {
    let words = visit.tongue.words();
    message(
        state,
        visit,
        StatusCode::SERVICE_UNAVAILABLE,
        words.error_title,
        words.e_down,
    )
}

/// A page as it is sent.
pub(super) fn respond(
    status: StatusCode,
    page: &impl Template,
    pass: Option<Pass>,
) -> HttpResponse {
    // With "no-referrer" old browsers would not say that our own forms are our own.
    send(status, page, pass, "same-origin")
}

/// A page whose address is secret: it is told to nobody.
pub(super) fn respond_in_secret(status: StatusCode, page: &impl Template) -> HttpResponse {
    send(status, page, None, "no-referrer")
}

fn send(
    status: StatusCode,
    page: &impl Template,
    pass: Option<Pass>,
    referrer: &'static str,
) -> HttpResponse {
    let html = page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be written");
        String::new()
    });
    let mut response = HttpResponse::build(status);
    secure(&mut response, referrer);
    if status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS {
        response.insert_header((RETRY_AFTER, "60"));
    }
    if let Some(cookie) = pass.and_then(|pass| pass.cookie) {
        response.insert_header((SET_COOKIE, cookie));
    }
    response.content_type("text/html; charset=utf-8").body(html)
}

fn secure(response: &mut HttpResponseBuilder, referrer: &'static str) {
    response
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header(("Referrer-Policy", referrer))
        .insert_header(("Permissions-Policy", "camera=(self)"));
}
