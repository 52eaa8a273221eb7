//! What an edge believes, and whom it asks when it does not.

use super::{
    fake::{Edge, Mood},
    words::{
        domains, edited, notice, of_unknown_kind, position, record, record_of, rev, tombstone,
        with_unknown_section,
    },
};

const A: &str = "https://a.example/";
const B: &str = "https://b.example/";

#[tokio::test(start_paused = true)]
async fn what_the_projection_holds_is_served_and_remembered() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.get("none").await, "absent");
    assert_eq!(edge.get("none").await, "absent");
    assert_eq!(edge.origin.projection.asked(), 2);
    assert_eq!(edge.origin.authority.asked(), 0);
    assert_eq!(edge.counters.cache_hits.total(), 1);
    assert_eq!(edge.counters.absences_served.total(), 1);
    assert_eq!(edge.counters.cache_misses.total(), 2);
}

#[tokio::test(start_paused = true)]
async fn tombstones_are_absences() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", tombstone(3));
    assert_eq!(edge.get("a").await, "absent");
    assert_eq!(edge.cached("a").as_deref(), Some("absent"));
}

#[tokio::test(start_paused = true)]
async fn without_a_valid_marker_neither_presence_nor_absence_is_believed() {
    for marker in [None, Some(position(0, 99)), Some(position(1, 11))] {
        let edge = Edge::new();
        // A change was heard in both buckets that a marker at 11 lacks.
        for code in ["a", "b"] {
            let change = edited(code, record(5, A));
            edge.links.apply(&notice(position(1, 12), change));
        }
        edge.origin.projection.mark(marker);
        edge.origin.projection.hold("a", record(1, A));
        edge.origin.authority.mark(Some(position(1, 12)));
        edge.origin.authority.hold("b", record(1, B));
        assert_eq!(edge.get("a").await, "absent", "{marker:?}");
        assert_eq!(edge.get("b").await, B, "{marker:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn if_nobody_can_say_it_is_in_doubt_and_not_absent() {
    for mood in [Mood::Fails, Mood::Silent] {
        let edge = Edge::new();
        edge.origin.projection.mark(None);
        edge.origin.authority.be(mood);
        assert_eq!(edge.get("a").await, "in doubt");
        edge.origin.projection.be(mood);
        assert_eq!(edge.get("a").await, "in doubt");
        assert_eq!(edge.cached("a"), None);
        assert_eq!(edge.counters.doubts.total(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_authority_that_lacks_what_was_heard_is_asked_once_more() {
    let edge = Edge::new();
    edge.origin.projection.be(Mood::Fails);
    let change = edited("a", record(5, A));
    edge.links.apply(&notice(position(1, 11), change));
    assert_eq!(edge.get("a").await, "in doubt");
    assert_eq!(edge.origin.authority.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn records_that_this_edge_does_not_know_are_in_doubt() {
    let edge = Edge::new();
    for (code, bytes) in [("a", of_unknown_kind(1)), ("b", with_unknown_section(1))] {
        edge.origin.projection.hold(code, bytes);
        assert_eq!(edge.get(code).await, "in doubt");
        assert_eq!(edge.cached(code), None);
    }
    assert_eq!(edge.counters.unknown_records.total(), 2);
    assert_eq!(edge.origin.authority.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_broken_record_is_asked_of_the_authority() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", vec![1, 1, 0]);
    edge.origin.authority.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
}

#[tokio::test(start_paused = true)]
async fn an_edge_that_knows_no_generation_learns_it_and_a_higher_one_wins() {
    let edge = Edge::newborn(None);
    edge.origin.projection.hold("a", record(1, A));
    edge.origin.authority.be(Mood::Fails);
    assert_eq!(edge.get("a").await, A);
    // The instance was restored: the authority tells, and the old projection is out.
    edge.origin.authority.be(Mood::Answers);
    edge.origin.authority.mark(Some(position(2, 1)));
    edge.origin.authority.hold("a", record_of(rev(2, 1), B));
    edge.origin.projection.mark(None);
    assert_eq!(edge.get("other").await, "absent");
    edge.origin.projection.mark(Some(position(1, 99)));
    assert_eq!(edge.get("a").await, B);
}

#[tokio::test(start_paused = true)]
async fn an_edge_that_has_heard_nothing_yet_asks_the_authority_first() {
    let edge = Edge::newborn(None);
    edge.origin.projection.hold("a", record(1, A));
    edge.origin.authority.hold("a", record(2, B));
    assert_eq!(edge.get("a").await, B);
    assert_eq!(edge.origin.projection.asked(), 0);
    edge.links.hear();
    edge.origin.projection.hold("c", record(1, A));
    assert_eq!(edge.get("c").await, A);
}

#[tokio::test(start_paused = true)]
async fn domains_are_believed_by_the_same_rules() {
    let edge = Edge::new();
    assert!(!edge.links.is_ready());
    edge.origin
        .projection
        .hold_domains(domains(1, "old.example"));
    edge.origin.projection.mark(None);
    edge.links.load_domains().await.unwrap_err();
    edge.origin
        .authority
        .hold_domains(domains(2, "new.example"));
    edge.links.load_domains().await.unwrap();
    assert!(edge.links.is_ready());
    assert!(edge.links.domains().by_host("new.example").is_some());
    edge.origin.projection.mark(Some(position(1, 10)));
    edge.links.load_domains().await.unwrap();
    assert!(edge.links.domains().by_host("new.example").is_some());
}

#[tokio::test(start_paused = true)]
async fn an_authority_that_was_silent_is_asked_when_there_is_nothing_else_to_serve() {
    let edge = Edge::new();
    edge.origin.projection.mark(None);
    edge.origin.authority.be(Mood::Fails);
    for _ in 0..5 {
        assert_eq!(edge.get("a").await, "in doubt");
    }
    edge.origin.authority.be(Mood::Answers);
    edge.origin.authority.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
}
