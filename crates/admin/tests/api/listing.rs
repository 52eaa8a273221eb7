//! `GET /links`: pages and filters.

use serde_json::{Value, json};

use super::{
    on_both,
    place::{Api, path_of},
};

on_both!(
    pages_go_from_new_to_old_without_gaps,
    an_empty_list_is_one_page,
    filters_narrow_and_add_up,
    an_alias_is_found_like_a_code,
    bad_parameters_are_named,
);

fn titles(page: &Value) -> Vec<&str> {
    let links = page["data"].as_array().unwrap().iter();
    links.map(|link| link["title"].as_str().unwrap()).collect()
}

fn found(api: &Api, query: &str) -> Vec<String> {
    let page = api.get(&format!("/links?{query}")).ok(200);
    titles(&page).into_iter().map(str::to_owned).collect()
}

fn create(api: &Api, title: &str, more: &Value) -> Value {
    let mut link = json!({"target": "a.example", "title": title});
    for (name, value) in more.as_object().unwrap() {
        link[name] = value.clone();
    }
    api.create(&link)
}

fn pages_go_from_new_to_old_without_gaps(api: &Api) {
    for number in 0..45 {
        create(api, &number.to_string(), &json!({}));
    }
    let mut seen: Vec<String> = Vec::new();
    let mut lengths = Vec::new();
    let mut query = "limit=20".to_owned();
    loop {
        let page = api.get(&format!("/links?{query}")).ok(200);
        lengths.push(titles(&page).len());
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        create(api, "newer than all pages", &json!({}));
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=20&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(lengths, [20, 20, 5]);
    let expected: Vec<String> = (0..45)
        .rev()
        .map(|number: usize| number.to_string())
        .collect();
    assert_eq!(seen, expected);
    assert_eq!(
        api.get("/links").ok(200)["data"].as_array().unwrap().len(),
        20
    );
    assert_eq!(found(api, "limit=48").len(), 48);
    assert_eq!(
        api.get("/links?limit=48").ok(200)["next_cursor"],
        Value::Null
    );
}

fn an_empty_list_is_one_page(api: &Api) {
    assert_eq!(
        api.get("/links").ok(200),
        json!({"data": [], "next_cursor": null})
    );
    assert_eq!(
        api.get("/links?cursor=0000000000001").ok(200)["data"],
        json!([])
    );
}

fn filters_narrow_and_add_up(api: &Api) {
    api.post("/domains", &json!({"domain": "go.example"}))
        .ok(201);
    create(
        api,
        "a",
        &json!({"code": "ca", "tags": ["红 色", "x"], "status": "paused"}),
    );
    create(
        api,
        "b",
        &json!({"tags": ["x"], "note": "bb", "code": "cb", "domain": "go.example"}),
    );
    create(
        api,
        "c",
        &json!({"tags": ["xy"], "status": "paused", "domain": "go.example"}),
    );
    create(api, "d", &json!({"status": "banned"}));
    for (query, expected) in [
        ("", &["d", "c", "b", "a"][..]),
        ("tag=x", &["b", "a"]),
        ("tag=%E7%BA%A2+%E8%89%B2", &["a"]),
        ("tag=X", &[]),
        ("domain=go.example", &["c", "b"]),
        ("domain=s.example.com", &["d", "a"]),
        ("status=paused", &["c", "a"]),
        ("status=banned", &["d"]),
        ("status=active", &["b"]),
        ("status=paused&domain=go.example", &["c"]),
        ("tag=x&status=paused", &["a"]),
        ("tag=x&domain=go.example&status=paused", &[]),
        ("tag=x&limit=1", &["b"]),
        ("search=bb&code=cb", &["b"]),
        ("search=bb&code=ca", &[]),
        ("search=CB&code=cb", &["b"]),
        ("search=a.example&code=ca", &["a"]),
        ("search=bb&tag=x", &["b"]),
        ("code=cb&status=active&domain=go.example&tag=x", &["b"]),
        ("code=cb&tag=y", &[]),
        ("tag=&status=&search=&cursor=", &["d", "c", "b", "a"]),
    ] {
        assert_eq!(found(api, query), expected, "{query}");
    }
}

fn an_alias_is_found_like_a_code(api: &Api) {
    let link = create(api, "renamed", &json!({"code": "before"}));
    create(api, "other", &json!({"code": "beforehand"}));
    api.edit(&link, &json!({"code": "after"}));
    for code in ["before", "after", "AFTER"] {
        assert_eq!(found(api, &format!("code={code}")), ["renamed"], "{code}");
    }
    for code in ["befor", "nothing", "a%2Fb", "%E7%A0%81"] {
        assert_eq!(
            found(api, &format!("code={code}")),
            [] as [&str; 0],
            "{code}"
        );
    }
    assert_eq!(api.get(&path_of(&link)).ok(200)["code"], "after");
}

fn bad_parameters_are_named(api: &Api) {
    let long = format!("search={}", "x".repeat(101));
    for (query, refused) in [
        ("limit=0", "?limit out_of_range"),
        ("limit=101", "?limit out_of_range"),
        ("limit=-1", "?limit out_of_range"),
        ("limit=ten", "?limit out_of_range"),
        ("limit=99999999999999999999", "?limit out_of_range"),
        ("cursor=abc", "?cursor invalid_cursor"),
        ("cursor=zzzzzzzzzzzzz", "?cursor invalid_cursor"),
        ("search=x", "?search too_short"),
        ("search=+x+", "?search too_short"),
        (&long, "?search too_long"),
        ("status=on", "?status unknown_value"),
        ("domain=other.example", "?domain unknown_domain"),
        ("page=2", "?page unknown_field"),
        ("page=", "?page unknown_field"),
        ("tag=a&tag=b", "?tag too_many"),
        ("tag=%00", "?tag unknown_value"),
        ("code=a%00b", "?code unknown_value"),
        ("search=ab%00", "?search unknown_value"),
    ] {
        assert_eq!(
            api.get(&format!("/links?{query}")).refused(),
            [refused],
            "{query}"
        );
    }
    let several = api.get("/links?limit=0&status=on&page=1").refused();
    assert_eq!(
        several,
        [
            "?limit out_of_range",
            "?status unknown_value",
            "?page unknown_field"
        ]
    );
}
