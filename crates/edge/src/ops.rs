//! The operations listener: is the process alive, may it get visitors, how is it doing.
//!
//! ```text
//! GET|HEAD /live      200 as long as the process answers at all
//! GET|HEAD /ready     200 once the edge knows enough to answer, 503 before and while it ends
//! GET|HEAD /metrics   Prometheus text
//! ```

use std::{cell::Cell, net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE},
};
use http_body_util::Full;
use hyper::body::Incoming;

use crate::{
    links::Links,
    metrics::{self, Metrics, Sources},
    shutdown::Shutdown,
    site::Site,
};

const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

/// What the operator's tools are answered with.
pub(crate) struct Operations {
    links: Arc<Links>,
    metrics: Metrics,
    shutdown: Shutdown,
    has_been_ready: Cell<bool>,
}

impl Site for Operations {
    async fn answer(&self, request: Request<Incoming>, _peer: IpAddr) -> Response<Full<Bytes>> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
            let methods = HeaderValue::from_static("GET, HEAD");
            response.headers_mut().insert(ALLOW, methods);
            return response;
        }
        match request.uri().path() {
            "/live" => text(StatusCode::OK, "live\n"),
            "/ready" => self.ready(),
            "/metrics" => self.metrics(),
            _ => text(StatusCode::NOT_FOUND, "/live, /ready, /metrics\n"),
        }
    }
}

impl Operations {
    pub(crate) fn new(sources: Sources, shutdown: Shutdown) -> Self {
        Self {
            links: Arc::clone(&sources.links),
            metrics: Metrics::new(sources),
            shutdown,
            has_been_ready: Cell::new(false),
        }
    }

    /// The listeners stand, or nobody would be here to ask. When Redis is lost later, all edges
    /// go on with what they remember: taking them all out of service would make an outage of it.
    fn ready(&self) -> Response<Full<Bytes>> {
        if self.links.is_ready() {
            self.has_been_ready.set(true);
        }
        if self.shutdown.is_requested() {
            text(StatusCode::SERVICE_UNAVAILABLE, "about to end\n")
        } else if self.has_been_ready.get() {
            text(StatusCode::OK, "ready\n")
        } else {
            let why = "the domains are not known yet, or changes are not heard\n";
            text(StatusCode::SERVICE_UNAVAILABLE, why)
        }
    }

    fn metrics(&self) -> Response<Full<Bytes>> {
        match self.metrics.text() {
            Ok(text) => respond(StatusCode::OK, metrics::CONTENT_TYPE, text.into()),
            Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "cannot be written\n"),
        }
    }
}

fn text(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    respond(status, PLAIN_TEXT, Bytes::from_static(text.as_bytes()))
}

fn respond(status: StatusCode, media_type: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
