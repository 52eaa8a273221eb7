//! Files at the root of a domain.

use serde_json::{Value, json};

use super::{
    http::{Answer, Call},
    on_both,
    place::{Api, count},
};

on_both!(
    a_file_is_put_listed_and_deleted,
    the_same_content_changes_nothing,
    a_change_is_made_to_the_version_it_was_meant_for,
    paths_are_txt_or_well_known,
    bodies_are_short_texts,
    a_domain_has_a_bounded_number_of_files,
    files_come_by_their_own_calls,
);

fn put(api: &Api, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    call(api, path).bytes(body).send()
}

fn call(api: &Api, path: &str) -> Call {
    api.call("PUT", &format!("/domains/1/files/{path}"))
        .header("content-type", "text/plain")
}

fn delete(api: &Api, path: &str) -> Answer {
    api.delete(&format!("/domains/1/files/{path}"))
}

fn domain(api: &Api) -> Value {
    api.get("/domains").ok(200)["data"][0].clone()
}

fn paths(domain: &Value) -> Vec<&str> {
    let files = domain["files"].as_array().unwrap().iter();
    files.map(|file| file["path"].as_str().unwrap()).collect()
}

fn a_file_is_put_listed_and_deleted(api: &Api) {
    let answer = put(api, "MP_verify_x1.txt", "x1");
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let expected =
        json!([{"path": "MP_verify_x1.txt", "size": 2, "updated_at": "2025-11-24T16:00:00.000Z"}]);
    assert_eq!(answer.ok(201)["files"], expected);
    api.later(1000);
    put(api, ".well-known/pki-validation/a_b-c.txt", "验证").ok(201);
    let replaced = put(api, "MP_verify_x1.txt", "x1 again").ok(200);
    assert_eq!(replaced["version"], 4);
    assert_eq!(
        replaced["files"],
        json!([
            {"path": ".well-known/pki-validation/a_b-c.txt", "size": 6, "updated_at": "2025-11-24T16:00:01.000Z"},
            {"path": "MP_verify_x1.txt", "size": 8, "updated_at": "2025-11-24T16:00:01.000Z"},
        ])
    );
    assert_eq!(domain(api), replaced);
    assert_eq!(delete(api, "MP_verify_x1.txt").status, 204);
    delete(api, "MP_verify_x1.txt").problem(404, "not-found");
    assert_eq!(
        paths(&domain(api)),
        [".well-known/pki-validation/a_b-c.txt"]
    );
    for path in ["other.txt", "..", "a%00.txt", "%ff.txt", ""] {
        delete(api, path).problem(404, "not-found");
    }
}

fn the_same_content_changes_nothing(api: &Api) {
    let first = put(api, "a.txt", "same").ok(201);
    api.later(1000);
    assert_eq!(put(api, "a.txt", "same").ok(200), first);
    put(api, "empty.txt", "").ok(201);
}

fn a_change_is_made_to_the_version_it_was_meant_for(api: &Api) {
    let change = |number: usize| {
        let call = call(api, "a.txt").header("if-match", "\"1\"");
        call.bytes(number.to_string()).send()
    };
    let answers = api.at_once(8, change);
    assert_eq!((count(&answers, 201), count(&answers, 412)), (1, 7));
    let late = api.call("DELETE", "/domains/1/files/a.txt");
    late.header("if-match", "\"1\"")
        .send()
        .problem(412, "version-mismatch");
    for id in ["0", "9", "x", "%ff"] {
        let path = format!("/domains/{id}/files/a.txt");
        api.delete(&path).problem(404, "not-found");
        let call = api.call("PUT", &path).header("content-type", "text/plain");
        call.bytes("a").send().problem(404, "not-found");
    }
}

fn paths_are_txt_or_well_known(api: &Api) {
    for (path, code) in [
        ("robots.txt", "invalid_path"),
        ("Robots.TXT", "invalid_path"),
        ("a.html", "invalid_path"),
        ("a/b.txt", "invalid_path"),
        ("../a.txt", "invalid_path"),
        ("..%2fa.txt", "invalid_path"),
        (".well-known/../a.txt", "invalid_path"),
        (".well-known/a//b", "invalid_path"),
        (".well-known/", "invalid_path"),
        ("a%20b.txt", "invalid_path"),
        ("a%00.txt", "invalid_path"),
        ("%E7%A0%81.txt", "invalid_path"),
        ("", "too_long"),
        (&("a".repeat(200) + ".txt"), "too_long"),
    ] {
        let refused = put(api, path, "x").refused();
        assert_eq!(refused, [format!("{{path}} {code}")], "{path}");
    }
    assert_eq!(paths(&domain(api)), Vec::<&str>::new());
}

fn bodies_are_short_texts(api: &Api) {
    put(api, "a.txt", "a".repeat(4096)).ok(201);
    put(api, "a.txt", "a".repeat(4097)).problem(413, "too-large");
    for body in [&b"\xff\xfe"[..], b"a\0b"] {
        assert_eq!(put(api, "b.txt", body).refused(), [" not_text"]);
    }
    for media_type in ["text/plain; charset=utf-8", "application/json", "text/html"] {
        let call = call(api, "c.txt").header("content-type", media_type);
        assert!(call.bytes("{}").send().status < 300, "{media_type}");
    }
    call(api, "c.txt")
        .without("content-type")
        .bytes("d")
        .send()
        .ok(200);
    for media_type in [
        "application/x-www-form-urlencoded",
        "image/png",
        "multipart/form-data; boundary=x",
    ] {
        let call = call(api, "c.txt").header("content-type", media_type);
        call.bytes("x")
            .send()
            .problem(415, "unsupported-media-type");
    }
}

fn a_domain_has_a_bounded_number_of_files(api: &Api) {
    for number in 0..32 {
        put(api, &format!("{number}.txt"), "x").ok(201);
    }
    assert_eq!(put(api, "one-more.txt", "x").refused(), [" too_many"]);
    put(api, "0.txt", "other").ok(200);
    delete(api, "1.txt");
    put(api, "one-more.txt", "x").ok(201);
}

fn files_come_by_their_own_calls(api: &Api) {
    let domain = put(api, "a.txt", "x").ok(201);
    let mut same = api.patch("/domains/1", &domain).ok(200);
    same.as_object_mut().unwrap().remove("warnings");
    assert_eq!(same, domain);
    let other = json!({"files": [{"path": "b.txt", "body": "x"}]});
    assert_eq!(
        api.patch("/domains/1", &other).refused(),
        ["/files immutable"]
    );
    let answer = api.call("GET", "/domains/1/files/a.txt").send();
    answer.problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), Some("PUT, DELETE"));
}
