//! `POST /links`: what comes back, and who gets a code.

use serde_json::{Value, json};

use super::{
    on_both,
    place::{Api, count, path_of},
};

on_both!(
    a_link_comes_back_with_every_field_that_is_served,
    only_the_target_is_required,
    a_reply_can_be_sent_back,
    codes_are_seven_characters_without_look_alikes,
    of_concurrent_creates_of_one_code_exactly_one_wins,
    codes_differ_in_more_than_case,
    the_same_target_is_found_again,
    wishes_for_the_same_target_at_once_make_one_link,
);

const KEYS: [&str; 26] = [
    "clicks",
    "id",
    "domain",
    "code",
    "short_url",
    "target",
    "title",
    "note",
    "tags",
    "status",
    "redirect_status",
    "starts_at",
    "expires_at",
    "expired_target",
    "max_clicks",
    "clicks_left",
    "clicks_leased",
    "forward_query",
    "password_set",
    "guide_apps",
    "allow",
    "rules",
    "preview",
    "version",
    "created_at",
    "updated_at",
];

fn everything() -> Value {
    json!({
        "domain": "s.example.com", "code": "Spring-Sale_1", "target": "https://a.example/ü?q=1#top",
        "title": " 春季大促 ", "note": "first line\nsecond line", "tags": ["red", "红", "red"],
        "status": "paused", "redirect_status": 308, "starts_at": "2026-01-31T08:00:00+08:00",
        "expires_at": "2026-02-28T23:59:59.999Z", "expired_target": "https://a.example/over",
        "forward_query": "append", "max_clicks": 5,
    })
}

fn keys(link: &Value) -> Vec<&str> {
    link.as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[track_caller]
fn assert_keys(link: &Value, expected: &[&str]) {
    let (mut found, mut expected) = (keys(link), expected.to_vec());
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn a_link_comes_back_with_every_field_that_is_served(api: &Api) {
    let answer = api.post("/links", &everything());
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let link = answer.ok(201);
    assert_keys(&link, &[&KEYS[..], &["warnings"]].concat());
    let id = link["id"].as_str().unwrap();
    assert_eq!(id.len(), 13);
    let expected = json!({
        "id": id, "domain": "s.example.com", "code": "Spring-Sale_1",
        "short_url": "https://s.example.com/Spring-Sale_1",
        "target": "https://a.example/%C3%BC?q=1#top", "title": "春季大促",
        "note": "first line\nsecond line", "tags": ["red", "红"], "status": "paused",
        "redirect_status": 308, "starts_at": "2026-01-31T00:00:00.000Z",
        "expires_at": "2026-02-28T23:59:59.999Z", "expired_target": "https://a.example/over",
        "max_clicks": 5, "clicks_left": 5, "clicks_leased": 0, "forward_query": "append", "password_set": false, "guide_apps": [], "allow": {"apps": [], "os": []},
        "rules": [], "preview": {"title": null, "description": null, "image": null},
        "clicks": {"human": 0, "preview": 0, "crawler": 0, "prefetch": 0}, "version": 1, "created_at": "2025-11-24T16:00:00.000Z",
        "updated_at": "2025-11-24T16:00:00.000Z", "warnings": [],
    });
    assert_eq!(link, expected);

    let answer = api.get(&path_of(&link));
    assert_eq!(answer.header("etag"), Some("\"1\""));
    let read = answer.ok(200);
    assert_keys(&read, &KEYS);
    for name in KEYS {
        assert_eq!(read[name], expected[name], "{name}");
    }
    assert_eq!(api.get("/links").ok(200)["data"], json!([read]));
}

fn only_the_target_is_required(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    assert_eq!(link["target"], "https://a.example");
    let absent = [
        "title",
        "note",
        "starts_at",
        "expires_at",
        "expired_target",
        "max_clicks",
        "clicks_left",
    ];
    for name in absent {
        assert_eq!(link[name], Value::Null, "{name}");
    }
    assert_eq!(link["tags"], json!([]));
    assert_eq!(link["status"], "active");
    assert_eq!(link["redirect_status"], 302);
    assert_eq!(link["forward_query"], "off");
    let nulls = json!({"target": "a.example", "domain": null, "code": null, "title": null, "tags": null,
        "status": null, "redirect_status": null, "forward_query": null, "if_exists": null, "starts_at": null});
    let same = api.create(&nulls);
    assert_eq!(
        (&same["tags"], &same["status"]),
        (&link["tags"], &link["status"])
    );
}

fn a_reply_can_be_sent_back(api: &Api) {
    let link = api.create(&everything());
    let mut read = api.get(&path_of(&link)).ok(200);
    read["clicks"] = json!({"human": 7});
    read["password_set"] = json!(true);
    let kept = api.edit(&link, &read);
    assert_eq!(kept, link);
    read["code"] = json!("copy");
    let copy = api.create(&read);
    assert_ne!(copy["id"], link["id"]);
    assert_eq!(copy["title"], link["title"]);
}

fn codes_are_seven_characters_without_look_alikes(api: &Api) {
    for _ in 0..20 {
        let link = api.create(&json!({"target": "a.example"}));
        let code = link["code"].as_str().unwrap();
        assert_eq!(code.len(), 7);
        let is_clear = |c| "23456789abcdefghijkmnpqrstuvwxyz".contains(c);
        assert!(code.chars().all(is_clear), "{code}");
        assert_eq!(link["short_url"], format!("https://s.example.com/{code}"));
    }
}

fn of_concurrent_creates_of_one_code_exactly_one_wins(api: &Api) {
    let answers = api.at_once(30, |number| {
        let target = format!("https://a.example/{number}");
        api.post("/links", &json!({"target": target, "code": "wanted"}))
    });
    assert_eq!(count(&answers, 201), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let problem = answer.problem(409, "code-taken");
        assert_eq!(problem["errors"][0]["pointer"], "/code");
        assert_eq!(problem["errors"][0]["code"], "code_taken");
    }
    assert_eq!(
        api.get("/links").ok(200)["data"].as_array().unwrap().len(),
        1
    );
}

fn codes_differ_in_more_than_case(api: &Api) {
    api.create(&json!({"target": "a.example", "code": "Mixed"}));
    let other = json!({"target": "a.example", "code": "mIXED"});
    api.post("/links", &other).problem(409, "code-taken");
}

fn the_same_target_is_found_again(api: &Api) {
    let wish = json!({"target": "https://a.example/x", "if_exists": "return"});
    let first = api.create(&wish);
    let second = api.post("/links", &wish);
    assert_eq!(second.header("etag"), Some("\"1\""));
    assert_eq!(second.ok(200), first);
    let other = json!({"target": "https://a.example/x", "if_exists": "create"});
    let second = api.create(&other);
    assert_ne!(second["id"], first["id"]);
    assert_eq!(api.post("/links", &wish).ok(200), second);
    let mut named = wish.clone();
    named["code"] = first["code"].clone();
    assert_eq!(api.post("/links", &named).ok(200), first);
    named["target"] = json!("https://a.example/y");
    api.post("/links", &named).problem(409, "code-taken");
}

fn wishes_for_the_same_target_at_once_make_one_link(api: &Api) {
    let wish = json!({"target": "https://a.example/x", "if_exists": "return"});
    let answers = api.at_once(12, |_| api.post("/links", &wish));
    assert_eq!((count(&answers, 201), count(&answers, 200)), (1, 11));
}
