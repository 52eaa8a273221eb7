use std::{
    collections::BTreeSet,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use e2e::{
    api::{link_path, text},
    on_cluster::{OnCluster, STREAM, first},
    production::{Admin, Edge, SEEN},
    quick_start::START,
    seen::{seen, seen_by},
};
use serde_json::{Value, json};
use suo_testkit::{Program, built_program, wait_until};

/// Visits these codes at an edge until told to end; everything that visitors saw.
fn visit(edge: &Edge, codes: &[String], ends: &AtomicBool, saw: &Mutex<BTreeSet<String>>) {
    while !ends.load(Relaxed) {
        for code in codes {
            let found = edge.visits.follow(code);
            let said = format!("{code} {found}");
            saw.lock().expect("no panic").insert(said);
        }
    }
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Runs `work` while visitors come, and fails if one of them got something that a code never
/// led to; `edited` are those that lead elsewhere meanwhile, and where. 503 is honest.
fn with_visitors(
    edges: &[&Edge],
    codes: &[String],
    edited: (&[&str], &[&str]),
    work: impl FnOnce(),
) {
    let (ends, saw) = (AtomicBool::new(false), Mutex::default());
    std::thread::scope(|scope| {
        for edge in edges {
            scope.spawn(|| visit(edge, codes, &ends, &saw));
        }
        // Also when the work fails.
        let _end = End(&ends);
        work();
    });
    for said in saw.into_inner().expect("no panic") {
        let (code, found) = said.split_once(' ').expect("two words");
        let number = code.trim_start_matches('c').parse().expect("a number");
        let is_right = found == first(number) || found == "503";
        let is_edited = edited.0.contains(&code) && edited.1.contains(&found);
        assert!(is_right || is_edited, "{code} led to {found}");
    }
}

fn codes() -> Vec<String> {
    (0..30).map(|n| format!("c{n}")).collect()
}

fn markers_are_whole(on: &OnCluster, node: usize) {
    wait_until("all markers are back", START, || {
        let markers = on.cluster.node(node).command(&["KEYS", "suo:*:m"]);
        let count = markers.lines().filter(|name| !name.is_empty()).count();
        (count > 70).then_some(()).ok_or(count)
    });
}

fn hears(edge: &Edge) {
    wait_until("the edge hears", SEEN, || {
        let is_deaf = edge.metric("suo_edge_deaf") > 0.0;
        (!is_deaf).then_some(()).ok_or("deaf")
    });
}

/// A node without the stream and the domains, so that only links depend on it.
fn plain_node(on: &OnCluster) -> usize {
    let special = [STREAM, "suo:{domains}:m"].map(|key| on.cluster.holder(key));
    (0..3)
        .find(|node| !special.contains(node))
        .expect("three nodes")
}

#[test]
fn edits_on_a_cluster_reach_every_edge() {
    let on = OnCluster::new();
    let admins = [on.admin(), on.admin()];
    let both: Vec<&Admin> = admins.iter().collect();
    let edges = [on.edge(&both), on.edge(&both)];
    for round in 0..20 {
        let (one, other) = (&admins[round % 2].api, &admins[(round + 1) % 2].api);
        let link = json!({ "target": first(round), "code": format!("r{round}") });
        let link = one.create(&link);
        let code = text(&link, "code");
        seen(&edges, code, &first(round));
        other.retarget(&link, "https://example.com/edited");
        seen(&edges, code, "https://example.com/edited");
        one.delete(&link);
        seen(&edges, code, "404");
    }
    let links: Vec<Value> = (0..10_000)
        .map(|n| json!({ "target": first(n), "code": format!("c{n}") }))
        .collect();
    let answer = admins[0]
        .api
        .call("POST", "/links/batch", &json!({ "links": links }));
    assert_eq!(answer.status, 200);
    for n in [0, 499, 500, 5000, 9999] {
        seen(&edges, &format!("c{n}"), &first(n));
    }
    for edge in &edges {
        assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
    }
    a_rebuild_sweeps_every_node(&on);
}

fn a_rebuild_sweeps_every_node(on: &OnCluster) {
    let mut junk = Vec::new();
    for n in 0..30 {
        let (node, record) = on.record(&format!("c{n}"));
        let copy = format!("{record}-junk");
        on.cluster.node(node).command(&["COPY", &record, &copy]);
        junk.push((node, copy));
    }
    let nodes: BTreeSet<usize> = junk.iter().map(|(node, _)| *node).collect();
    assert_eq!(nodes.len(), 3, "{junk:?}");
    on.project();
    for (node, copy) in junk {
        assert_eq!(on.cluster.node(node).command(&["EXISTS", &copy]), "0");
    }
}

#[test]
fn a_node_killed_and_restarted_empty_costs_no_link_and_no_false_404() {
    let on = OnCluster::new();
    let admin = on.admin();
    let links = on.links_everywhere(&admin);
    let (warm, cold) = (on.edge(&[&admin]), on.edge(&[&admin]));
    codes().iter().for_each(|code| {
        let number = code.trim_start_matches('c').parse().expect("a number");
        seen_by(&warm, code, &first(number));
    });
    let node = plain_node(&on);
    let edited = "https://example.com/edited";
    let first_ones = links.each_ref().map(|links| text(&links[0], "code"));
    let all = codes();
    with_visitors(&[&warm, &cold], &all, (&first_ones, &[edited]), || {
        on.cluster.node(node).kill();
        // Links of the dead node and of the others.
        for links in &links {
            admin.api.retarget(&links[0], edited);
            let acknowledged = Instant::now();
            seen_by(&warm, text(&links[0], "code"), edited);
            seen_by(&cold, text(&links[0], "code"), edited);
            println!(
                "while a node is away, an edit was seen after {:?}",
                acknowledged.elapsed()
            );
        }
        let new = json!({ "target": edited, "code": "new" });
        let new = admin.api.create(&new);
        seen_by(&cold, "new", edited);
        on.cluster.node(node).restart_empty();
        on.cluster.until_ok();
        markers_are_whole(&on, node);
        admin.api.delete(&new);
        seen_by(&cold, "new", "404");
    });
    let late = on.edge(&[&admin]);
    for edge in [&warm, &cold, &late] {
        for links in &links {
            seen_by(edge, text(&links[0], "code"), edited);
            admin_agrees(&admin, edge, &links[1..]);
        }
        assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
        assert_eq!(edge.metric("suo_edge_generation") as u64, 1);
    }
}

/// Every edge answers like the database.
fn admin_agrees(admin: &Admin, edge: &Edge, links: &[Value]) {
    for link in links {
        let target = admin.api.call("GET", &link_path(link), &Value::Null).json();
        seen_by(edge, text(link, "code"), text(&target, "target"));
    }
}

#[test]
fn while_the_node_with_the_stream_is_away_the_other_nodes_are_not_believed() {
    let on = OnCluster::new();
    let admin = on.admin();
    let links = on.links_everywhere(&admin);
    let edge = on.edge(&[&admin]);
    let stream = on.cluster.holder(STREAM);
    let other = (stream + 1) % 3;
    let link = &links[other][0];
    let code = text(link, "code");
    let before = edge.visits.follow(code);

    on.cluster.node(stream).kill();
    let mut slowest = Duration::ZERO;
    for round in 0..3 {
        let target = format!("https://example.com/round{round}");
        admin.api.retarget(link, &target);
        let started = Instant::now();
        seen_by(&edge, code, &target);
        slowest = slowest.max(started.elapsed());
    }
    println!("while the stream is away, an edit was seen after {slowest:?}; before: {before}");
    assert_eq!(edge.metric("suo_edge_deaf") as u64, 1);
    let new = json!({ "target": "https://example.com/new", "code": "new" });
    let new = admin.api.create(&new);
    assert_eq!(edge.visits.follow("new"), "https://example.com/new");

    on.cluster.node(stream).restart_empty();
    on.cluster.until_ok();
    let back = Instant::now();
    hears(&edge);
    println!(
        "heard again {:?} after the cluster was well",
        back.elapsed()
    );
    admin.api.retarget(&new, "https://example.com/again");
    seen_by(&edge, "new", "https://example.com/again");
    for links in &links {
        admin_agrees(&admin, &edge, links);
    }
    markers_are_whole(&on, stream);
}

#[test]
fn a_slot_moves_while_its_links_are_edited() {
    let on = OnCluster::new();
    let admin = on.admin();
    let links = on.links_everywhere(&admin);
    let (warm, cold) = (on.edge(&[&admin]), on.edge(&[&admin]));
    let link = &links[0][0];
    let code = text(link, "code");
    let (from, record) = on.record(code);
    let (half, whole) = ("https://example.com/half", "https://example.com/whole");
    let edits = ([code], [half, whole]);
    with_visitors(&[&warm, &cold], &codes(), (&edits.0, &edits.1), || {
        on.cluster.migrate(&record, from, 2, || {
            admin.api.retarget(link, half);
            seen_by(&warm, code, half);
            seen_by(&cold, code, half);
        });
        admin.api.retarget(link, whole);
        seen_by(&warm, code, whole);
        seen_by(&cold, code, whole);
        // And now the one by which edges hear.
        let from = on.cluster.holder(STREAM);
        on.cluster.migrate(STREAM, from, (from + 1) % 3, || {});
        admin.api.retarget(link, half);
        seen_by(&warm, code, half);
        seen_by(&cold, code, half);
    });
    hears(&warm);
    assert_eq!(on.cluster.node(2).command(&["EXISTS", &record]), "1");
    for links in &links {
        admin_agrees(&admin, &warm, links);
        admin_agrees(&admin, &cold, links);
    }
}

#[test]
fn a_replica_takes_over_while_links_are_edited() {
    let mut on = OnCluster::new();
    let node = plain_node(&on);
    on.cluster.add_replica(node, &[]);
    let admin = on.admin();
    let links = on.links_everywhere(&admin);
    let edge = on.edge(&[&admin]);
    let link = &links[node][0];
    let code = text(link, "code");
    let targets: Vec<String> = (0..1000)
        .map(|n| format!("https://example.com/e{n}"))
        .collect();
    let allowed: Vec<&str> = targets.iter().map(String::as_str).collect();
    with_visitors(&[&edge], &codes(), (&[code], &allowed), || {
        on.cluster.node(node).kill();
        let mut edits = targets.iter();
        wait_until("the replica takes over", START, || {
            let target = edits.next().expect("more edits");
            admin.api.retarget(link, target);
            seen_by(&edge, code, target);
            let role = on.cluster.replica(0).command(&["ROLE"]);
            role.starts_with("master").then_some(()).ok_or(role)
        });
    });
    // What the replica lacks is found, and mended: an edge that knows nothing reads it there.
    let markers = || on.cluster.replica(0).command(&["KEYS", "suo:*:m"]);
    wait_until("all markers are there", START, || {
        let count = markers().lines().count();
        (count > 70).then_some(()).ok_or(count)
    });
    let late = on.edge(&[&admin]);
    for links in &links {
        admin_agrees(&admin, &edge, links);
        admin_agrees(&admin, &late, links);
    }
}

#[test]
fn users_of_a_cluster_need_few_rights() {
    let on = OnCluster::new();
    for node in 0..3 {
        for user in documented_users() {
            let mut words = vec!["ACL", "SETUSER"];
            words.extend(user.split(' '));
            on.cluster.node(node).command(&words);
        }
    }
    let as_user = |user: &str| {
        let login = format!("redis://{user}:change-me@");
        on.cluster.url().replace("redis://", &login)
    };
    let of_admin = as_user("suo-admin");
    let admin = on
        .instance
        .admin_with(|command| _ = command.env("SUO_REDIS_URL", of_admin));
    let links = on.links_everywhere(&admin);
    let of_edge = as_user("suo-edge");
    let edge = on
        .instance
        .edge_with(&[], |command| _ = command.env("SUO_REDIS_URL", of_edge));
    let code = text(&links[0][0], "code");
    let (from, record) = on.record(code);
    on.cluster.migrate(&record, from, 2, || {});
    admin
        .api
        .retarget(&links[0][0], "https://example.com/edited");
    seen_by(&edge, code, "https://example.com/edited");
    for program in [&admin.program, &edge.program] {
        let said = program.lines().join("\n");
        assert!(
            !said.contains("NOPERM") && !said.contains("permission"),
            "{said}"
        );
        assert!(!said.contains("change-me"), "{said}");
    }
}

/// As `docs/operations.md` has them.
fn documented_users() -> Vec<&'static str> {
    let manual = include_str!("../../../../docs/operations.md");
    let users: Vec<&str> = manual
        .lines()
        .filter_map(|line| line.strip_prefix("user "))
        .collect();
    assert_eq!(users.len(), 2, "{users:?}");
    users
}

#[test]
fn lists_of_nodes_that_make_no_cluster_are_refused() {
    for nodes in [
        "redis://:hidden@a:1,rediss://:hidden@b:2",
        "redis://:hidden@a:1,redis://:other@b:2",
        "redis://:hidden@a:1/2,redis://:hidden@b:2/2",
        "redis://:hidden@a:1,,",
    ] {
        for (name, arguments) in [("suo-admin", &["project"][..]), ("suo-edge", &[])] {
            let mut command = Command::new(built_program(name));
            command
                .args(arguments)
                .env("SUO_DATABASE_URL", "postgres://127.0.0.1:1/none")
                .env("SUO_REDIS_URL", nodes);
            let program = Program::start(command);
            assert_eq!(program.wait(START).code(), Some(64), "{name} {nodes}");
            let said = program.lines().join("\n");
            assert!(said.contains("SUO_REDIS_URL"), "{said}");
            assert!(
                !said.contains("hidden") && !said.contains("other"),
                "{said}"
            );
        }
    }
}
