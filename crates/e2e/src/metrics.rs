//! What an edge says about itself.

use std::net::SocketAddr;

use crate::http::request;

/// The value of a metric at the listener for operations; the sum over its labels.
///
/// # Panics
/// If the edge does not answer or has no such metric.
#[must_use]
pub fn metric(operations: SocketAddr, name: &str) -> f64 {
    let headers = [("host", "localhost")];
    let answer = request(operations, "GET", "/metrics", &headers, &[]).expect("metrics");
    let text = String::from_utf8(answer.body).expect("text");
    let of = |line: &str| {
        let rest = line.strip_prefix(name)?;
        rest.starts_with([' ', '{'])
            .then(|| line.rsplit(' ').next()?.parse::<f64>().ok())?
    };
    let values: Vec<f64> = text.lines().filter_map(of).collect();
    assert!(!values.is_empty(), "no metric {name} in\n{text}");
    values.iter().sum()
}
