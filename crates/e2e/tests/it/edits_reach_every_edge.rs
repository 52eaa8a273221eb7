use std::time::Duration;

use e2e::{
    api::{Visits, text},
    production::{DOMAIN, Edge, Instance, SEEN},
};
use serde_json::{Value, json};
use suo_testkit::{FaultProxy, wait_until};

/// Waits until every edge answers so.
fn seen(edges: &[Edge], code: &str, expected: &str) {
    for edge in edges {
        seen_by(&edge.visits, code, expected);
    }
}

fn seen_by(visits: &Visits, code: &str, expected: &str) {
    wait_until(
        &format!("/{code} leads to {expected}"),
        SEEN,
        || match visits.follow(code) {
            found if found == expected => Ok(()),
            other => Err(other),
        },
    );
}

#[test]
fn what_one_admin_writes_every_edge_answers() {
    let instance = Instance::new();
    let admins = [instance.admin(), instance.admin()];
    let edges: Vec<Edge> = (0..3)
        .map(|_| instance.edge(&[&admins[0], &admins[1]]))
        .collect();
    for round in 0..20 {
        let (one, other) = (&admins[round % 2].api, &admins[(round + 1) % 2].api);
        let target = format!("https://example.com/{round}?q=a|b");
        let link = one.create(&json!({ "target": target, "code": format!("r{round}") }));
        let code = text(&link, "code");
        assert_eq!(text(&link, "short_url"), format!("https://{DOMAIN}/{code}"));
        seen(&edges, code, &target);
        other.retarget(&link, "https://example.com/edited");
        seen(&edges, code, "https://example.com/edited");
        other.retarget(&link, "https://example.com/again");
        seen(&edges, code, "https://example.com/again");
        one.delete(&link);
        seen(&edges, code, "404");
    }
    for edge in &edges {
        assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
    }
}

#[test]
fn a_renamed_link_answers_under_both_codes() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edges = [instance.edge(&[&admin])];
    let link = admin
        .api
        .create(&json!({ "target": "https://example.com/1", "code": "before" }));
    seen(&edges, "before", "https://example.com/1");
    seen(&edges, "after", "404");
    let path = e2e::api::link_path(&link);
    let answer = admin.api.call("PATCH", &path, &json!({ "code": "after" }));
    assert_eq!(
        (answer.status, text(&answer.json(), "code")),
        (200, "after")
    );
    seen(&edges, "after", "https://example.com/1");
    admin.api.retarget(&link, "https://example.com/2");
    seen(&edges, "before", "https://example.com/2");
    seen(&edges, "after", "https://example.com/2");
    admin.api.delete(&link);
    seen(&edges, "before", "404");
    seen(&edges, "after", "404");
}

#[test]
fn domains_and_their_settings_reach_the_edges() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edge = instance.edge(&[&admin]);
    let answer = admin
        .api
        .call("POST", "/domains", &json!({ "domain": "go.example.org" }));
    assert_eq!(answer.status, 201, "{}", answer.json());
    let domain = answer.json();
    let _ = admin.api.create(&json!({
        "target": "https://example.com/there", "code": "here", "domain": "go.example.org",
    }));
    let other = Visits {
        domain: "go.example.org".into(),
        ..edge.visits.clone()
    };
    seen_by(&other, "here", "https://example.com/there");
    seen_by(&edge.visits, "here", "404");

    let path = format!("/domains/{}", domain["id"]).replace('"', "");
    let settings = json!({
        "root_target": "https://example.com/root", "not_found_target": "https://example.com/404",
    });
    let answer = admin.api.call("PATCH", &path, &settings);
    assert_eq!(answer.status, 200, "{}", answer.json());
    seen_by(&other, "", "https://example.com/root");
    seen_by(&other, "nowhere", "https://example.com/404");

    let unknown = Visits {
        domain: "unknown.example".into(),
        ..edge.visits.clone()
    };
    assert_eq!(unknown.follow("here"), "404");
}

#[test]
fn a_batch_is_followed_everywhere() {
    let instance = Instance::new();
    let admin = instance.admin();
    let edges = [instance.edge(&[&admin]), instance.edge(&[&admin])];
    let links: Vec<Value> = (0..3000)
        .map(|n| json!({ "target": format!("https://example.com/{n}"), "code": format!("b{n}") }))
        .collect();
    seen(&edges, "b2999", "404");
    let answer = admin
        .api
        .call("POST", "/links/batch", &json!({ "links": links }));
    assert_eq!(answer.status, 200);
    let results = answer.json()["results"]
        .as_array()
        .cloned()
        .expect("results");
    assert_eq!(results.len(), 3000);
    assert!(
        results.iter().all(|result| result["status"] == 201),
        "{}",
        results[0]
    );
    for n in [0, 499, 500, 1500, 2999] {
        seen(
            &edges,
            &format!("b{n}"),
            &format!("https://example.com/{n}"),
        );
    }
}

#[test]
fn lines_with_tls_and_passwords_carry_edits_too() {
    let instance = Instance::with_tls();
    let admin = instance.admin();
    let edges = [instance.edge(&[&admin])];
    let link = admin
        .api
        .create(&json!({ "target": "https://example.com/1", "code": "tls" }));
    seen(&edges, "tls", "https://example.com/1");
    admin.api.retarget(&link, "https://example.com/2");
    seen(&edges, "tls", "https://example.com/2");
    instance.run("project");
    assert!(
        instance.encrypted_lines() > Some(0),
        "{:?}",
        instance.encrypted_lines()
    );
    for program in [&admin.program, &edges[0].program] {
        let said = program.lines().join("\n");
        assert!(!said.contains("a+password"), "{said}");
    }
}

#[test]
fn an_admin_with_a_slow_line_does_not_mistake_anothers_edits_for_a_lost_history() {
    let instance = Instance::new();
    let proxy = FaultProxy::start(instance.redis.address());
    let through = instance.redis.url_through(proxy.address());
    let slow = instance.admin_with(|command| _ = command.env("SUO_REDIS_URL", through));
    let quick = instance.admin();
    let edge = instance.edge(&[&quick, &slow]);
    let link = quick
        .api
        .create(&json!({ "target": "https://example.com/0", "code": "x" }));
    proxy.delay(Duration::from_millis(15));
    // Enough of them for several of the looks that the slow one takes, one a second.
    let edits = 1000;
    for edit in 1..=edits {
        quick
            .api
            .retarget(&link, &format!("https://example.com/{edit}"));
    }
    seen_by(&edge.visits, "x", &format!("https://example.com/{edits}"));
    assert_eq!(
        edge.metric("suo_edge_generation") as u64,
        1,
        "after {edits} edits"
    );
    assert_eq!(edge.metric("suo_edge_gaps_unfilled_total") as u64, 0);
}
