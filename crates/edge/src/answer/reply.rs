//! Replies as they go to the wire: ready-made header values.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use http_body_util::Full;
use hyper::body::Body;
use suo_link::{link::RedirectStatus, policy::Redirect};

use super::refusal::{self, Refusal};
use crate::outcome::Outcome;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// An edit of a link that browsers may remember is seen by all within an hour.
const AN_HOUR: HeaderValue = HeaderValue::from_static("private, max-age=3600");
const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");
/// Seconds; doubt passes as soon as Redis or an admin answers again.
const SOON: HeaderValue = HeaderValue::from_static("1");
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// An answer, and what to count it as.
pub(super) struct Reply {
    pub(super) outcome: Outcome,
    pub(super) response: Response<Full<Bytes>>,
}

impl Reply {
    /// Sends the visitor on. What does not fit into a header is a record that we misread.
    pub(super) fn redirect(outcome: Outcome, redirect: &Redirect<'_>) -> Self {
        let Ok(location) = HeaderValue::from_bytes(redirect.location.as_bytes()) else {
            return Self::refusal(&refusal::IN_DOUBT);
        };
        let mut response = Response::new(Full::default());
        *response.status_mut() = status_of_redirect(redirect.status);
        let cache = if redirect.cacheable {
            AN_HOUR
        } else {
            NO_STORE
        };
        response.headers_mut().insert(LOCATION, location);
        response.headers_mut().insert(CACHE_CONTROL, cache);
        Self { outcome, response }
    }

    /// Says in one line why the visitor is not sent on.
    pub(super) fn refusal(refusal: &Refusal) -> Self {
        let line = Bytes::from_static(refusal.line.as_bytes());
        let mut response = Response::new(Full::new(line));
        *response.status_mut() = refusal.status;
        add_refusal_headers(response.headers_mut(), refusal.status);
        Self {
            outcome: refusal.outcome,
            response,
        }
    }

    /// The response with the length that hyper leaves out for an empty reply to HEAD.
    pub(super) fn with_length(mut self) -> Response<Full<Bytes>> {
        let length = self.response.body().size_hint().lower();
        let headers = self.response.headers_mut();
        headers.insert(CONTENT_LENGTH, length.into());
        self.response
    }
}

fn status_of_redirect(status: RedirectStatus) -> StatusCode {
    match status {
        RedirectStatus::MovedPermanently => StatusCode::MOVED_PERMANENTLY,
        RedirectStatus::Found => StatusCode::FOUND,
        RedirectStatus::Temporary => StatusCode::TEMPORARY_REDIRECT,
        RedirectStatus::Permanent => StatusCode::PERMANENT_REDIRECT,
    }
}

fn add_refusal_headers(headers: &mut HeaderMap, status: StatusCode) {
    headers.insert(CONTENT_TYPE, PLAIN_TEXT);
    headers.insert(CACHE_CONTROL, NO_STORE);
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    headers.insert(X_ROBOTS_TAG, NO_INDEX);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, METHODS);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, SOON);
    }
}
