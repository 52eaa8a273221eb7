//! Whether a form that was sent is one of ours: two checks, because old in-app browsers send no
//! `Sec-Fetch-Site`, and some no `Origin`.

use suo_link::instance::InstanceSecret;

use super::{
    keys,
    visit::{COOKIE, Visit, is_own},
};
use crate::random;

/// Random bytes of a cookie.
const BYTES: usize = 16;

/// Whether the request was begun by a page of ours or by the person themselves, as far as the
/// browser says. One that says neither is judged by the token alone.
pub(super) fn is_ours(visit: &Visit) -> bool {
    match (&visit.fetch_site, &visit.origin) {
        (Some(site), _) => site == "same-origin" || site == "none",
        // What a page says that gives no referrer.
        (None, Some(origin)) if origin == "null" => true,
        (None, Some(origin)) => is_own(origin, &visit.host),
        (None, None) => true,
    }
}

/// Whether the form was given to this very browser.
pub(super) fn has_token(visit: &Visit, secret: &InstanceSecret, token: &str) -> bool {
    let cookie = visit.cookie.as_deref();
    cookie.is_some_and(|cookie| keys::is_form_token(secret, cookie, token))
}

/// What a page with a form gives: the form's token, and a cookie if the browser has none.
pub(super) struct Pass {
    pub(super) token: String,
    /// The form's own number: sent twice, it makes its links once.
    pub(super) once: String,
    /// The value of `Set-Cookie`.
    pub(super) cookie: Option<String>,
}

impl Pass {
    pub(super) fn new(visit: &Visit, secret: &InstanceSecret) -> Self {
        if let Some(cookie) = &visit.cookie {
            let token = keys::form_token(secret, cookie);
            return Self {
                token,
                once: fresh(),
                cookie: None,
            };
        }
        let value = fresh();
        let token = keys::form_token(secret, &value);
        // Without `Secure`: the cookie gives no right to anything, and the quick start has no TLS.
        let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax");
        Self {
            token,
            once: fresh(),
            cookie: Some(cookie),
        }
    }
}

fn fresh() -> String {
    let mut bytes = [0; BYTES];
    if let Err(error) = random::system(&mut bytes) {
        // Without randomness all such browsers share a token; the other check still stands.
        tracing::error!(%error, "no randomness for a form");
    }
    keys::hex(&bytes)
}
