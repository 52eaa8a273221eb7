//! Races that are decided by a held line and not by luck.

use std::{
    collections::HashMap,
    process::Command,
    sync::{
        Barrier,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    thread,
    time::Duration,
};

use e2e::{
    api::{Api, link_path, text},
    keep_alive::KeepAlive,
    production::{Admin, Edge, Instance, SEEN},
    seen::{seen, seen_by, whole},
};
use serde_json::{Value, json};
use suo_testkit::{FaultProxy, Program, Tripwire, wait_until};

/// What Redis answers for a key that is not there; edges ask in this way for markers and records.
const NIL: &[u8] = b"$-1\r\n";

/// Longer than anybody waits for an answer of Redis.
const LONG: Duration = Duration::from_secs(30);

fn create(admin: &Admin, code: &str, target: &str) -> Value {
    admin.api.create(&json!({ "target": target, "code": code }))
}

fn rename(admin: &Admin, link: &Value, code: &str) {
    let answer = admin
        .api
        .call("PATCH", &link_path(link), &json!({ "code": code }));
    assert_eq!(answer.status, 200, "{}", answer.json());
}

/// What a visitor gets whose lookup is held by `trap` while `act` happens and until this edge has
/// heard of it.
fn meanwhile(
    instance: &Instance,
    (edge, proxy): (&Edge, &FaultProxy),
    (code, trap): (&str, &[u8]),
    act: impl FnOnce(),
) -> String {
    let held = proxy.hold_line_when(trap);
    thread::scope(|scope| {
        let visit = scope.spawn(|| edge.visits.follow(code));
        held.wait(LONG);
        act();
        heard(instance, edge);
        proxy.release();
        match visit.join().expect("an answer") {
            // The machine was so busy that nobody waited any more.
            doubt if doubt == "503" => known(edge, code),
            found => found,
        }
    })
}

/// Waits until the edge can say.
fn known(edge: &Edge, code: &str) -> String {
    wait_until("the edge can say", SEEN, || {
        match edge.visits.follow(code) {
            doubt if doubt == "503" => Err(doubt),
            found => Ok(found),
        }
    })
}

/// Waits until the edge has applied everything that is committed. The API may have answered
/// before it was published.
fn heard(instance: &Instance, edge: &Edge) {
    let last = "SELECT numbered FROM relay_state
                WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE seq IS NULL)";
    wait_until("the edge has heard of everything", SEEN, || {
        let numbered = instance.database.sql(last);
        let applied = edge.metric("suo_edge_applied_seq");
        match numbered.trim().parse::<f64>() {
            Ok(numbered) if applied >= numbered => Ok(()),
            _ => Err(format!("{applied} of {numbered:?}")),
        }
    });
}

/// How Redis begins to send a record. Its content alone also comes with the last notice of an
/// edit, which edges read four times a second; but a notice is longer.
fn answer_about(instance: &Instance, code: &str) -> Vec<u8> {
    let key = instance
        .redis
        .command(&["KEYS", &format!("suo:*:l:1:{code}")]);
    let length = instance.redis.command(&["STRLEN", &key]);
    format!("\r\n${length}\r\n").into_bytes()
}

/// An edge and its line to Redis. It has no admin: who waits too long for Redis gets 503, and
/// not what an admin said before the race began.
fn through_a_proxy(instance: &Instance) -> (Edge, FaultProxy) {
    let proxy = FaultProxy::start(instance.redis.address());
    let edge = instance.edge_through(&[], Some(&proxy));
    (edge, proxy)
}

