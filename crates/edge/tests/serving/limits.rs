//! What a client may take of us: bytes, time, connections. And what it cannot do at all.

use std::time::Duration;

use suo_edge::serve::Limits;
use suo_testkit::wait_until;

use super::{
    client::{Line, head},
    stage::{HOST, SLOW, Setting, Stage, link},
};

const SHORT: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(20);

fn stage(limits: Limits) -> Stage {
    Stage::set(Setting {
        limits,
        links: vec![("a", link("https://t.example/"))],
        ..Setting::default()
    })
}

fn bad_heads(stage: &Stage, reason: &str) -> f64 {
    let labels = format!("{{reason=\"{reason}\"}}");
    stage.metric("suo_edge_bad_heads_total", &labels)
}

#[test]
fn a_huge_head_is_431() {
    let stage = stage(Limits::default());
    for filler in [
        format!(
            "GET /{} HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
            "a".repeat(20_000)
        ),
        format!(
            "GET /a HTTP/1.1\r\nHost: {HOST}\r\nX: {}\r\n\r\n",
            "a".repeat(20_000)
        ),
        format!(
            "GET /a HTTP/1.1\r\nHost: {HOST}\r\n{}\r\n",
            "X: y\r\n".repeat(500)
        ),
    ] {
        let mut line = Line::open(stage.address());
        line.try_send(filler);
        assert_eq!(line.response().status, 431);
        assert_eq!(line.rest(), b"");
    }
    let mut line = Line::open(stage.address());
    let large = "a".repeat(15_000);
    line.send(format!(
        "GET /a HTTP/1.1\r\nHost: {HOST}\r\nX: {large}\r\n\r\n"
    ));
    assert_eq!(line.response().status, 302);
    assert_eq!(bad_heads(&stage, "too_large"), 3.0);
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let stage = stage(Limits {
        head: SHORT,
        ..Limits::default()
    });
    let mut silent = Line::open(stage.address());
    let mut half = Line::open(stage.address());
    half.send("GET /a HTTP/1.1\r\nHo");
    let mut second = Line::open(stage.address());
    second.send(head("GET", HOST, "/a") + "GET /a");
    assert_eq!(second.response().status, 302);
    second.send(" HTTP");
    for line in [&mut silent, &mut half, &mut second] {
        assert_eq!(line.rest(), b"");
    }
    assert_eq!(bad_heads(&stage, "too_slow"), 3.0);
}

#[test]
fn a_byte_now_and_then_buys_no_time() {
    let stage = stage(Limits {
        head: SHORT,
        ..Limits::default()
    });
    let mut line = Line::open(stage.address());
    line.send("GET /");
    wait_until("the end of the connection", PATIENCE, || {
        line.try_send("a");
        line.is_closed().then_some(()).ok_or("open")
    });
}

#[test]
fn an_idle_connection_is_closed() {
    let stage = stage(Limits {
        idle: SHORT,
        ..Limits::default()
    });
    let mut line = Line::open(stage.address());
    for _ in 0..3 {
        line.send(head("GET", HOST, "/a"));
        assert_eq!(line.response().status, 302);
    }
    assert_eq!(line.rest(), b"");
    assert_eq!(bad_heads(&stage, "too_slow"), 0.0);
}

#[test]
fn a_client_that_takes_no_answers_is_let_go() {
    let stage = stage(Limits {
        idle: SHORT,
        ..Limits::default()
    });
    let mut line = Line::open(stage.address());
    let many = head("GET", HOST, "/a").repeat(1000);
    wait_until("the end of the connection", PATIENCE, || {
        line.send_what_fits(&many);
        let open = stage.metric("suo_edge_connections", "");
        if open == 0.0 { Ok(()) } else { Err("open") }
    });
}

#[test]
fn a_slow_lookup_is_not_the_clients_fault() {
    let stage = stage(Limits {
        head: SHORT,
        idle: SHORT,
        ..Limits::default()
    });
    let mut waiting = Line::open(stage.address());
    waiting.send(head("GET", HOST, &format!("/{SLOW}")));
    stage.wait_for_slow_lookup();
    // When these are closed, the limits have passed for the other one as well.
    for _ in 0..2 {
        assert_eq!(Line::open(stage.address()).rest(), b"");
    }
    stage.release();
    assert_eq!(waiting.response().status, 302);
}

#[test]
fn connections_over_the_limit_are_closed_at_once() {
    let stage = stage(Limits {
        connections: 2,
        ..Limits::default()
    });
    let served = || {
        let mut line = Line::open(stage.address());
        line.try_send(head("GET", HOST, "/a"));
        line.try_response().map(|_| line).ok_or("refused")
    };
    let first = served().unwrap();
    let _second = served().unwrap();
    assert!(served().is_err());
    assert_eq!(stage.metric("suo_edge_connections", ""), 2.0);
    assert_eq!(stage.metric("suo_edge_connections_refused_total", ""), 1.0);
    drop(first);
    wait_until("a free place", PATIENCE, || served().map(drop));
}

#[test]
fn hostile_bytes_are_refused_and_change_nothing() {
    let stage = stage(Limits::default());
    let hostile: &[&[u8]] = &[
        b"\0\0\0\0",
        b"GET",
        b"GET /a",
        b"GET /a HTTP/9.9",
        b"GET  /a HTTP/1.1",
        b"GET /a HTTP/1.1 x",
        b"G\x00T /a HTTP/1.1",
        b"GET /\x01 HTTP/1.1",
        b"GET /a\x80 HTTP/1.1\r\nHost: s.example.com",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: s.example.com",
        b"GET \\a HTTP/1.1\r\nHost: s.example.com",
        b"GET http:// HTTP/1.1\r\nHost: s.example.com",
        b"GET http://[::1 HTTP/1.1\r\nHost: s.example.com",
        b"GET * HTTP/1.1\r\nHost: s.example.com",
        b"GET s.example.com:80 HTTP/1.1\r\nHost: s.example.com",
        b"CONNECT s.example.com:80 HTTP/1.1\r\nHost: s.example.com",
        b"GET /a HTTP/1.1\r\nHost: \xff",
        b"GET /a HTTP/1.1\r\nHost : s.example.com",
        b"GET /a HTTP/1.1\r\n Host: s.example.com",
        b"GET /a HTTP/1.1\r\nHost: s.example.com\r\nContent-Length: x",
        b"GET /a HTTP/1.1\r\nHost: s.example.com\r\nContent-Length: 1\r\nContent-Length: 2",
        b"GET /a HTTP/1.1\r\nHost: s.example.com\r\nTransfer-Encoding: x",
        b"GET ?? HTTP/1.1\r\nHost: s.example.com",
        b"GET /%00%ff%0d%0a HTTP/1.1\r\nHost: s.example.com",
        b"GET /a HTTP/1.1\r\nHost: [::::]",
    ];
    for bytes in hostile {
        let mut line = Line::open(stage.address());
        line.try_send([bytes, b"\r\n\r\n".as_slice()].concat());
        let shown = bytes.escape_ascii();
        let response = line.try_response();
        let status = response
            .unwrap_or_else(|| panic!("no answer to {shown}"))
            .status;
        assert!((400..500).contains(&status), "{status} for {shown}");
    }
    let mut line = Line::open(stage.address());
    line.try_send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    line.rest();
    assert_eq!(stage.get("/a").status, 302);
}
