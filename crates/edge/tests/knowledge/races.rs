//! Notices that arrive at the worst moment.

use std::sync::Arc;

use suo_link::wire::changes::{Change, Notice};

use super::{
    fake::{Edge, Side},
    words::{created, domains, edited, notice, of_unknown_kind, position, record, tombstone},
};

const A: &str = "https://a.example/";
const B: &str = "https://b.example/";

/// The notice is applied when the answer has been read and is not yet remembered.
fn while_asked(edge: &Edge, side: &Side, notice: Notice) {
    let links = Arc::clone(&edge.links);
    side.meanwhile(move || links.apply(&notice));
}

#[tokio::test(start_paused = true)]
async fn an_edit_between_lookup_and_insert_is_not_overwritten() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    let edit = notice(position(1, 11), edited("a", record(2, B)));
    let origin = Arc::clone(&edge.origin);
    let links = Arc::clone(&edge.links);
    edge.origin.projection.meanwhile(move || {
        origin.projection.hold("a", record(2, B));
        origin.projection.mark(Some(position(1, 11)));
        links.apply(&edit);
    });
    assert_eq!(edge.get("a").await, B);
    assert_eq!(edge.cached("a").as_deref(), Some(B));
    assert_eq!(edge.origin.projection.asked(), 2);
    assert_eq!(edge.origin.authority.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_delete_between_lookup_and_insert_is_not_undone() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    let delete = notice(position(1, 11), edited("a", tombstone(2)));
    while_asked(&edge, &edge.origin.projection, delete);
    edge.origin.authority.mark(Some(position(1, 11)));
    assert_eq!(edge.get("a").await, "absent");
    assert_eq!(edge.cached("a").as_deref(), Some("absent"));
}

#[tokio::test(start_paused = true)]
async fn a_creation_between_lookup_and_insert_leaves_no_absence() {
    let edge = Edge::new();
    while_asked(
        &edge,
        &edge.origin.projection,
        notice(position(1, 11), created("a")),
    );
    edge.origin.authority.mark(Some(position(1, 11)));
    edge.origin.authority.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
}

#[tokio::test(start_paused = true)]
async fn a_creation_removes_a_remembered_absence_and_a_remembered_link() {
    let edge = Edge::new();
    edge.origin.projection.hold("b", record(1, A));
    assert_eq!(edge.get("a").await, "absent");
    assert_eq!(edge.get("b").await, A);
    edge.links.apply(&notice(position(1, 11), created("a")));
    edge.links.apply(&notice(position(1, 12), created("b")));
    assert_eq!(edge.cached("a"), None);
    assert_eq!(edge.cached("b"), None);
}

#[tokio::test(start_paused = true)]
async fn edits_replace_only_what_is_older_and_only_what_somebody_asked_for() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(5, A));
    assert_eq!(edge.get("a").await, A);
    edge.links
        .apply(&notice(position(1, 11), edited("a", record(4, B))));
    assert_eq!(edge.cached("a").as_deref(), Some(A));
    edge.links
        .apply(&notice(position(1, 12), edited("a", tombstone(4))));
    assert_eq!(edge.cached("a").as_deref(), Some(A));
    edge.links
        .apply(&notice(position(1, 13), edited("a", record(6, B))));
    assert_eq!(edge.cached("a").as_deref(), Some(B));
    edge.links
        .apply(&notice(position(1, 14), edited("a", tombstone(7))));
    assert_eq!(edge.cached("a"), None);
    edge.links
        .apply(&notice(position(1, 15), edited("other", record(8, B))));
    assert_eq!(edge.cached("other"), None);
}

#[tokio::test(start_paused = true)]
async fn an_edit_removes_a_remembered_absence() {
    let edge = Edge::new();
    assert_eq!(edge.get("a").await, "absent");
    edge.links
        .apply(&notice(position(1, 11), edited("a", record(1, A))));
    assert_eq!(edge.cached("a"), None);
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_finds_an_older_record_keeps_the_newer() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(5, A));
    assert_eq!(edge.get("a").await, A);
    edge.links.miss(position(1, 20));
    for older in [record(4, B), tombstone(4)] {
        edge.origin.projection.hold("a", older);
        assert_eq!(edge.get("a").await, A);
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_to_a_kind_that_is_not_known_leaves_doubt() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
    edge.origin.projection.hold("a", of_unknown_kind(2));
    edge.origin.projection.mark(Some(position(1, 11)));
    edge.links
        .apply(&notice(position(1, 11), edited("a", of_unknown_kind(2))));
    assert_eq!(edge.get("a").await, "in doubt");
}

#[tokio::test(start_paused = true)]
async fn notices_of_an_older_generation_are_nothing() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
    edge.links
        .apply(&notice(position(0, 99), edited("a", record(2, B))));
    assert_eq!(edge.cached("a").as_deref(), Some(A));
    assert_eq!(edge.links.position(), Some(position(1, 10)));
}

#[tokio::test(start_paused = true)]
async fn domains_change_by_notice_and_never_back() {
    let edge = Edge::new();
    edge.origin
        .projection
        .hold_domains(domains(1, "one.example"));
    let record = domains(2, "two.example");
    let change = notice(position(1, 11), Change::Domains { record });
    while_asked(&edge, &edge.origin.projection, change);
    edge.origin.authority.be(super::fake::Mood::Fails);
    edge.links.load_domains().await.unwrap_err();
    assert!(edge.links.domains().by_host("two.example").is_some());
    let record = domains(1, "one.example");
    let change = notice(position(1, 12), Change::Domains { record });
    edge.links.apply(&change);
    assert!(edge.links.domains().by_host("two.example").is_some());
}

/// What the quick start promises: whoever asks after a change was applied sees it, however
/// many lookups are under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_change_that_was_applied_is_seen_by_whoever_asks_then() {
    let edge = Arc::new(Edge::newborn(None));
    edge.links.follow_directly(position(1, 10));
    let visitors: Vec<_> = (0..3)
        .map(|_| {
            let edge = Arc::clone(&edge);
            tokio::spawn(async move {
                loop {
                    edge.get("a").await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for n in 11..6000 {
        let target = format!("https://a.example/{n}");
        let (held, change, expected) = match n % 3 {
            0 => (tombstone(n), edited("a", tombstone(n)), "absent"),
            1 => (record(n, &target), created("a"), &*target),
            _ => (
                record(n, &target),
                edited("a", record(n, &target)),
                &*target,
            ),
        };
        edge.origin.projection.hold("a", held);
        edge.origin.projection.mark(Some(position(1, n)));
        edge.links.apply(&notice(position(1, n), change));
        assert_eq!(edge.get("a").await, expected);
    }
    for visitor in visitors {
        visitor.abort();
    }
}
