//! Which domain a request is for.

use super::{
    client::{Line, Response, get},
    stage::{HOST, OTHER_HOST, Setting, Stage, link},
};

fn stage(any_host: bool) -> Stage {
    Stage::set(Setting {
        answers: suo_edge::AnswerConfig {
            any_host,
            ..suo_edge::AnswerConfig::default()
        },
        links: vec![("a", link("https://t.example/"))],
        ..Setting::default()
    })
}

fn raw(stage: &Stage, request: &str) -> Response {
    let mut line = Line::open(stage.address());
    line.send(request);
    line.response()
}

#[test]
fn the_host_decides_the_domain() {
    let stage = stage(false);
    for (host, status) in [
        (HOST, 302),
        ("S.Example.COM", 302),
        ("s.example.com:8000", 404),
        ("x.s.example.com", 404),
        ("127.0.0.1", 404),
        ("", 404),
    ] {
        assert_eq!(get(stage.address(), host, "/a").status, status, "{host}");
    }
    // The same code on another domain is another code.
    let other = get(stage.address(), OTHER_HOST, "/a");
    assert_eq!(other.header("location"), Some("https://lost.example/"));
    assert_eq!(
        stage.metric("suo_edge_requests_total", r#"{outcome="unknown_host"}"#),
        4.0
    );
}

#[test]
fn an_unknown_host_gets_the_default_domain_only_if_so_set() {
    let stage = stage(true);
    for host in ["anything.example", "127.0.0.1:8000", ""] {
        assert_eq!(get(stage.address(), host, "/a").status, 302, "{host}");
    }
    let other = get(stage.address(), OTHER_HOST, "/a");
    assert_eq!(other.header("location"), Some("https://lost.example/"));
}

#[test]
fn http_1_1_names_one_host_and_http_1_0_may_name_none() {
    let stage = stage(true);
    for (request, status) in [
        ("GET /a HTTP/1.1\r\n\r\n", 400),
        (
            "GET /a HTTP/1.1\r\nHost: s.example.com\r\nHost: s.example.com\r\n\r\n",
            400,
        ),
        ("GET /a HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET /a HTTP/1.1\r\nHost: u@s.example.com\r\n\r\n", 400),
        ("GET /a HTTP/1.0\r\n\r\n", 302),
        ("GET /a HTTP/1.0\r\nHost: s.example.com\r\n\r\n", 302),
    ] {
        assert_eq!(raw(&stage, request).status, status, "{request:?}");
    }
}

#[test]
fn an_absolute_target_names_the_host_itself() {
    let stage = stage(false);
    for (target, host, status) in [
        ("http://s.example.com/a?x=1", "elsewhere.example", 302),
        ("http://elsewhere.example/a", HOST, 404),
        ("http://s.example.com", HOST, 404),
    ] {
        assert_eq!(
            get(stage.address(), host, target).status,
            status,
            "{target}"
        );
    }
}

#[test]
fn an_unknown_host_may_be_a_new_domain_until_the_domains_are_confirmed() {
    let stage = stage(false);
    let unknown = || get(stage.address(), "new.example", "/a");
    assert_eq!(unknown().status, 404);
    stage.miss();
    assert_eq!(unknown().status, 503);
    assert_eq!(unknown().header("retry-after"), Some("1"));
    assert_eq!(stage.get("/a").status, 302);
    assert_eq!(get(stage.address(), OTHER_HOST, "/").status, 302);
    assert_eq!(stage.metric("suo_edge_ready", ""), 0.0);
    stage.load_domains();
    assert_eq!(unknown().status, 404);
    assert_eq!(stage.metric("suo_edge_ready", ""), 1.0);
}