#[test]
fn an_answer_that_was_on_its_way_when_its_link_changed_is_not_given() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let (edge, proxy) = through_a_proxy(&instance);
    let place = (&edge, &proxy);
    let in_flight = |code: &str, act: &dyn Fn(&Value)| {
        let old = format!("https://example.com/old/{code}");
        let link = create(&admin, code, &old);
        let found = meanwhile(&instance, place, (code, old.as_bytes()), || act(&link));
        assert_eq!(edge.visits.follow(code), found, "{code}: the same again");
        found
    };
    for round in 0..2 {
        let new = format!("https://example.com/new/{round}");
        let edited = in_flight(&format!("e{round}"), &|link| admin.api.retarget(link, &new));
        assert_eq!(edited, new);
        let deleted = in_flight(&format!("d{round}"), &|link| admin.api.delete(link));
        assert_eq!(deleted, "404");
        let code = format!("r{round}");
        let replaced = in_flight(&code, &|link| {
            admin.api.delete(link);
            let _ = create(&admin, &code, &new);
        });
        assert_eq!(replaced, new);
    }
}

#[test]
fn a_link_that_was_looked_for_before_it_was_made_is_found_when_it_is() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let (edge, proxy) = through_a_proxy(&instance);
    let edges = [instance.edge(&[&admin]), edge, instance.edge(&[&admin])];
    for round in 0..2 {
        let (code, target) = (format!("a{round}"), format!("https://example.com/{round}"));
        seen(&edges, &code, "404");
        let remembered = edges[0].metric("suo_edge_cache_absences_total");
        seen(&edges, &code, "404");
        assert!(edges[0].metric("suo_edge_cache_absences_total") > remembered);
        let link = create(&admin, &code, &target);
        seen(&edges, &code, &target);
        admin.api.delete(&link);
        seen(&edges, &code, "404");
        let _ = create(&admin, &code, "https://example.com/again");
        seen(&edges, &code, "https://example.com/again");

        let code = format!("f{round}");
        let act = || _ = create(&admin, &code, &target);
        let found = meanwhile(&instance, (&edges[1], &proxy), (&code, NIL), act);
        assert_eq!(
            found, target,
            "the answer on its way said that there is none"
        );
        seen(&edges, &code, &target);
    }
}

#[test]
fn a_renamed_link_is_found_under_both_codes_by_lookups_that_were_under_way() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let (edge, proxy) = through_a_proxy(&instance);
    let place = (&edge, &proxy);
    for round in 0..2 {
        let [before, after] = [format!("b{round}"), format!("a{round}")];
        let [old, new] = ["old", "new"].map(|name| format!("https://example.com/{name}/{round}"));
        let link = create(&admin, &before, &old);
        let act = || rename(&admin, &link, &after);
        let found = meanwhile(&instance, place, (&after, NIL), act);
        assert_eq!(
            found, old,
            "the new code was looked for before it was there"
        );
        let act = || admin.api.retarget(&link, &new);
        let answer = answer_about(&instance, &before);
        let found = meanwhile(&instance, place, (&before, &answer), act);
        assert_eq!(found, new, "the alias was looked up before the edit");
        seen_by(&edge, &after, &new);
        rename(&admin, &link, &before);
        assert_eq!(
            [&before, &after].map(|code| edge.visits.follow(code)),
            [&*new, &*new]
        );
        let cold = instance.edge(&[&admin]);
        admin.api.delete(&link);
        for code in [&before, &after] {
            seen_by(&edge, code, "404");
            seen_by(&cold, code, "404");
        }
    }
}

