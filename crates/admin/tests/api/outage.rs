//! While the database is away: an error that says so, and an end to it.

use std::time::Duration;

use serde_json::json;
use suo_testkit::{FaultProxy, TestDatabase, wait_until};

use super::place::{Api, path_of};

#[test]
fn a_database_that_is_away_is_said_to_be_away_until_it_is_back() {
    let database = TestDatabase::new();
    let line = FaultProxy::start(database.address());
    let api = Api::on_postgres_at(&database.url_through(line.address()), database);
    let link = api.create(&json!({"target": "a.example"}));
    line.cut();
    let answers = [
        api.get(&path_of(&link)),
        api.post("/links", &json!({"target": "a.example"})),
        api.patch(&path_of(&link), &json!({"title": "t"})),
        api.get("/links"),
    ];
    for answer in &answers {
        answer.problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let health = api.stranger("GET", "/health").send();
    assert_eq!(health.ok(503)["status"], "fail");
    assert_eq!(health.ok(503)["checks"]["database"][0]["status"], "fail");
    line.restore();
    wait_until(
        "the database to be found again",
        Duration::from_secs(20),
        || match api.get(&path_of(&link)).status {
            200 => Ok(()),
            status => Err(status),
        },
    );
    assert_eq!(api.edit(&link, &json!({"title": "t"}))["version"], 2);
    assert_eq!(
        api.stranger("GET", "/health").send().ok(200)["status"],
        "pass"
    );
}
