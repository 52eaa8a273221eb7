//! Waiting until edges show something.

use suo_testkit::wait_until;

use crate::production::{Edge, SEEN};

/// Waits until every edge answers a code so: with this target, or with this status.
#[track_caller]
pub fn seen(edges: &[Edge], code: &str, expected: &str) {
    for edge in edges {
        seen_by(edge, code, expected);
    }
}

/// Waits until one edge answers a code so.
#[track_caller]
pub fn seen_by(edge: &Edge, code: &str, expected: &str) {
    let what = format!("/{code} leads to {expected}");
    wait_until(&what, SEEN, || match edge.visits.follow(code) {
        found if found == expected => Ok(()),
        other => Err(other),
    });
}
