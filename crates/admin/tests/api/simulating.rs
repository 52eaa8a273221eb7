//! Trying a link out: what a visitor would get, and why.

use serde_json::{Value, json};

use super::{on_both, place::Api};

on_both!(
    the_decision_is_shown_with_its_reasons,
    every_decision_has_a_kind_a_status_and_a_page,
    a_link_is_tried_out_before_it_is_saved,
    the_visitor_is_what_was_said,
    what_is_wrong_is_said_at_once,
    a_key_that_may_read_may_simulate,
    the_split_is_the_same_for_the_same_visitor,
);

const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
    (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) NetType/WIFI Language/zh_CN";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/138.0.0.0 Safari/537.36";
const TELEGRAM_BOT: &str = "TelegramBot (like TwitterBot)";

fn simulate(api: &Api, body: &Value) -> Value {
    api.post("/simulate", body).ok(200)
}

fn the_decision_is_shown_with_its_reasons(api: &Api) {
    let link = api.create(&json!({
        "target": "https://a.example/x",
        "guide_apps": ["wechat"],
        "allow": {"apps": ["wechat", "browser"]},
        "rules": [{"when": {"os": ["android"]}, "targets": [{"url": "https://b.example"}]}],
    }));
    let shown = simulate(api, &json!({"id": link["id"], "user_agent": WECHAT}));
    assert_eq!(
        shown["decision"],
        json!({"kind": "guide", "status": 200, "location": "https://a.example/x", "page": "guide", "variant": null})
    );
    assert_eq!(shown["visitor"]["app"], "wechat");
    assert_eq!(
        shown["trace"],
        json!([
            {"step": "status", "rule": null, "compared": "active", "with": "active", "matched": true},
            {"step": "allow.apps", "rule": null, "compared": "wechat", "with": ["wechat", "browser"], "matched": true},
            {"step": "rule.os", "rule": 0, "compared": "ios", "with": ["android"], "matched": false},
            {"step": "rule", "rule": 0, "compared": null, "with": null, "matched": false},
            {"step": "guide", "rule": null, "compared": "wechat", "with": ["wechat"], "matched": true},
        ])
    );
    let browser = simulate(api, &json!({"id": link["id"], "user_agent": CHROME}));
    assert_eq!(
        browser["decision"],
        json!({"kind": "redirect", "status": 302, "location": "https://a.example/x", "page": null, "variant": null})
    );
}

fn every_decision_has_a_kind_a_status_and_a_page(api: &Api) {
    let past = "2020-01-01T00:00:00Z";
    let future = "2099-01-01T00:00:00Z";
    let targets = json!([{"url": "https://b.example"}]);
    for (fields, agent, kind, status) in [
        (json!({}), CHROME, "redirect", 302),
        (json!({"redirect_status": 308}), CHROME, "redirect", 308),
        (json!({"status": "banned"}), CHROME, "banned", 410),
        (json!({"status": "paused"}), CHROME, "paused", 404),
        (json!({"starts_at": future}), CHROME, "not_started", 404),
        (json!({"expires_at": past}), CHROME, "expired", 410),
        (
            json!({"allow": {"apps": ["wechat"]}}),
            CHROME,
            "denied",
            403,
        ),
        (json!({"guide_apps": ["wechat"]}), WECHAT, "guide", 200),
        (json!({"password": "p"}), CHROME, "password", 200),
        (
            json!({"preview": {"title": "t"}}),
            TELEGRAM_BOT,
            "card",
            200,
        ),
        (
            json!({"rules": [{"when": {}, "targets": targets}]}),
            CHROME,
            "redirect",
            302,
        ),
    ] {
        let mut link = fields.clone();
        link["target"] = json!("https://a.example");
        let shown = simulate(api, &json!({"link": link, "user_agent": agent}));
        let decision = &shown["decision"];
        assert_eq!(
            (&decision["kind"], &decision["status"]),
            (&json!(kind), &json!(status))
        );
        let page = if kind == "redirect" {
            Value::Null
        } else {
            json!(kind)
        };
        assert_eq!(decision["page"], page);
    }
}

