//! Redis that loses, refuses, forgets or takes its time.

use std::time::Duration;

use e2e::{
    production::{Admin, Edge, Instance},
    traffic::{PATIENCE, Traffic, WHILE_DEAF, hears, shows},
};
use suo_testkit::{FaultProxy, wait_until};

/// All reach Redis through one proxy.
struct Scene {
    instance: Instance,
    admin: Admin,
    proxy: FaultProxy,
    edge: Edge,
    traffic: Traffic,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::new();
        let proxy = FaultProxy::start(instance.redis.address());
        let through = instance.redis.url_through(proxy.address());
        let admin = instance.admin_with(|command| _ = command.env("SUO_REDIS_URL", through));
        let edge = instance.edge_through(&[&admin], Some(&proxy));
        let traffic = Traffic::start(&admin, &[&edge]);
        traffic.wait_for_writes(30);
        Self {
            instance,
            admin,
            proxy,
            edge,
            traffic,
        }
    }

    fn redis(&self, words: &[&str]) -> String {
        self.instance.redis.command(words)
    }

    /// Waits until the admin has said something again.
    fn admin_says(&self, text: &str, times: usize) {
        wait_until(&format!("the admin says {text:?}"), PATIENCE, || {
            let lines = self.admin.program.lines();
            let said = lines.iter().filter(|line| line.contains(text)).count();
            (said >= times).then_some(()).ok_or(said)
        });
    }

    fn is_whole(&self) {
        self.has_markers(256);
    }

    fn has_markers(&self, count: usize) {
        wait_until(&format!("{count} buckets have a marker"), PATIENCE, || {
            let markers = self.redis(&["KEYS", "suo:{??}:m"]).lines().count();
            (markers == count).then_some(()).ok_or(markers)
        });
    }

    /// The keys of a link's bucket, without the marker's.
    fn bucket_of(&self, code: &str) -> (Vec<String>, String) {
        let record = self.redis(&["KEYS", &format!("suo:*:l:1:{code}")]);
        let prefix = &record[..record.find(":l:").expect("a bucket")];
        // Braces mean nothing in a pattern.
        let keys = self.redis(&["KEYS", &format!("{prefix}:l:*")]);
        (
            keys.lines().map(String::from).collect(),
            format!("{prefix}:m"),
        )
    }

    fn finish(self) {
        hears(&self.edge, true);
        self.traffic.wait_for_writes(20);
        self.traffic.finish(WHILE_DEAF);
    }
}

#[test]
fn redis_restarted_empty_costs_no_link_and_no_false_404() {
    let mut scene = Scene::new();
    let cold = scene
        .instance
        .edge_through(&[&scene.admin], Some(&scene.proxy));
    scene.traffic.visit(&cold);
    scene.instance.redis.restart_empty();
    scene.traffic.fault_is_over();
    scene.is_whole();
    assert_eq!(cold.visits.follow("never-made"), "404");
    scene.finish();
}

#[test]
fn a_flush_under_subscribers_costs_no_link_and_no_false_404() {
    let scene = Scene::new();
    for _ in 0..3 {
        scene.redis(&["FLUSHALL"]);
        scene.traffic.fault_is_over();
        scene.traffic.wait_for_writes(10);
        scene.is_whole();
    }
    scene.finish();
}

#[test]
fn a_bucket_deleted_with_its_marker_is_filled_again() {
    let scene = Scene::new();
    for code in ["t1", "t50"] {
        let (records, marker) = scene.bucket_of(code);
        let keys: Vec<&str> = records
            .iter()
            .chain([&marker])
            .map(String::as_str)
            .collect();
        scene.redis(&[&["DEL"], &*keys].concat());
        scene.traffic.fault_is_over();
        scene.traffic.wait_for_writes(10);
        scene.is_whole();
        assert_eq!(scene.redis(&["EXISTS", &records[0]]), "1");
    }
    scene.finish();
}

