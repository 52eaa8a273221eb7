//! An admin killed or frozen at the worst moments, while another one and the edges go on.
#![expect(clippy::print_stdout, reason = "figures for docs/reliability.md")]

use std::{net::SocketAddr, thread, time::Duration};

use e2e::{
    api::link_path,
    edits::{Traffic, create_surely},
    http::Answer,
    production::{Admin, Edge, Instance, SEEN},
    projection::{BUCKETS, wait_until_whole, whole_buckets},
    seen::seen_by,
};
use serde_json::{Value, json};
use suo_testkit::{FaultProxy, Signal, Tripwire, free_port, wait_until};

/// What an edge may be behind while an admin that hangs keeps the relay's lock: until Postgres
/// ends its session after 2 s, and the pauses of a busy machine.
const LOCKED: Duration = Duration::from_secs(25);

/// The same after a SIGKILL, which Postgres notices at once.
const KILLED: Duration = Duration::from_secs(10);

/// Newer than what is on its way.
const OVERTAKEN: &str = "https://example.com/overtaken";

/// Links of a batch: several messages, several statements. 10 000 are too much for the debug build
/// on a busy machine.
const MANY: usize = 2000;

/// How `EVALSHA <publish> 1 suo:changes …` goes on behind the hash: no other script has the stream
/// as its key. It is sent when the answer to the first script has come.
const PUBLISH: &[u8] = b"\r\n$1\r\n1\r\n$11\r\nsuo:changes\r\n";

#[test]
fn an_admin_killed_before_its_first_script_costs_nothing() {
    killed_at(|stage| stage.redis_line.hold_when(b":l:1:doomed\r\n"));
}

#[test]
fn an_admin_killed_between_the_two_scripts_costs_nothing() {
    killed_at(|stage| stage.redis_line.hold_when(PUBLISH));
}

fn killed_at(trap: impl FnOnce(&Stage) -> Tripwire) {
    let stage = Stage::new();
    let traffic = Traffic::start(&[&stage.doomed, &stage.other], &[&stage.edge], KILLED);
    traffic.flow(20);
    let trip = trap(&stage);
    stage.edit_through_the_doomed_until(&trip, &traffic, || {
        stage.doomed.program.kill();
    });
    traffic.flow(30);
    stage.overtake();
    // Its script arrives after others have published further.
    stage.redis_line.release();
    traffic.flow(30);
    stage.stays_overtaken();
    println!("killed: {:?}", traffic.finish(&stage.other, &[&stage.edge]));
    stage.nothing_was_lost_on_the_way();
}

#[test]
fn a_late_first_script_of_a_frozen_admin_is_harmless() {
    frozen_at(|stage| stage.redis_line.hold_when(b":l:1:doomed\r\n"));
}

#[test]
fn a_late_second_script_of_a_frozen_admin_is_harmless() {
    frozen_at(|stage| stage.redis_line.hold_when(PUBLISH));
}

/// Two relays that both believe they are active: Postgres gives the lock of a frozen one to the
/// other, and the frozen one goes on where it was.
fn frozen_at(trap: impl FnOnce(&Stage) -> Tripwire) {
    let stage = Stage::new();
    let traffic = Traffic::start(&[&stage.other], &[&stage.edge], LOCKED);
    traffic.flow(20);
    let trip = trap(&stage);
    stage.edit_through_the_doomed_until(&trip, &traffic, || {
        stage.doomed.program.signal(Signal::STOP);
        // Published by the other one: the lock is free again.
        stage.publish_through_the_other();
        traffic.flow(30);
        stage.overtake();
        stage.doomed.program.signal(Signal::CONT);
        stage.redis_line.release();
    });
    traffic.flow(30);
    stage.stays_overtaken();
    // It publishes again, too.
    let edit = json!({ "target": "https://example.com/again" });
    wait_until("an edit through it", SEEN * 3, || {
        let answer = stage
            .doomed
            .api
            .call("PATCH", &link_path(&stage.link), &edit);
        (answer.status == 200).then_some(()).ok_or(answer.status)
    });
    seen_by(&stage.edge, "doomed", "https://example.com/again");
    println!("frozen: {:?}", traffic.finish(&stage.other, &[&stage.edge]));
    stage.nothing_was_lost_on_the_way();
}

