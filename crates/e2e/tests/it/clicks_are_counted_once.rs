use std::time::Duration;

use e2e::{
    api::{Visits, text},
    on_cluster::OnCluster,
    production::{Admin, Edge, Instance},
    visitors::{CLASSES, Seen, Visitors, all_are_counted, counted},
};
use serde_json::{Value, json};
use suo_testkit::{Signal, wait_until};

const PATIENCE: Duration = Duration::from_secs(60);

fn create(admin: &Admin, count: usize) -> Vec<Value> {
    let link = |n| json!({ "target": format!("https://example.com/{n}"), "code": format!("c{n}") });
    (0..count).map(|n| admin.api.create(&link(n))).collect()
}

fn codes(links: &[Value]) -> Vec<String> {
    links
        .iter()
        .map(|link| text(link, "code").to_owned())
        .collect()
}

fn answered(edges: &[&Edge]) -> f64 {
    edges
        .iter()
        .map(|edge| edge.metric("suo_edge_requests_total"))
        .sum()
}

/// Waits until visitors have got so many more answers.
fn more(edges: &[&Edge], answers: f64) {
    let before = answered(edges);
    wait_until("more visitors", PATIENCE, || {
        match answered(edges) - before {
            more if more >= answers => Ok(()),
            more => Err(more),
        }
    });
}

#[test]
fn every_answer_is_counted_by_its_class_and_nothing_else_is() {
    let instance = Instance::new();
    let admin = instance.admin();
    let other = instance.admin();
    let edges = [(); 3].map(|()| instance.edge(&[&admin, &other]));
    let links = create(&admin, 6);
    let visitors = Visitors::of(&edges.each_ref(), &codes(&links));
    more(&edges.each_ref(), 3000.0);
    let (seen, unanswered) = visitors.finish();
    assert_eq!(unanswered, 0);
    assert_eq!(seen.len(), 6 * CLASSES.len());

    let visits: &Visits = &edges[0].visits;
    let head = e2e::http::request(
        visits.address,
        "HEAD",
        "/c0",
        &[("host", &visits.domain)],
        &[],
    );
    assert_eq!(head.expect("an answer").status, 302);
    assert_eq!(visits.get("/nobody").status, 404);
    assert_eq!(visits.get("/c0+").status, 200);
    assert_eq!(visits.get("/c0/qr.png").status, 200);
    all_are_counted(&other.api, &links, &seen);
    for edge in &edges {
        assert_eq!(edge.metric("suo_edge_clicks_dropped_total"), 0.0);
        wait_until("nothing waits", PATIENCE, || {
            match edge.metric("suo_edge_clicks_waiting") {
                0.0 => Ok(()),
                waiting => Err(waiting),
            }
        });
    }
    assert_eq!(counted(&admin.api, &links), seen, "and it stays so");
}

#[test]
fn a_redis_that_loses_everything_and_admins_that_die_cost_no_click() {
    let instance = Instance::new();
    let mut first = instance.admin();
    let mut second = instance.admin();
    let edges = [(); 3].map(|()| instance.edge(&[&first, &second]));
    let edges = edges.each_ref();
    let links = create(&first, 6);
    let visitors = Visitors::of(&edges, &codes(&links));
    more(&edges, 500.0);
    first.program.kill();
    more(&edges, 300.0);
    instance.redis.kill();
    more(&edges, 300.0);
    instance.redis.restart_empty();
    more(&edges, 300.0);
    second.program.kill();
    more(&edges, 300.0);
    first.start_again();
    more(&edges, 300.0);
    instance.redis.kill();
    instance.redis.restart_empty();
    second.start_again();
    more(&edges, 300.0);
    let (seen, unanswered) = visitors.finish();
    assert_eq!(unanswered, 0);
    all_are_counted(&first.api, &links, &seen);
}

#[test]
fn what_a_killed_edge_has_answered_is_counted_when_it_is_back() {
    let instance = Instance::new();
    let admin = instance.admin();
    let mut edges = [(); 3].map(|()| instance.edge(&[&admin]));
    let links = create(&admin, 4);
    let visitors = Visitors::of(&edges.each_ref(), &codes(&links));
    for _ in 0..3 {
        more(&edges.each_ref()[1..], 400.0);
        edges[0].program.kill();
        more(&edges.each_ref()[1..], 100.0);
        edges[0].start_again();
        edges[0].wait();
        more(&edges.each_ref()[..1], 100.0);
    }
    let (seen, unanswered) = visitors.finish();
    let (received, most) = (sum(&seen), sum(&seen) + unanswered);
    wait_until("all that was received is counted", PATIENCE, || {
        match sum(&counted(&admin.api, &links)) {
            all if all >= received => Ok(()),
            fewer => Err(format!("{fewer} of {received}")),
        }
    });
    nothing_waits(&edges);
    let all = sum(&counted(&admin.api, &links));
    assert!(
        all <= most,
        "{received} answers, {unanswered} in flight, {all} counted"
    );
}

#[test]
fn an_edge_that_is_asked_to_end_ships_what_it_has_and_says_so() {
    let instance = Instance::new();
    let admin = instance.admin();
    let mut edge = instance.edge(&[&admin]);
    let links = create(&admin, 2);
    let visit = |edge: &Edge, count: u64| {
        let visitors = Visitors::of(&[edge], &codes(&links));
        more(&[edge], count as f64);
        visitors.finish().0
    };
    let mut seen = visit(&edge, 50);
    edge.program.signal(Signal::TERM);
    edge.program
        .wait_for_line(|line| line.contains("all clicks are in the database"));
    assert!(edge.program.wait(PATIENCE).success());
    assert_eq!(counted(&admin.api, &links), seen, "before it had ended");

    edge.start_again();
    edge.wait();
    instance.redis.kill();
    for (what, count) in visit(&edge, 50) {
        *seen.entry(what).or_default() += count;
    }
    edge.program.signal(Signal::TERM);
    edge.program
        .wait_for_line(|line| line.contains("clicks remain, to be shipped at the next start"));
    assert!(edge.program.wait(PATIENCE).success());
    instance.redis.restart_empty();
    edge.start_again();
    edge.wait();
    all_are_counted(&admin.api, &links, &seen);
}

