//! What is refused, by name and all at once.

use serde_json::{Value, json};

use super::{on_both, place::Api};

on_both!(
    everything_wrong_is_said_at_once,
    fields_that_are_not_served_are_refused_by_name,
    each_field_has_its_rules,
    codes_have_their_grammar,
    times_are_rfc_3339_and_in_order,
    the_rules_hold_for_edits_too,
    the_order_of_times_counts_also_what_is_there,
);

fn with(name: &str, value: Value) -> Value {
    let mut link = json!({"target": "a.example"});
    link[name] = value;
    link
}

fn everything_wrong_is_said_at_once(api: &Api) {
    let link = json!({
        "code": "no way", "target": "mailto:a@b.example", "title": 7, "tags": "red", "status": "gone",
        "redirect_status": 303, "starts_at": "tomorrow", "max_clicks": 0, "a/b~c": 1, "domain": "x.example",
    });
    let answer = api.post("/links", &link);
    let mut refused = answer.refused();
    refused.sort();
    let expected = [
        "/a~1b~0c unknown_field",
        "/code invalid_code",
        "/domain unknown_domain",
        "/max_clicks out_of_range",
        "/redirect_status unknown_value",
        "/starts_at invalid_time",
        "/status unknown_value",
        "/tags wrong_type",
        "/target scheme_not_allowed",
        "/title wrong_type",
    ];
    assert_eq!(refused, expected);
    let problem = answer.problem(422, "invalid-fields");
    assert_eq!(problem["detail"], "10 fields are not valid");
    for finding in problem["errors"].as_array().unwrap() {
        assert!(!finding["detail"].as_str().unwrap().is_empty());
    }
}

fn fields_that_are_not_served_are_refused_by_name(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let path = super::place::path_of(&link);
    for name in ["max_click", "warnings", "Target"] {
        let expected = [format!("/{name} unknown_field")];
        assert_eq!(
            api.post("/links", &with(name, Value::Null)).refused(),
            expected
        );
        assert_eq!(api.patch(&path, &json!({name: null})).refused(), expected);
    }
    assert_eq!(
        api.patch(&path, &json!({"if_exists": "return"})).refused(),
        ["/if_exists unknown_field"]
    );
    assert_eq!(
        api.post(
            "/api-keys",
            &json!({"name": "n", "scopes": ["read"], "until": 1})
        )
        .refused(),
        ["/until unknown_field"]
    );
    assert_eq!(
        api.post("/domains", &json!({"domain": "go.example", "files": []}))
            .refused(),
        ["/files unknown_field"]
    );
}

fn each_field_has_its_rules(api: &Api) {
    let texts = |count: usize| Value::from((0..count).map(|n| n.to_string()).collect::<Vec<_>>());
    for (name, value, code) in [
        ("title", json!("字".repeat(501)), "too_long"),
        ("title", json!("a\u{0}b"), "unknown_value"),
        ("note", json!("字".repeat(5001)), "too_long"),
        ("note", json!(["a"]), "wrong_type"),
        ("tags", json!(["字".repeat(65)]), "too_long"),
        ("tags", json!([7]), "wrong_type"),
        ("tags", texts(51), "too_many"),
        ("status", json!("Active"), "unknown_value"),
        ("status", json!(true), "wrong_type"),
        ("redirect_status", json!(300), "unknown_value"),
        ("redirect_status", json!("302"), "wrong_type"),
        ("redirect_status", json!(302.5), "wrong_type"),
        ("redirect_status", json!(-302), "wrong_type"),
        ("redirect_status", json!(65838), "unknown_value"),
        ("max_clicks", json!(0), "out_of_range"),
        ("max_clicks", json!(1_000_000_000_001_u64), "out_of_range"),
        ("max_clicks", json!("5"), "wrong_type"),
        ("max_clicks", json!(5.5), "wrong_type"),
        ("forward_query", json!("merge"), "unknown_value"),
        ("if_exists", json!("replace"), "unknown_value"),
        ("domain", json!(5), "wrong_type"),
        ("domain", json!("other.example"), "unknown_domain"),
    ] {
        let refused = api.post("/links", &with(name, value.clone())).refused();
        assert_eq!(refused, [format!("/{name} {code}")], "{value}");
    }
    let link = json!({"target": "a.example", "title": "字".repeat(500), "note": "字".repeat(5000), "tags": texts(50)});
    assert_eq!(api.create(&link)["tags"], link["tags"]);
    for status in [301, 302, 307, 308] {
        assert_eq!(
            api.create(&with("redirect_status", json!(status)))["redirect_status"],
            status
        );
    }
    assert_eq!(
        api.create(&with("title", json!(" \n ")))["title"],
        Value::Null
    );
}

fn codes_have_their_grammar(api: &Api) {
    for (code, why) in [
        ("", "invalid_code"),
        ("a+", "invalid_code"),
        ("a/q", "invalid_code"),
        ("码", "invalid_code"),
        ("API", "reserved_code"),
        ("dashboard", "reserved_code"),
        ("policy", "reserved_code"),
        (&"a".repeat(65), "too_long"),
    ] {
        let refused = api.post("/links", &with("code", json!(code))).refused();
        assert_eq!(refused, [format!("/code {why}")], "{code}");
    }
    let longest = "A-z_9".repeat(12) + "last";
    assert_eq!(api.create(&with("code", json!(longest)))["code"], longest);
}

fn times_are_rfc_3339_and_in_order(api: &Api) {
    let years = "+012026-01-01T00:00:00Z";
    for text in [
        "2026-01-31",
        "2026-01-31T08:00:00",
        "1767323045678",
        "",
        "2026-02-30T00:00:00Z",
        "-000001-01-01T00:00:00Z",
        years,
    ] {
        let refused = api
            .post("/links", &with("expires_at", json!(text)))
            .refused();
        assert_eq!(refused, ["/expires_at invalid_time"], "{text}");
    }
    for (text, time) in [
        ("2026-01-31T08:00:00.1239+08:00", "2026-01-31T00:00:00.123Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(
            api.create(&with("starts_at", json!(text)))["starts_at"],
            time
        );
    }
    for end in ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"] {
        let link =
            json!({"target": "a.example", "starts_at": "2026-01-01T00:00:00Z", "expires_at": end});
        assert_eq!(
            api.post("/links", &link).refused(),
            ["/expires_at times_out_of_order"]
        );
    }
}

fn the_rules_hold_for_edits_too(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let change = json!({"code": null, "target": null, "title": 1, "tags": [""], "status": "on", "clicks": 0});
    let mut refused = api.patch(&super::place::path_of(&link), &change).refused();
    refused.sort();
    let expected = [
        "/code required",
        "/status unknown_value",
        "/tags too_long",
        "/target required",
        "/title wrong_type",
    ];
    assert_eq!(refused, expected);
    assert_eq!(api.get(&super::place::path_of(&link)).ok(200)["version"], 1);
}

fn the_order_of_times_counts_also_what_is_there(api: &Api) {
    let link = api.create(&with("expires_at", json!("2026-01-01T00:00:00Z")));
    let path = super::place::path_of(&link);
    let late = json!({"starts_at": "2026-01-01T00:00:00Z"});
    assert_eq!(
        api.patch(&path, &late).refused(),
        ["/expires_at times_out_of_order"]
    );
    let both = json!({"starts_at": "2026-01-01T00:00:00Z", "expires_at": null});
    assert_eq!(api.edit(&link, &both)["expires_at"], Value::Null);
}
