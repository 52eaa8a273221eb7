//! API keys: who may call, and what.

use serde_json::{Value, json};

use super::{http::Answer, on_both, place::Api};

on_both!(
    nothing_answers_without_a_key,
    the_key_is_asked_for_before_anything_else,
    each_scope_opens_its_calls,
    a_key_makes_keys_of_its_own_scopes_at_most,
    a_key_deletes_keys_of_its_own_scopes_at_most,
    a_key_is_shown_once_and_kept_as_a_hash,
    a_deleted_key_stops_working,
    keys_need_a_name_and_scopes,
);

/// Every call that needs a key, the scope it needs, and a body that it takes.
fn calls() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let link = json!({"target": "a.example"});
    vec![
        ("GET", "/links", "read", Value::Null),
        ("POST", "/links", "write", link.clone()),
        ("POST", "/links/batch", "write", json!({"links": [link]})),
        ("GET", "/links/0000000000001", "read", Value::Null),
        ("PATCH", "/links/0000000000001", "write", json!({})),
        ("DELETE", "/links/0000000000009", "write", Value::Null),
        ("GET", "/api-keys", "read", Value::Null),
        (
            "POST",
            "/api-keys",
            "write",
            json!({"name": "n", "scopes": ["write"]}),
        ),
        ("DELETE", "/api-keys/0000000000009", "write", Value::Null),
        ("GET", "/domains", "read", Value::Null),
        ("POST", "/domains", "write", json!({"domain": "go.example"})),
        ("PATCH", "/domains/1", "write", json!({})),
    ]
}

fn make(api: &Api, scopes: &[&str]) -> Value {
    api.post(
        "/api-keys",
        &json!({"name": scopes.join(" and "), "scopes": scopes}),
    )
    .ok(201)
}

fn with(api: &Api, key: &Value, method: &str, path: &str, body: &Value) -> Answer {
    let call = api.call(method, path).bearer(key["key"].as_str().unwrap());
    call.json(body).send()
}

