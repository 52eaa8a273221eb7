//! Paths and methods that there are not.

use serde_json::Value;
use suo_admin::routes::TABLE;

use super::{on_both, place::Api};

on_both!(
    unknown_paths_are_not_found,
    other_methods_are_not_allowed,
    a_head_request_gets_a_head,
    health_is_at_both_places,
);

fn unknown_paths_are_not_found(api: &Api) {
    for path in [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v2/links",
        "/api/v1/links/",
        "/api/v1/links/a/b",
        "/api/v1/LINKS",
        "/%ff",
        "/api/v1/%00",
        "//",
        "/api/v1/../links",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            api.stranger(method, path).send().problem(404, "not-found");
        }
    }
}

fn other_methods_are_not_allowed(api: &Api) {
    for (path, methods) in TABLE {
        let path = path.replace("{id}", "0000000000001");
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if !methods.contains(&method) {
                let answer = api.call(method, &path).send();
                answer.problem(405, "method-not-allowed");
                assert_eq!(
                    answer.header("allow"),
                    Some(&*methods.join(", ").replace("GET", "GET, HEAD")),
                    "{method} {path}"
                );
            }
        }
    }
    let answer = api.stranger("POST", "/health").send();
    answer.problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
}

/// Whoever asks with HEAD hears what GET says, and waits for no body.
fn a_head_request_gets_a_head(api: &Api) {
    for path in ["/health", "/", "/api/v1/links", "/nothing", "/manage/x"] {
        let (head, get) = (api.stranger("HEAD", path), api.stranger("GET", path));
        let (head, get) = (head.send(), get.send());
        assert_eq!(head.status, get.status, "{path}");
        for header in ["content-type", "content-length", "www-authenticate"] {
            assert_eq!(head.header(header), get.header(header), "{path} {header}");
        }
        assert_eq!(head.text(), "", "{path}");
    }
}

fn health_is_at_both_places(api: &Api) {
    let health = api.stranger("GET", "/health").send();
    let body = health.ok(200);
    assert_eq!(body["status"], "pass");
    assert_eq!(body["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(body.as_object().unwrap().len(), 2);
    assert_eq!(api.stranger("GET", "/api/v1/health").send().ok(200), body);
    assert_ne!(body["version"], Value::Null);
}
