//! `GET /links?search=`: what people type to find a link again.

use serde_json::{Value, json};

use super::{on_both, place::Api};

on_both!(
    texts_are_searched_from_two_characters,
    codes_are_searched_by_their_beginning,
    targets_are_searched_by_host,
    edits_change_what_is_found,
    a_search_has_pages_and_filters,
);

/// Codes of the links that are found, sorted.
fn found(api: &Api, search: &str) -> Vec<String> {
    let escaped: String = search.bytes().map(|byte| format!("%{byte:02x}")).collect();
    codes(&api.get(&format!("/links?search={escaped}")).ok(200))
}

fn codes(page: &Value) -> Vec<String> {
    let links = page["data"].as_array().unwrap().iter();
    let mut codes: Vec<_> = links
        .map(|link| link["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes
}

fn texts_are_searched_from_two_characters(api: &Api) {
    api.create(&json!({"target": "a.example", "code": "c1", "title": "春季大促销活动"}));
    api.create(&json!({"target": "a.example", "code": "c2", "note": "Summer 100%_Sale\nsecond line", "tags": ["活动"]}));
    api.create(&json!({"target": "a.example", "code": "c3", "tags": ["Éclair"]}));
    for (search, expected) in [
        ("大促", &["c1"][..]),
        ("活动", &["c1", "c2"]),
        ("促大", &[]),
        ("sALe", &["c2"]),
        ("0%_s", &["c2"]),
        ("%%", &[]),
        ("ÉCL", &["c3"]),
        ("销活动", &["c1"]),
        ("d l", &["c2"]),
        ("'; DROP TABLE links; --", &[]),
    ] {
        assert_eq!(found(api, search), expected, "{search}");
    }
}

fn codes_are_searched_by_their_beginning(api: &Api) {
    let link = api.create(&json!({"target": "a.example", "code": "Spring-1"}));
    api.create(&json!({"target": "a.example", "code": "Spring-2"}));
    api.create(&json!({"target": "a.example", "code": "offspring"}));
    assert_eq!(found(api, "spring"), ["Spring-1", "Spring-2"]);
    api.edit(&link, &json!({"code": "autumn"}));
    assert_eq!(found(api, "SPRING-"), ["Spring-2", "autumn"]);
}

fn targets_are_searched_by_host(api: &Api) {
    api.create(&json!({"target": "https://shop.Example.org:8443/path", "code": "c1"}));
    api.create(&json!({"target": "https://example.org/", "code": "c2"}));
    api.create(&json!({"target": "https://notexample.org/example.net", "code": "c3"}));
    api.create(&json!({"target": "https://商店.example/", "code": "c4"}));
    assert_eq!(found(api, "example.org"), ["c1", "c2"]);
    assert_eq!(found(api, "SHOP.example.org"), ["c1"]);
    assert_eq!(found(api, "商店.example"), ["c4"]);
    assert_eq!(found(api, "example.net"), [] as [&str; 0]);
}

fn edits_change_what_is_found(api: &Api) {
    let link =
        api.create(&json!({"target": "https://old.example/", "code": "c1", "title": "早晨"}));
    api.edit(
        &link,
        &json!({"title": "夜晚", "tags": ["月亮"], "target": "https://new.example/"}),
    );
    for (search, count) in [
        ("早晨", 0),
        ("夜晚", 1),
        ("月亮", 1),
        ("old.example", 0),
        ("new.example", 1),
    ] {
        assert_eq!(found(api, search).len(), count, "{search}");
    }
}

fn a_search_has_pages_and_filters(api: &Api) {
    for number in 0..25 {
        let status = if number % 2 == 0 { "active" } else { "paused" };
        api.create(&json!({"target": "a.example", "code": format!("c{number:02}"), "title": "same words", "status": status}));
    }
    let first = api
        .get("/links?search=same+words&status=active&limit=10")
        .ok(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = api
        .get(&format!(
            "/links?search=same+words&status=active&limit=10&cursor={cursor}"
        ))
        .ok(200);
    assert_eq!(rest["next_cursor"], Value::Null);
    let mut all = [codes(&first), codes(&rest)].concat();
    all.sort();
    let expected: Vec<_> = (0..25)
        .step_by(2)
        .map(|number| format!("c{number:02}"))
        .collect();
    assert_eq!(all, expected);
}
