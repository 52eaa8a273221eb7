use std::process::{Command, Output};

use e2e::{
    api::{link_path, text},
    http::request,
    production::{Edge, Instance, TOKEN},
    quick_start::Place,
    visitors::{Visitors, all_are_counted},
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

fn link() -> Value {
    json!({ "target": "https://example.com", "code": "c" })
}

fn visits(edge: &Edge, links: &[Value]) -> e2e::visitors::Seen {
    let codes: Vec<String> = links.iter().map(|link| text(link, "code").into()).collect();
    let visitors = Visitors::of(&[edge], &codes);
    wait_until("visitors", PATIENCE, || match visitors.followed() {
        enough if enough >= 50 => Ok(()),
        fewer => Err(fewer),
    });
    visitors.finish().0
}

#[test]
fn an_audit_ends_with_0_if_everything_adds_up_and_with_2_if_not() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let links = [admin.api.create(&link())];
    let seen = visits(&edge, &links);
    all_are_counted(&admin.api, &links, &seen);
    let clicks: u64 = seen.values().sum();
    let audit = |arguments: &str| {
        let arguments = arguments.split(' ');
        instance.try_run(|admin| _ = admin.arg("audit").args(arguments))
    };
    let metric = |name: &str| {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("host", "localhost"), ("authorization", &*bearer)];
        let answer = request(admin.api.address, "GET", "/metrics", &headers, &[]);
        let body = String::from_utf8(answer.expect("metrics").body).expect("text");
        let line = body.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };

    let (code, said) = audit("--from 2020-01-01T00:00:00Z");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.ends_with("Everything adds up."), "{said}");
    assert!(
        said.contains(&format!("{clicks} answers, {clicks} of them clicks")),
        "{said}"
    );
    assert_eq!(metric("suo_admin_clicks_mismatch").as_deref(), Some("0"));

    // Scope 3: the workspace; dimension 10: outcomes.
    let one_more = "UPDATE click_rollups SET clicks = clicks + 1 \
                    WHERE scope = 3 AND dimension = 10 AND class = 0";
    instance.database.sql(one_more);
    let (code, said) = audit("--json");
    let found: Value = serde_json::from_str(&said).expect("one line of JSON");
    assert_eq!(
        (code, &found["adds_up"]),
        (Some(2), &json!(false)),
        "{said}"
    );
    assert_eq!(found["findings"][0]["dimension"], "outcome");
    assert_eq!(metric("suo_admin_clicks_mismatch").as_deref(), Some("1"));

    let (code, said) = audit("--to yesterday");
    assert_eq!(code, Some(64), "{said}");
    instance.redis.kill();
    let (code, said) = audit("--to 2020-01-01T00:00:00Z");
    assert_eq!(
        code,
        Some(0),
        "Redis says nothing, the database does: {said}"
    );
    assert!(said.contains("what is on its way is not known"), "{said}");
}

#[test]
fn the_quick_start_audits_itself_while_it_runs() {
    let mut place = Place::new();
    let running = place.start();
    let made = running.api.create(&link());
    let visits = &running.visits;
    for _ in 0..5 {
        assert_eq!(visits.get("/c").status, 302);
    }
    wait_until("all are counted", PATIENCE, || {
        let path = link_path(&made);
        let now = running.api.served("GET", &path, &Value::Null).json();
        let of = |class: &str| now["clicks"][class].as_u64().unwrap_or(0);
        (of("human") + of("crawler") == 5).then_some(()).ok_or(now)
    });
    let audit = || -> Output { place.command().arg("audit").output().expect("suo runs") };
    let found = audit();
    let said = String::from_utf8_lossy(&found.stdout).into_owned();
    assert_eq!(found.status.code(), Some(0), "{found:?}");
    assert!(said.contains("5 answers, 5 of them clicks"), "{said}");
    running.interrupt();
    let broken = Command::new("sqlite3")
        .arg(place.data().join("suo.db"))
        .arg("DELETE FROM click_totals")
        .status();
    assert!(broken.expect("sqlite3 runs").success());
    assert_eq!(audit().status.code(), Some(2));
}
