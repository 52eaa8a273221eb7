//! What is wrong with a policy, with a pointer to each place; rules are in `rule_errors.rs`.

use serde_json::{Value, json};

use super::{
    on_both,
    place::{Api, path_of},
};

on_both!(
    each_part_has_its_rules,
    everything_wrong_is_said_at_once,
    the_nearest_name_is_named,
    policies_that_nobody_can_satisfy_are_refused,
    an_edit_is_judged_with_what_is_there,
);

fn link(name: &str, value: Value) -> Value {
    let mut link = json!({"target": "a.example"});
    link[name] = value;
    link
}

/// Members of a link, and what is refused of them.
const PARTS: &[(&str, &str, &str)] = &[
    ("guide_apps", r#""wechat""#, " wrong_type"),
    ("guide_apps", r#"["wechat", 7]"#, "/1 wrong_type"),
    ("guide_apps", r#"["none"]"#, "/0 unknown_value"),
    ("guide_apps", r#"["qq", "browser"]"#, "/1 browser_guided"),
    ("guide_apps", r#"["quark"]"#, "/0 browser_guided"),
    ("allow", "[]", " wrong_type"),
    ("allow", r#"{"apps": ["WeChat"]}"#, "/apps/0 unknown_value"),
    ("allow", r#"{"apps": ["none"]}"#, "/apps/0 unknown_value"),
    ("allow", r#"{"os": ["iphone"]}"#, "/os/0 unknown_value"),
    ("allow", r#"{"device": []}"#, "/device unknown_field"),
    ("preview", r#""text""#, " wrong_type"),
    ("preview", r#"{"titel": "t"}"#, "/titel unknown_field"),
    ("preview", r#"{"title": 1}"#, "/title wrong_type"),
    (
        "preview",
        r#"{"image": "ftp://a.example"}"#,
        "/image scheme_not_allowed",
    ),
    (
        "preview",
        r#"{"image": "data:image/png;,x"}"#,
        "/image scheme_not_allowed",
    ),
    (
        "preview",
        r#"{"image": "http://10.0.0.1/i"}"#,
        "/image private_target",
    ),
    ("preview", r#"{"image": "a b"}"#, "/image invalid_url"),
];

fn each_part_has_its_rules(api: &Api) {
    for (name, value, refused) in PARTS {
        let value = serde_json::from_str(value).unwrap();
        let answer = api.post("/links", &link(name, value));
        assert_eq!(answer.refused(), [format!("/{name}{refused}")]);
    }
    let image = format!("https://a.example/{}", "i".repeat(1024));
    for (name, text) in [
        ("title", "字".repeat(121)),
        ("description", "字".repeat(241)),
        ("image", image),
    ] {
        let answer = api.post("/links", &link("preview", json!({name: text})));
        assert_eq!(answer.refused(), [format!("/preview/{name} too_long")]);
    }
    let own = json!({"image": "https://s.example.com/x/qr.png"});
    assert_eq!(
        api.create(&link("preview", own.clone()))["preview"]["image"],
        own["image"]
    );
}

fn everything_wrong_is_said_at_once(api: &Api) {
    let link = json!({
        "target": "a.example",
        "guide_apps": ["wechatt", "browser"],
        "allow": {"os": ["dos"]},
        "rules": [
            {"when": {"app": ["none"], "country": ["cn"]}, "targets": [{"url": "ftp://b.example", "weight": 0}]},
            {"targets": []},
        ],
        "preview": {"image": "x:y"},
        "password": "",
    });
    let mut refused = api.post("/links", &link).refused();
    refused.sort();
    let expected = [
        "/allow/os/0 unknown_value",
        "/guide_apps/0 unknown_value",
        "/guide_apps/1 browser_guided",
        "/password too_short",
        "/preview/image scheme_not_allowed",
        "/rules/0/targets/0/url scheme_not_allowed",
        "/rules/0/targets/0/weight out_of_range",
        "/rules/0/when/app/0 unknown_value",
        "/rules/0/when/country/0 invalid_country",
        "/rules/1/targets too_short",
        "/rules/1/when required",
    ];
    assert_eq!(refused, expected);
}

fn the_nearest_name_is_named(api: &Api) {
    for (app, hint) in [
        ("wechatt", "\"wechat\""),
        ("Weixin", "\"wechat\""),
        ("none", "\"browser\""),
        ("nonsense", "one of wechat, "),
    ] {
        let problem = api
            .post("/links", &link("guide_apps", json!([app])))
            .problem(422, "invalid-fields");
        let detail = problem["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(hint), "{detail}");
    }
}

/// Guided apps, allowed apps, what the only rule asks, and whether anybody arrives.
const POLICIES: &[(&str, &str, &str, bool)] = &[
    (r#"["wechat"]"#, r#"["wechat"]"#, "{}", false),
    (r#"["any_app"]"#, r#"["wechat", "qq"]"#, "{}", false),
    (r#"["wechat"]"#, r#"["wechat_mini_program"]"#, "{}", false),
    (r#"["wechat_mini_program"]"#, r#"["wechat"]"#, "{}", true),
    (r#"["wechat"]"#, r#"["wechat", "uc"]"#, "{}", true),
    (r#"["wechat"]"#, r#"["wechat", "browser"]"#, "{}", true),
    (
        r#"["wechat"]"#,
        r#"["wechat"]"#,
        r#"{"app": ["wechat"]}"#,
        true,
    ),
    (
        r#"["wechat"]"#,
        r#"["wechat"]"#,
        r#"{"app": ["any_app"]}"#,
        false,
    ),
    (
        r#"["wechat"]"#,
        r#"["wechat"]"#,
        r#"{"app": ["wechat"], "os": ["android"]}"#,
        false,
    ),
];

fn policies_that_nobody_can_satisfy_are_refused(api: &Api) {
    let read = |text| serde_json::from_str::<Value>(text).unwrap();
    for (guide, apps, when, is_possible) in POLICIES {
        let body = json!({
            "target": "a.example", "guide_apps": read(guide), "allow": {"apps": read(apps), "os": ["ios"]},
            "rules": [{"when": read(when), "targets": [{"url": "https://b.example"}]}],
        });
        let answer = api.post("/links", &body);
        if *is_possible {
            assert_eq!(answer.status, 201, "{body}: {}", answer.text());
        } else {
            assert_eq!(answer.refused(), ["/allow/apps unsatisfiable"], "{body}");
        }
    }
}

fn an_edit_is_judged_with_what_is_there(api: &Api) {
    let link = api.create(&link("guide_apps", json!(["wechat"])));
    let allow = json!({"allow": {"apps": ["wechat"]}});
    let refused = api.patch(&path_of(&link), &allow).refused();
    assert_eq!(refused, ["/allow/apps unsatisfiable"]);
    let both = json!({"allow": {"apps": ["wechat"]}, "guide_apps": []});
    assert_eq!(api.edit(&link, &both)["version"], 2);
}
