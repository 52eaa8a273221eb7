//! What an edge serves when it could have missed something.

use std::time::Duration;

use tokio::time::{Instant, advance};

use suo_link::wire::changes::Change;

use super::{
    fake::{Edge, Mood},
    words::{domains, notice, of_unknown_kind, paused, position, record},
};

const A: &str = "https://a.example/";
const B: &str = "https://b.example/";

/// An edge that remembers A, and is wrong about it.
async fn wrong(max_stale: Option<Duration>) -> Edge {
    let edge = Edge::with_max_stale(max_stale);
    edge.origin.projection.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
    edge.origin.projection.hold("a", record(2, B));
    edge.origin.authority.hold("a", record(2, B));
    edge
}

fn nobody_answers(edge: &Edge, mood: Mood) {
    edge.origin.projection.be(mood);
    edge.origin.authority.be(mood);
}

#[tokio::test(start_paused = true)]
async fn after_an_unfilled_gap_everything_is_looked_up_again_and_only_once() {
    let edge = wrong(None).await;
    assert_eq!(edge.get("none").await, "absent");
    edge.links.miss(position(1, 20));
    let before = edge.origin.projection.asked();
    assert_eq!(edge.cached("a"), None);
    for _ in 0..3 {
        assert_eq!(edge.get("a").await, B);
        assert_eq!(edge.get("none").await, "absent");
    }
    assert_eq!(edge.origin.projection.asked(), before + 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_the_gap_is_stale_at_once() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    let links = std::sync::Arc::clone(&edge.links);
    let gap = move || links.miss(position(1, 20));
    edge.origin.projection.meanwhile(gap);
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.cached("a"), None);
}

#[tokio::test(start_paused = true)]
async fn a_deaf_edge_asks_once_a_second() {
    let edge = wrong(None).await;
    edge.links.lose_touch();
    assert_eq!(edge.counters.deaf.value(), 1);
    assert_eq!(edge.get("a").await, A);
    advance(Duration::from_millis(1001)).await;
    assert_eq!(edge.get("a").await, B);
    let asked = edge.origin.projection.asked();
    advance(Duration::from_millis(900)).await;
    assert_eq!(edge.get("a").await, B);
    assert_eq!(edge.origin.projection.asked(), asked);
    edge.links.hear();
    for _ in 0..3 {
        advance(Duration::from_secs(60)).await;
        assert_eq!(edge.get("a").await, B);
        assert_eq!(edge.origin.projection.asked(), asked + 1);
    }
    assert_eq!(edge.counters.deaf.value(), 0);
}

/// A Redis that was set back says old things under old markers until a relay looks at it; the
/// relay then publishes again what this edge has heard, which tells it nothing.
#[tokio::test(start_paused = true)]
async fn what_was_looked_up_while_deaf_is_not_trusted_afterwards() {
    let edge = Edge::new();
    edge.links.lose_touch();
    edge.origin.authority.hold("a", record(1, A));
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.get("none").await, "absent");
    edge.origin.projection.hold("a", record(2, B));
    edge.origin.projection.hold("none", record(3, B));
    edge.links.hear();
    assert_eq!(edge.cached("a"), None);
    assert_eq!(edge.get("a").await, B);
    assert_eq!(edge.get("none").await, B);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_crossed_a_lapse_is_not_trusted_either() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", record(1, A));
    let links = std::sync::Arc::clone(&edge.links);
    edge.origin.projection.meanwhile(move || {
        links.lose_touch();
        links.hear();
    });
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.cached("a"), None);
}