#[test]
fn a_script_that_arrives_after_its_relay_has_given_up_is_harmless() {
    let stage = Stage::new();
    let traffic = Traffic::start(&[&stage.other], &[&stage.edge], KILLED);
    traffic.flow(20);
    let trip = stage.redis_line.hold_when(PUBLISH);
    stage.edit_through_the_doomed_until(&trip, &traffic, || {
        stage.publish_through_the_other();
        traffic.flow(30);
        stage.overtake();
        stage.redis_line.release();
    });
    traffic.flow(30);
    stage.stays_overtaken();
    println!("held: {:?}", traffic.finish(&stage.other, &[&stage.edge]));
    stage.nothing_was_lost_on_the_way();
}

#[test]
fn a_batch_whose_admin_is_killed_in_its_middle_is_made_once_or_not_at_all() {
    let stage = Stage::new();
    let traffic = Traffic::start(&[&stage.other], &[&stage.edge], KILLED);
    let batch = Batch::new("half");
    let trip = stage.database_line.hold_line_when(b"half1777");
    let answer = batch.killed_at(&stage, || trip.wait(SEEN * 12));
    assert!(answer.is_err(), "{answer:?}");
    // As the end of a process ends its lines.
    stage.database_line.cut();
    assert_eq!(batch.made(&stage), 0, "half a batch");
    assert_eq!(stage.edge.visits.follow("half0"), "404");
    // Its claim stands for half a minute; then the key is free. The test tells the time.
    let time = |time: &str| {
        let set = format!("UPDATE idempotency_keys SET claimed_until = {time}");
        stage.instance.database.sql(&set);
    };
    time("claimed_until + 3600000");
    let refused = wait_until("an answer", SEEN * 12, || {
        let status = batch.send(&stage.other).expect("an answer").status;
        if status == 503 {
            Err(status)
        } else {
            Ok(status)
        }
    });
    assert_eq!(refused, 409);
    time("0");
    let first = batch.send_until_answered(&stage.other);
    batch.is_whole(&stage, &first);
    println!("batch: {:?}", traffic.finish(&stage.other, &[&stage.edge]));
}

#[test]
fn a_batch_whose_admin_is_killed_after_its_commit_is_there_and_answered_again() {
    let stage = Stage::new();
    let traffic = Traffic::start(&[&stage.other], &[&stage.edge], KILLED);
    let batch = Batch::new("whole");
    // The answer may have been on its way already.
    let _ = batch.killed_at(&stage, || {
        wait_until("it is committed", SEEN * 12, || match batch.made(&stage) {
            MANY => Ok(()),
            some => Err(some),
        });
    });
    assert_eq!(batch.made(&stage), MANY);
    let first = batch.send(&stage.other).expect("an answer");
    assert_eq!(first.header("idempotent-replayed"), Some("true"));
    batch.is_whole(&stage, &first);
    println!("batch: {:?}", traffic.finish(&stage.other, &[&stage.edge]));
}

