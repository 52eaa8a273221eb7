//! Whose address counts, when proxies stand in front of the edge: seen through a rule that asks
//! for the country of it.

use std::{fs, time::Duration};

use suo_edge::{AnswerConfig, proxies::Proxies, serve::Limits};
use suo_link::{
    link::Link,
    policy::{Condition, Policy, Rule, Weighted},
    visitor::Country,
};

use super::{
    client::{Line, Response, request_with},
    stage::{HOST, Setting, Stage, link},
};

/// Of 198.51.100.0/24 alone: CN. The tests of `countries` show how it is written.
const DATABASE: &[u8] = include_bytes!("countries.mmdb");

const ELSEWHERE: &str = "https://elsewhere.example/";
const IN_CHINA: &str = "https://china.example/";

/// A link that tells visitors from 198.51.100.0/24 from all others.
fn stage(trusted: &str, speak_proxy_protocol: bool, limits: Limits) -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    fs::write(&file, DATABASE).unwrap();
    let rule = Rule {
        when: Condition {
            country: [Country::parse("CN").unwrap()].into(),
            ..Condition::default()
        },
        targets: [Weighted {
            url: IN_CHINA.into(),
            weight: 1,
        }]
        .into(),
    };
    let policy = Policy {
        rules: [rule].into(),
        ..Policy::default()
    };
    let ruled = Link {
        policy: Some(Box::new(policy)),
        ..link(ELSEWHERE)
    };
    let mut proxies: Proxies = trusted.parse().unwrap();
    proxies.speak_proxy_protocol = speak_proxy_protocol;
    Stage::set(Setting {
        links: vec![("a", ruled)],
        limits,
        answers: AnswerConfig {
            proxies,
            geoip: Some(file),
            ..AnswerConfig::default()
        },
        ..Setting::default()
    })
}

fn get(line: &mut Line, headers: &[(&str, &str)]) -> Response {
    line.send(request_with("GET", HOST, "/a", headers, ""));
    line.response()
}

fn leads_to(stage: &Stage, headers: &[(&str, &str)]) -> String {
    let response = get(&mut Line::open(stage.address()), headers);
    response.header("location").unwrap().to_owned()
}

/// The header of the PROXY protocol for 198.51.100.1.
fn introduction() -> Vec<u8> {
    let address = [198, 51, 100, 1, 127, 0, 0, 1, 0x12, 0x34, 0, 80];
    [b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", &address[..]].concat()
}

#[test]
fn headers_of_trusted_proxies_tell_the_address() {
    let stage = stage("127.0.0.0/8", false, Limits::default());
    for (headers, expected) in [
        (&[][..], ELSEWHERE),
        (&[("X-Forwarded-For", "198.51.100.7")], IN_CHINA),
        (&[("Forwarded", "for=198.51.100.7")], IN_CHINA),
        (
            &[("X-Forwarded-For", "198.51.100.7, 203.0.113.1")],
            ELSEWHERE,
        ),
        (
            &[("X-Forwarded-For", "203.0.113.1, 198.51.100.7")],
            IN_CHINA,
        ),
        (
            &[
                ("X-Forwarded-For", "203.0.113.1"),
                ("Forwarded", "for=198.51.100.7"),
            ],
            ELSEWHERE,
        ),
    ] {
        assert_eq!(leads_to(&stage, headers), expected, "{headers:?}");
    }
}

#[test]
fn nobody_else_is_believed() {
    let stage = stage("10.0.0.0/8", true, Limits::default());
    let forged = [("X-Forwarded-For", "198.51.100.7")];
    assert_eq!(leads_to(&stage, &forged), ELSEWHERE);
    // Nor does a stranger's header of the protocol mean anything: it is no HTTP.
    let mut line = Line::open(stage.address());
    line.send(
        [
            introduction(),
            b"GET /a HTTP/1.1\r\nHost: s.example.com\r\n\r\n".to_vec(),
        ]
        .concat(),
    );
    assert_eq!(line.response().status, 400);
}

#[test]
fn the_proxy_protocol_tells_the_address_once_for_each_connection() {
    let stage = stage("127.0.0.1", true, Limits::default());
    let mut line = Line::open(stage.address());
    line.send(introduction());
    for _ in 0..2 {
        // A visitor who is no proxy cannot forge another address by a header.
        let response = get(&mut line, &[("X-Forwarded-For", "203.0.113.1")]);
        assert_eq!(response.header("location"), Some(IN_CHINA));
    }
}

#[test]
fn a_proxy_that_does_not_introduce_its_visitor_is_not_served() {
    let limits = Limits {
        head: Duration::from_millis(200),
        ..Limits::default()
    };
    let stage = stage("127.0.0.1", true, limits);
    let mut plain = Line::open(stage.address());
    plain.send(request_with("GET", HOST, "/a", &[], ""));
    assert_eq!(plain.rest(), b"");
    let mut slow = Line::open(stage.address());
    slow.send(&introduction()[..20]);
    assert_eq!(slow.rest(), b"");
}
