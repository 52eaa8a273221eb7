//! `DELETE /links/{id}`: gone, with all its codes.

use serde_json::json;

use super::{
    on_both,
    place::{Api, count, path_of},
};

on_both!(
    a_deleted_link_is_gone_and_its_codes_are_free,
    of_concurrent_deletes_exactly_one_deletes,
);

fn a_deleted_link_is_gone_and_its_codes_are_free(api: &Api) {
    let link = api.create(
        &json!({"target": "a.example", "code": "first", "tags": ["t"], "title": "some text"}),
    );
    api.edit(&link, &json!({"code": "second"}));
    let answer = api.delete(&path_of(&link));
    assert_eq!((answer.status, &*answer.body), (204, &b""[..]));
    api.get(&path_of(&link)).problem(404, "not-found");
    api.delete(&path_of(&link)).problem(404, "not-found");
    api.patch(&path_of(&link), &json!({"title": "x"}))
        .problem(404, "not-found");
    for query in [
        "",
        "?tag=t",
        "?search=some",
        "?code=first",
        "?search=second",
    ] {
        assert_eq!(
            api.get(&format!("/links{query}")).ok(200)["data"],
            json!([]),
            "{query}"
        );
    }
    for code in ["second", "FIRST"] {
        let again = api.create(&json!({"target": "b.example", "code": code}));
        assert!(again["id"].as_str() > link["id"].as_str());
        assert_eq!(again["version"], 1);
    }
}

fn of_concurrent_deletes_exactly_one_deletes(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let answers = api.at_once(10, |_| api.delete(&path_of(&link)));
    assert_eq!((count(&answers, 204), count(&answers, 404)), (1, 9));
}
