//! Redis as it was before: an old snapshot, a replica that lagged, one bucket alone.

use std::time::Duration;

use e2e::{
    production::{Admin, Edge, Instance},
    traffic::{PATIENCE, Traffic, WHILE_DEAF, hears, shows},
};
use suo_testkit::{FaultProxy, Redis, wait_until};

/// How long something may stay as it was before the fault that the relay has to find: it looks
/// once a second, on a machine that is busy with other tests.
const LOOK: Duration = Duration::from_secs(4);

/// All reach Redis through proxies of their own: the admins one, the edge another.
struct Scene {
    instance: Instance,
    admin: Admin,
    to_admin: FaultProxy,
    to_edges: FaultProxy,
    edge: Edge,
    traffic: Traffic,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let [to_admin, to_edges] = [(); 2].map(|()| FaultProxy::start(instance.redis.address()));
        let through = instance.redis.url_through(to_admin.address());
        let admin = instance.admin_with(|command| _ = command.env("SUO_REDIS_URL", through));
        let edge = instance.edge_through(&[&admin], Some(&to_edges));
        let traffic = Traffic::start(&admin, &[&edge]);
        traffic.wait_for_writes(40);
        Self {
            instance,
            admin,
            to_admin,
            to_edges,
            edge,
            traffic,
        }
    }

    fn young_edge(&self) -> Edge {
        self.instance
            .edge_through(&[&self.admin], Some(&self.to_edges))
    }

    fn redis(&self, words: &[&str]) -> String {
        self.instance.redis.command(words)
    }
}

/// Follows `leader`, whose data replaces everything.
fn follow(redis: &Redis, leader: &Redis, by: std::net::SocketAddr) {
    leader.command(&["CONFIG", "SET", "repl-diskless-sync-delay", "0"]);
    redis.command(&["REPLICAOF", "127.0.0.1", &by.port().to_string()]);
    wait_until("the replica has everything", PATIENCE, || {
        let said = redis.command(&["INFO", "replication"]);
        let is_up = said.contains("master_link_status:up");
        is_up.then_some(()).ok_or(said)
    });
}

/// Another server that holds what this one holds now.
fn copy(redis: &Redis) -> Redis {
    let copy = Redis::start();
    follow(&copy, redis, redis.address());
    copy.command(&["REPLICAOF", "NO", "ONE"]);
    copy
}