#[test]
fn a_rebuild_whose_admin_is_killed_in_its_middle_is_finished_by_another() {
    let instance = Instance::new();
    let (redis, line) = (
        instance.redis.address(),
        FaultProxy::start(instance.redis.address()),
    );
    let through = instance.redis.url_through(line.address());
    let doomed = instance.admin_with(|command| _ = command.env("SUO_REDIS_URL", through));
    let later = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let admins = format!("http://{later},http://{}", doomed.api.address);
    let edge = instance.edge_with(&[], |command| {
        _ = command.env("SUO_ADMIN_INTERNAL_URL", admins);
    });
    let codes: Vec<String> = (0..300).map(|n| format!("r{n}")).collect();
    let links: Vec<_> = codes.iter().map(|code| new_link(code)).collect();
    let batch = Batch {
        name: "r",
        body: json!({ "links": links }),
    };
    let _ = batch.send_until_answered(&doomed);
    wait_until_whole(redis);
    let trip = line.hold_when(b"suo:{80}:r");
    instance.redis.command(&["FLUSHALL"]);
    trip.wait(SEEN * 12);
    let other = instance.admin_at(later, |_| {});
    doomed.program.kill();
    let lease =
        "SELECT rebuild_until - (extract(epoch FROM now()) * 1000)::bigint FROM relay_state";
    let lease: i64 = instance.database.sql(lease).parse().expect("a lease");
    assert!(lease <= 30_000, "{lease} ms");
    // The test tells the time: first the lease stands, then it has run out.
    let time = |time: &str| {
        let set = format!("UPDATE relay_state SET rebuild_until = {time}");
        instance.database.sql(&set);
    };
    time("rebuild_until + 3600000");
    // Meanwhile the edge asks the other one about what is not whole.
    let traffic = Traffic::start(&[&other], &[&edge], KILLED);
    for code in &codes {
        assert_eq!(edge.visits.follow(code), target(code));
    }
    assert_eq!(edge.visits.follow("never-made"), "404");
    traffic.flow(30);
    let whole = whole_buckets(redis);
    assert!((1..BUCKETS).contains(&whole), "{whole} buckets are whole");
    time("0");
    wait_until_whole(redis);
    line.release();
    traffic.flow(30);
    println!("rebuild: {:?}", traffic.finish(&other, &[&edge]));
    for code in &codes {
        assert_eq!(edge.visits.follow(code), target(code));
    }
}

/// An admin whose lines can be held, another one, and an edge that can ask both.
struct Stage {
    instance: Instance,
    redis_line: FaultProxy,
    database_line: FaultProxy,
    doomed: Admin,
    other: Admin,
    edge: Edge,
    link: Value,
}

impl Stage {
    fn new() -> Self {
        let instance = Instance::new();
        let redis_line = FaultProxy::start(instance.redis.address());
        let database_line = FaultProxy::start(instance.database.address());
        let redis = instance.redis.url_through(redis_line.address());
        let database = instance.database.url_through(database_line.address());
        let doomed = instance.admin_with(|command| {
            command
                .env("SUO_REDIS_URL", redis)
                .env("SUO_DATABASE_URL", database);
        });
        let other = instance.admin();
        let edge = instance.edge(&[&other, &doomed]);
        let link = create_surely(&other.api, "doomed", "https://example.com/doomed");
        seen_by(&edge, "doomed", "https://example.com/doomed");
        let stage = Self {
            instance,
            redis_line,
            database_line,
            doomed,
            other,
            edge,
            link,
        };
        wait_until_whole(stage.instance.redis.address());
        stage
    }

