//! Each row of the status table, with its exact headers.

use suo_link::{
    link::{ForwardQuery, Link, RedirectStatus, Status},
    time::Timestamp,
};

use super::{
    client::{Line, Response, get, head, request},
    stage::{HOST, OTHER_HOST, Setting, Stage, link},
};

const TARGET: &str = "https://target.example/path?a=b|c#f^g";
const LONG_AGO: Option<Timestamp> = Some(Timestamp(1_000));
const FAR_AHEAD: Option<Timestamp> = Some(Timestamp(32_503_680_000_000));

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

fn redirect(status: u16, location: &str, cache: &str) -> Response {
    Response {
        status,
        headers: headers(&[
            ("location", location),
            ("cache-control", cache),
            ("content-length", "0"),
        ]),
        body: String::new(),
    }
}

/// A page of the edge with this status and title, and all headers that such a page has.
#[track_caller]
fn assert_page(response: &Response, status: u16, title: &str) {
    assert_eq!(response.status, status, "{response:?}");
    let mut names = vec![
        "cache-control",
        "content-length",
        "content-security-policy",
        "content-type",
        "referrer-policy",
        "x-content-type-options",
        "x-robots-tag",
    ];
    names.extend(match status {
        405 => Some("allow"),
        503 => Some("retry-after"),
        _ => None,
    });
    names.sort_unstable();
    assert_eq!(response.header_names(), names);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(response.header(name), Some(value));
    }
    let heading = format!("<h1>{title}</h1>");
    assert!(response.body.contains(&heading), "{}", response.body);
}

#[track_caller]
fn assert_not_found(response: &Response) {
    assert_page(response, 404, "短链接不存在");
}

#[test]
fn redirects_carry_the_targets_bytes() {
    let stage = Stage::with(vec![("k7qm2xp", link(TARGET))]);
    // Asked first, remembered then.
    for _ in 0..2 {
        assert_eq!(stage.get("/k7qm2xp"), redirect(302, TARGET, "no-store"));
        assert_eq!(stage.get("/K7QM2XP?x=1"), redirect(302, TARGET, "no-store"));
    }
    assert_eq!(
        stage.metric("suo_edge_requests_total", r#"{outcome="redirect"}"#),
        4.0
    );
}

#[test]
fn each_redirect_has_its_status_and_only_permanent_ones_are_remembered() {
    let with = |redirect_status| Link {
        redirect_status,
        ..link(TARGET)
    };
    let stage = Stage::with(vec![
        ("moved", with(RedirectStatus::MovedPermanently)),
        ("temporary", with(RedirectStatus::Temporary)),
        ("permanent", with(RedirectStatus::Permanent)),
        (
            "ending",
            Link {
                expires_at: FAR_AHEAD,
                ..with(RedirectStatus::Permanent)
            },
        ),
    ]);
    let an_hour = "private, max-age=3600";
    assert_eq!(stage.get("/moved"), redirect(301, TARGET, an_hour));
    assert_eq!(stage.get("/temporary"), redirect(307, TARGET, "no-store"));
    assert_eq!(stage.get("/permanent"), redirect(308, TARGET, an_hour));
    assert_eq!(stage.get("/ending"), redirect(308, TARGET, "no-store"));
}

#[test]
fn links_that_do_not_answer_say_so() {
    let with = |change: fn(&mut Link)| {
        let mut link = link(TARGET);
        change(&mut link);
        link
    };
    let stage = Stage::with(vec![
        ("paused", with(|link| link.status = Status::Paused)),
        ("banned", with(|link| link.status = Status::Banned)),
        ("early", with(|link| link.starts_at = FAR_AHEAD)),
        ("late", with(|link| link.expires_at = LONG_AGO)),
        (
            "moved-on",
            with(|link| {
                link.expires_at = LONG_AGO;
                link.expired_target = Some("https://after.example/".into());
                link.redirect_status = RedirectStatus::MovedPermanently;
            }),
        ),
    ]);
    assert_not_found(&stage.get("/unknown"));
    assert_page(&stage.get("/paused"), 404, "短链接已暂停");
    assert_page(&stage.get("/early"), 404, "短链接尚未生效");
    assert_page(&stage.get("/late"), 410, "短链接已过期");
    assert_page(&stage.get("/banned"), 410, "短链接已停用");
    let after = redirect(302, "https://after.example/", "no-store");
    assert_eq!(stage.get("/moved-on"), after);
    for outcome in [
        "not_found",
        "paused",
        "not_started",
        "expired",
        "banned",
        "redirect",
    ] {
        let labels = format!("{{outcome=\"{outcome}\"}}");
        assert_eq!(
            stage.metric("suo_edge_requests_total", &labels),
            1.0,
            "{outcome}"
        );
    }
}

#[test]
fn doubt_is_503_and_never_404() {
    let stage = Stage::with(vec![("known", link(TARGET))]);
    assert_eq!(stage.get("/known").status, 302);
    stage.silence_origin();
    assert_page(&stage.get("/other"), 503, "暂时无法查询");
    assert_eq!(stage.get("/known").status, 302);
}

#[test]
fn an_edge_that_knows_no_domains_yet_is_in_doubt_about_every_host() {
    let stage = Stage::set(Setting {
        is_ready: false,
        ..Setting::default()
    });
    assert_eq!(stage.get("/a").status, 503);
    stage.make_ready();
    assert_eq!(stage.get("/a").status, 404);
}

#[test]
fn head_is_get_without_a_body() {
    let stage = Stage::with(vec![("known", link(TARGET))]);
    for target in ["/known", "/unknown", "/"] {
        let get = stage.get(target);
        let head = request(stage.address(), "HEAD", HOST, target);
        assert_eq!((head.status, head.body.as_str()), (get.status, ""));
        assert_eq!(head.header_names(), get.header_names(), "{target}");
        assert_eq!(head.header("content-length"), get.header("content-length"));
    }
}

#[test]
fn other_methods_are_405() {
    let stage = Stage::with(vec![("known", link(TARGET))]);
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let response = request(stage.address(), method, HOST, "/known");
        assert_page(&response, 405, "不支持的请求方式");
        assert_eq!(response.header("allow"), Some("GET, HEAD"), "{method}");
    }
}