#[test]
fn a_redis_from_an_older_snapshot_is_filled_up_before_it_is_believed() {
    let mut scene = Scene::new();
    scene.redis(&["SAVE"]);
    scene.traffic.wait_for_writes(60);
    let young = scene.young_edge();
    scene.traffic.visit(&young);
    scene.traffic.wait_for_writes(30);
    scene.instance.redis.kill();
    scene.instance.redis.restart();
    scene.traffic.fault_is_over();
    hears(&scene.edge, true);
    hears(&young, true);
    let newborn = scene.young_edge();
    scene.traffic.wait_for_writes(60);
    scene.traffic.visit(&newborn);
    scene.traffic.wait_for_writes(60);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn an_edge_younger_than_what_redis_lost_does_not_believe_it_either() {
    let mut scene = Scene::new();
    scene.traffic.write_no_more();
    scene.redis(&["SAVE"]);
    let lost: Vec<_> = (0..20).map(|_| scene.traffic.create()).collect();
    let young = scene.young_edge();
    // No relay can look after what comes back.
    scene.to_admin.hold();
    scene.instance.redis.kill();
    scene.instance.redis.restart();
    for (code, _) in &lost {
        let found = young.visits.follow(code);
        assert_ne!(found, "404", "{code}");
    }
    hears(&young, false);
    let newborn = scene.young_edge();
    for edge in [&young, &newborn] {
        lost.iter().for_each(|link| shows(edge, link));
    }
    for (code, target) in &lost {
        assert_eq!(newborn.visits.follow(code), *target);
    }
    scene.to_admin.release();
    hears(&young, true);
    hears(&newborn, true);
    scene.traffic.visit(&young);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn a_bucket_that_went_back_alone_is_told_to_edges_that_believed_it() {
    let mut scene = Scene::new();
    scene.traffic.write_no_more();
    let (code, old) = scene.traffic.edit(1);
    let record = scene.redis(&["KEYS", &format!("suo:*:l:1:{code}")]);
    let marker = format!("{}:m", &record[..record.find(":l:").expect("a bucket")]);
    for key in [&record, &marker] {
        scene.redis(&["COPY", key, &format!("before:{key}")]);
    }
    let edit = scene.traffic.edit(1);
    shows(&scene.edge, &edit);
    scene.to_admin.hold();
    for key in [&record, &marker] {
        scene.redis(&["COPY", &format!("before:{key}"), key, "REPLACE"]);
    }
    // It has heard of nothing, so it has no reason to doubt.
    let young = scene.young_edge();
    assert_eq!(young.visits.follow(&code), old);
    scene.to_admin.release();
    scene.traffic.fault_is_over();
    shows(&young, &edit);
    assert!(young.metric("suo_edge_gaps_unfilled_total") >= 1.0);
    scene.traffic.visit(&young);
    scene.traffic.finish(LOOK);
}

/// The lines to the server survive, and the next message is on its way already.
#[test]
fn a_message_that_lands_on_a_set_back_stream_hides_nothing() {
    let mut scene = Scene::new();
    scene.traffic.write_no_more();
    let old = scene.traffic.edit(1);
    let before = copy(&scene.instance.redis);
    let lost = scene.traffic.edit(1);
    shows(&scene.edge, &lost);
    let wire = scene.to_admin.hold_when(b"suo:notices");
    let next = scene.traffic.edit(2);
    wire.wait(PATIENCE);
    follow(&scene.instance.redis, &before, before.address());
    scene.redis(&["REPLICAOF", "NO", "ONE"]);
    // It has nobody to ask how old Redis is.
    let young = scene.instance.edge_through(&[], Some(&scene.to_edges));
    assert_eq!(young.visits.follow(&old.0), old.1);
    scene.to_admin.release();
    scene.traffic.fault_is_over();
    for edge in [&scene.edge, &young] {
        shows(edge, &lost);
        shows(edge, &next);
    }
    scene.traffic.visit(&young);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn a_failover_to_a_replica_that_lagged_loses_nothing() {
    let mut scene = Scene::new();
    let other = scene.instance.admin_with(|command| {
        let through = scene.to_admin.address();
        command.env("SUO_REDIS_URL", scene.instance.redis.url_through(through));
    });
    let replication = FaultProxy::start(scene.instance.redis.address());
    let replica = Redis::start();
    follow(&replica, &scene.instance.redis, replication.address());
    replication.hold();
    scene.traffic.wait_for_writes(60);
    let young = scene.young_edge();
    scene.traffic.visit(&young);
    scene.traffic.wait_for_writes(20);
    scene.instance.redis.kill();
    replica.command(&["REPLICAOF", "NO", "ONE"]);
    [&scene.to_admin, &scene.to_edges]
        .iter()
        .for_each(|proxy| proxy.redirect(replica.address()));
    scene.traffic.fault_is_over();
    hears(&scene.edge, true);
    scene.traffic.wait_for_writes(60);
    assert!(other.program.ended().is_none());
    let ids = replica.command(&["XRANGE", "suo:changes", "-", "+"]);
    assert_without_gaps(&ids);
    scene.traffic.finish(WHILE_DEAF);
}

/// No relay publishes on a server before it has looked what is missing there.
fn assert_without_gaps(stream: &str) {
    let seqs: Vec<u64> = stream
        .lines()
        .filter_map(|line| line.strip_prefix("1-")?.parse().ok())
        .collect();
    assert!(seqs.len() > 100, "{} messages", seqs.len());
    let gap = seqs.windows(2).find(|pair| pair[0] + 1 != pair[1]);
    assert_eq!(gap, None);
}