fn sum(seen: &Seen) -> u64 {
    seen.values().sum()
}

fn nothing_waits(edges: &[Edge]) {
    for edge in edges {
        wait_until("nothing waits", PATIENCE, || {
            match edge.metric("suo_edge_clicks_waiting") {
                0.0 => Ok(()),
                waiting => Err(waiting),
            }
        });
    }
}

#[test]
fn clicks_are_counted_on_a_redis_cluster_too() {
    let place = OnCluster::new();
    let admin = place.admin();
    let edge = place.edge(&[&admin]);
    let links = create(&admin, 2);
    let visitors = Visitors::of(&[&edge], &codes(&links));
    more(&[&edge], 100.0);
    let (seen, _) = visitors.finish();
    all_are_counted(&admin.api, &links, &seen);
}

#[test]
fn the_rights_that_the_manual_gives_suffice_and_clicks_may_have_a_redis_of_their_own() {
    let manual = include_str!("../../../../docs/operations.md");
    let instance = Instance::new();
    let apart = suo_testkit::Redis::start();
    for line in manual.lines().filter(|line| line.starts_with("user suo-")) {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        for redis in [&instance.redis, &apart] {
            redis.command(&[&["ACL", "SETUSER"], &words[..]].concat());
        }
    }
    let name = |command: &mut std::process::Command, user: &str| {
        let url = |address| format!("redis://{user}:change-me@{address}");
        command.env("SUO_REDIS_URL", url(instance.redis.address()));
        command.env("SUO_CLICKS_REDIS_URL", url(apart.address()));
    };
    let admin = instance.admin_with(|command| name(command, "suo-admin"));
    let edge = instance.edge_with(&[&admin], |command| name(command, "suo-edge"));
    let links = create(&admin, 2);
    let visitors = Visitors::of(&[&edge], &codes(&links));
    more(&[&edge], 100.0);
    let (seen, _) = visitors.finish();
    all_are_counted(&admin.api, &links, &seen);
    assert_eq!(apart.command(&["EXISTS", "suo:clicks"]), "1");
    assert_eq!(instance.redis.command(&["EXISTS", "suo:clicks"]), "0");
    admin.program.signal(Signal::TERM);
    assert!(admin.program.wait(PATIENCE).success());
    assert_eq!(
        apart.command(&["XINFO", "CONSUMERS", "suo:clicks", "admin"]),
        "",
        "it has left"
    );
}

/// 512 segments wait there already, so nothing may be added; nobody can read them, and yet they keep up
/// nothing once somebody counts.
#[test]
fn a_backlog_waits_on_the_disk_and_what_cannot_be_read_stops_nothing() {
    let instance = Instance::new();
    let mut admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let links = create(&admin, 2);
    admin.program.kill();
    let junk = "for n = 1, 512 do redis.call('XADD', KEYS[1], '*', 'journal', 'x') end";
    instance.redis.command(&["EVAL", junk, "1", "suo:clicks"]);
    let visitors = Visitors::of(&[&edge], &codes(&links));
    waits_on_the_disk(&edge, 200.0);
    let (seen, unanswered) = visitors.finish();
    assert_eq!(unanswered, 0);
    assert_eq!(instance.redis.command(&["XLEN", "suo:clicks"]), "512");
    admin.start_again();
    all_are_counted(&admin.api, &links, &seen);
    wait_until("all that cannot be read is put aside", PATIENCE, || {
        let (code, said) = instance.try_run(|admin| _ = admin.args(["audit", "--json"]));
        (code == Some(0) && said.contains(r#""ever":512"#))
            .then_some(())
            .ok_or(said)
    });
}

#[test]
fn clicks_never_take_the_last_memory_from_links() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let links = create(&admin, 2);
    let used = instance.redis.command(&["INFO", "memory"]);
    let used = used
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"));
    let used: u64 = used
        .and_then(|used| used.trim().parse().ok())
        .expect("a number");
    let limit = |bytes: u64| {
        let bytes = bytes.to_string();
        instance
            .redis
            .command(&["CONFIG", "SET", "maxmemory", &bytes]);
    };
    limit(used + used / 10);
    let visitors = Visitors::of(&[&edge], &codes(&links));
    waits_on_the_disk(&edge, 200.0);
    // There is room for links.
    admin.api.retarget(&links[0], "https://example.com/new");
    wait_until("the edit is seen", PATIENCE, || {
        match edge.visits.follow("c0") {
            new if new == "https://example.com/new" => Ok(()),
            old => Err(old),
        }
    });
    let (_, unanswered) = visitors.finish();
    assert_eq!(unanswered, 0);
    limit(0);
    wait_until("nothing waits any more", PATIENCE, || {
        match edge.metric("suo_edge_clicks_waiting") {
            0.0 => Ok(()),
            waiting => Err(waiting),
        }
    });
}

/// Waits until so many clicks are on the edge's disk, and counted nowhere.
fn waits_on_the_disk(edge: &Edge, clicks: f64) {
    wait_until("clicks wait", PATIENCE, || {
        match edge.metric("suo_edge_clicks_waiting") {
            enough if enough >= clicks => Ok(()),
            fewer => Err(fewer),
        }
    });
}
