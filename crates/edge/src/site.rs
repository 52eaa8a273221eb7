//! What a listener serves: visitors, or the operator's tools.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;

/// Answers requests; one for each worker, which never shares it.
pub(crate) trait Site: Send + 'static {
    /// Answers one request.
    fn answer(&self, request: Request<Incoming>) -> impl Future<Output = Response<Full<Bytes>>>;
}
