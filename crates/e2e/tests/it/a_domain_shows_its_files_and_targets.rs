//! What an operator puts onto a domain is there, whatever links there are.

use e2e::{
    api::{Api, Visits},
    both_modes::{in_production, in_the_quick_start},
    http::Answer,
    production::SEEN,
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

const FILES: [(&str, &str); 3] = [
    ("MP_verify_aBcDeF123.txt", "aBcDeF123"),
    ("ads.txt", "# 没有广告\n"),
    (
        ".well-known/security.txt",
        "Contact: mailto:a@example.com\n",
    ),
];

#[test]
fn in_the_quick_start_too() {
    in_the_quick_start(shows_its_files_and_targets);
}

#[test]
fn in_production_too() {
    in_production(shows_its_files_and_targets);
}

fn shows_its_files_and_targets(api: &Api, visits: &Visits) {
    let domains = api.served("GET", "/domains", &Value::Null).json();
    let id = domains["data"][0]["id"].as_str().expect("a domain");
    assert_eq!(visits.get("/robots.txt").status, 200);
    for (path, body) in FILES {
        assert_eq!(visits.get(&format!("/{path}")).status, 404, "{path}");
        let answer = api.put_text(&format!("/domains/{id}/files/{path}"), body);
        assert!(
            [200, 201, 204].contains(&answer.status),
            "{path}: {}",
            answer.status
        );
        becomes(visits, &format!("/{path}"), |answer| {
            answer.status == 200 && answer.body == body.as_bytes()
        });
    }
    let path = format!("/domains/{id}/files/ads.txt");
    assert_eq!(api.served("DELETE", &path, &Value::Null).status, 204);
    becomes(visits, "/ads.txt", |answer| answer.status == 404);
    for (setting, path) in [("root_target", "/"), ("not_found_target", "/nothing-here")] {
        let target = format!("https://example.com/{setting}");
        let body = json!({ setting: target });
        assert_eq!(
            api.served("PATCH", &format!("/domains/{id}"), &body).status,
            200
        );
        becomes(visits, path, |answer| {
            answer.header("location") == Some(&*target)
        });
    }
    // Targets are for codes: what is missing among files is missing.
    assert_eq!(visits.get("/ads.txt").status, 404);
}

fn becomes(visits: &Visits, path: &str, is_so: impl Fn(&Answer) -> bool) {
    wait_until(path, SEEN, || {
        let answer = visits.get(path);
        is_so(&answer).then_some(()).ok_or(answer.status)
    });
}