fn a_link_is_tried_out_before_it_is_saved(api: &Api) {
    let rule = json!({
        "when": {"language": ["zh"], "country": ["CN"], "query": {"k": "v"}, "after": "2026-01-01T00:00:00Z"},
        "targets": [{"url": "https://b.example"}],
    });
    let mut body = json!({
        "link": {"target": "https://a.example", "rules": [rule], "password": "p", "forward_query": "append"},
        "language": "en;q=0.5, zh-CN", "country": "cn", "query": "?k=v", "time": "2026-06-01T00:00:00Z",
        "unlocked": true,
    });
    let shown = simulate(api, &body);
    assert_eq!(shown["decision"]["location"], "https://b.example?k=v");
    assert_eq!(
        shown["decision"]["variant"],
        json!({"rule": 0, "target": 0})
    );
    let steps: Vec<_> = shown["trace"].as_array().unwrap().iter().collect();
    assert!(
        steps.iter().all(|step| step["matched"] == true),
        "{steps:?}"
    );
    let after = steps
        .iter()
        .find(|step| step["step"] == "rule.after")
        .unwrap();
    assert_eq!(after["compared"], "2026-06-01T00:00:00.000Z");
    body["time"] = json!("2025-12-31T00:00:00Z");
    assert_eq!(
        simulate(api, &body)["decision"]["location"],
        "https://a.example?k=v"
    );
    assert_eq!(api.get("/links").ok(200)["data"], json!([]));
}

fn the_visitor_is_what_was_said(api: &Api) {
    let link = json!({"target": "a.example"});
    let shown = simulate(
        api,
        &json!({"link": link, "user_agent": WECHAT, "language": "zh-CN,en;q=0.8", "country": "CN",
            "address": "2001:db8::7", "query": "a=1"}),
    );
    assert_eq!(
        shown["visitor"],
        json!({"app": "wechat", "os": "ios", "device": "mobile", "bot_kind": null, "language": "zh-CN",
            "country": "CN", "address": "2001:db8::7", "query": "a=1", "unlocked": false,
            "time": "2025-11-24T16:00:00.000Z"})
    );
    let nobody = simulate(api, &json!({"link": link}));
    assert_eq!(
        (&nobody["visitor"]["app"], &nobody["visitor"]["language"]),
        (&json!("none"), &Value::Null)
    );
    let bot = simulate(api, &json!({"link": link, "user_agent": TELEGRAM_BOT}));
    assert_eq!(bot["visitor"]["bot_kind"], "preview");
}

fn what_is_wrong_is_said_at_once(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    for (body, refused) in [
        (json!({}), vec!["/id required"]),
        (json!({"id": null}), vec!["/id required"]),
        (json!({"id": 7}), vec!["/id wrong_type"]),
        (
            json!({"id": link["id"], "link": {"target": "a.example"}}),
            vec!["/link unknown_field"],
        ),
        (
            json!({"link": {"target": "ftp://a.example", "guide_apps": ["browser"]}, "country": "China", "agent": "x",
                "language": "中文", "time": "now", "address": "a", "unlocked": 1, "user_agent": []}),
            vec![
                "/address unknown_value",
                "/agent unknown_field",
                "/country invalid_country",
                "/language invalid_language",
                "/link/guide_apps/0 browser_guided",
                "/link/target scheme_not_allowed",
                "/time invalid_time",
                "/unlocked wrong_type",
                "/user_agent wrong_type",
            ],
        ),
    ] {
        let mut found = api.post("/simulate", &body).refused();
        found.sort();
        assert_eq!(found, refused, "{body}");
    }
    for id in ["0000000000000", "nonsense", ""] {
        api.post("/simulate", &json!({"id": id}))
            .problem(404, "not-found");
    }
}

fn a_key_that_may_read_may_simulate(api: &Api) {
    let body = json!({"link": {"target": "a.example"}});
    for (scopes, status) in [(json!(["read"]), 200), (json!(["write"]), 403)] {
        let key = api
            .post("/api-keys", &json!({"name": "k", "scopes": scopes}))
            .ok(201);
        let call = api
            .call("POST", "/simulate")
            .bearer(key["key"].as_str().unwrap());
        assert_eq!(call.json(&body).send().status, status);
    }
    let stranger = api.stranger("POST", "/api/v1/simulate").json(&body).send();
    stranger.problem(401, "unauthorized");
}

fn the_split_is_the_same_for_the_same_visitor(api: &Api) {
    let targets = json!([{"url": "https://b.example"}, {"url": "https://c.example"}]);
    let link =
        api.create(&json!({"target": "a.example", "rules": [{"when": {}, "targets": targets}]}));
    let mut seen = std::collections::BTreeSet::new();
    for host in 0..64 {
        let body =
            json!({"id": link["id"], "address": format!("203.0.113.{host}"), "user_agent": WECHAT});
        let first = simulate(api, &body);
        assert_eq!(simulate(api, &body), first);
        let split = first["trace"]
            .as_array()
            .unwrap()
            .iter()
            .find(|step| step["step"] == "split");
        assert_eq!(
            split.unwrap()["compared"],
            first["decision"]["variant"]["target"]
        );
        seen.insert(first["decision"]["location"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen.len(), 2);
}
