//! Passwords: they go in and never come out.

use serde_json::{Value, json};

use super::{
    on_both,
    place::{Api, path_of},
};

on_both!(
    a_password_is_set_changed_and_cleared,
    passwords_have_bounds,
    a_password_is_in_no_reply,
    setting_a_password_is_a_change_even_if_it_is_the_same,
    a_batch_has_a_bounded_number_of_passwords,
    a_replayed_request_hashes_nothing_new,
);

const SECRET: &str = "芝麻开门-7391";

fn create(api: &Api) -> Value {
    api.create(&json!({"target": "a.example", "password": SECRET}))
}

fn a_password_is_set_changed_and_cleared(api: &Api) {
    let link = create(api);
    assert_eq!(link["password_set"], true);
    assert_eq!(
        api.edit(&link, &json!({"title": "t"}))["password_set"],
        true
    );
    assert_eq!(
        api.edit(&link, &json!({"password": "other"}))["password_set"],
        true
    );
    let cleared = api.edit(&link, &json!({"password": null}));
    assert_eq!(
        (&cleared["password_set"], &cleared["version"]),
        (&json!(false), &json!(4))
    );
    assert_eq!(api.edit(&link, &json!({"password": null}))["version"], 4);
}

fn passwords_have_bounds(api: &Api) {
    let longest = "字".repeat(128);
    api.create(&json!({"target": "a.example", "password": longest}));
    let link = create(api);
    for (password, code) in [
        (json!(""), "too_short"),
        (json!("字".repeat(129)), "too_long"),
        (json!("a\nb"), "unknown_value"),
        (json!(1234), "wrong_type"),
    ] {
        let expected = [format!("/password {code}")];
        let body = json!({"target": "a.example", "password": password});
        assert_eq!(api.post("/links", &body).refused(), expected);
        let change = json!({"password": password});
        assert_eq!(api.patch(&path_of(&link), &change).refused(), expected);
    }
}

fn a_password_is_in_no_reply(api: &Api) {
    let link = create(api);
    let wrong = json!({"target": "ftp://a.example", "password": SECRET});
    let batch = json!({"links": [{"target": "a.example", "password": SECRET}, wrong]});
    for answer in [
        api.post(
            "/links",
            &json!({"target": "a.example", "password": SECRET}),
        ),
        api.post("/links", &wrong),
        api.patch(&path_of(&link), &json!({"password": SECRET})),
        api.post("/links/batch", &batch),
        api.post(
            "/simulate",
            &json!({"link": {"target": "a.example", "password": SECRET}}),
        ),
        api.post("/simulate", &json!({"id": link["id"]})),
        api.get(&path_of(&link)),
        api.get("/links"),
    ] {
        let text = answer.text();
        assert!(!text.contains(SECRET) && !text.contains("argon2"), "{text}");
        assert!(!text.contains("\"password\":\""), "{text}");
    }
}

fn setting_a_password_is_a_change_even_if_it_is_the_same(api: &Api) {
    let link = create(api);
    assert_eq!(api.edit(&link, &json!({"password": SECRET}))["version"], 2);
}

fn a_batch_has_a_bounded_number_of_passwords(api: &Api) {
    let links = |count: usize| -> Value {
        let link = json!({"target": "a.example", "password": SECRET});
        json!({"links": vec![link; count]})
    };
    let results = &api.post("/links/batch", &links(3)).ok(200)["results"];
    assert_eq!(results[2]["link"]["password_set"], true);
    let refused = api.post("/links/batch", &links(101)).refused();
    assert_eq!(refused, ["/links too_many"]);
    assert_eq!(
        api.get("/links").ok(200)["data"].as_array().unwrap().len(),
        3
    );
}

fn a_replayed_request_hashes_nothing_new(api: &Api) {
    let body = json!({"target": "a.example", "password": SECRET});
    let send = || {
        let call = api.call("POST", "/links").header("idempotency-key", "once");
        call.json(&body).send()
    };
    let first = send().ok(201);
    assert_eq!(send().ok(201), first);
    let mut other = body.clone();
    other["password"] = json!("another");
    let call = api.call("POST", "/links").header("idempotency-key", "once");
    call.json(&other)
        .send()
        .problem(422, "idempotency-mismatch");
}
