//! Deciding is on the way of every redirect: memory is asked for only where a query is joined.

use allocation_counter::measure;
use proptest::prelude::*;
use proptest::{strategy::ValueTree, test_runner::TestRunner};
use suo_link::{
    link::ForwardQuery,
    platform::classify,
    policy::{decide, preview_page},
    time::Timestamp,
    visitor::{language, proxies::client_address},
};

use crate::{any, words::KEY};

fn allocations(of: impl FnOnce()) -> u64 {
    measure(of).count_total
}

#[test]
fn no_decision_allocates_but_for_the_visitors_query() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..2_000 {
        let (mut link, facts, now) = (any::link(), any::visitor(), any::moment())
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let visitor = facts.visitor();
        if !matches!(visitor.query, None | Some("")) {
            link.forward_query = ForwardQuery::Off;
        }
        let count = allocations(|| {
            let _ = decide(&link, &visitor, now, &KEY);
            let _ = preview_page(&link, &visitor, now, &KEY);
        });
        assert_eq!(count, 0, "{link:?} {visitor:?}");
    }
}

#[test]
fn no_header_that_is_read_allocates() {
    let count = allocations(|| {
        let _ = classify(
            b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0.50",
        );
        let _ = language::preferred(b"zh-CN,zh;q=0.9,en;q=0.8,*;q=0.1");
        let header: [&[u8]; 1] = [b"for=\"[2001:db8::1]:80\";by=10.0.0.2, for=10.0.0.3"];
        let listed: [&[u8]; 1] = [b"2001:db8::1, 10.0.0.3"];
        let peer = std::net::Ipv4Addr::LOCALHOST.into();
        let _ = client_address(peer, listed.into_iter(), header.into_iter(), |_| true);
    });
    assert_eq!(count, 0);
    // And what is measured is measured.
    assert_ne!(allocations(|| drop(vec![Timestamp(0)])), 0);
}

/// What a cache counts for a link is what a copy of it takes.
#[test]
fn a_link_knows_how_much_memory_it_takes() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..500 {
        let link = any::link().new_tree(&mut runner).unwrap().current();
        let mut copy = None;
        let taken = measure(|| copy = Some(link.clone())).bytes_total;
        assert_eq!(link.heap_bytes() as u64, taken, "{link:?}");
    }
}