#[test]
fn a_body_is_not_taken_for_the_next_request() {
    let stage = Stage::with(vec![("known", link(TARGET))]);
    let mut line = Line::open(stage.address());
    let body = "GET /known HTTP/1.1\r\nHost: s.example.com\r\n\r\n";
    let length = body.len();
    line.send(format!(
        "POST /known HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {length}\r\n\r\n{body}"
    ));
    assert_eq!(line.response().status, 405);
    // The edge may have closed the line instead of reading the body.
    line.try_send("GET /unknown HTTP/1.1\r\nHost: s.example.com\r\nConnection: close\r\n\r\n");
    let rest = String::from_utf8(line.rest()).unwrap();
    assert!(!rest.contains("302"), "{rest}");
}

#[test]
fn paths_that_are_no_codes_are_404() {
    let stage = Stage::with(vec![("a", link(TARGET))]);
    let long = format!("/{}", "a".repeat(65));
    for target in [
        "/a/",
        "/a/b",
        "//a",
        "/a++",
        "/b+",
        "/%61",
        "/a%2fb",
        "/a.b",
        "/a.txt",
        "/.well-known/a",
        "/..",
        "/a/../a",
        "/%",
        "/a;b",
        "/~a",
        &long,
    ] {
        assert_not_found(&stage.get(target));
    }
    // Nor do they lead to the page for unknown codes: it is not this domain's file.
    for target in ["/a.txt", "/a/b", "/a+", "/%61", "/a/qr.png"] {
        assert_not_found(&get(stage.address(), OTHER_HOST, target));
    }
}

#[test]
fn domains_send_visitors_of_nothing_where_they_like() {
    let stage = Stage::with(vec![]);
    let get = |target| get(stage.address(), OTHER_HOST, target);
    let root = redirect(302, "https://root.example/?a=1", "no-store");
    assert_eq!(get("/"), root);
    assert_eq!(get("/?b=2"), root);
    assert_eq!(
        get("/unknown"),
        redirect(302, "https://lost.example/", "no-store")
    );
    assert_not_found(&stage.get("/"));
}

#[test]
fn a_front_page_stands_in_for_a_missing_root_target() {
    let stage = Stage::set(Setting {
        answers: suo_edge::AnswerConfig {
            front_page: Some("http://127.0.0.1:8080/".into()),
            ..suo_edge::AnswerConfig::default()
        },
        ..Setting::default()
    });
    assert_eq!(
        stage.get("/"),
        redirect(302, "http://127.0.0.1:8080/", "no-store")
    );
    let root = get(stage.address(), OTHER_HOST, "/");
    assert_eq!(root.header("location"), Some("https://root.example/?a=1"));
}

#[test]
fn the_visitors_query_is_forwarded_where_the_link_says_so() {
    let with = |forward_query| Link {
        forward_query,
        ..link("https://t.example/p?a=1&b=2#f")
    };
    let stage = Stage::with(vec![
        ("append", with(ForwardQuery::Append)),
        ("override", with(ForwardQuery::Override)),
    ]);
    for (target, expected) in [
        ("/append", "https://t.example/p?a=1&b=2#f"),
        ("/append?", "https://t.example/p?a=1&b=2#f"),
        ("/append?a=%zz&c", "https://t.example/p?a=1&b=2&a=%zz&c#f"),
        ("/override?a=9", "https://t.example/p?b=2&a=9#f"),
    ] {
        assert_eq!(stage.get(target).header("location"), Some(expected));
    }
}

#[test]
fn requests_follow_each_other_on_one_connection() {
    let stage = Stage::with(vec![("a", link(TARGET))]);
    let mut line = Line::open(stage.address());
    let requests = ["/a", "/unknown", "/a"].map(|target| head("GET", HOST, target));
    line.send(requests.concat());
    let statuses = requests.map(|_| line.response().status);
    assert_eq!(statuses, [302, 404, 302]);
}
