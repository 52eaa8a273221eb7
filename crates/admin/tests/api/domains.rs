//! Domains: adding, settings, links on them.

use serde_json::{Value, json};

use super::{
    http::{Answer, findings},
    on_both,
    place::{Api, count, path_of},
};

on_both!(
    the_default_domain_is_listed,
    a_domain_is_added_with_its_settings,
    a_name_is_taken_in_any_spelling,
    what_is_no_domain_is_refused,
    settings_are_merged,
    a_change_is_made_to_the_version_it_was_meant_for,
    the_case_rule_is_fixed_by_the_first_link,
    links_live_on_the_domain_they_name,
    a_domain_does_not_lead_to_itself,
    links_that_lead_to_a_new_domain_are_a_warning,
    look_alike_letters_of_a_domains_targets_are_a_warning,
);

fn add(api: &Api, domain: &Value) -> Value {
    listed(api.post("/domains", domain).ok(201))
}

/// The domain as lists have it.
fn listed(mut saved: Value) -> Value {
    assert_eq!(
        saved.as_object_mut().unwrap().remove("warnings"),
        Some(json!([]))
    );
    saved
}

fn settle(api: &Api, domain: &Value, change: &Value) -> Answer {
    api.patch(&path(domain), change)
}

fn path(domain: &Value) -> String {
    format!("/domains/{}", domain["id"].as_str().unwrap())
}

fn the_default_domain_is_listed(api: &Api) {
    let list = api.get("/domains").ok(200);
    let expected = json!({"data": [{
        "id": "1", "domain": "s.example.com", "scheme": "https", "is_default": true, "case_sensitive": false,
        "root_target": null, "not_found_target": null, "files": [], "version": 1,
        "created_at": "2025-11-24T16:00:00.000Z", "updated_at": "2025-11-24T16:00:00.000Z",
    }]});
    assert_eq!(list, expected);
}

fn a_domain_is_added_with_its_settings(api: &Api) {
    let answer = api.post(
        "/domains",
        &json!({"domain": " Go.Example:8443 ", "scheme": "http", "case_sensitive": true,
        "root_target": "a.example", "not_found_target": "https://a.example/404"}),
    );
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let domain = listed(answer.ok(201));
    assert_eq!(
        (&domain["domain"], &domain["scheme"]),
        (&json!("go.example:8443"), &json!("http"))
    );
    assert_eq!(
        (&domain["case_sensitive"], &domain["is_default"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(domain["root_target"], "https://a.example");
    assert_eq!(domain["not_found_target"], "https://a.example/404");
    let plain = add(api, &json!({"domain": "短.例子"}));
    assert_eq!(
        (&plain["domain"], &plain["scheme"]),
        (&json!("xn--s7y.xn--fsqu00a"), &json!("https"))
    );
    let list = api.get("/domains").ok(200);
    assert_eq!(list["data"].as_array().unwrap()[1..], [domain, plain]);
}

fn a_name_is_taken_in_any_spelling(api: &Api) {
    add(api, &json!({"domain": "短.例子"}));
    for name in [
        "s.example.com",
        "S.EXAMPLE.com:443",
        "s.example.com.",
        "xn--s7y.xn--fsqu00a",
    ] {
        api.post("/domains", &json!({"domain": name}))
            .problem(409, "domain-taken");
    }
    let answers = api.at_once(8, |_| {
        api.post("/domains", &json!({"domain": "go.example"}))
    });
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 7));
}

fn what_is_no_domain_is_refused(api: &Api) {
    for name in [
        "https://go.example",
        "go.example/",
        "go.example:99999",
        "a b",
        "go..example",
        "-",
        "go.example\u{0}",
    ] {
        let refused = api.post("/domains", &json!({"domain": name})).refused();
        assert_eq!(refused, ["/domain invalid_domain"], "{name}");
    }
    for (body, refused) in [
        (json!({}), "/domain required"),
        (json!({"domain": null}), "/domain required"),
        (json!({"domain": ["go.example"]}), "/domain wrong_type"),
        (
            json!({"domain": "go.example", "scheme": "gopher"}),
            "/scheme unknown_value",
        ),
        (
            json!({"domain": "go.example", "case_sensitive": "yes"}),
            "/case_sensitive wrong_type",
        ),
    ] {
        assert_eq!(api.post("/domains", &body).refused(), [refused], "{body}");
    }
}

fn settings_are_merged(api: &Api) {
    let domain = add(
        api,
        &json!({"domain": "go.example", "root_target": "a.example"}),
    );
    api.later(1000);
    let answer = settle(
        api,
        &domain,
        &json!({"not_found_target": "b.example", "case_sensitive": true}),
    );
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let settled = answer.ok(200);
    assert_eq!(
        (&settled["root_target"], &settled["not_found_target"]),
        (&json!("https://a.example"), &json!("https://b.example"))
    );
    assert_eq!(settled["updated_at"], "2025-11-24T16:00:01.000Z");
    let cleared = settle(api, &domain, &json!({"root_target": null})).ok(200);
    assert_eq!(
        (&cleared["root_target"], &cleared["version"]),
        (&Value::Null, &json!(3))
    );
    assert_eq!(settle(api, &domain, &json!({})).ok(200), cleared);
    assert_eq!(settle(api, &domain, &cleared).ok(200), cleared);
    let renamed = settle(
        api,
        &domain,
        &json!({"domain": "other.example", "scheme": "http"}),
    );
    assert_eq!(
        renamed.refused(),
        ["/domain immutable", "/scheme immutable"]
    );
    for id in ["0", "9", "4294967296", "-1", "x", "%ff"] {
        api.patch(&format!("/domains/{id}"), &json!({}))
            .problem(404, "not-found");
    }
}

fn a_change_is_made_to_the_version_it_was_meant_for(api: &Api) {
    let domain = add(api, &json!({"domain": "go.example"}));
    let change = |number: usize| {
        let call = api
            .call("PATCH", &path(&domain))
            .header("if-match", "\"1\"");
        call.json(&json!({"root_target": format!("https://a.example/{number}")}))
            .send()
    };
    let answers = api.at_once(10, change);
    assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 9));
    change(11).problem(412, "version-mismatch");
}

