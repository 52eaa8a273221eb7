//! Postgres away in every way: visitors do not notice, and the API says so soon.
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "figures for docs/reliability.md; a new route must be told"
)]

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use e2e::{
    api::{Api, link_path, text},
    edits::{Traffic, create_surely},
    http::{Answer, request},
    production::{Admin, DOMAIN, Edge, Instance, SEEN, TOKEN},
    projection::wait_until_whole,
    seen::seen_by,
};
use serde_json::{Value, json};
use suo_testkit::{FaultProxy, Postgres, Profile, wait_until};

/// The API promises 503 within two seconds. One more, and as many times what a request needs
/// that asks nobody, are the machine's.
const SOON: Duration = Duration::from_secs(3);
const BUSY: u32 = 10;

/// Longer than any outage here. What an admin had committed but not announced when its database
/// went away is announced when it is back.
const OUTAGE: Duration = Duration::from_secs(40);

/// The id of nothing.
const NOBODYS: &str = "00000zzzzzzzz";

#[test]
fn a_postgres_that_is_shut_down_is_503_everywhere_and_nothing_to_visitors() {
    let stage = Stage::new();
    stage.goes_through(
        "connection refused",
        || stage.server.stop(),
        |()| stage.server.restart(),
    );
}

#[test]
fn a_postgres_that_hangs_is_503_everywhere_and_nothing_to_visitors() {
    let stage = Stage::new();
    stage.goes_through("frozen", || stage.server.freeze(), drop);
}

#[test]
fn a_postgres_behind_a_half_open_line_is_503_everywhere_and_nothing_to_visitors() {
    let stage = Stage::new();
    stage.goes_through("half-open", || stage.line.hold(), |()| stage.line.release());
}

#[test]
fn requests_that_find_no_free_connection_are_answered_in_time() {
    let stage = Stage::new();
    let api = &stage.admin.api;
    let link = create(api, "locked");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Everything about links waits for this, up to the limit of a statement.
            let locked = "LOCK TABLE links; SELECT pg_sleep(5)";
            let _ = stage.instance.database.sql(locked);
            is_over.store(true, Ordering::Relaxed);
        });
        wait_until("the lock", SEEN, || {
            let locks = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' \
                         AND relation = 'links'::regclass AND granted";
            match stage.instance.database.sql(locks) {
                granted if granted == "1" => Ok(()),
                other => Err(other),
            }
        });
        for _ in 0..20 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let _ = api.call("GET", &link_path(&link), &Value::Null);
                }
            });
        }
        let (answers, soon) = stage.every_route(&link);
        for (route, answer, took) in &answers {
            assert!(*took < soon, "{route}: {} after {took:?}", answer.status);
        }
        let refused = answers.iter().filter(|(_, answer, _)| answer.status == 503);
        assert!(refused.count() > 5, "there was a connection for everybody");
    });
    wait_until("the admin finds its connections again", SEEN, || {
        let answer = api.call("GET", &link_path(&link), &Value::Null);
        (answer.status == 200).then_some(()).ok_or(answer.status)
    });
}

#[test]
fn a_request_whose_database_goes_away_in_its_middle_is_503_in_time_and_not_done_later() {
    let stage = Stage::new();
    let api = &stage.admin.api;
    let link = create(api, "edited");
    let many: Vec<Value> = (0..300).map(|n| new_link(&format!("many{n}"))).collect();
    let cases = [
        ("POST", "/links".to_owned(), new_link("single"), "single"),
        (
            "POST",
            "/links/batch".to_owned(),
            json!({ "links": many }),
            "many250",
        ),
        (
            "PATCH",
            link_path(&link),
            json!({ "target": "https://example.com/late" }),
            "com/late",
        ),
    ];
    for (method, path, body, telling) in &cases {
        // Only the request's own line hangs: the server is there, but owes it an answer.
        let held = stage.line.hold_line_when(telling.as_bytes());
        let begun = Instant::now();
        let answer = send_once(api, method, path, body);
        let (took, soon) = (begun.elapsed(), stage.soon());
        assert!(held.is_touched(), "{method} {path}: {}", answer.status);
        is_unavailable(&format!("{method} {path}"), &answer);
        assert!(took < soon, "{method} {path}: after {took:?}");
        println!("{method} {path}: 503 after {took:?}");
        stage.line.release();
    }
    // The held transactions go on now, and find that nobody waits for them.
    wait_until("no transaction is left", SEEN, || {
        let open = "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL \
                    AND datname = current_database() AND pid <> pg_backend_pid()";
        match stage.instance.database.sql(open) {
            none if none == "0" => Ok(()),
            some => Err(some),
        }
    });
    let made = "SELECT count(*) FROM codes WHERE code = 'single' OR code LIKE 'many%'";
    assert_eq!(stage.instance.database.sql(made), "0");
    assert_eq!(stage.edge.visits.follow("edited"), target("edited"));
    for (method, path, body, _) in &cases[..2] {
        is_done_once(api, method, path, body);
    }
    assert_eq!(stage.instance.database.sql(made), "301");
    seen_by(&stage.edge, "many250", "https://example.com/many250");
}

