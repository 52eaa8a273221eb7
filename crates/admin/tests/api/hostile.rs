//! What nobody sends in good faith: an error of the client's, never one of ours.

use serde_json::json;

use super::{
    on_both,
    place::{Api, path_of},
};

on_both!(
    strange_bodies_are_the_senders_fault,
    strange_texts_are_refused_or_kept,
    strange_queries_are_answered,
    strange_paths_are_answered,
    strange_headers_are_answered,
);

#[track_caller]
fn assert_senders_fault(status: u16, what: &str) {
    assert!((400..500).contains(&status), "{status}: {what}");
}

fn strange_bodies_are_the_senders_fault(api: &Api) {
    let link = api.create(&json!({"target": "a.example"}));
    let deep = format!(
        "{{\"target\":{}1{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let nested = format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(100), "}".repeat(100));
    let many = format!(
        "{{{}}}",
        (0..5000)
            .map(|n| format!("\"k{n}\":1"))
            .collect::<Vec<_>>()
            .join(",")
    );
    let bodies = [
        deep.as_str(),
        &nested,
        &many,
        "{\"target\":\"https://a.example/\\ud800\"}",
        "{\"title\":\"\\udc00\\ud800\",\"target\":\"a.example\"}",
        "{\"redirect_status\":1e999,\"target\":\"a.example\"}",
        "{\"redirect_status\":123456789012345678901234567890,\"target\":\"a.example\"}",
        "{\"redirect_status\":-0,\"target\":\"a.example\"}",
        "{\"target\":\"a.example\",\"note\":\"\\u0000\"}",
        "{\"target\":\"a.example\",\"tags\":[\"a\\u0000\"]}",
        "{\"target\":\"a.example\",\"code\":\"a\\u0000\"}",
        "{\"target\":\"a.example\",\"domain\":\"\\u0000\"}",
        "{\"target\":\"a.example\",\"starts_at\":\"\\u0000\"}",
        "{\"target\":\"a.example\",\"\\u0000\":1}",
        "{\"name\":\"a\\u0000b\",\"scopes\":[\"read\"]}",
        "\u{feff}{\"target\":\"a.example\"}",
    ];
    for body in bodies {
        let what = body.chars().take(60).collect::<String>();
        for path in ["/links", "/links/batch", "/api-keys", "/domains"] {
            assert_senders_fault(api.call("POST", path).bytes(body).send().status, &what);
        }
        let edit = api.call("PATCH", &path_of(&link)).bytes(body).send();
        assert_senders_fault(edit.status, &what);
    }
    assert_eq!(
        api.get("/links").ok(200)["data"].as_array().unwrap().len(),
        1
    );
}

fn strange_texts_are_refused_or_kept(api: &Api) {
    for text in [
        "\u{202e}gpj.exe",
        "😀👩‍👩‍👧",
        "\u{fffd}\u{ffff}",
        "\u{7f}\u{1}",
        "'\"\\;--",
        "\u{10ffff}a",
        "İI\u{307}",
    ] {
        let link = api
            .create(&json!({"target": "a.example", "title": text, "tags": [text], "note": text}));
        let read = api.get(&path_of(&link)).ok(200);
        assert_eq!(
            (&read["title"], &read["tags"]),
            (&json!(text), &json!([text]))
        );
        api.edit(&link, &json!({"title": "x", "tags": null, "note": null}));
        assert_eq!(api.delete(&path_of(&link)).status, 204);
    }
}

fn strange_queries_are_answered(api: &Api) {
    for query in [
        "search=%ff%fe",
        "tag=%",
        "tag=%zz",
        "search=%E7%BA",
        "&&&==&",
        "=x",
        "tag",
        "%00=%00",
        "limit=1e3",
        "cursor=%00",
        "code=%F0%9F%98%80",
        "domain=%00",
        "search=%00%00",
        "search=..%2F..%2F",
        "a[]=1",
        "search=%25%25",
    ] {
        let answer = api.get(&format!("/links?{query}"));
        assert!(
            answer.status == 200 || answer.status == 422,
            "{query}: {}",
            answer.text()
        );
    }
    assert_senders_fault(
        api.get(&format!("/links?tag={}", "x".repeat(200_000)))
            .status,
        "a long query",
    );
}

fn strange_paths_are_answered(api: &Api) {
    for id in [
        "%",
        "%zz",
        "%ff%ff",
        "%00",
        "%2e%2e",
        "%E2%80%AE",
        "0000000000001%00",
        "-9223372036854775808",
        "٣",
        "0000000000001;x=1",
    ] {
        for path in ["/links/", "/api-keys/", "/domains/"] {
            for method in ["GET", "PATCH", "DELETE"] {
                let status = api
                    .call(method, &format!("{path}{id}"))
                    .json(&json!({}))
                    .send()
                    .status;
                assert_senders_fault(status, id);
            }
        }
    }
}

fn strange_headers_are_answered(api: &Api) {
    for (name, value) in [
        ("authorization", "Bearer \u{fc}"),
        ("content-type", "\u{fc}"),
        ("content-type", "a/b; charset=nonsense"),
        ("content-length", "-1"),
        ("transfer-encoding", "nonsense"),
    ] {
        let call = api.call("POST", "/links").header(name, value);
        let status = call.json(&json!({"target": "a.example"})).send().status;
        assert_senders_fault(status, value);
    }
    for value in ["\u{fc}", "\t", &"9".repeat(5000)] {
        let call = api
            .call("POST", "/links")
            .header("idempotency-key", value)
            .json(&json!({"target": "a.example"}));
        assert_eq!(call.send().status, 422, "{value:?}");
    }
}