#[tokio::test(start_paused = true)]
async fn what_was_looked_up_before_is_trusted_afterwards() {
    let edge = wrong(None).await;
    let asked = edge.origin.projection.asked();
    edge.links.lose_touch();
    edge.links.hear();
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.origin.projection.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn if_nobody_answers_the_old_link_is_served_and_counted() {
    for mood in [Mood::Fails, Mood::Silent] {
        let edge = wrong(None).await;
        edge.links.lose_touch();
        nobody_answers(&edge, mood);
        advance(Duration::from_secs(3600)).await;
        assert_eq!(edge.get("a").await, A);
        assert_eq!(edge.counters.stale_served.total(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_absence_is_no_404() {
    let edge = Edge::new();
    assert_eq!(edge.get("none").await, "absent");
    edge.links.miss(position(1, 20));
    nobody_answers(&edge, Mood::Fails);
    assert_eq!(edge.get("none").await, "in doubt");
}

#[tokio::test(start_paused = true)]
async fn an_old_pause_is_no_404_either() {
    let edge = Edge::new();
    edge.origin.projection.hold("a", paused(1, A));
    assert_eq!(edge.get("a").await, A);
    edge.links.lose_touch();
    nobody_answers(&edge, Mood::Fails);
    advance(Duration::from_secs(2)).await;
    assert_eq!(edge.get("a").await, "in doubt");
}

#[tokio::test(start_paused = true)]
async fn silence_costs_a_visitor_300_ms_at_most_and_soon_nothing() {
    let edge = wrong(None).await;
    edge.links.miss(position(1, 20));
    nobody_answers(&edge, Mood::Silent);
    let silence = Instant::now();
    let mut visits = 0;
    loop {
        let start = Instant::now();
        assert_eq!(edge.get("a").await, A);
        visits += 1;
        if start.elapsed() == Duration::ZERO {
            break;
        }
        assert!(start.elapsed() <= Duration::from_millis(310));
        assert!(silence.elapsed() < Duration::from_secs(4), "{visits}");
    }
    for _ in 0..10 {
        let start = Instant::now();
        assert_eq!(edge.get("a").await, A);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
    assert_eq!(edge.counters.stale_served.total(), visits + 10);
}

#[tokio::test(start_paused = true)]
async fn an_authority_that_is_slow_corrects_an_old_link_all_the_same() {
    let edge = wrong(None).await;
    edge.links.miss(position(1, 20));
    edge.origin.projection.be(Mood::Silent);
    edge.origin
        .authority
        .be(Mood::Slow(Duration::from_millis(700)));
    assert_eq!(edge.get("a").await, A, "nobody waits that long");
    let limit = Duration::from_secs(5);
    suo_testkit::wait_until_async("the correction", limit, async || match edge.cached("a") {
        Some(target) if target == B => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn those_who_were_silent_are_tried_again() {
    let edge = wrong(None).await;
    edge.links.miss(position(1, 20));
    nobody_answers(&edge, Mood::Fails);
    for _ in 0..5 {
        assert_eq!(edge.get("a").await, A);
    }
    nobody_answers(&edge, Mood::Answers);
    edge.origin.authority.hold("a", record(2, B));
    advance(Duration::from_millis(300)).await;
    // This visitor does not wait for the attempt that it sets off.
    assert_eq!(edge.get("a").await, A);
    let corrected = async || match edge.cached("a") {
        Some(target) if target == B => Ok(()),
        other => Err(format!("{other:?}")),
    };
    let limit = Duration::from_secs(5);
    suo_testkit::wait_until_async("the correction", limit, corrected).await;
}

#[tokio::test(start_paused = true)]
async fn a_deaf_edge_does_not_believe_a_projection_that_may_be_another_one() {
    let edge = Edge::new();
    edge.links.hear();
    edge.links.lose_touch();
    edge.origin.authority.hold("a", record(2, B));
    edge.origin.projection.hold("b", record(1, A));
    assert_eq!(edge.get("a").await, B);
    edge.origin.authority.be(Mood::Fails);
    assert_eq!(edge.get("b").await, "in doubt");
    edge.links.hear();
    assert_eq!(edge.get("b").await, A);
}

#[tokio::test(start_paused = true)]
async fn a_silent_projection_does_not_keep_an_old_link_if_the_authority_answers() {
    let edge = wrong(None).await;
    edge.links.lose_touch();
    edge.origin.projection.be(Mood::Silent);
    edge.origin.authority.hold("a", record(2, B));
    advance(Duration::from_secs(2)).await;
    assert_eq!(edge.get("a").await, B);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_in_doubt() {
    let edge = wrong(Some(Duration::from_secs(60))).await;
    nobody_answers(&edge, Mood::Fails);
    // While changes are heard, age is no matter.
    advance(Duration::from_secs(600)).await;
    edge.links.hear();
    assert_eq!(edge.get("a").await, A);
    edge.links.lose_touch();
    advance(Duration::from_secs(59)).await;
    assert_eq!(edge.get("a").await, A);
    // It was right until the last heartbeat, whatever is missed later.
    edge.links.miss(position(1, 20));
    assert_eq!(edge.get("a").await, A);
    advance(Duration::from_secs(2)).await;
    assert_eq!(edge.get("a").await, "in doubt");
    nobody_answers(&edge, Mood::Answers);
    assert_eq!(edge.get("a").await, B);
}

#[tokio::test(start_paused = true)]
async fn whoever_follows_directly_is_never_deaf() {
    let edge = Edge::newborn(None);
    edge.origin.projection.hold("a", record(1, A));
    edge.links.follow_directly(position(1, 10));
    edge.links.lose_touch();
    assert_eq!(edge.get("a").await, A);
    advance(Duration::from_secs(3600)).await;
    assert_eq!(edge.cached("a").as_deref(), Some(A));
    assert_eq!(edge.links.lag(), Some(Duration::ZERO));
}

/// An edge that knows `s.example` for certain.
async fn certain() -> Edge {
    let edge = Edge::new();
    edge.origin.projection.hold_domains(domains(1, "s.example"));
    assert!(!edge.links.domains_are_current());
    edge.links.load_domains().await.unwrap();
    assert!(edge.links.domains_are_current());
    edge
}

#[tokio::test(start_paused = true)]
async fn after_an_unfilled_gap_the_domains_are_old_until_somebody_confirms_them() {
    let edge = certain().await;
    edge.links.miss(position(1, 20));
    edge.links.hear();
    assert!(!edge.links.domains_are_current());
    nobody_answers(&edge, Mood::Fails);
    edge.links.load_domains().await.unwrap_err();
    assert!(!edge.links.domains_are_current());
    assert!(edge.links.domains().by_host("s.example").is_some());
    nobody_answers(&edge, Mood::Answers);
    edge.links.load_domains().await.unwrap();
    assert!(edge.links.domains_are_current());
}

#[tokio::test(start_paused = true)]
async fn domains_from_before_a_gap_or_of_an_older_generation_are_old() {
    let edge = certain().await;
    let links = std::sync::Arc::clone(&edge.links);
    let gap = move || links.miss(position(1, 20));
    edge.origin.projection.meanwhile(gap);
    edge.links.load_domains().await.unwrap();
    assert!(!edge.links.domains_are_current());
    edge.links.load_domains().await.unwrap();
    assert!(edge.links.domains_are_current());
    // Some visitor's lookup tells of a new generation.
    edge.origin.projection.mark(Some(position(2, 1)));
    assert_eq!(edge.get("none").await, "absent");
    assert!(!edge.links.domains_are_current());
}

#[tokio::test(start_paused = true)]
async fn domains_that_are_heard_are_current_and_those_that_cannot_be_read_are_doubted() {
    let edge = certain().await;
    edge.links.miss(position(1, 20));
    let heard = |seq, record| {
        let change = Change::Domains { record };
        edge.links.apply(&notice(position(1, seq), change));
    };
    heard(21, domains(2, "two.example"));
    assert!(edge.links.domains_are_current());
    heard(22, of_unknown_kind(3));
    assert!(!edge.links.domains_are_current());
    assert!(edge.links.domains().by_host("two.example").is_some());
    // What was read before that change confirms nothing.
    edge.origin.projection.mark(Some(position(1, 21)));
    edge.links.load_domains().await.unwrap_err();
    assert!(!edge.links.domains_are_current());
    edge.origin.projection.mark(Some(position(1, 22)));
    edge.links.load_domains().await.unwrap();
    assert!(edge.links.domains_are_current());
}