    /// Edits through the doomed admin alone until `trip` is touched; then `work`, while the last edit
    /// may still wait for its answer.
    fn edit_through_the_doomed_until(
        &self,
        trip: &Tripwire,
        traffic: &Traffic,
        work: impl FnOnce(),
    ) {
        traffic.rest(true);
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0.. {
                    if trip.is_touched() {
                        break;
                    }
                    let edit = json!({ "target": format!("https://example.com/doomed/{number}") });
                    let _ = self
                        .doomed
                        .api
                        .try_call("PATCH", &link_path(&self.link), &edit);
                }
            });
            trip.wait(SEEN * 6);
            traffic.rest(false);
            work();
        });
    }

    /// Makes a link through the other admin and waits until it is published.
    fn publish_through_the_other(&self) {
        let target = "https://example.com/fresh";
        create_surely(&self.other.api, "fresh", target);
        wait_until("it is published", LOCKED, || {
            match self.edge.visits.follow("fresh") {
                found if found == target => Ok(()),
                other => Err(other),
            }
        });
    }

    /// Another edit of the link whose script is on its way.
    fn overtake(&self) {
        let edit = json!({ "target": OVERTAKEN });
        wait_until("an edit through the other", SEEN * 3, || {
            let answer = self.other.api.call("PATCH", &link_path(&self.link), &edit);
            (answer.status == 200).then_some(()).ok_or(answer.status)
        });
        seen_by(&self.edge, "doomed", OVERTAKEN);
    }

    /// At the edge, and in Redis, as an edge without memory sees it.
    fn stays_overtaken(&self) {
        assert_eq!(self.edge.visits.follow("doomed"), OVERTAKEN);
        let cold = self.instance.edge(&[]);
        assert_eq!(cold.visits.follow("doomed"), OVERTAKEN);
    }

    /// No new generation, nothing that edges could not catch up on, no bucket damaged.
    fn nothing_was_lost_on_the_way(&self) {
        assert_eq!(self.edge.metric("suo_edge_generation") as u64, 1);
        assert_eq!(self.edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
        let said = self.other.program.lines().join("\n");
        let rebuilds = said.matches("Redis is filled").count();
        assert!(rebuilds <= 1, "{said}");
        let unpublished = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
        wait_until("everything is published", SEEN, || {
            match self.instance.database.sql(unpublished) {
                none if none == "0" => Ok(()),
                some => Err(some),
            }
        });
    }
}

/// Links and an idempotency key.
struct Batch {
    name: &'static str,
    body: Value,
}

impl Batch {
    fn new(name: &'static str) -> Self {
        let links: Vec<_> = (0..MANY).map(|n| new_link(&format!("{name}{n}"))).collect();
        let body = json!({ "links": links });
        Self { name, body }
    }

    fn send(&self, admin: &Admin) -> std::io::Result<Answer> {
        admin
            .api
            .try_once(self.name, "POST", "/links/batch", &self.body)
    }

    /// Sends it to the doomed admin, which is killed as soon as `moment` has come.
    fn killed_at(&self, stage: &Stage, moment: impl FnOnce()) -> std::io::Result<Answer> {
        thread::scope(|scope| {
            let sent = scope.spawn(|| {
                loop {
                    match self.send(&stage.doomed) {
                        // A busy machine.
                        Ok(answer) if answer.status == 503 => {}
                        settled => return settled,
                    }
                }
            });
            moment();
            stage.doomed.program.kill();
            sent.join().expect("an answer or none")
        })
    }

    /// However often an admin on a busy machine says 503.
    fn send_until_answered(&self, admin: &Admin) -> Answer {
        wait_until("the batch is made", SEEN * 12, || match self.send(admin) {
            Ok(answer) if answer.status == 200 => Ok(answer),
            other => Err(format!("{:?}", other.map(|answer| answer.status))),
        })
    }

    fn made(&self, stage: &Stage) -> usize {
        let count = format!(
            "SELECT count(*) FROM codes WHERE code LIKE '{}%'",
            self.name
        );
        stage
            .instance
            .database
            .sql(&count)
            .parse()
            .expect("a number")
    }

    /// Once, with the same answer however often it is asked for, and followed at the edge.
    fn is_whole(&self, stage: &Stage, first: &Answer) {
        assert_eq!(first.status, 200);
        let results = first.json();
        let results = results["results"].as_array().expect("results");
        assert_eq!(results.len(), MANY);
        assert!(results.iter().all(|result| result["status"] == 201));
        let again = self.send(&stage.other).expect("an answer");
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.body, first.body);
        assert_eq!(self.made(stage), MANY);
        for number in [0, 499, 500, 1777, 1999] {
            let code = format!("{}{number}", self.name);
            seen_by(&stage.edge, &code, &target(&code));
        }
    }
}

fn new_link(code: &str) -> Value {
    json!({ "target": target(code), "code": code })
}

fn target(code: &str) -> String {
    format!("https://example.com/{code}")
}
