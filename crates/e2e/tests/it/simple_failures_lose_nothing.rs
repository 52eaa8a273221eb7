use std::time::Duration;

use e2e::{
    api::text,
    production::{Edge, Instance, SEEN},
};
use serde_json::{Value, json};
use suo_testkit::{FaultProxy, wait_until};

fn seen(edge: &Edge, code: &str, expected: &str) {
    wait_until(
        &format!("/{code} leads to {expected}"),
        SEEN,
        || match edge.visits.follow(code) {
            found if found == expected => Ok(()),
            other => Err(other),
        },
    );
}

fn create(admin: &e2e::production::Admin, codes: std::ops::Range<usize>) -> Vec<Value> {
    let link = |n| json!({ "target": format!("https://example.com/{n}"), "code": format!("c{n}") });
    codes.map(|n| admin.api.create(&link(n))).collect()
}

#[test]
fn edits_made_while_a_line_was_cut_are_seen_when_it_is_back() {
    let instance = Instance::new();
    let admin = instance.admin();
    let proxy = FaultProxy::start(instance.redis.address());
    let edge = instance.edge_through(&[&admin], Some(&proxy));
    let links = create(&admin, 0..20);
    (0..20).for_each(|n| seen(&edge, &format!("c{n}"), &format!("https://example.com/{n}")));
    let misses = edge.metric("suo_edge_cache_misses_total");

    proxy.cut();
    for link in &links[..10] {
        admin.api.retarget(link, "https://example.com/edited");
    }
    admin.api.delete(&links[10]);
    proxy.restore();

    (0..10).for_each(|n| seen(&edge, &format!("c{n}"), "https://example.com/edited"));
    seen(&edge, "c10", "404");
    (11..20).for_each(|n| seen(&edge, &format!("c{n}"), &format!("https://example.com/{n}")));
    let looked_up = edge.metric("suo_edge_cache_misses_total") - misses;
    assert!(
        looked_up <= 30.0,
        "the gap emptied the cache: {looked_up} misses"
    );
}

#[test]
fn an_admin_killed_between_commit_and_publish_leaves_its_edits_to_another() {
    let instance = Instance::new();
    let proxy = FaultProxy::start(instance.redis.address());
    let through = instance.redis.url_through(proxy.address());
    let doomed = instance.admin_with(|command| _ = command.env("SUO_REDIS_URL", through));
    let other = instance.admin();
    let edge = instance.edge(&[&other]);
    let link = other
        .api
        .create(&json!({ "target": "https://example.com/1", "code": "x" }));
    seen(&edge, "x", "https://example.com/1");

    // The doomed one commits, but its scripts never arrive; it may hold the relay's lock.
    proxy.hold();
    let path = e2e::api::link_path(&link);
    let answer = doomed.api.call(
        "PATCH",
        &path,
        &json!({ "target": "https://example.com/2" }),
    );
    assert_eq!(
        answer.status, 200,
        "a write is acknowledged although Redis is away"
    );
    doomed.program.kill();
    seen(&edge, "x", "https://example.com/2");
}

#[test]
fn a_rebuild_beside_traffic_costs_no_404_and_empties_no_cache() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let links = create(&admin, 0..50);
    (0..50).for_each(|n| seen(&edge, &format!("c{n}"), &format!("https://example.com/{n}")));
    let misses = edge.metric("suo_edge_cache_misses_total");
    let junk = "suo:{00}:l:1:junk";
    let copy = instance
        .redis
        .command(&["COPY", &record_key(&instance, "c1"), junk]);
    assert_eq!(copy.trim(), "1");

    std::thread::scope(|scope| {
        let rebuild = scope.spawn(|| instance.run("project"));
        let mut round = 0;
        while !rebuild.is_finished() {
            for n in 1..50 {
                let found = edge.visits.follow(&format!("c{n}"));
                assert_eq!(found, format!("https://example.com/{n}"));
            }
            admin
                .api
                .retarget(&links[0], &format!("https://example.com/r{round}"));
            round += 1;
        }
    });
    assert_eq!(
        edge.metric("suo_edge_cache_misses_total"),
        misses,
        "the rebuild touched the cache"
    );
    assert_eq!(
        instance.redis.command(&["EXISTS", junk]).trim(),
        "0",
        "junk is swept"
    );
    assert_eq!(text(&links[1], "code"), "c1");
}

#[test]
fn an_edge_is_ready_only_when_redis_answers() {
    let instance = Instance::new();
    let admin = instance.admin();
    let proxy = FaultProxy::start(instance.redis.address());
    proxy.hold();
    let edge = instance.start_edge(&[&admin], Some(&proxy));
    let ready = || {
        e2e::http::request(
            edge.operations,
            "GET",
            "/ready",
            &[("host", "localhost")],
            &[],
        )
        .map(|answer| answer.status)
    };
    wait_until(
        "the listener stands",
        Duration::from_secs(30),
        || match ready() {
            Ok(503) => Ok(()),
            Ok(status) => panic!("ready without Redis: {status}"),
            Err(error) => Err(error),
        },
    );
    proxy.release();
    wait_until(
        "the edge is ready",
        Duration::from_secs(30),
        || match ready() {
            Ok(200) => Ok(()),
            other => Err(format!("{other:?}")),
        },
    );
}

fn record_key(instance: &Instance, code: &str) -> String {
    let keys = instance
        .redis
        .command(&["KEYS", &format!("suo:*:l:1:{code}")]);
    keys.trim().to_owned()
}
