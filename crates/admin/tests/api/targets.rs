//! Where links may lead.

use serde_json::{Value, json};

use super::{http::findings, on_both, place::Api};

on_both!(
    accepted_targets_come_back_byte_for_byte,
    a_target_may_be_8192_bytes_long,
    other_targets_are_refused_with_their_reason,
    every_field_with_a_url_follows_the_rules,
    a_link_to_a_domain_of_ours_is_a_loop,
    a_host_of_look_alikes_is_warned_about,
);

fn accepted_targets_come_back_byte_for_byte(api: &Api) {
    for (given, target) in [
        ("https://a.example", "https://a.example"),
        (
            " HTTPS://A.Example:443/a/../b|c^d`?x=\\#y ",
            "HTTPS://A.Example:443/a/../b|c^d`?x=\\#y",
        ),
        (
            "例子.测试/路?查=询",
            "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF?%E6%9F%A5=%E8%AF%A2",
        ),
        ("http://8.8.8.8/%zz%2f", "http://8.8.8.8/%zz%2f"),
    ] {
        assert_eq!(api.create(&json!({"target": given}))["target"], target);
    }
}

fn a_target_may_be_8192_bytes_long(api: &Api) {
    let longest = format!("https://a.example/{}", "x".repeat(8192 - 18));
    assert_eq!(api.create(&json!({"target": longest}))["target"], longest);
    let escaped = format!("https://a.example/{}", "字".repeat(1000));
    let refused = api.post("/links", &json!({"target": escaped})).refused();
    assert_eq!(refused, ["/target too_long"]);
}

fn other_targets_are_refused_with_their_reason(api: &Api) {
    let long = format!("https://a.example/{}", "x".repeat(8192));
    for (target, code) in [
        ("", "required"),
        ("   ", "required"),
        ("nothing", "invalid_url"),
        ("https://", "invalid_url"),
        ("https://a.example:99999/", "invalid_url"),
        ("https://a.example\\b", "invalid_url"),
        ("https://a.example/a\nb", "invalid_url"),
        ("https://a.example/a\u{0}b", "invalid_url"),
        ("javascript:alert(1)", "scheme_not_allowed"),
        ("ftp://a.example/", "scheme_not_allowed"),
        ("https://me:secret@a.example/", "credentials_in_url"),
        ("http://127.0.0.1/", "private_target"),
        ("http://localhost:8080/", "private_target"),
        ("http://10.0.0.1/", "private_target"),
        ("http://[::1]/", "private_target"),
        ("http://2130706433/", "private_target"),
        ("http://router.local/", "private_target"),
        (&long, "too_long"),
    ] {
        let refused = api.post("/links", &json!({"target": target})).refused();
        assert_eq!(refused, [format!("/target {code}")], "{target:?}");
    }
    assert_eq!(
        api.post("/links", &json!({})).refused(),
        ["/target required"]
    );
    assert_eq!(
        api.post("/links", &json!({"target": null})).refused(),
        ["/target required"]
    );
    assert_eq!(
        api.post("/links", &json!({"target": 7})).refused(),
        ["/target wrong_type"]
    );
}

fn every_field_with_a_url_follows_the_rules(api: &Api) {
    let link = json!({"target": "a.example", "expired_target": "http://192.168.1.1/"});
    assert_eq!(
        api.post("/links", &link).refused(),
        ["/expired_target private_target"]
    );
    let domain = json!({"domain": "go.example", "root_target": "data:text/html,x", "not_found_target": "https://s.example.com/x"});
    let refused = api.post("/domains", &domain).refused();
    assert_eq!(
        refused,
        [
            "/root_target scheme_not_allowed",
            "/not_found_target own_domain"
        ]
    );
    let blank = api.create(&json!({"target": "a.example", "expired_target": null}));
    assert_eq!(blank["expired_target"], Value::Null);
}

fn a_link_to_a_domain_of_ours_is_a_loop(api: &Api) {
    api.post("/domains", &json!({"domain": "go.example:8443"}))
        .ok(201);
    for target in [
        "https://s.example.com/x",
        "http://s.example.com",
        "HTTPS://S.EXAMPLE.COM:443/x",
        "https://s.example.com./x",
        "s.example.com?x",
        "https://go.example:8443/x",
    ] {
        let refused = api.post("/links", &json!({"target": target})).refused();
        assert_eq!(refused, ["/target own_domain"], "{target}");
    }
    for target in [
        "https://www.s.example.com/",
        "https://go.example/",
        "https://s.example.com.evil.example/",
    ] {
        api.create(&json!({"target": target}));
    }
}

fn a_host_of_look_alikes_is_warned_about(api: &Api) {
    let link = api.create(&json!({"target": "https://аррӏе.com/"}));
    assert_eq!(link["target"], "https://xn--80ak6aa92e.com/");
    assert_eq!(findings(&link["warnings"]), ["/target homograph"]);
    let detail = link["warnings"][0]["detail"].as_str().unwrap();
    assert!(
        detail.contains("xn--80ak6aa92e.com") && detail.contains("аррӏе.com"),
        "{detail}"
    );
    let edited = api.edit(&link, &json!({"title": "no word about the target"}));
    assert_eq!(edited["warnings"], json!([]));
    let edited = api.edit(
        &link,
        &json!({"expired_target": "https://xn--80ak6aa92e.com/"}),
    );
    assert_eq!(findings(&edited["warnings"]), ["/expired_target homograph"]);
    assert_eq!(
        api.create(&json!({"target": "https://中文.example/"}))["warnings"],
        json!([])
    );
}