#[test]
fn what_a_relay_sent_long_ago_changes_nothing_when_it_arrives() {
    // In the script that writes records, and in the one that tells edges.
    for late in [&b"https://example.com/late"[..], b"suo:notices"] {
        let instance = Instance::new();
        let proxy = FaultProxy::start(instance.redis.address());
        let through = instance.redis.url_through(proxy.address());
        let slow = instance.admin_with(|command| _ = command.env("SUO_REDIS_URL", through));
        let quick = instance.admin();
        whole(&instance);
        let edge = instance.edge(&[&quick]);
        let link = create(&quick, "x", "https://example.com/1");
        seen_by(&edge, "x", "https://example.com/1");

        let (held, lines) = (proxy.hold_line_when(late), proxy.accepted());
        slow.api.retarget(&link, "https://example.com/late");
        // Either relay may have taken it; what the slow one has sent does not arrive.
        wait_for_its_turn(&held, &slow, &link);
        quick.api.retarget(&link, "https://example.com/2");
        quick.api.delete(&link);
        let _ = create(&quick, "x", "https://example.com/3");
        seen_by(&edge, "x", "https://example.com/3");
        wait_until("the slow relay has given up its line", LONG, || {
            let accepted = proxy.accepted();
            (accepted > lines).then_some(()).ok_or(accepted)
        });
        let (generation, calls) = (edge.metric("suo_edge_generation"), scripts(&instance));
        proxy.release();
        wait_until("what was held has arrived", LONG, || {
            let now = scripts(&instance);
            (now > calls).then_some(()).ok_or(now)
        });
        seen_by(&instance.edge(&[&quick]), "x", "https://example.com/3");
        seen_by(&edge, "x", "https://example.com/3");
        assert_eq!(edge.metric("suo_edge_generation"), generation);
        assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
    }
}

/// Edits until it is the slow one's relay that publishes an edit.
fn wait_for_its_turn(held: &Tripwire, slow: &Admin, link: &Value) {
    wait_until("the slow relay publishes", LONG, || {
        if held.is_touched() {
            return Ok(());
        }
        slow.api.retarget(link, "https://example.com/between");
        slow.api.retarget(link, "https://example.com/late");
        Err("the other one did")
    });
}

/// Scripts that Redis has run.
fn scripts(instance: &Instance) -> u64 {
    let stats = instance.redis.command(&["INFO", "commandstats"]);
    let of = stats
        .lines()
        .find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    let calls = of.and_then(|rest| rest.split(',').next());
    calls
        .and_then(|calls| calls.parse().ok())
        .expect("a count of scripts")
}

/// `suo-admin project` through a proxy that holds the script with this target.
fn rebuild_held(instance: &Instance, proxy: &FaultProxy, target: &str) -> Program {
    let mut command: Command = instance.program("suo-admin");
    command
        .arg("project")
        .env("SUO_REDIS_URL", instance.redis.url_through(proxy.address()));
    let held = proxy.hold_line_when(target.as_bytes());
    let program = Program::start(command);
    held.wait(LONG);
    program
}

#[test]
fn a_link_deleted_while_a_rebuild_was_about_to_write_it_does_not_come_back() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let edge = instance.edge(&[&admin]);
    let _ = create(&admin, "stays", "https://example.com/stays");
    for gives_up in [false, true] {
        let link = create(&admin, "doomed", "https://example.com/doomed");
        seen_by(&edge, "doomed", "https://example.com/doomed");
        let proxy = FaultProxy::start(instance.redis.address());
        let rebuild = rebuild_held(&instance, &proxy, "https://example.com/doomed");
        admin.api.delete(&link);
        seen_by(&edge, "doomed", "404");
        if gives_up {
            let _failed = rebuild.wait(LONG);
        }
        let calls = scripts(&instance);
        proxy.release();
        wait_until("what was held has arrived", LONG, || {
            let now = scripts(&instance);
            (now > calls).then_some(()).ok_or(now)
        });
        let _ended = rebuild.wait(LONG);
        let cold = instance.edge(&[&admin]);
        seen_by(&cold, "stays", "https://example.com/stays");
        assert_eq!(cold.visits.follow("doomed"), "404");
        assert_eq!(edge.visits.follow("doomed"), "404");
    }
}

