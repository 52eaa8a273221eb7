//! The platform choice of the front page becomes the policy of the link, and is told as such.

use serde_json::{Value, json};

use super::{
    front_visitor::{Visitor, complaints},
    on_both,
    place::Api,
};

on_both!(
    presets_become_policies,
    downloads_become_rules,
    what_each_app_gets_is_told,
    a_choice_with_which_nobody_passes_is_explained,
    what_was_chosen_is_still_there_after_an_error,
);

fn newest(api: &Api) -> Value {
    api.get("/links?limit=1").ok(200)["data"][0].clone()
}

fn presets_become_policies(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    for (preset, guide, allow) in [
        ("any", json!([]), json!({ "apps": [], "os": [] })),
        (
            "groups",
            json!(["wechat", "qq"]),
            json!({ "apps": [], "os": [] }),
        ),
        (
            "guided",
            json!(["any_app"]),
            json!({ "apps": [], "os": [] }),
        ),
        (
            "wechat",
            json!([]),
            json!({ "apps": ["wechat", "wecom"], "os": [] }),
        ),
        (
            "phones",
            json!([]),
            json!({ "apps": [], "os": ["ios", "android", "harmonyos"] }),
        ),
    ] {
        visitor.make(&[("text", "https://a.example"), ("for", preset)]);
        let link = newest(api);
        assert_eq!(link["guide_apps"], guide, "{preset}");
        assert_eq!(link["allow"], allow, "{preset}");
    }
    let own = [
        ("text", "https://a.example"),
        ("for", "own"),
        ("guide", "weibo"),
        ("guide", "line"),
        ("os", "computer"),
    ];
    visitor.make(&own);
    let link = newest(api);
    assert_eq!(link["guide_apps"], json!(["weibo", "line"]));
    assert_eq!(
        link["allow"]["os"],
        json!(["windows", "macos", "linux", "chromeos"])
    );
}

fn downloads_become_rules(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let page = visitor.make(&[
        ("text", "https://a.example/get"),
        ("for", "download"),
        ("ios", "https://apps.apple.com/app/id1"),
        ("android_wechat", "https://sj.qq.com/appdetail/x"),
        ("android", "https://a.example/app.apk"),
    ]);
    let link = newest(api);
    assert_eq!(link["guide_apps"], json!(["any_app"]));
    assert_eq!(link["rules"].as_array().unwrap().len(), 3);
    for outcome in [
        "First see how to open apps.apple.com in their browser",
        "Opens sj.qq.com directly",
        "First see how to open a.example in their browser",
        "Opens apps.apple.com directly",
    ] {
        assert!(page.contains(outcome), "{outcome}: {page}");
    }
    let none = visitor.post(
        "/create",
        &[("text", "https://a.example"), ("for", "download")],
    );
    assert_eq!(none.status, 422);
    assert_eq!(
        complaints(&none.text()),
        ["Please fill in at least one download."]
    );
    let wrong = visitor.post(
        "/create",
        &[
            ("text", "https://a.example"),
            ("for", "download"),
            ("android", "ftp://a.example"),
        ],
    );
    let complaints = complaints(&wrong.text());
    assert_eq!(complaints.len(), 1);
    assert!(
        complaints[0].starts_with("Android and HarmonyOS in a browser"),
        "{complaints:?}"
    );
}

fn what_each_app_gets_is_told(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let any = visitor.make(&[("text", "https://a.example")]);
    assert!(any.contains("微信、QQ、抖音、微博、钉钉、苹果手机浏览器"));
    assert!(any.contains("直接打开 a.example"));
    let groups = visitor.make(&[("text", "https://a.example"), ("for", "groups")]);
    assert!(groups.contains("<dt>微信、QQ</dt><dd>先看到一页说明：怎样用浏览器打开 a.example<"));
    // The gist of that page.
    assert!(groups.contains("<b>请在浏览器中打开</b><span>此链接前往：a.example</span>"));
    let only = visitor.make(&[("text", "https://a.example"), ("for", "wechat")]);
    assert!(
        only.contains("<dt>微信</dt><dd>直接打开 a.example</dd>"),
        "{only}"
    );
}

fn a_choice_with_which_nobody_passes_is_explained(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let nobody = [
        ("text", "https://a.example"),
        ("for", "own"),
        ("guide", "wechat"),
        ("app", "wechat"),
    ];
    let page = visitor.post("/create", &nobody);
    assert_eq!(page.status, 422);
    assert!(complaints(&page.text())[0].contains("没有人能打开"));
    let unknown = [("text", "https://a.example"), ("for", "own"), ("os", "<b>")];
    let page = visitor.post("/create", &unknown);
    assert_eq!(page.status, 422);
    assert!(complaints(&page.text())[0].contains("重新选择"));
}

fn what_was_chosen_is_still_there_after_an_error(api: &Api) {
    let visitor = Visitor::new(api, "zh-CN");
    let page = visitor.post(
        "/create",
        &[
            ("text", "</textarea><script>alert(1)</script>"),
            ("for", "own"),
            ("guide", "zhihu"),
            ("os", "apple"),
        ],
    );
    assert_eq!(page.status, 422);
    let page = page.text();
    assert!(!page.contains("<script>alert"));
    for box_ in [
        "value=\"own\" checked",
        "value=\"zhihu\" checked",
        "value=\"apple\" checked",
    ] {
        assert!(page.contains(box_), "{box_}");
    }
}