fn the_case_rule_is_fixed_by_the_first_link(api: &Api) {
    let domain = add(api, &json!({"domain": "go.example"}));
    settle(api, &domain, &json!({"case_sensitive": true})).ok(200);
    let link = api.create(&json!({"target": "a.example", "domain": "go.example", "code": "Ab"}));
    api.create(&json!({"target": "a.example", "domain": "go.example", "code": "aB"}));
    api.delete(&path_of(&link));
    settle(api, &domain, &json!({"case_sensitive": false})).problem(409, "case-rule-fixed");
    let same = json!({"case_sensitive": true, "root_target": "a.example"});
    settle(api, &domain, &same).ok(200);
}

fn links_live_on_the_domain_they_name(api: &Api) {
    add(api, &json!({"domain": "go.example:8080", "scheme": "http"}));
    add(api, &json!({"domain": "短.例子"}));
    let link = |domain: &str| {
        api.create(&json!({"target": "a.example", "domain": domain, "code": "same"}))
    };
    assert_eq!(
        link("s.example.com")["short_url"],
        "https://s.example.com/same"
    );
    assert_eq!(
        link("GO.example:8080")["short_url"],
        "http://go.example:8080/same"
    );
    assert_eq!(
        link("短.例子")["short_url"],
        "https://xn--s7y.xn--fsqu00a/same"
    );
    assert_eq!(
        api.get("/links?code=same").ok(200)["data"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    for domain in ["go.example:8080", "GO.EXAMPLE%3A8080"] {
        let found = api
            .get(&format!("/links?domain={domain}&code=same"))
            .ok(200);
        assert_eq!(found["data"].as_array().unwrap().len(), 1);
        assert_eq!(found["data"][0]["domain"], "go.example:8080");
    }
}

fn a_domain_does_not_lead_to_itself(api: &Api) {
    let domain = json!({"domain": "Go.example", "root_target": "http://go.EXAMPLE/x", "not_found_target": "https://go.example:443"});
    let refused = api.post("/domains", &domain).refused();
    assert_eq!(
        refused,
        ["/root_target own_domain", "/not_found_target own_domain"]
    );
}

fn links_that_lead_to_a_new_domain_are_a_warning(api: &Api) {
    let to = |target: &str| api.create(&json!({"target": target}))["id"].clone();
    let leading = [
        to("http://go.example/x"),
        to("https://GO.example:443"),
        to("go.example"),
    ];
    for elsewhere in [
        "https://go.example:8443/",
        "https://sub.go.example/",
        "https://a.example/go.example",
    ] {
        to(elsewhere);
    }
    let paused = to("https://go.example/paused");
    api.patch(
        &format!("/links/{}", paused.as_str().unwrap()),
        &json!({"status": "paused"}),
    )
    .ok(200);
    let saved = api
        .post("/domains", &json!({"domain": "go.example"}))
        .ok(201);
    assert_eq!(
        findings(&saved["warnings"]),
        ["/domain links_lead_here"],
        "{saved}"
    );
    let detail = saved["warnings"][0]["detail"].as_str().unwrap();
    let newest_first = leading.iter().rev().map(|id| id.as_str().unwrap());
    let ids: Vec<&str> = newest_first.collect();
    assert!(detail.ends_with(&ids.join(", ")), "{detail}");

    for code in 0..7 {
        to(&format!("https://many.example/{code}"));
    }
    let saved = api
        .post("/domains", &json!({"domain": "many.example"}))
        .ok(201);
    let detail = saved["warnings"][0]["detail"].as_str().unwrap();
    assert!(detail.ends_with(" and more"), "{detail}");
    assert_eq!(detail.matches(", ").count(), 5, "{detail}");
}

fn look_alike_letters_of_a_domains_targets_are_a_warning(api: &Api) {
    let imitation = "https://аpple.com/";
    let saved = api
        .post(
            "/domains",
            &json!({"domain": "go.example", "root_target": imitation}),
        )
        .ok(201);
    assert_eq!(findings(&saved["warnings"]), ["/root_target homograph"]);
    let change = json!({"root_target": null, "not_found_target": imitation});
    let saved = settle(api, &saved, &change).ok(200);
    assert_eq!(
        findings(&saved["warnings"]),
        ["/not_found_target homograph"]
    );
}