/// The same request again, with the same key.
fn is_done_once(api: &Api, method: &str, path: &str, body: &Value) {
    let answer = wait_until("the key is free", SEEN, || {
        let answer = send_once(api, method, path, body);
        match answer.status {
            409 | 503 => Err(answer.status),
            _ => Ok(answer),
        }
    });
    assert!([200, 201].contains(&answer.status), "{}", answer.json());
    let again = send_once(api, method, path, body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, answer.body);
}

/// One admin behind a line that can be held, another one beside it, and an edge.
struct Stage {
    server: Postgres,
    instance: Instance,
    line: FaultProxy,
    admin: Admin,
    edge: Edge,
}

impl Stage {
    fn new() -> Self {
        let server = Postgres::start(Profile::Fast);
        let instance = Instance::on_server(&server);
        let line = FaultProxy::start(server.address());
        let through = instance.database.url_through(line.address());
        let admin = instance.admin_with(|command| _ = command.env("SUO_DATABASE_URL", through));
        let edge = instance.edge(&[&admin]);
        wait_until_whole(instance.redis.address());
        Self {
            server,
            instance,
            line,
            admin,
            edge,
        }
    }

    fn goes_through<T>(&self, what: &str, fail: impl FnOnce() -> T, mend: impl FnOnce(T)) {
        let link = create(&self.admin.api, "table");
        let cold: Vec<String> = (0..20).map(|n| format!("cold{n}")).collect();
        for code in &cold {
            create(&self.admin.api, code);
        }
        let traffic = Traffic::start(&[&self.admin], &[&self.edge], OUTAGE);
        traffic.flow(50);
        let failed = fail();
        self.is_seen_by_the_api(what, &link);
        for code in &cold {
            assert_eq!(self.edge.visits.follow(code), target(code), "cold, {what}");
        }
        mend(failed);
        let begun = Instant::now();
        wait_until("the admin is well", SEEN, || self.health(200));
        println!("{what}: well {:?} after it was back", begun.elapsed());
        traffic.flow(50);
        let observed = traffic.finish(&self.admin, &[&self.edge]);
        println!("{what}: {observed:?}");
    }

    fn is_seen_by_the_api(&self, what: &str, link: &Value) {
        // Two rounds: the first may still find lines that were up.
        for _ in 0..2 {
            let (answers, soon) = self.every_route(link);
            let slowest = answers.iter().map(|(.., took)| *took).max();
            println!("{what}: 503 after {slowest:?} at the latest");
            for (route, answer, took) in &answers {
                is_unavailable(&format!("{what}, {route}"), answer);
                assert!(*took < soon, "{what}, {route}: after {took:?}");
            }
        }
        let health = self.health(503).expect("a health that fails");
        assert_eq!(health["status"], "fail");
        assert_eq!(health["checks"]["database"][0]["status"], "fail");
    }

    /// Calls every route that needs the database, all at once; and says how soon they must answer.
    fn every_route(&self, link: &Value) -> (Vec<(String, Answer, Duration)>, Duration) {
        let routes = self.routes(link);
        thread::scope(|scope| {
            let soon = scope.spawn(|| self.soon());
            let calls: Vec<_> = routes
                .iter()
                .map(|(method, path, body)| {
                    scope.spawn(move || {
                        let begun = Instant::now();
                        let answer = self.send(method, path, body);
                        (format!("{method} {path}"), answer, begun.elapsed())
                    })
                })
                .collect();
            let answers = calls
                .into_iter()
                .map(|call| call.join().expect("an answer"));
            (answers.collect(), soon.join().expect("a limit"))
        })
    }

