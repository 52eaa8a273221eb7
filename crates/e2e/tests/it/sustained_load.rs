//! Many creations and edits while edges serve: nothing is forgotten, memory stays bounded.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use e2e::{
    api::{link_path, text},
    keep_alive::KeepAlive,
    process::peak,
    production::{Admin, Edge, Instance},
    seen::{seen_by, whole},
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

const MIB: u64 = 1 << 20;

/// How long publication may take on a busy machine, and edges to hear of it.
const DRAINED: Duration = Duration::from_secs(120);

const BATCHES: usize = 3;
const BATCH: usize = 2000;
const WARM: usize = 100;

fn batch(admin: &Admin, first: usize, count: usize, target: &str) -> Vec<Value> {
    let link = |n| json!({ "target": format!("{target}/{n}"), "code": format!("n{n}") });
    let links: Vec<Value> = (first..first + count).map(link).collect();
    let answer = admin
        .api
        .call("POST", "/links/batch", &json!({ "links": links }));
    let body = answer.json();
    let made = body["results"].as_array().expect("results").iter();
    made.map(|result| {
        assert_eq!(result["status"], 201, "{result}");
        result["link"].clone()
    })
    .collect()
}

/// Visits links that nobody changes, a thousand a second, until the sender is gone; how many.
fn visit(edge: &Edge, links: &[Value], end: &Receiver<()>) -> usize {
    let mut connection = KeepAlive::open(edge.visits.address).expect("a connection");
    let mut visits = 0;
    for link in links.iter().cycle() {
        if end.recv_timeout(Duration::from_millis(1)) != Err(RecvTimeoutError::Timeout) {
            break;
        }
        let path = format!("/{}", text(link, "code"));
        let answer = edge
            .visits
            .get_over(&mut connection, &path)
            .expect("an answer");
        assert_eq!(
            answer.header("location"),
            Some(text(link, "target")),
            "{path}"
        );
        visits += 1;
    }
    visits
}

/// Waits until nothing waits to be published and every edge has heard of all.
fn drained(instance: &Instance, edges: &[Edge]) {
    let waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
    wait_until("the outbox is empty", DRAINED, || {
        let waiting = instance.database.sql(waiting);
        (waiting.trim() == "0").then_some(()).ok_or(waiting)
    });
    let published = instance.database.sql("SELECT published FROM relay_state");
    let published: f64 = published.trim().parse().expect("a number");
    for edge in edges {
        wait_until("the edge has heard of all", DRAINED, || {
            let applied = edge.metric("suo_edge_applied_seq");
            (applied >= published).then_some(()).ok_or(applied)
        });
    }
}

#[test]
fn a_flood_of_creations_and_edits_costs_no_edge_what_it_remembers() {
    let instance = Instance::new();
    let admins = [instance.admin(), instance.admin()];
    whole(&instance);
    let edges = [instance.edge(&[&admins[0]]), instance.edge(&[&admins[1]])];
    let links = batch(&admins[0], 0, 2 * WARM, "https://example.com/warm");
    let (warm, edited) = links.split_at(WARM);
    for edge in &edges {
        for link in &links {
            seen_by(edge, text(link, "code"), text(link, "target"));
        }
    }
    let misses = edges
        .each_ref()
        .map(|edge| edge.metric("suo_edge_cache_misses_total"));
    let (go_on, ends): (Vec<_>, Vec<_>) = edges.iter().map(|_| channel::<()>()).unzip();
    thread::scope(|scope| {
        let go_on = go_on;
        let visits = edges.iter().zip(ends);
        let visits: Vec<_> = visits
            .map(|(edge, end)| scope.spawn(move || visit(edge, warm, &end)))
            .collect();
        let writers: Vec<_> = edited
            .chunks(WARM / 4)
            .zip(admins.iter().cycle())
            .map(|(share, admin)| scope.spawn(move || edit(admin, share)))
            .collect();
        for number in 1..=BATCHES {
            let target = format!("https://example.com/batch/{number}");
            let _ = batch(&admins[number % 2], number * BATCH, BATCH, &target);
        }
        writers
            .into_iter()
            .for_each(|writer| writer.join().expect("a writer"));
        drained(&instance, &edges);
        drop(go_on);
        for visitor in visits {
            assert!(visitor.join().expect("a visitor") > WARM);
        }
    });
    for (edge, misses) in edges.iter().zip(misses) {
        for link in edited {
            assert_eq!(edge.visits.follow(text(link, "code")), last_target(link));
        }
        has_kept_its_memory(edge, misses);
        for n in (BATCH..BATCH * (BATCHES + 1)).step_by(BATCH / 4) {
            let target = format!("https://example.com/batch/{}/{n}", n / BATCH);
            seen_by(edge, &format!("n{n}"), &target);
        }
    }
}

