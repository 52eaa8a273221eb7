//! `If-Match`: a change is made to the version that it was meant for, or not at all.

use serde_json::{Value, json};

use super::{
    http::Answer,
    on_both,
    place::{Api, count, path_of},
};

on_both!(
    versions_come_quoted_or_bare_or_as_a_star,
    another_version_is_not_changed,
    of_changes_meant_for_one_version_exactly_one_is_made,
    without_it_every_change_is_made,
    only_the_expected_version_is_deleted,
);

fn retitle(api: &Api, link: &Value, if_match: &str, title: &str) -> Answer {
    let call = api
        .call("PATCH", &path_of(link))
        .header("if-match", if_match);
    call.json(&json!({"title": title})).send()
}

fn versions_come_quoted_or_bare_or_as_a_star(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    for (version, if_match) in [
        (2, "\"1\""),
        (3, "2"),
        (4, "*"),
        (5, "\"9\", \"4\""),
        (6, "4,5"),
    ] {
        let edited = retitle(api, &link, if_match, if_match).ok(200);
        assert_eq!(edited["version"], version, "{if_match}");
    }
}

fn another_version_is_not_changed(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let strange = [
        "\"2\"",
        "0",
        "-1",
        "W/\"1\"",
        "\"*\"",
        "\"\"",
        "one",
        "99999999999999999999",
        "\u{e9}",
        "",
    ];
    for if_match in strange {
        retitle(api, &link, if_match, "lost").problem(412, "version-mismatch");
    }
    assert_eq!(api.get(&path_of(&link)).ok(200)["title"], Value::Null);
}

fn of_changes_meant_for_one_version_exactly_one_is_made(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let answers = api.at_once(20, |number| {
        retitle(api, &link, "\"1\"", &number.to_string())
    });
    assert_eq!((count(&answers, 200), count(&answers, 412)), (1, 19));
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
    let read = api.get(&path_of(&link)).ok(200);
    assert_eq!(read["title"], winner.ok(200)["title"]);
    assert_eq!(read["version"], 2);
}

fn without_it_every_change_is_made(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let answers = api.at_once(20, |number| {
        api.patch(&path_of(&link), &json!({"title": number.to_string()}))
    });
    let mut versions: Vec<_> = answers
        .iter()
        .map(|answer| answer.ok(200)["version"].as_u64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..22).collect::<Vec<_>>());
}

fn only_the_expected_version_is_deleted(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let delete = |if_match| {
        api.call("DELETE", &path_of(&link))
            .header("if-match", if_match)
            .send()
    };
    delete("\"2\"").problem(412, "version-mismatch");
    assert_eq!(delete("1").status, 204);
    delete("1").problem(404, "not-found");
}
