//! Replies as they go to the wire: ready-made header values.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{
        ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName,
        LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
    },
};
use http_body_util::Full;
use hyper::body::Body;
use suo_link::{
    link::RedirectStatus,
    policy::{Redirect, Variant},
    wire::leases::LeaseId,
};

use super::record::Noted;
use crate::{outcome::Outcome, page::Page};

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// An edit of a link that browsers may remember is seen by all within an hour.
const AN_HOUR: HeaderValue = HeaderValue::from_static("private, max-age=3600");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const PNG: HeaderValue = HeaderValue::from_static("image/png");
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex");
const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
/// Other sites do not learn the link; our own form says where it comes from.
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");
/// Seconds; doubt passes as soon as Redis or an admin answers again.
const SOON: HeaderValue = HeaderValue::from_static("1");
const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// An answer, and what to count it as.
pub(super) struct Reply {
    pub(super) outcome: Outcome,
    pub(super) response: Response<Full<Bytes>>,
    /// What it is an answer to, if that is recorded.
    pub(super) noted: Option<Noted>,
    /// Which target of which rule it leads to.
    pub(super) variant: Option<Variant>,
    /// The block that pays for it; 0: none.
    pub(super) lease: LeaseId,
}

impl Reply {
    /// Sends the visitor on; `None` if the location does not fit into a header.
    pub(super) fn redirect(outcome: Outcome, redirect: &Redirect<'_>) -> Option<Self> {
        let location = HeaderValue::from_bytes(redirect.location.as_bytes()).ok()?;
        let mut response = Response::new(Full::default());
        *response.status_mut() = status_of_redirect(redirect.status);
        let cache = if redirect.cacheable {
            AN_HOUR
        } else {
            NO_STORE
        };
        response.headers_mut().insert(LOCATION, location);
        response.headers_mut().insert(CACHE_CONTROL, cache);
        Some(Self::new(outcome, response).of_variant(redirect.variant))
    }

    /// Sends the visitor to a path of ours with a cookie.
    pub(super) fn unlocked(path: &str, cookie: HeaderValue) -> Option<Self> {
        let location = HeaderValue::from_str(path).ok()?;
        let mut reply = Self::empty(Outcome::Unlocked, StatusCode::SEE_OTHER);
        let headers = reply.response.headers_mut();
        headers.insert(LOCATION, location);
        headers.insert(SET_COOKIE, cookie);
        headers.insert(CACHE_CONTROL, NO_STORE);
        Some(reply)
    }

    pub(super) fn page(outcome: Outcome, status: StatusCode, page: Page) -> Self {
        let mut reply = Self::with_body(outcome, HTML, page.html);
        *reply.response.status_mut() = status;
        let headers = reply.response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, page.policy);
        headers.insert(REFERRER_POLICY, SAME_ORIGIN);
        headers.insert(X_ROBOTS_TAG, NO_INDEX);
        add_what_a_status_asks_for(headers, status);
        reply
    }

    pub(super) fn picture(png: Bytes) -> Self {
        let mut reply = Self::with_body(Outcome::Picture, PNG, png);
        reply.response.headers_mut().insert(X_ROBOTS_TAG, NO_INDEX);
        reply
    }

    pub(super) fn file(kind: HeaderValue, body: Bytes) -> Self {
        Self::with_body(Outcome::File, kind, body)
    }

    pub(super) fn noted(mut self, noted: Noted) -> Self {
        self.noted = Some(noted);
        self
    }

    pub(super) fn of_variant(mut self, variant: Option<Variant>) -> Self {
        self.variant = variant;
        self
    }

    /// The answer is paid for by this block.
    pub(super) fn paid_by(mut self, lease: LeaseId) -> Self {
        self.lease = lease;
        self
    }

    /// The answer that comes instead of a link which is used up, whatever it is.
    pub(super) fn instead_of_used_up(mut self) -> Self {
        if self.outcome == Outcome::Redirect {
            self.outcome = Outcome::UsedUp;
        }
        self
    }

    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.response
            .headers_mut()
            .insert(RETRY_AFTER, seconds.into());
        self
    }

    /// The response with the length that hyper leaves out for an empty reply to HEAD.
    pub(super) fn with_length(mut self) -> Response<Full<Bytes>> {
        let length = self.response.body().size_hint().lower();
        let headers = self.response.headers_mut();
        headers.insert(CONTENT_LENGTH, length.into());
        self.response
    }

    fn new(outcome: Outcome, response: Response<Full<Bytes>>) -> Self {
        Self {
            outcome,
            response,
            noted: None,
            variant: None,
            lease: 0,
        }
    }

    fn empty(outcome: Outcome, status: StatusCode) -> Self {
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        Self::new(outcome, response)
    }

    fn with_body(outcome: Outcome, kind: HeaderValue, body: Bytes) -> Self {
        let mut response = Response::new(Full::new(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, kind);
        headers.insert(CACHE_CONTROL, NO_STORE);
        headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
        Self::new(outcome, response)
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

fn add_what_a_status_asks_for(headers: &mut HeaderMap, status: StatusCode) {
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, METHODS);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, SOON);
    }
}