#[test]
fn a_rebuild_does_not_write_what_it_read_longer_ago_than_tombstones_are_sure_to_last() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let link = create(&admin, "doomed", "https://example.com/doomed");
    let key = instance.redis.command(&["KEYS", "suo:*:l:1:doomed"]);
    let proxy = FaultProxy::start(instance.redis.address());
    let rebuild = rebuild_held(&instance, &proxy, "https://example.com/doomed");
    let token = format!("{}r", key.split_once("l:").expect("a record's key").0);
    let left: u64 = instance
        .redis
        .command(&["TTL", &token])
        .parse()
        .expect("seconds");
    assert!(left <= 3600, "{left} s");
    admin.api.delete(&link);
    heard_by_redis(&instance, &key);
    // An hour passes for the token, a day for the tombstone.
    for gone in [&token, &key] {
        assert_eq!(instance.redis.command(&["DEL", gone]), "1", "{gone}");
    }
    proxy.release();
    assert_eq!(rebuild.wait(LONG).code(), Some(1), "{:#?}", rebuild.lines());
    assert_eq!(instance.redis.command(&["EXISTS", &key]), "0");
}

/// Waits until Redis holds a tombstone: two bytes, the rev, and nothing else.
fn heard_by_redis(instance: &Instance, key: &str) {
    wait_until("a tombstone", SEEN, || {
        match instance.redis.command(&["TTL", key]).parse::<i64>() {
            Ok(seconds) if seconds > 0 => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

#[test]
fn edits_made_while_an_edge_warms_up_reach_it() {
    let instance = Instance::new();
    let admin = instance.admin();
    whole(&instance);
    let links: Vec<Value> = (0..10)
        .map(|n| {
            create(
                &admin,
                &format!("w{n}"),
                &format!("https://example.com/{n}"),
            )
        })
        .collect();
    for round in 0..3 {
        // The subscription, its confirmation, and the first look at the stream.
        let last = last_id(&instance);
        let trap = ["SUBSCRIBE", "subscribe", &last][round];
        let proxy = FaultProxy::start(instance.redis.address());
        let held = proxy.hold_line_when(trap.as_bytes());
        let edge = instance.start_edge(&[&admin], Some(&proxy));
        held.wait(LONG);
        // It serves before it hears; whatever it looks up now may change unheard.
        wait_until("the edge answers", LONG, || {
            match edge.visits.get("/w0").status {
                302 => Ok(()),
                doubt => Err(doubt),
            }
        });
        for (n, link) in links.iter().enumerate() {
            let _remembered = edge.visits.get(&format!("/w{n}"));
            admin
                .api
                .retarget(link, &format!("https://example.com/{round}/{n}"));
        }
        proxy.release();
        for n in 0..10 {
            seen_by(
                &edge,
                &format!("w{n}"),
                &format!("https://example.com/{round}/{n}"),
            );
        }
        heard(&instance, &edge);
        for n in 0..10 {
            let found = edge.visits.follow(&format!("w{n}"));
            assert_eq!(found, format!("https://example.com/{round}/{n}"));
        }
    }
}

/// The stream's last id as Redis sends it.
fn last_id(instance: &Instance) -> String {
    let ask = ["XREVRANGE", "suo:changes", "+", "-", "COUNT", "1"];
    let last = instance.redis.command(&ask);
    format!("\r\n{}\r\n", last.lines().next().expect("an id"))
}

/// Two admins are asked in the same moment; what each answers.
fn at_once<T: Send>(acts: [&(dyn Fn() -> T + Sync); 2]) -> [T; 2] {
    let barrier = Barrier::new(2);
    let act = |act: &(dyn Fn() -> T + Sync)| {
        barrier.wait();
        act()
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| act(acts[1]));
        let one = act(acts[0]);
        [one, other.join().expect("the other")]
    })
}

#[test]
fn of_two_edits_in_the_same_moment_every_edge_ends_at_the_databases() {
    let instance = Instance::new();
    let admins = [instance.admin(), instance.admin()];
    whole(&instance);
    let edges: Vec<Edge> = (0..3)
        .map(|_| instance.edge(&[&admins[0], &admins[1]]))
        .collect();
    let link = create(&admins[0], "x", "https://example.com/0");
    let mut versions = HashMap::from([(String::from("https://example.com/0"), 1)]);
    let (go_on, ends): (Vec<_>, Vec<_>) = edges.iter().map(|_| channel::<()>()).unzip();
    thread::scope(|scope| {
        let readers = edges.iter().zip(ends);
        let readers: Vec<_> = readers
            .map(|(edge, end)| scope.spawn(move || follow(edge, &end)))
            .collect();
        // Also if a round fails.
        let go_on = go_on;
        for round in 0..60 {
            versions.extend(two_edits(&admins, &edges, &link, round));
        }
        drop(go_on);
        for reader in readers {
            never_went_back(&reader.join().expect("a reader"), &versions);
        }
    });
    for edge in &edges {
        assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
    }
}

/// One through each admin at once; every edge ends at the later one. Returns what they made.
fn two_edits(admins: &[Admin; 2], edges: &[Edge], link: &Value, round: u64) -> [(String, u64); 2] {
    let targets = ["a", "b"].map(|name| format!("https://example.com/{round}/{name}"));
    let edit = |api: &Api, target: &str| {
        let answer = api.served("PATCH", &link_path(link), &json!({ "target": target }));
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()["version"].as_u64().expect("a version")
    };
    let one = || edit(&admins[0].api, &targets[0]);
    let other = || edit(&admins[1].api, &targets[1]);
    let [one, other] = at_once::<u64>([&one, &other]);
    let (first, second) = (one.min(other), one.max(other));
    assert_eq!(
        [first, second],
        [2 * round + 2, 2 * round + 3],
        "versions have no gaps"
    );
    let last = if one < other {
        &targets[1]
    } else {
        &targets[0]
    };
    seen(edges, "x", last);
    let api = &admins[0].api;
    let stored = api.served("GET", &link_path(link), &Value::Null).json();
    assert_eq!(
        (text(&stored, "target"), &stored["version"]),
        (&**last, &json!(second))
    );
    let [target, other_target] = targets;
    [(target, one), (other_target, other)]
}

fn never_went_back(found: &[String], versions: &HashMap<String, u64>) {
    let order: Vec<u64> = found.iter().map(|target| versions[target]).collect();
    assert!(order.is_sorted(), "an edge went back: {order:?}");
    let seen = found.len();
    assert!(seen > 30, "only {seen} of the edits were seen");
}

/// What somebody sees who looks once a millisecond until the sender is gone; each change once.
fn follow(edge: &Edge, end: &Receiver<()>) -> Vec<String> {
    let mut connection = KeepAlive::open(edge.visits.address).expect("a connection");
    let mut found: Vec<String> = Vec::new();
    while end.recv_timeout(Duration::from_millis(1)) == Err(RecvTimeoutError::Timeout) {
        let answer = edge
            .visits
            .get_over(&mut connection, "/x")
            .expect("an answer");
        let target = answer.header("location").expect("a redirect").to_owned();
        if found.last() != Some(&target) {
            found.push(target);
        }
    }
    found
}

#[test]
fn of_two_creations_of_one_code_in_the_same_moment_one_is_followed_everywhere() {
    let instance = Instance::new();
    let admins = [instance.admin(), instance.admin()];
    whole(&instance);
    let edges = [instance.edge(&[&admins[0]]), instance.edge(&[&admins[1]])];
    for round in 0..20 {
        let code = format!("t{round}");
        seen(&edges, &code, "404");
        let targets = ["a", "b"].map(|name| format!("https://example.com/{round}/{name}"));
        let make = |admin: usize| {
            let link = json!({ "target": targets[admin], "code": code });
            admins[admin].api.call("POST", "/links", &link).status
        };
        let (one, other) = (|| make(0), || make(1));
        let winner = match at_once::<u16>([&one, &other]) {
            [201, 409] => &targets[0],
            [409, 201] => &targets[1],
            neither => panic!("{neither:?}"),
        };
        seen(&edges, &code, winner);
    }
}
