//! One lookup for many visitors.

use std::{sync::Arc, time::Duration};

use futures_util::{FutureExt, future::join_all};
use suo_edge::links::Found;

use super::{
    fake::{Edge, Mood},
    words::{created, key, notice, position, record},
};

const A: &str = "https://a.example/";

#[tokio::test(start_paused = true)]
async fn a_thousand_misses_of_one_key_are_one_lookup() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    let visitors = (0..1000).map(|_| edge.get("a"));
    let targets = join_all(visitors).await;
    assert!(targets.iter().all(|target| target == A));
    assert_eq!(edge.origin.projection.asked(), 1);
    assert_eq!(edge.counters.lookups.total(), 1);
    assert_eq!(edge.counters.lookups_in_flight.value(), 0);
}

#[tokio::test(start_paused = true)]
async fn beyond_the_bound_visitors_are_told_at_once() {
    let edge = Edge::new();
    edge.origin.projection.be(Mood::Silent);
    edge.origin.authority.be(Mood::Silent);
    let visitors = (0..5000).map(|n| edge.links.find(key(&format!("code{n}"))));
    let found = join_all(visitors).await;
    assert!(found.iter().all(|found| matches!(found, Found::InDoubt)));
    assert_eq!(edge.counters.lookups_refused.total(), 5000 - 4096);
    assert_eq!(edge.counters.lookups_in_flight.value(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_visitor_who_leaves_does_not_end_the_flight() {
    let edge = Edge::new();
    edge.origin.projection.be(Mood::Silent);
    edge.origin.authority.hold("a", record(1, A));
    let leaves = tokio::time::timeout(Duration::from_millis(10), edge.get("a"));
    leaves.await.unwrap_err();
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.counters.lookups.total(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_after_a_notice_does_not_get_an_answer_from_before() {
    let edge = Edge::new();
    // The visitor has joined a flight that finds nothing; the creation is heard
    // when the flight has landed and the visitor has not yet looked.
    let flight = {
        let links = Arc::clone(&edge.links);
        tokio::spawn(async move { links.find(key("a")).await })
    };
    let mut visitor = std::pin::pin!(edge.get("a"));
    assert!(visitor.as_mut().now_or_never().is_none());
    assert!(matches!(flight.await.unwrap(), Found::Absent));
    edge.origin.projection.hold("a", record(1, A));
    edge.origin.projection.mark(Some(position(1, 11)));
    edge.links.apply(&notice(position(1, 11), created("a")));
    assert_eq!(visitor.await, A);
}
