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
    a_link_that_is_over_is_said_to_be,
    what_is_wrong_is_said_and_kept,
    for_whom_it_is_can_be_changed,
    a_choice_that_is_wrong_is_shown_again,
    rules_that_the_page_cannot_show_stay,
    how_often_it_was_followed_is_told,
    a_replaced_address_is_worth_nothing,
    deleting_asks_first,
    a_banned_link_stays_as_it_is,
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

fn a_link_that_is_over_is_said_to_be(api: &Api) {
    let (visitor, path) = managed(api);
    assert!(!visitor.get(&path).text().contains("Expired on"));
    api.edit(&link(api), &json!({"expires_at": "2020-01-01T00:00:00Z"}));
    assert!(visitor.get(&path).text().contains("Expired on"));
}

/// Its target is what somebody has to look into, and its code must not be free again.
fn a_banned_link_stays_as_it_is(api: &Api) {
    let (visitor, path) = managed(api);
    api.edit(&link(api), &json!({"status": "banned"}));
    let before = link(api);
    let page = visitor.get(&path).text();
    assert!(page.contains("This site has disabled this link."), "{page}");
    assert!(!page.contains("value=\"delete\""), "{page}");
    for fields in [
        &[
            ("do", "save"),
            ("target", "https://b.example"),
            ("end", "none"),
        ][..],
        &[("do", "guide"), ("guide", "wechat")],
        &[("do", "delete"), ("sure", "yes")],
        &[("do", "renew")],
    ] {
        let page = visitor.post(&path, fields);
        assert_eq!(page.status, 403);
        assert_eq!(complaints(&page.text()).len(), 1);
    }
    assert_eq!(link(api), before);
    assert_eq!(visitor.get(&path).status, 200);
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

fn for_whom_it_is_can_be_changed(api: &Api) {
    let visitor = Visitor::new(api, "en");
    let page = visitor.make(&[("text", "https://a.example/x"), ("for", "groups")]);
    let path = manage_path(&page);
    // The page shows what was chosen, folded.
    let page = visitor.get(&path).text();
    assert!(page.contains("value=\"groups\" checked"));
    assert!(page.contains("id=\"choice\">"), "{page}");
    let save = |choice: &[(&str, &str)]| {
        let fields = [
            ("do", "save"),
            ("target", "https://a.example/x"),
            ("end", "keep"),
        ];
        let page = visitor.post(&path, &[&fields[..], choice].concat());
        assert_eq!(page.status, 200, "{}", page.text());
        link(api)
    };
    let only = save(&[("for", "wechat")]);
    assert_eq!(only["guide_apps"], json!([]));
    assert_eq!(only["allow"]["apps"], json!(["wechat", "wecom"]));
    let own = save(&[("for", "own"), ("guide", "weibo"), ("os", "apple")]);
    assert_eq!(own["guide_apps"], json!(["weibo"]));
    assert_eq!(own["allow"], json!({ "apps": [], "os": ["ios"] }));
    let download = save(&[("for", "download"), ("android", "https://b.example/a.apk")]);
    assert_eq!(
        download["rules"][0]["targets"][0]["url"],
        "https://b.example/a.apk"
    );
    assert!(
        visitor
            .get(&path)
            .text()
            .contains("name=\"android\" value=\"https://b.example/a.apk\"")
    );
    let any = save(&[("for", "any")]);
    assert_eq!(any["rules"], json!([]));
    assert_eq!(any["guide_apps"], json!([]));
    // A form without boxes changes nothing about them.
    save(&[("for", "groups")]);
    assert_eq!(save(&[])["guide_apps"], json!(["wechat", "qq"]));
}

fn a_choice_that_is_wrong_is_shown_again(api: &Api) {
    let (visitor, path) = managed(api);
    let fields = [
        ("do", "save"),
        ("target", "https://b.example"),
        ("end", "keep"),
    ];
    for (choice, complaint) in [
        (
            &[("for", "download")][..],
            "Please fill in at least one download.",
        ),
        (
            &[("for", "own"), ("guide", "qq"), ("app", "qq")],
            "nobody could open the link",
        ),
        (
            &[("for", "download"), ("ios", "ftp://x")],
            "iPhone and iPad",
        ),
    ] {
        let page = visitor.post(&path, &[&fields[..], choice].concat());
        assert_eq!(page.status, 422);
        let page = page.text();
        let complaints = complaints(&page);
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(complaints[0].contains(complaint), "{complaints:?}");
        assert!(page.contains("id=\"choice\" open"));
        assert!(page.contains(&format!("value=\"{}\" checked", choice[0].1)));
        assert!(page.contains("https://b.example</textarea>"));
    }
    assert_eq!(link(api)["target"], "https://a.example/x");
}

fn rules_that_the_page_cannot_show_stay(api: &Api) {
    let (visitor, path) = managed(api);
    let rules = json!([{ "when": { "language": ["zh"] }, "targets": [{ "url": "https://z.example", "weight": 1 }] }]);
    api.edit(&link(api), &json!({ "rules": rules, "guide_apps": ["qq"] }));
    let page = visitor.get(&path).text();
    assert!(!page.contains("name=\"for\""));
    assert!(page.contains("rules that this page cannot show"));
    let fields = [
        ("do", "save"),
        ("target", "https://b.example"),
        ("end", "keep"),
    ];
    assert_eq!(visitor.post(&path, &fields).status, 200);
    let link = link(api);
    assert_eq!(link["target"], "https://b.example");
    assert_eq!(link["rules"], rules);
    assert_eq!(link["guide_apps"], json!(["qq"]));
}

fn how_often_it_was_followed_is_told(api: &Api) {
    let (visitor, path) = managed(api);
    let page = visitor.get(&path).text();
    for part in [
        "<b id=\"human\">0</b>",
        "0 of them by QR code",
        "<dt>Crawlers and other programs</dt><dd>0</dd>",
    ] {
        assert!(page.contains(part), "{part}");
    }
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