    /// Within which time the API must answer on this machine now.
    fn soon(&self) -> Duration {
        let idle = |_| {
            let begun = Instant::now();
            let _ = self.send("GET", "/nowhere", &[]);
            begun.elapsed()
        };
        SOON + BUSY * (0..5).map(idle).max().unwrap_or_default()
    }

    /// What the API document lists, and what it does not: edges' questions and metrics.
    fn routes(&self, link: &Value) -> Vec<(String, String, Vec<u8>)> {
        let document = self
            .admin
            .api
            .call("GET", "/openapi.json", &Value::Null)
            .json();
        let paths = document["paths"].as_object().expect("paths");
        let mut routes = Vec::new();
        for (path, methods) in paths {
            for method in methods.as_object().expect("methods").keys() {
                let method = method.to_uppercase();
                if path == "/api/v1/openapi.json" {
                    continue;
                }
                let body = body(&method, path);
                // What is deleted nobody has: a route that is served after all must not take the key.
                let id = match &*method {
                    "DELETE" => NOBODYS,
                    _ => text(link, "id"),
                };
                let filled = path.replace("{id}", id).replace("{path}", "a.txt");
                let filled = filled.replace("{logo}", &"0".repeat(64));
                routes.push((method, filled, body));
            }
        }
        routes.push(("GET".into(), "/health".into(), Vec::new()));
        routes.push(("GET".into(), "/metrics".into(), Vec::new()));
        // Which domains are there? In the wire format, version 1.
        routes.push(("POST".into(), "/internal/v1/resolve".into(), vec![1, 1]));
        assert!(routes.len() > 15, "{routes:?}");
        routes
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let api = &self.admin.api;
        let key = if path.starts_with("/internal") {
            TOKEN
        } else {
            &api.key
        };
        let headers = [
            ("host", "localhost"),
            ("authorization", &*format!("Bearer {key}")),
            ("content-type", "application/json"),
        ];
        request(api.address, method, path, &headers, body).expect("an answer")
    }

    fn health(&self, status: u16) -> Result<Value, String> {
        let answer = self.send("GET", "/health", &[]);
        if answer.status == status {
            Ok(answer.json())
        } else {
            Err(answer.json().to_string())
        }
    }
}

fn create(api: &Api, code: &str) -> Value {
    create_surely(api, code, &target(code))
}

/// A body that a route would accept.
fn body(method: &str, path: &str) -> Vec<u8> {
    let body = match (method, path) {
        ("GET" | "DELETE", _) => return Vec::new(),
        ("POST", "/api/v1/links") => new_link("outage"),
        ("POST", "/api/v1/links/batch") => json!({ "links": [new_link("outage")] }),
        ("PATCH", "/api/v1/links/{id}") => json!({ "title": "t" }),
        ("POST", "/api/v1/api-keys") => json!({ "name": "n", "scopes": ["read"] }),
        ("POST", "/api/v1/domains") => json!({ "domain": "outage.example" }),
        ("PATCH", "/api/v1/domains/{id}") => json!({ "root_target": "https://example.com/" }),
        ("POST", "/api/v1/simulate") => json!({ "link": new_link("tried") }),
        // The key is asked for before the picture is.
        ("POST", "/api/v1/qr/decode" | "/api/v1/qr/logos") => return Vec::new(),
        ("PUT", "/api/v1/domains/{id}/files/{path}") => return b"a file".to_vec(),
        (method, path) => panic!("tell this test what to send to {method} {path}"),
    };
    body.to_string().into_bytes()
}

fn new_link(code: &str) -> Value {
    json!({ "target": target(code), "code": code, "domain": DOMAIN })
}

fn target(code: &str) -> String {
    format!("https://example.com/{code}")
}

/// With an idempotency key of its own path and body.
fn send_once(api: &Api, method: &str, path: &str, body: &Value) -> Answer {
    api.try_once(path, method, path, body).expect("an answer")
}

fn is_unavailable(what: &str, answer: &Answer) {
    let said = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, 503, "{what}: {said}");
    assert_eq!(answer.header("retry-after"), Some("1"), "{what}: {said}");
}
