//! What is wrong with rules.

use serde_json::{Value, json};

use super::{on_both, place::Api};

on_both!(
    rules_have_a_shape,
    conditions_have_their_rules,
    targets_have_their_rules,
    rules_are_bounded,
);

fn link(rules: Value) -> Value {
    json!({"target": "a.example", "rules": rules})
}

fn asking(when: Value) -> Value {
    link(json!([{"when": when, "targets": [{"url": "https://b.example"}]}]))
}

fn leading(targets: Value) -> Value {
    link(json!([{"when": {}, "targets": targets}]))
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn rules_have_a_shape(api: &Api) {
    for (rules, refused) in [
        ("{}", "/rules wrong_type"),
        ("[7]", "/rules/0 wrong_type"),
        (
            r#"[{"targets": [{"url": "b.example"}]}]"#,
            "/rules/0/when required",
        ),
        (r#"[{"when": {}}]"#, "/rules/0/targets required"),
        (
            r#"[{"when": {}, "targets": null}]"#,
            "/rules/0/targets required",
        ),
        (
            r#"[{"when": {}, "targets": []}]"#,
            "/rules/0/targets too_short",
        ),
        (
            r#"[{"if": {}, "when": {}, "targets": [{"url": "b.example"}]}]"#,
            "/rules/0/if unknown_field",
        ),
    ] {
        assert_eq!(
            api.post("/links", &link(read(rules))).refused(),
            [refused],
            "{rules}"
        );
    }
    let empty = api.post("/links", &link(json!([{}]))).refused();
    assert_eq!(
        empty,
        ["/rules/0/when required", "/rules/0/targets required"]
    );
}

/// Conditions, and what is refused of them.
const CONDITIONS: &[(&str, &str)] = &[
    (r#"{"app": []}"#, "app too_short"),
    (r#"{"country": []}"#, "country too_short"),
    (r#"{"query": {}}"#, "query too_short"),
    (r#"{"app": ["none"]}"#, "app/0 unknown_value"),
    (r#"{"apps": ["qq"]}"#, "apps unknown_field"),
    (r#"{"app": "qq"}"#, "app wrong_type"),
    (r#"{"os": ["ios", "symbian"]}"#, "os/1 unknown_value"),
    (r#"{"device": ["watch"]}"#, "device/0 unknown_value"),
    (
        r#"{"language": ["zh", "中文"]}"#,
        "language/1 invalid_language",
    ),
    (r#"{"language": [""]}"#, "language/0 invalid_language"),
    (r#"{"country": ["cn"]}"#, "country/0 invalid_country"),
    (r#"{"country": ["China"]}"#, "country/0 invalid_country"),
    (r#"{"query": ["k"]}"#, "query wrong_type"),
    (r#"{"query": {"k": 1}}"#, "query/k wrong_type"),
    (r#"{"query": {"": "v"}}"#, "query/ out_of_range"),
    (r#"{"query": {"a/b": null}}"#, "query/a~1b out_of_range"),
    (r#"{"after": "tomorrow"}"#, "after invalid_time"),
    (
        r#"{"after": "2026-01-01T00:00:00Z", "before": "2026-01-01T00:00:00Z"}"#,
        "before times_out_of_order",
    ),
];

fn conditions_have_their_rules(api: &Api) {
    for (when, refused) in CONDITIONS {
        let expected = [format!("/rules/0/when/{refused}")];
        assert_eq!(api.post("/links", &asking(read(when))).refused(), expected);
    }
    let long = json!({"query": {"k": "v".repeat(257)}});
    let refused = api.post("/links", &asking(long)).refused();
    assert_eq!(refused, ["/rules/0/when/query/k out_of_range"]);
    api.create(&asking(json!({"app": null, "query": null, "after": null})));
}

/// Targets, and what is refused of them.
const TARGETS: &[(&str, &str)] = &[
    ("{}", "/url required"),
    (r#"{"url": null}"#, "/url required"),
    (r#""b.example""#, " wrong_type"),
    (
        r#"{"url": "b.example", "weight": 0}"#,
        "/weight out_of_range",
    ),
    (
        r#"{"url": "b.example", "weight": 1000001}"#,
        "/weight out_of_range",
    ),
    (
        r#"{"url": "b.example", "weight": 5000000000}"#,
        "/weight out_of_range",
    ),
    (
        r#"{"url": "b.example", "weight": 1.5}"#,
        "/weight wrong_type",
    ),
    (
        r#"{"url": "b.example", "weight": -1}"#,
        "/weight wrong_type",
    ),
    (
        r#"{"url": "b.example", "wieght": 1}"#,
        "/wieght unknown_field",
    ),
    (r#"{"url": ""}"#, "/url required"),
    (
        r#"{"url": "javascript:alert(1)"}"#,
        "/url scheme_not_allowed",
    ),
    (r#"{"url": "http://localhost/"}"#, "/url private_target"),
    (r#"{"url": "http://2130706433/"}"#, "/url private_target"),
    (
        r#"{"url": "https://u:p@b.example"}"#,
        "/url credentials_in_url",
    ),
    (r#"{"url": "https://s.example.com/x"}"#, "/url own_domain"),
];

fn targets_have_their_rules(api: &Api) {
    for (target, refused) in TARGETS {
        let targets = json!([{"url": "https://b.example"}, read(target)]);
        let expected = [format!("/rules/0/targets/1{refused}")];
        assert_eq!(api.post("/links", &leading(targets)).refused(), expected);
    }
}

fn rules(count: usize) -> Value {
    let rule = |n: usize| {
        let when = json!({"query": {"n": n.to_string()}});
        json!({"when": when, "targets": [{"url": "b.example"}]})
    };
    link((0..count).map(rule).collect())
}

fn targets(count: usize) -> Value {
    let target = |n: usize| json!({"url": format!("https://b.example/{n}")});
    leading((0..count).map(target).collect())
}

fn pairs(count: usize) -> Value {
    let pair = |n: usize| (n.to_string(), json!("v"));
    asking(json!({"query": (0..count).map(pair).collect::<serde_json::Map<_, _>>()}))
}

fn languages(count: usize) -> Value {
    let tags = (0..count).map(|n| format!("x-{n}"));
    asking(json!({"language": tags.collect::<Vec<_>>()}))
}

fn large(rules: usize) -> Value {
    let url = format!("https://b.example/{}", "x".repeat(8000));
    let rule = |n: usize| {
        let when = json!({"query": {"n": n.to_string()}});
        json!({"when": when, "targets": [{"url": url}]})
    };
    link((0..rules).map(rule).collect())
}

fn rules_are_bounded(api: &Api) {
    for body in [rules(32), targets(16), pairs(16), languages(64), large(16)] {
        api.create(&body);
    }
    for (body, refused) in [
        (rules(33), "/rules too_many"),
        (targets(17), "/rules/0/targets too_many"),
        (pairs(17), "/rules/0/when/query too_many"),
        (languages(65), "/rules/0/when/language too_many"),
        (large(17), "/rules too_long"),
    ] {
        assert_eq!(api.post("/links", &body).refused(), [refused]);
    }
}