/// No lookup since there were so many misses, no gap, no new generation, and a bounded size.
fn has_kept_its_memory(edge: &Edge, misses: f64) {
    let now = edge.metric("suo_edge_cache_misses_total");
    assert_eq!(now, misses, "the cache was dropped");
    let of = |name| edge.metric(name) as u64;
    assert_eq!(
        [
            of("suo_edge_gaps_unfilled_total"),
            of("suo_edge_generation")
        ],
        [0, 1]
    );
    let used = peak(edge.program.pid()).expect("memory");
    assert!(used < 128 * MIB, "{} MiB", used / MIB);
}

const EDITS: usize = 5;

/// Edits each of these links so often, as quickly as the admin answers.
fn edit(admin: &Admin, links: &[Value]) {
    let mut connection = KeepAlive::open(admin.api.address).expect("a connection");
    for number in 1..=EDITS {
        for link in links {
            let body = json!({ "target": edited_target(link, number) }).to_string();
            let path = link_path(link);
            wait_until("an edit is accepted", DRAINED, || {
                let answer = admin
                    .api
                    .call_over(&mut connection, "PATCH", &path, body.as_bytes());
                match answer.expect("an answer").status {
                    200 => Ok(()),
                    // The database is busy; it may have happened, so again.
                    status => {
                        assert_eq!(status, 503);
                        Err(status)
                    }
                }
            });
        }
    }
}

fn edited_target(link: &Value, number: usize) -> String {
    format!("https://example.com/edited/{number}/{}", text(link, "code"))
}

fn last_target(link: &Value) -> String {
    edited_target(link, EDITS)
}

#[test]
fn an_edge_with_little_memory_stays_small_whatever_strangers_ask_for() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let edge = instance.edge_with(&[&admin], |command| _ = command.env("SUO_CACHE_MB", "1"));
    let target = format!("https://example.com/{}", "long/".repeat(200));
    let links = batch(&admin, 0, 1500, &target);
    drained(&instance, std::slice::from_ref(&edge));
    let mut connection = KeepAlive::open(edge.visits.address).expect("a connection");
    let mut get = |path: &str| {
        edge.visits
            .get_over(&mut connection, path)
            .expect("an answer")
    };
    let of = |name| edge.metric(name) as usize;
    // Each is asked for twice: what is remembered of the first time is a hit of the second.
    for _ in 0..2 {
        for n in 0..2000 {
            assert_eq!(get(&format!("/stranger-{n}")).status, 404);
        }
    }
    let remembered = of("suo_edge_cache_absences_total");
    assert!(remembered < 500, "{remembered} of 2000 absences");
    for _ in 0..2 {
        for link in &links {
            let answer = get(&format!("/{}", text(link, "code")));
            assert_eq!(answer.header("location"), Some(text(link, "target")));
        }
    }
    let remembered = of("suo_edge_cache_hits_total");
    assert!(
        remembered < 1100,
        "{remembered} of 1500 links of a kilobyte and a half"
    );
    let used = peak(edge.program.pid()).expect("memory");
    assert!(used < 64 * MIB, "{} MiB", used / MIB);
}

#[test]
fn a_subscriber_that_redis_throws_out_reads_in_the_stream_what_it_missed() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let edge = [instance.edge(&[&admin])];
    let links = batch(&admin, 0, 10, "https://example.com/warm");
    for link in &links {
        seen_by(&edge[0], text(link, "code"), text(link, "target"));
    }
    let heard_again = || {
        edge[0]
            .program
            .lines()
            .join("\n")
            .matches("hears of changes")
            .count()
    };
    for round in 0..3 {
        let before = heard_again();
        // As it does with one that leaves more than client-output-buffer-limit unread.
        instance
            .redis
            .command(&["CLIENT", "KILL", "TYPE", "pubsub"]);
        edit(&admin, &links);
        wait_until("the edge hears again", DRAINED, || {
            let now = heard_again();
            (now > before).then_some(()).ok_or(now)
        });
        drained(&instance, &edge);
        for link in &links {
            assert_eq!(
                edge[0].visits.follow(text(link, "code")),
                last_target(link),
                "{round}"
            );
        }
    }
    assert_eq!(edge[0].metric("suo_edge_gaps_unfilled_total") as u64, 0);
}
