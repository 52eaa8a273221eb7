//! `PATCH /links/{id}`: merge, rename, count.

use serde_json::{Value, json};

use super::{
    on_both,
    place::{Api, path_of},
};

on_both!(
    null_clears_absent_keeps_lists_are_replaced,
    both_media_types_are_read,
    the_version_rises_by_one_with_each_change,
    an_edit_that_changes_nothing_is_no_change,
    a_renamed_link_keeps_its_old_code,
    a_taken_code_is_not_given_twice,
    a_rename_may_go_back_or_change_case,
    of_concurrent_renames_to_one_code_exactly_one_wins,
    a_link_stays_on_its_domain,
    an_unknown_link_is_not_found,
);

fn null_clears_absent_keeps_lists_are_replaced(api: &Api) {
    let link = api.create(&json!({
        "target": "a.example", "title": "t", "note": "n", "tags": ["a", "b"], "status": "paused",
        "redirect_status": 301, "starts_at": "2026-01-01T00:00:00Z", "expired_target": "b.example",
        "expires_at": "2027-01-01T00:00:00Z", "forward_query": "override",
        "max_clicks": 9,
    }));
    let edited = api.edit(&link, &json!({"title": null, "tags": ["c", "a"]}));
    let mut expected = link.clone();
    expected["title"] = Value::Null;
    expected["tags"] = json!(["c", "a"]);
    expected["version"] = json!(2);
    assert_eq!(edited, expected);
    let cleared = json!({"note": null, "tags": null, "status": null, "redirect_status": null, "starts_at": null,
        "expires_at": null, "expired_target": null, "forward_query": null, "max_clicks": null});
    let plain = api.edit(&link, &cleared);
    assert_eq!((&plain["note"], &plain["tags"]), (&Value::Null, &json!([])));
    assert_eq!(
        (&plain["status"], &plain["redirect_status"]),
        (&json!("active"), &json!(302))
    );
    assert_eq!(
        (&plain["starts_at"], &plain["expires_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&plain["expired_target"], &plain["forward_query"]),
        (&Value::Null, &json!("off"))
    );
    assert_eq!(plain["target"], link["target"]);
    assert_eq!(
        [&plain["max_clicks"], &plain["clicks_left"]],
        [&Value::Null; 2]
    );
}

fn both_media_types_are_read(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    for (media_type, title) in [
        ("application/merge-patch+json", "one"),
        ("application/json; charset=utf-8", "two"),
        ("Application/JSON", "three"),
    ] {
        let call = api
            .call("PATCH", &path_of(&link))
            .header("content-type", media_type);
        let answer = call.json(&json!({"title": title})).send();
        assert_eq!(answer.ok(200)["title"], title);
    }
}

fn the_version_rises_by_one_with_each_change(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    for version in 2..6 {
        api.later(1500);
        let answer = api.patch(&path_of(&link), &json!({"title": version.to_string()}));
        assert_eq!(answer.header("etag"), Some(&*format!("\"{version}\"")));
        let edited = answer.ok(200);
        assert_eq!(edited["version"], version);
        assert_eq!(edited["created_at"], link["created_at"]);
    }
    let read = api.get(&path_of(&link)).ok(200);
    assert_eq!(read["updated_at"], "2025-11-24T16:00:06.000Z");
}

fn an_edit_that_changes_nothing_is_no_change(api: &Api) {
    let link = api.create(&json!({"target": "a.example", "title": "t"}));
    api.later(1000);
    for change in [
        json!({}),
        json!({"title": " t "}),
        json!({"code": link["code"]}),
        json!({"target": "a.example"}),
    ] {
        assert_eq!(api.edit(&link, &change), link, "{change}");
    }
}

fn a_renamed_link_keeps_its_old_code(api: &Api) {
    let link = api.create(&json!({"target": "a.example", "code": "old"}));
    let renamed = api.edit(&link, &json!({"code": "New"}));
    assert_eq!(renamed["id"], link["id"]);
    assert_eq!(
        (&renamed["code"], &renamed["version"]),
        (&json!("New"), &json!(2))
    );
    assert_eq!(renamed["short_url"], "https://s.example.com/New");
    for code in ["old", "new", "NEW"] {
        let found = api.get(&format!("/links?code={code}")).ok(200);
        assert_eq!(found["data"][0]["id"], link["id"], "{code}");
    }
    let greedy = json!({"target": "b.example", "code": "old"});
    api.post("/links", &greedy).problem(409, "code-taken");
}

fn a_taken_code_is_not_given_twice(api: &Api) {
    api.create(&json!({"target": "a.example", "code": "taken"}));
    let link = api.create(&json!({"target": "a.example", "code": "mine"}));
    let change = json!({"code": "TAKEN", "title": "not written"});
    api.patch(&path_of(&link), &change)
        .problem(409, "code-taken");
    let read = api.get(&path_of(&link)).ok(200);
    assert_eq!(
        (&read["code"], &read["title"]),
        (&json!("mine"), &Value::Null)
    );
    assert_eq!(read["version"], 1);
}

fn a_rename_may_go_back_or_change_case(api: &Api) {
    let link = api.create(&json!({"target": "a.example", "code": "one"}));
    for (code, version) in [("two", 2), ("one", 3), ("ONE", 4), ("two", 5)] {
        let renamed = api.edit(&link, &json!({"code": code}));
        assert_eq!(
            (&renamed["code"], &renamed["version"]),
            (&json!(code), &json!(version))
        );
    }
}

fn of_concurrent_renames_to_one_code_exactly_one_wins(api: &Api) {
    let links: Vec<_> = (0..8)
        .map(|_| api.create(&json!({"target": "a.example"})))
        .collect();
    let answers = api.at_once(links.len(), |number| {
        api.patch(&path_of(&links[number]), &json!({"code": "wanted"}))
    });
    assert_eq!(super::place::count(&answers, 200), 1);
    assert_eq!(super::place::count(&answers, 409), 7);
}

fn a_link_stays_on_its_domain(api: &Api) {
    api.post("/domains", &json!({"domain": "go.example"}))
        .ok(201);
    let link = api.create(&json!({"target": "a.example", "domain": "go.example"}));
    let path = path_of(&link);
    for other in ["s.example.com", "unknown.example"] {
        assert_eq!(
            api.patch(&path, &json!({"domain": other})).refused(),
            ["/domain immutable"]
        );
    }
    assert_eq!(
        api.patch(&path, &json!({"domain": 5})).refused(),
        ["/domain wrong_type"]
    );
    assert_eq!(api.edit(&link, &json!({"domain": "GO.example"})), link);
}

fn an_unknown_link_is_not_found(api: &Api) {
    for id in [
        "0000000000zzz",
        "fzzzzzzzzzzzz",
        "1",
        "abc",
        "%ff%00",
        "a%2Fb",
        "...",
    ] {
        let path = format!("/links/{id}");
        api.get(&path).problem(404, "not-found");
        api.patch(&path, &json!({})).problem(404, "not-found");
        api.delete(&path).problem(404, "not-found");
    }
}
