//! What a listener serves: visitors, or the operator's tools.

use std::net::IpAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;

/// Answers requests; one for each worker, which never shares it.
pub(crate) trait Site: Send + 'static {
    /// Answers one request that `peer` has sent, the visitor or a proxy.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: IpAddr,
    ) -> impl Future<Output = Response<Full<Bytes>>>;
}
