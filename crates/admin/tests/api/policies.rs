//! Who gets what: the policy of a link, written and read.

use serde_json::{Value, json};

use super::{
    http::findings,
    on_both,
    place::{Api, path_of},
};

on_both!(
    a_plain_link_has_an_empty_policy,
    a_policy_comes_back_as_it_is_meant,
    a_reply_can_be_sent_back,
    what_is_given_is_merged,
    lists_are_replaced,
    the_same_policy_again_changes_nothing,
    a_batch_takes_policies,
    doubtful_policies_are_taken_with_a_warning,
);

fn full() -> Value {
    json!({
        "target": "a.example",
        "guide_apps": ["qq", "wechat", "qq"],
        "allow": {"apps": ["wechat", "qq", "browser"], "os": ["ios", "android"]},
        "rules": [{
            "when": {
                "app": ["wechat"], "os": ["ios"], "device": ["mobile", "tablet"], "language": ["zh-CN", "en"],
                "country": ["CN", "HK"], "query": {"k": "v", "a": "1 2"},
                "after": "2026-01-01T08:00:00+08:00", "before": "2026-02-01T00:00:00Z",
            },
            "targets": [{"url": "b.example/路", "weight": 3}, {"url": "https://c.example"}],
        }, {"when": {}, "targets": [{"url": "https://d.example", "weight": 1_000_000}]}],
        "preview": {"title": "标题", "description": " Words ", "image": "https://a.example/i.png"},
    })
}

fn a_plain_link_has_an_empty_policy(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    assert_eq!(link["guide_apps"], json!([]));
    assert_eq!(link["allow"], json!({"apps": [], "os": []}));
    assert_eq!(link["rules"], json!([]));
    let nothing = json!({"title": null, "description": null, "image": null});
    assert_eq!(link["preview"], nothing);
    assert_eq!(link["password_set"], false);
    assert_eq!(link["warnings"], json!([]));
    let empty = json!({
        "target": "a.example", "guide_apps": null, "allow": {"apps": null}, "rules": [],
        "preview": {"title": ""}, "password": null,
    });
    assert_eq!(api.create(&empty)["preview"], nothing);
}

fn a_policy_comes_back_as_it_is_meant(api: &Api) {
    let link = api.create(&full());
    assert_eq!(link["guide_apps"], json!(["wechat", "qq"]));
    assert_eq!(
        link["allow"],
        json!({"apps": ["wechat", "qq", "browser"], "os": ["ios", "android"]})
    );
    assert_eq!(
        link["rules"],
        json!([{
            "when": {
                "app": ["wechat"], "os": ["ios"], "device": ["mobile", "tablet"], "language": ["zh-cn", "en"],
                "country": ["CN", "HK"], "query": {"a": "1 2", "k": "v"},
                "after": "2026-01-01T00:00:00.000Z", "before": "2026-02-01T00:00:00.000Z",
            },
            "targets": [{"url": "https://b.example/%E8%B7%AF", "weight": 3}, {"url": "https://c.example", "weight": 1}],
        }, {"when": {}, "targets": [{"url": "https://d.example", "weight": 1_000_000}]}])
    );
    assert_eq!(
        link["preview"],
        json!({"title": "标题", "description": "Words", "image": "https://a.example/i.png"})
    );
    let mut read = api.get(&path_of(&link)).ok(200);
    let listed = api.get("/links").ok(200)["data"][0].clone();
    assert_eq!(listed, read);
    read["warnings"] = link["warnings"].clone();
    assert_eq!(read, link);
}

fn a_reply_can_be_sent_back(api: &Api) {
    let mut link = api.create(&full());
    link.as_object_mut().unwrap().remove("warnings");
    assert_eq!(api.edit(&link, &link)["version"], 1);
}

