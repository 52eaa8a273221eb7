//! Lines between edges and Redis that lose, hold, delay or break what goes over them.

use std::time::Duration;

use e2e::{
    production::{Admin, Edge, Instance},
    traffic::{PATIENCE, Traffic, WHILE_DEAF, WHILE_HEARING, hears, shows},
};
use suo_testkit::FaultProxy;

/// One edge that reaches Redis through a proxy, one that does not, and traffic at both.
struct Scene {
    instance: Instance,
    admin: Admin,
    proxy: FaultProxy,
    edge: Edge,
    _other: Edge,
    traffic: Traffic,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let admin = instance.admin();
        let proxy = FaultProxy::start(instance.redis.address());
        let edge = instance.edge_through(&[&admin], Some(&proxy));
        let other = instance.edge(&[&admin]);
        let traffic = Traffic::start(&admin, &[&edge, &other]);
        traffic.wait_for_writes(40);
        Self {
            instance,
            admin,
            proxy,
            edge,
            _other: other,
            traffic,
        }
    }

    fn over(&self) {
        self.proxy.release();
        self.proxy.delay(Duration::ZERO);
        self.proxy.restore();
        self.traffic.fault_is_over();
    }

    fn metric(&self, name: &str) -> u64 {
        self.edge.metric(name) as u64
    }
}

#[test]
fn a_notice_lost_on_a_line_that_stays_up_is_read_from_the_stream() {
    let scene = Scene::new();
    for _ in 0..5 {
        let wire = scene.proxy.swallow_notice();
        wire.wait(PATIENCE);
        scene.traffic.wait_for_writes(5);
    }
    scene.over();
    let filled = scene.metric("suo_edge_gaps_filled_total");
    assert!(filled >= 5, "{filled} gaps filled");
    assert_eq!(scene.metric("suo_edge_gaps_unfilled_total"), 0);
    scene.traffic.finish(WHILE_HEARING);
}

#[test]
fn the_last_notice_lost_is_missed_by_the_heartbeat() {
    let mut scene = Scene::new();
    scene.traffic.write_no_more();
    for round in 0..3 {
        let wire = scene.proxy.swallow_notice();
        let edit = scene.traffic.edit(round);
        wire.wait(PATIENCE);
        // Nothing follows that would show the gap.
        shows(&scene.edge, &edit);
        hears(&scene.edge, true);
    }
    scene.over();
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn behind_a_half_open_line_an_edge_asks_an_admin() {
    let scene = Scene::new();
    scene.proxy.hold();
    hears(&scene.edge, false);
    // While nothing comes through: every link is asked of the admin, again and again.
    scene.traffic.wait_for_writes(60);
    hears(&scene.edge, false);
    scene.over();
    hears(&scene.edge, true);
    scene.traffic.wait_for_writes(20);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn a_line_cut_again_and_again_costs_no_answer() {
    let scene = Scene::new();
    for _ in 0..3 {
        scene.proxy.cut();
        hears(&scene.edge, false);
        scene.traffic.wait_for_writes(30);
        scene.proxy.restore();
        hears(&scene.edge, true);
    }
    scene.over();
    assert_eq!(scene.metric("suo_edge_gaps_unfilled_total"), 0);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn a_line_delayed_by_two_seconds_counts_as_silent() {
    let scene = Scene::new();
    scene.proxy.delay(Duration::from_secs(2));
    hears(&scene.edge, false);
    scene.traffic.wait_for_writes(60);
    scene.over();
    hears(&scene.edge, true);
    scene.traffic.wait_for_writes(20);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn a_stream_trimmed_past_the_gap_makes_everything_looked_up_again() {
    let scene = Scene::new();
    for command in [
        ["XTRIM", "suo:changes", "MAXLEN", "1"].as_slice(),
        &["XTRIM", "suo:changes", "MAXLEN", "0"],
        &["DEL", "suo:changes"],
    ] {
        let unfilled = scene.metric("suo_edge_gaps_unfilled_total");
        scene.proxy.cut();
        scene.traffic.wait_for_writes(30);
        scene.instance.redis.command(command);
        scene.traffic.wait_for_writes(10);
        scene.proxy.restore();
        scene.traffic.fault_is_over();
        hears(&scene.edge, true);
        scene.traffic.wait_for_writes(10);
        if command[1] == "MAXLEN" && command[3] == "1" {
            assert!(scene.metric("suo_edge_gaps_unfilled_total") > unfilled);
        }
    }
    assert!(scene.admin.program.ended().is_none());
    scene.traffic.finish(WHILE_DEAF);
}

/// The script appends and publishes at once, so "between" is between what an edge asks: its
/// subscription reaches Redis after a change, or its reading of the stream does.
#[test]
fn an_edge_that_subscribes_while_something_is_published_misses_nothing() {
    for held in ["SUBSCRIBE", "XREVRANGE"] {
        let mut scene = Scene::new();
        scene.traffic.write_no_more();
        scene.proxy.cut();
        hears(&scene.edge, false);
        let before = scene.traffic.edit(1);
        let wire = scene.proxy.hold_line_when(held.as_bytes());
        scene.proxy.restore();
        wire.wait(PATIENCE);
        let between = scene.traffic.edit(2);
        scene.over();
        shows(&scene.edge, &before);
        shows(&scene.edge, &between);
        hears(&scene.edge, true);
        scene.traffic.finish(WHILE_DEAF);
    }
}

#[test]
fn an_edge_that_starts_while_something_is_published_misses_nothing() {
    for held in ["SUBSCRIBE", "XREVRANGE"] {
        let mut scene = Scene::new();
        let proxy = FaultProxy::start(scene.instance.redis.address());
        let wire = proxy.hold_line_when(held.as_bytes());
        let young = scene.instance.start_edge(&[&scene.admin], Some(&proxy));
        wire.wait(PATIENCE);
        let edit = scene.traffic.edit(3);
        proxy.release();
        hears(&young, true);
        shows(&young, &edit);
        scene.traffic.visit(&young);
        scene.traffic.wait_for_writes(10);
        scene.traffic.finish(WHILE_DEAF);
    }
}
