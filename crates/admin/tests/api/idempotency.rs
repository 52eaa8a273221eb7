//! `Idempotency-Key`: a request that is sent twice creates once.

use serde_json::{Value, json};

use super::{
    http::{Answer, Call},
    on_both,
    place::{Api, count},
};

on_both!(
    the_same_request_gets_the_same_answer_again,
    another_request_with_the_same_key_is_refused,
    requests_at_once_create_once,
    batches_are_replayed_too,
    a_link_that_was_found_is_replayed_as_found,
    each_api_key_has_idempotency_keys_of_its_own,
    a_request_that_failed_frees_the_key,
    an_answer_is_kept_for_a_day,
    what_is_no_key_is_refused,
);

const HOUR: i64 = 3_600_000;

fn call(api: &Api, path: &str, key: &str, body: &Value) -> Call {
    api.call("POST", path)
        .header("idempotency-key", key)
        .json(body)
}

fn once(api: &Api, key: &str, body: &Value) -> Answer {
    call(api, "/links", key, body).send()
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

fn total(api: &Api) -> usize {
    api.get("/links?limit=100").ok(200)["data"]
        .as_array()
        .unwrap()
        .len()
}

fn the_same_request_gets_the_same_answer_again(api: &Api) {
    let body = json!({"target": "https://аррӏе.com/", "title": "标题"});
    let first = once(api, "order 77", &body);
    first.ok(201);
    assert_eq!(first.header("idempotent-replayed"), None);
    for _ in 0..3 {
        api.later(1000);
        let replay = once(api, "order 77", &body);
        assert!(is_replay(&replay));
        assert_eq!((replay.status, &replay.body), (201, &first.body));
        for name in ["etag", "content-type"] {
            assert_eq!(replay.header(name), first.header(name));
        }
    }
    assert_eq!(total(api), 1);
    assert_ne!(once(api, "order 78", &body).body, first.body);
}

fn another_request_with_the_same_key_is_refused(api: &Api) {
    let body = json!({"target": "a.example"});
    once(api, "k", &body).ok(201);
    once(api, "k", &json!({"target": "b.example"})).problem(422, "idempotency-mismatch");
    once(api, "k", &json!({"target": "mailto:b"})).problem(422, "idempotency-mismatch");
    call(api, "/links/batch", "k", &body)
        .send()
        .problem(422, "idempotency-mismatch");
    assert!(is_replay(&once(api, "k", &body)));
    assert_eq!(total(api), 1);
}

fn requests_at_once_create_once(api: &Api) {
    let body = json!({"target": "a.example"});
    let answers = api.at_once(20, |_| once(api, "k", &body));
    assert_eq!(count(&answers, 201) + count(&answers, 409), 20);
    let first = answers
        .iter()
        .filter(|answer| answer.status == 201 && !is_replay(answer));
    assert_eq!(first.count(), 1);
    for answer in answers.iter().filter(|answer| answer.status == 409) {
        answer.problem(409, "idempotency-in-work");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    assert_eq!(total(api), 1);
}

fn batches_are_replayed_too(api: &Api) {
    let body = json!({"links": [{"target": "a.example"}, {"target": 5}, {"target": "b.example"}]});
    let answers = api.at_once(6, |_| call(api, "/links/batch", "k", &body).send());
    assert_eq!(count(&answers, 200) + count(&answers, 409), 6);
    let replay = call(api, "/links/batch", "k", &body).send();
    assert!(is_replay(&replay));
    replay.ok(200);
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        assert_eq!(answer.body, replay.body);
    }
    assert_eq!(total(api), 2);
    let other = json!({"links": []});
    call(api, "/links/batch", "k", &other)
        .send()
        .problem(422, "idempotency-mismatch");
}

fn a_link_that_was_found_is_replayed_as_found(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let wish = json!({"target": "a.example", "if_exists": "return"});
    assert_eq!(once(api, "k", &wish).ok(200), link);
    let replay = once(api, "k", &wish);
    assert!(is_replay(&replay));
    assert_eq!(replay.ok(200), link);
}

fn each_api_key_has_idempotency_keys_of_its_own(api: &Api) {
    let body = json!({"target": "a.example"});
    let made = api
        .post(
            "/api-keys",
            &json!({"name": "other", "scopes": ["read", "write"]}),
        )
        .ok(201);
    let mine = once(api, "k", &body).ok(201);
    let others = call(api, "/links", "k", &body)
        .bearer(made["key"].as_str().unwrap())
        .send();
    assert!(!is_replay(&others));
    assert_ne!(others.ok(201)["id"], mine["id"]);
}

fn a_request_that_failed_frees_the_key(api: &Api) {
    let taken = api.create(&json!({"target": "a.example", "code": "taken"}));
    let body = json!({"target": "b.example", "code": "taken"});
    once(api, "k", &body).problem(409, "code-taken");
    once(api, "k", &body).problem(409, "code-taken");
    once(api, "k", &json!({"target": "mailto:a"})).refused();
    call(api, "/links/batch", "k", &json!({})).send().refused();
    api.delete(&super::place::path_of(&taken));
    assert!(!is_replay(&once(api, "k", &body)));
    assert!(is_replay(&once(api, "k", &body)));
}

fn an_answer_is_kept_for_a_day(api: &Api) {
    let body = json!({"target": "a.example"});
    let first = once(api, "k", &body).ok(201);
    api.delete(&super::place::path_of(&first));
    api.later(24 * HOUR - 1000);
    assert_eq!(once(api, "k", &body).ok(201), first);
    api.later(2000);
    assert_ne!(once(api, "k", &body).ok(201)["id"], first["id"]);
}

fn what_is_no_key_is_refused(api: &Api) {
    let body = json!({"target": "a.example"});
    for key in ["", "schlüssel", &"k".repeat(256)] {
        let refused = once(api, key, &body).refused();
        assert_eq!(refused.len(), 1);
        assert!(refused[0].starts_with("Idempotency-Key "), "{refused:?}");
    }
    once(api, &"k".repeat(255), &body).ok(201);
    assert_eq!(total(api), 1);
}
