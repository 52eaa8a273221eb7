//! Waiting until edges show something.

use std::time::Duration;

use suo_testkit::wait_until;

use crate::{
    api::Visits,
    production::{Edge, Instance, SEEN},
    quick_start::START,
};

/// Buckets of links, and the domains.
const BUCKETS: usize = 257;

/// Waits until an empty Redis is filled: until then edges ask an admin about most codes.
#[track_caller]
pub fn whole(instance: &Instance) {
    let lists = ["suo:{*}:m", "suo:{*}:r"];
    let count = |pattern| instance.redis.command(&["KEYS", pattern]).lines().count();
    wait_until("Redis is whole", START, || match lists.map(count) {
        [BUCKETS, 0] => Ok(()),
        [markers, tokens] => Err(format!("{markers} buckets are, {tokens} at work")),
    });
}

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
    seen_within(&edge.visits, code, expected, SEEN);
}

/// The same for so long at most.
#[track_caller]
pub fn seen_within(visits: &Visits, code: &str, expected: &str, patience: Duration) {
    let what = format!("/{code} leads to {expected} at {}", visits.address);
    wait_until(&what, patience, || match visits.follow(code) {
        found if found == expected => Ok(()),
        other => Err(other),
    });
}
