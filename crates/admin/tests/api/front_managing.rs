//! Manage links: who has the address may edit, nobody else, and looking changes nothing.

use serde_json::{Value, json};

use super::{
    front_visitor::{Visitor, complaints, manage_path},
    on_both,
    place::{Api, path_of},
};

on_both!(
    looking_changes_nothing,
    target_and_end_can_be_changed,
    what_is_wrong_is_said_and_kept,
    a_replaced_address_is_worth_nothing,
    deleting_asks_first,
    other_sites_cannot_make_the_browser_do_it,
    a_link_of_the_api_has_no_manage_address,
);

fn managed(api: &Api) -> (Visitor<'_>, String) {
    let visitor = Visitor::new(api, "en");
    let page = visitor.make(&[("text", "https://a.example/x")]);
    (visitor, manage_path(&page))
}

fn link(api: &Api) -> Value {
    api.get("/links").ok(200)["data"][0].clone()
}

fn looking_changes_nothing(api: &Api) {
    let (visitor, path) = managed(api);
    let before = link(api);
    for query in ["", "?do=delete&sure=yes", "?lang=en"] {
        let page = visitor.get(&format!("{path}{query}"));
        assert_eq!(page.status, 200);
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert!(page.text().contains("https://a.example/x"));
    }
    assert_eq!(link(api), before);
}

fn target_and_end_can_be_changed(api: &Api) {
    let (visitor, path) = managed(api);
    let kept = link(api)["expires_at"].clone();
    let edit = |end| {
        let fields = [
            ("do", "save"),
            ("target", "https://b.example/y"),
            ("end", end),
        ];
        let page = visitor.post(&path, &fields);
        assert_eq!(page.status, 200);
        assert!(page.text().contains("Saved."));
        link(api)
    };
    let link = edit("keep");
    assert_eq!(link["target"], "https://b.example/y");
    assert_eq!(link["expires_at"], kept);
    assert_eq!(edit("none")["expires_at"], Value::Null);
    assert_eq!(edit("30")["expires_at"], "2025-12-24T16:00:00.000Z");
    assert_eq!(edit("365")["expires_at"], "2026-11-24T16:00:00.000Z");
}

fn what_is_wrong_is_said_and_kept(api: &Api) {
    let (visitor, path) = managed(api);
    let fields = [
        ("do", "save"),
        ("target", "javascript:alert(1)"),
        ("end", "none"),
    ];
    let page = visitor.post(&path, &fields);
    assert_eq!(page.status, 422);
    assert_eq!(complaints(&page.text()).len(), 1);
    assert!(page.text().contains("javascript:alert(1)</textarea>"));
    assert_eq!(link(api)["target"], "https://a.example/x");
}

fn a_replaced_address_is_worth_nothing(api: &Api) {
    let (visitor, path) = managed(api);
    let page = visitor.post(&path, &[("do", "renew")]);
    assert_eq!(page.status, 200);
    let next = page.text();
    let (_, rest) = next.split_once("id=\"manage\" href=\"").unwrap();
    let next = rest.split(['?', '"']).next().unwrap();
    assert_ne!(next, path);
    for old in [visitor.get(&path), visitor.post(&path, &[("do", "renew")])] {
        assert_eq!(old.status, 404);
    }
    assert_eq!(visitor.get(next).status, 200);
}

fn deleting_asks_first(api: &Api) {
    let (visitor, path) = managed(api);
    let unsure = visitor.post(&path, &[("do", "delete")]);
    assert_eq!(unsure.status, 422);
    assert_eq!(complaints(&unsure.text()), ["Please tick the box first."]);
    let sure = visitor.post(&path, &[("do", "delete"), ("sure", "yes")]);
    assert_eq!(sure.status, 200);
    assert_eq!(api.get("/links").ok(200)["data"], json!([]));
    assert_eq!(visitor.get(&path).status, 404);
}

fn other_sites_cannot_make_the_browser_do_it(api: &Api) {
    let (visitor, path) = managed(api);
    let post = || visitor.call("POST", &path).bytes("do=delete&sure=yes");
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_eq!(post().header(name, value).send().status, 403);
    }
    let origin = post()
        .without("sec-fetch-site")
        .header("origin", "https://evil.example");
    assert_eq!(origin.send().status, 403);
    assert_eq!(link(api)["target"], "https://a.example/x");
}

fn a_link_of_the_api_has_no_manage_address(api: &Api) {
    let (visitor, path) = managed(api);
    let other = api.create(&json!({ "target": "https://c.example" }));
    let id = other["id"].as_str().unwrap();
    let (_, signature) = path.split_once('.').unwrap();
    let guesses = [
        format!("/manage/{id}.{signature}"),
        format!("/manage/{id}"),
        "/manage/x".to_owned(),
        path_of(&other),
    ];
    for guess in guesses {
        assert_eq!(visitor.get(&guess).status, 404, "{guess}");
    }
}