#[track_caller]
fn assert_unauthorized(answer: &Answer) {
    answer.problem(401, "unauthorized");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

fn nothing_answers_without_a_key(api: &Api) {
    for (method, path, _, body) in calls() {
        let call = || api.call(method, path).json(&body);
        assert_unauthorized(&call().without("authorization").send());
        for value in [
            "Bearer",
            "Bearer ",
            "Bearer suo_22222222",
            "Basic dGVzdDp0ZXN0",
            "test_key_of_forty_characters_0123456789",
        ] {
            assert_unauthorized(&call().header("authorization", value).send());
        }
    }
    let call = api.call("GET", "/links");
    call.header(
        "authorization",
        "bEARER test_key_of_forty_characters_0123456789",
    )
    .send()
    .ok(200);
}

fn the_key_is_asked_for_before_anything_else(api: &Api) {
    let reader = make(api, &["read"]);
    for path in ["/links", "/links/batch", "/api-keys", "/domains"] {
        for body in ["not JSON", "[]", "{\"unknown\":1}"] {
            let call = || api.call("POST", path).bytes(body);
            assert_unauthorized(&call().without("authorization").send());
            assert_unauthorized(
                &call()
                    .bearer("wrong")
                    .header("content-type", "text/plain")
                    .send(),
            );
            call()
                .bearer(reader["key"].as_str().unwrap())
                .send()
                .problem(403, "forbidden");
        }
    }
    let large = api
        .call("POST", "/links")
        .bearer("wrong")
        .bytes(vec![b' '; 2 * 1024 * 1024]);
    assert_unauthorized(&large.send());
}

fn each_scope_opens_its_calls(api: &Api) {
    api.create(&json!({"target": "a.example"}));
    let (reader, writer) = (make(api, &["read"]), make(api, &["write"]));
    for (method, path, scope, body) in calls() {
        let (opens, lacks) = if scope == "read" {
            (&reader, &writer)
        } else {
            (&writer, &reader)
        };
        with(api, lacks, method, path, &body).problem(403, "forbidden");
        let answer = with(api, opens, method, path, &body);
        assert!(
            ![401, 403].contains(&answer.status),
            "{method} {path}: {}",
            answer.text()
        );
    }
}

fn a_key_makes_keys_of_its_own_scopes_at_most(api: &Api) {
    let writer = make(api, &["write"]);
    for scopes in [json!(["read"]), json!(["write", "read"])] {
        let wish = json!({"name": "n", "scopes": scopes});
        assert_eq!(
            with(api, &writer, "POST", "/api-keys", &wish).refused(),
            ["/scopes scope_exceeded"]
        );
    }
    let wish = json!({"name": "n", "scopes": ["write", "write"]});
    assert_eq!(
        with(api, &writer, "POST", "/api-keys", &wish).ok(201)["scopes"],
        json!(["write"])
    );
}

fn a_key_deletes_keys_of_its_own_scopes_at_most(api: &Api) {
    let (reader, writer) = (make(api, &["read"]), make(api, &["write"]));
    let (both, alike) = (make(api, &["read", "write"]), make(api, &["write"]));
    let delete = |key: &Value| {
        let path = format!("/api-keys/{}", key["id"].as_str().unwrap());
        with(api, &writer, "DELETE", &path, &Value::Null)
    };
    for stronger in [&both, &reader] {
        delete(stronger).problem(403, "forbidden");
        with(api, stronger, "GET", "/links", &Value::Null).ok(200);
    }
    for key in [&alike, &writer] {
        assert_eq!(delete(key).status, 204);
    }
}

fn a_key_is_shown_once_and_kept_as_a_hash(api: &Api) {
    let made = make(api, &["read", "write"]);
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("suo_") && key.len() >= 32, "{key}");
    assert_eq!(made["prefix"], key[..8]);
    let list = api.get("/api-keys");
    assert!(!list.text().contains(key));
    let mut kept = made.clone();
    kept.as_object_mut().unwrap().remove("key");
    let expected = json!({"id": made["id"], "name": "read and write", "prefix": key[..8], "scopes": ["read", "write"],
        "created_at": "2025-11-24T16:00:00.000Z"});
    assert_eq!(kept, expected);
    assert_eq!(list.ok(200)["data"][0], expected);
    assert_eq!(list.ok(200)["data"].as_array().unwrap().len(), 2);
    let content = content(api);
    assert!(content.contains(&key[..8]) && !content.contains(&key[8..]));
}

/// Everything that the database holds about keys.
fn content(api: &Api) -> String {
    #[cfg(feature = "postgres")]
    if let Some(database) = api.database::<suo_testkit::TestDatabase>() {
        return database.sql("SELECT * FROM api_keys");
    }
    let folder = api.database::<tempfile::TempDir>().unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap();
    let bytes = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap());
    String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned()
}

fn a_deleted_key_stops_working(api: &Api) {
    let (made, other) = (make(api, &["read", "write"]), make(api, &["read"]));
    with(api, &made, "GET", "/links", &Value::Null).ok(200);
    let path = format!("/api-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(with(api, &made, "DELETE", &path, &Value::Null).status, 204);
    assert_unauthorized(&with(api, &made, "GET", "/links", &Value::Null));
    api.delete(&path).problem(404, "not-found");
    with(api, &other, "GET", "/links", &Value::Null).ok(200);
    for id in ["0000000000zzz", "fzzzzzzzzzzzz", "1"] {
        api.delete(&format!("/api-keys/{id}"))
            .problem(404, "not-found");
    }
}

fn keys_need_a_name_and_scopes(api: &Api) {
    for (body, refused) in [
        (json!({"scopes": ["read"]}), "/name required"),
        (json!({"name": "  ", "scopes": ["read"]}), "/name required"),
        (json!({"name": 5, "scopes": ["read"]}), "/name wrong_type"),
        (
            json!({"name": "n".repeat(101), "scopes": ["read"]}),
            "/name too_long",
        ),
        (json!({"name": "n"}), "/scopes required"),
        (json!({"name": "n", "scopes": []}), "/scopes required"),
        (json!({"name": "n", "scopes": "read"}), "/scopes wrong_type"),
        (
            json!({"name": "n", "scopes": ["read", "admin"]}),
            "/scopes unknown_value",
        ),
    ] {
        assert_eq!(api.post("/api-keys", &body).refused(), [refused], "{body}");
    }
}
