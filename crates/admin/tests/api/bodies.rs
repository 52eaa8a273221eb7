//! Bodies: JSON objects of the right media type, with a bound.

use serde_json::json;

use super::{on_both, place::Api};

on_both!(
    what_is_not_json_is_said_to_be_so,
    json_that_is_no_object_is_refused,
    other_media_types_are_not_read,
    a_body_has_at_most_a_mebibyte,
    a_batch_has_at_most_32_mebibytes,
);

/// Every call that reads a body.
const CALLS: [(&str, &str); 6] = [
    ("POST", "/links"),
    ("POST", "/links/batch"),
    ("PATCH", "/links/0000000000001"),
    ("POST", "/api-keys"),
    ("POST", "/domains"),
    ("PATCH", "/domains/1"),
];

fn what_is_not_json_is_said_to_be_so(api: &Api) {
    let bodies: [&[u8]; 6] = [
        b"",
        b"target=a.example",
        b"{",
        b"{\"target\":}",
        b"{} {}",
        b"{\"target\":\"\xff\"}",
    ];
    for (method, path) in CALLS {
        for body in bodies {
            api.call(method, path)
                .bytes(body)
                .send()
                .problem(400, "not-json");
        }
    }
}

fn json_that_is_no_object_is_refused(api: &Api) {
    for (method, path) in CALLS {
        for body in [json!([]), json!("a.example"), json!(7), json!(null)] {
            assert_eq!(
                api.call(method, path).json(&body).send().refused(),
                [" wrong_type"]
            );
        }
    }
}

fn other_media_types_are_not_read(api: &Api) {
    for (method, path) in CALLS {
        let call = || api.call(method, path).json(&json!({}));
        call()
            .without("content-type")
            .send()
            .problem(415, "unsupported-media-type");
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonx",
            "nonsense",
        ] {
            let answer = call().header("content-type", media_type).send();
            answer.problem(415, "unsupported-media-type");
        }
    }
}

/// A body of `length` bytes in all.
fn padded(body: &str, length: usize) -> Vec<u8> {
    let mut bytes = body.as_bytes().to_vec();
    bytes.resize(length, b' ');
    bytes
}

fn a_body_has_at_most_a_mebibyte(api: &Api) {
    let link = "{\"target\":\"a.example\"}";
    let send = |length| {
        api.call("POST", "/links")
            .bytes(padded(link, length))
            .send()
    };
    send(1024 * 1024).ok(201);
    send(1024 * 1024 + 1).problem(413, "too-large");
    for (method, path) in CALLS
        .into_iter()
        .filter(|(_, path)| *path != "/links/batch")
    {
        let call = api.call(method, path).bytes(padded("{}", 1024 * 1024 + 1));
        call.send().problem(413, "too-large");
    }
}

fn a_batch_has_at_most_32_mebibytes(api: &Api) {
    let send = |length| {
        api.call("POST", "/links/batch")
            .bytes(padded("{\"links\":[]}", length))
            .send()
    };
    send(32 * 1024 * 1024).ok(200);
    send(32 * 1024 * 1024 + 1).problem(413, "too-large");
}