fn what_is_given_is_merged(api: &Api) {
    let link = api.create(&full());
    let edited = api.edit(
        &link,
        &json!({"allow": {"apps": []}, "preview": {"image": null}}),
    );
    assert_eq!(
        edited["allow"],
        json!({"apps": [], "os": ["ios", "android"]})
    );
    assert_eq!(
        edited["preview"],
        json!({"title": "标题", "description": "Words", "image": null})
    );
    assert_eq!(edited["rules"], link["rules"]);
    let cleared = json!({"allow": null, "preview": null, "rules": null, "guide_apps": null});
    let edited = api.edit(&link, &cleared);
    assert_eq!(edited["allow"], json!({"apps": [], "os": []}));
    assert_eq!(
        (&edited["rules"], &edited["guide_apps"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(edited["version"], 3);
}

fn lists_are_replaced(api: &Api) {
    let link = api.create(&full());
    let rule =
        json!({"when": {"os": ["macos"]}, "targets": [{"url": "https://e.example", "weight": 2}]});
    let edited = api.edit(&link, &json!({"rules": [rule], "guide_apps": ["douyin"]}));
    assert_eq!(
        (&edited["rules"], &edited["guide_apps"]),
        (&json!([rule]), &json!(["douyin"]))
    );
}

fn the_same_policy_again_changes_nothing(api: &Api) {
    let link = api.create(&full());
    let mut again = full();
    again["guide_apps"] = json!(["wechat", "qq"]);
    again["rules"][0]["when"]["country"] = json!(["CN", "HK", "CN"]);
    assert_eq!(api.edit(&link, &again)["version"], 1);
}

fn a_batch_takes_policies(api: &Api) {
    let wrong = json!({"target": "a.example", "guide_apps": ["browser"]});
    let batch = json!({"links": [full(), {"target": "a.example"}, wrong]});
    let results = &api.post("/links/batch", &batch).ok(200)["results"];
    assert_eq!(results[0]["link"]["guide_apps"], json!(["wechat", "qq"]));
    assert_eq!(results[1]["link"]["guide_apps"], json!([]));
    assert_eq!(
        findings(&results[2]["error"]["errors"]),
        ["/links/2/guide_apps/0 browser_guided"]
    );
}

fn rule(when: &Value) -> Value {
    json!({"when": when, "targets": [{"url": "https://b.example"}]})
}

fn doubtful_policies_are_taken_with_a_warning(api: &Api) {
    let rules = |whens: &[Value]| -> Value { whens.iter().map(rule).collect() };
    for (fields, warning) in [
        (
            json!({"allow": {"apps": ["qq"]}, "rules": rules(&[json!({"app": ["wechat"]})])}),
            "/rules/0/when/app unreachable_rule",
        ),
        (
            json!({"allow": {"os": ["ios"]}, "rules": rules(&[json!({"os": ["android"]})])}),
            "/rules/0/when/os unreachable_rule",
        ),
        (
            json!({"rules": rules(&[json!({}), json!({"app": ["qq"]})])}),
            "/rules/1 unreachable_rule",
        ),
        (
            json!({"rules": rules(&[json!({"before": "2025-01-01T00:00:00Z"})])}),
            "/rules/0/when/before unreachable_rule",
        ),
        (
            json!({"guide_apps": ["any_app"], "rules": rules(&[json!({"app": ["qq"]})])}),
            "/rules/0/when/app guide_skipped",
        ),
        (
            json!({"guide_apps": ["qq"], "allow": {"apps": ["qq", "wechat"]}}),
            "/guide_apps guided_into_denial",
        ),
        (
            json!({"guide_apps": ["weibo"], "allow": {"apps": ["browser", "qq"]}}),
            "/guide_apps no_effect",
        ),
        (
            json!({"preview": {"title": "t"}, "password": "p"}),
            "/preview no_effect",
        ),
        (
            json!({"preview": {"title": "t"}, "allow": {"apps": ["wechat"]}}),
            "/preview no_effect",
        ),
        (
            json!({"rules": [{"when": {}, "targets": [{"url": "https://аррӏе.com"}]}]}),
            "/rules/0/targets/0/url homograph",
        ),
    ] {
        let mut link = json!({"target": "a.example"});
        for (name, value) in fields.as_object().unwrap() {
            link[name] = value.clone();
        }
        let saved = api.create(&link);
        assert_eq!(findings(&saved["warnings"]), [warning], "{link}");
        let plain = api.create(&json!({"target": "a.example"}));
        assert_eq!(findings(&api.edit(&plain, &fields)["warnings"]), [warning]);
    }
}
