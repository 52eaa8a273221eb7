//! Changes reach the cache, whatever happens to the line.

use suo_link::wire::{changes::Change, names::Names};
use suo_testkit::{FaultProxy, redis_prefix, shared_redis};

use super::stage::{Stage, corner, started};
use crate::knowledge::words::{domains, edited, of_unknown_kind, record};

const A: &str = "https://a.example/";
const B: &str = "https://b.example/";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_correct_what_is_remembered_without_a_lookup() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let edge = Stage::new(&shared_redis().url(), &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.get("new").await, "absent");
    let lookups = edge.counters.lookups.total();
    // At its start it has looked for an admin.
    let resolves = edge.counters.resolves.total();
    relay.edit("a", B);
    edge.until("the edit", || edge.cached("a").as_deref() == Some(B))
        .await;
    assert_eq!(edge.counters.lookups.total(), lookups);
    relay.create("new", A);
    edge.becomes("new", A).await;
    relay.delete("new");
    edge.becomes("new", "absent").await;
    relay.name_domain("other.example");
    edge.until("the domain", || {
        edge.links.domains().by_host("other.example").is_some()
    })
    .await;
    assert_eq!(edge.counters.gaps_filled.total(), 0);
    assert_eq!(edge.counters.gaps_unfilled.total(), 0);
    assert_eq!(edge.counters.resolves.total(), resolves);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_made_while_the_line_was_cut_are_caught_up() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    relay.create("b", A);
    let proxy = FaultProxy::start(shared_redis().address());
    let url = shared_redis().url_through(proxy.address());
    let edge = Stage::new(&url, &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.get("b").await, A);
    let lookups = edge.counters.lookups.total();
    proxy.cut();
    edge.until_deaf().await;
    relay.edit("a", B);
    relay.create("c", A);
    proxy.restore();
    edge.until_heard(&relay).await;
    // Nothing was looked up: the cache is as it was, but for the edit.
    assert_eq!(edge.cached("a").as_deref(), Some(B));
    assert_eq!(edge.cached("b").as_deref(), Some(A));
    assert_eq!(edge.counters.lookups.total(), lookups);
    assert_eq!(edge.counters.gaps_filled.total(), 1);
    assert_eq!(edge.counters.gaps_unfilled.total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gap_beyond_the_stream_makes_everything_stale_and_empties_nothing() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let proxy = FaultProxy::start(shared_redis().address());
    let url = shared_redis().url_through(proxy.address());
    let edge = Stage::new(&url, &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    proxy.cut();
    edge.until_deaf().await;
    assert_eq!(edge.get("a").await, A);
    relay.edit("a", B);
    relay.name_domain("other.example");
    relay.edit("b", A);
    relay.trim();
    proxy.restore();
    edge.until_heard(&relay).await;
    assert_eq!(edge.counters.gaps_unfilled.total(), 1);
    edge.until("the domain", || {
        edge.links.domains().by_host("other.example").is_some()
    })
    .await;
    let lookups = edge.counters.lookups.total();
    assert_eq!(edge.cached("a"), None);
    assert_eq!(edge.get("a").await, B);
    assert_eq!(edge.get("a").await, B);
    assert_eq!(edge.counters.lookups.total(), lookups + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_gap_the_domains_are_asked_for_until_somebody_can_say() {
    let (mut relay, names) = corner();
    let proxy = FaultProxy::start(shared_redis().address());
    let url = shared_redis().url_through(proxy.address());
    let edge = Stage::new(&url, &names).ready().await;
    proxy.cut();
    edge.until_deaf().await;
    relay.name_domain("other.example");
    relay.edit("b", A);
    relay.trim();
    relay.unseal_domains();
    proxy.restore();
    edge.until_heard(&relay).await;
    assert!(!edge.links.domains_are_current());
    assert!(edge.links.domains().by_host("s.example.com").is_some());
    assert!(edge.links.domains().by_host("other.example").is_none());
    relay.seal();
    edge.until("certainty", || edge.links.domains_are_current())
        .await;
    assert!(edge.links.domains().by_host("other.example").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn domains_that_cannot_be_read_are_asked_for() {
    let (mut relay, names) = corner();
    let edge = Stage::new(&shared_redis().url(), &names).ready().await;
    let record = domains(relay.next_number(), "other.example");
    relay.project(&Change::Domains { record });
    let record = of_unknown_kind(relay.next_number());
    let notice = relay.enter(&Change::Domains { record });
    relay.publish(&notice);
    edge.until("the domain", || {
        edge.links.domains().by_host("other.example").is_some()
    })
    .await;
    assert!(edge.links.domains_are_current());
    assert_eq!(edge.counters.gaps_unfilled.total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_says_nothing_is_no_change_that_was_missed() {
    for is_published in [false, true] {
        let (mut relay, names) = corner();
        relay.create("a", A);
        let edge = Stage::new(&shared_redis().url(), &names).ready().await;
        assert_eq!(edge.get("a").await, A);
        let lost = edited("a", record(relay.next_number(), B));
        relay.project(&lost);
        let nothing = relay.enter_nothing();
        if is_published {
            relay.publish(&nothing);
        }
        edge.until_heard(&relay).await;
        edge.becomes("a", B).await;
        assert_eq!(edge.counters.gaps_unfilled.total(), 1);
        assert_eq!(edge.counters.gaps_filled.total(), 0);
        // Whoever has heard it all does not mind.
        relay.publish(&nothing);
        relay.edit("a", A);
        edge.until_heard(&relay).await;
        assert_eq!(edge.cached("a").as_deref(), Some(A));
        assert_eq!(edge.counters.gaps_unfilled.total(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_line_is_noticed_and_an_old_link_is_served_meanwhile() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let proxy = FaultProxy::start(shared_redis().address());
    let url = shared_redis().url_through(proxy.address());
    let edge = Stage::new(&url, &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    proxy.hold();
    edge.until_deaf().await;
    relay.edit("a", B);
    edge.serves_old("a", A).await;
    proxy.release();
    edge.becomes("a", B).await;
    edge.until_heard(&relay).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_never_delivered_is_found_by_the_heartbeat() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let edge = Stage::new(&shared_redis().url(), &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    let edit = edited("a", record(relay.next_number(), B));
    relay.project(&edit);
    relay.enter(&edit);
    edge.becomes("a", B).await;
    // The next one but the lost one shows the gap at once.
    let edit = edited("a", record(relay.next_number(), A));
    relay.project(&edit);
    relay.enter(&edit);
    relay.edit("b", B);
    edge.becomes("a", A).await;
    edge.until_heard(&relay).await;
    assert_eq!(edge.counters.gaps_unfilled.total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_message_changes_nothing() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let edge = Stage::new(&shared_redis().url(), &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    let edit = edited("a", record(relay.next_number(), B));
    relay.project(&edit);
    let first = relay.enter(&edit);
    relay.publish(&first);
    relay.edit("a", A);
    edge.until_heard(&relay).await;
    relay.publish(&first);
    relay.edit("b", B);
    edge.until_heard(&relay).await;
    assert_eq!(edge.cached("a").as_deref(), Some(A));
    assert_eq!(edge.counters.gaps_filled.total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_cannot_be_read_makes_everything_stale() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let edge = Stage::new(&shared_redis().url(), &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    relay.project(&edited("a", record(9, B)));
    relay.enter_bytes(b"from the future");
    edge.becomes("a", B).await;
    edge.until_heard(&relay).await;
    assert_eq!(edge.counters.unreadable_notices.total(), 1);
    assert_eq!(edge.counters.gaps_unfilled.total(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_generation_makes_everything_stale() {
    let (mut relay, names) = corner();
    relay.create("a", A);
    let edge = Stage::new(&shared_redis().url(), &names).ready().await;
    assert_eq!(edge.get("a").await, A);
    relay.at = crate::knowledge::words::position(2, 0);
    relay.seal();
    relay.edit("b", B);
    edge.until_heard(&relay).await;
    assert_eq!(edge.cached("a"), None);
    assert_eq!(edge.get("a").await, A);
    assert_eq!(edge.counters.generation.value(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edge_waits_for_redis_and_is_ready_then() {
    let names = Names::new(&redis_prefix());
    let proxy = FaultProxy::start(shared_redis().address());
    proxy.cut();
    let edge = Stage::new(&shared_redis().url_through(proxy.address()), &names);
    assert_eq!(edge.get("a").await, "in doubt");
    assert!(!edge.links.is_ready());
    let mut relay = started(&shared_redis().url(), &names);
    relay.create("a", A);
    proxy.restore();
    let edge = edge.ready().await;
    assert_eq!(edge.get("a").await, A);
}