/// Nobody can notice that: it is the one way to a false 404, and here is the way back.
#[test]
fn records_deleted_beside_their_marker_come_back_with_a_new_generation() {
    let mut scene = Scene::new();
    scene.is_whole();
    scene.traffic.write_no_more();
    let lost = scene.traffic.create();
    shows(&scene.edge, &lost);
    let (records, _) = scene.bucket_of(&lost.0);
    let keys: Vec<&str> = records.iter().map(String::as_str).collect();
    scene.redis(&[&["DEL"], &*keys].concat());
    let young = scene
        .instance
        .edge_through(&[&scene.admin], Some(&scene.proxy));
    assert_eq!(young.visits.follow(&lost.0), "404");
    scene.instance.run("project --new-generation");
    shows(&young, &lost);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn a_full_redis_delays_no_edit() {
    let mut scene = Scene::new();
    scene.redis(&["CONFIG", "SET", "maxmemory", "100kb"]);
    scene.admin_says("edits wait until they can be announced", 1);
    scene.traffic.wait_for_writes(20);
    scene.traffic.write_no_more();
    shows(&scene.edge, &scene.traffic.edit(1));
    shows(&scene.edge, &scene.traffic.create());
    scene.redis(&["CONFIG", "SET", "maxmemory", "0"]);
    scene.traffic.fault_is_over();
    scene.admin_says("edits are announced again", 1);
    scene.is_whole();
    hears(&scene.edge, true);
    scene.traffic.finish(WHILE_DEAF);
}

#[test]
fn evictions_are_told_and_mended() {
    for policy in ["volatile-ttl", "allkeys-random"] {
        let scene = Scene::new();
        scene.redis(&["CONFIG", "SET", "maxmemory-policy", policy]);
        scene.admin_says("Redis must run with maxmemory-policy noeviction", 1);
        if policy.starts_with("allkeys") {
            // Nothing may look whole where a record can go and its marker stay.
            scene.has_markers(0);
        }
        scene.traffic.wait_for_writes(10);
        let used = scene.redis(&["INFO", "memory"]);
        let used = used
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        let used: u64 = used.expect("a figure").trim().parse().expect("bytes");
        let limit = (used - 20_000).to_string();
        scene.redis(&["CONFIG", "SET", "maxmemory", &limit]);
        scene.traffic.wait_for_writes(10);
        if policy.starts_with("allkeys") {
            let stats = scene.redis(&["INFO", "stats"]);
            assert!(!stats.contains("evicted_keys:0\r"), "nothing was evicted");
        }
        scene.redis(&["CONFIG", "SET", "maxmemory", "0"]);
        scene.redis(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
        scene.traffic.fault_is_over();
        scene.is_whole();
        scene.finish();
    }
}

#[test]
fn a_script_cache_flushed_in_the_middle_goes_unnoticed() {
    let scene = Scene::new();
    for _ in 0..10 {
        scene.redis(&["SCRIPT", "FLUSH"]);
        scene.traffic.wait_for_writes(4);
    }
    let lines = scene.admin.program.lines();
    let waits = lines.iter().filter(|line| line.contains("edits wait"));
    assert_eq!(waits.count(), 0, "{lines:#?}");
    scene.traffic.fault_is_over();
    scene.finish();
}

/// Longer than every limit in the programs but the ones of a minute: silence, lines that are
/// tried again, questions without an answer, and the lease of a rebuild are all shorter.
#[test]
fn a_redis_that_was_away_for_long_gets_what_was_written_meanwhile() {
    let scene = Scene::new();
    scene.proxy.cut();
    scene.admin_says("edits wait until they can be announced", 1);
    hears(&scene.edge, false);
    scene.traffic.wait_for_writes(30);
    scene.proxy.restore();
    scene.traffic.fault_is_over();
    scene.admin_says("edits are announced again", 1);
    scene.finish();
}

#[test]
fn a_slow_redis_slows_edits_and_nothing_else() {
    let scene = Scene::new();
    scene.proxy.delay(Duration::from_millis(100));
    scene.traffic.wait_for_writes(30);
    scene.proxy.delay(Duration::ZERO);
    scene.traffic.fault_is_over();
    assert_eq!(scene.edge.metric("suo_edge_doubts_total") as u64, 0);
    scene.finish();
}

#[test]
fn a_password_changed_behind_the_programs_backs_is_an_outage_that_ends() {
    let scene = Scene::new();
    scene.redis(&["CONFIG", "SET", "requirepass", "new"]);
    // Lines that stand are not asked again.
    scene.traffic.wait_for_writes(10);
    scene.proxy.cut();
    scene.proxy.restore();
    hears(&scene.edge, false);
    scene.admin_says("edits wait until they can be announced", 1);
    scene.traffic.wait_for_writes(20);
    scene.redis(&["-a", "new", "CONFIG", "SET", "requirepass", ""]);
    scene.traffic.fault_is_over();
    scene.admin_says("edits are announced again", 1);
    scene.finish();
}

#[test]
fn with_two_passwords_a_rotation_leaves_no_gap() {
    let mut scene = Scene::new();
    let user = ["ACL", "SETUSER", "suo", "on", ">old", "~*", "&*", "+@all"];
    scene.redis(&user);
    let url = |word| format!("redis://suo:{word}@{}", scene.proxy.address());
    let old = scene.instance.edge_with(&[&scene.admin], |command| {
        command.env("SUO_REDIS_URL", url("old"));
    });
    scene.redis(&["ACL", "SETUSER", "suo", ">new"]);
    let new = scene.instance.edge_with(&[&scene.admin], |command| {
        command.env("SUO_REDIS_URL", url("new"));
    });
    [&old, &new]
        .into_iter()
        .for_each(|edge| scene.traffic.visit(edge));
    scene.traffic.wait_for_writes(20);
    scene.redis(&["ACL", "SETUSER", "suo", "<old"]);
    scene.traffic.wait_for_writes(20);
    hears(&new, true);
    scene.finish();
}
