//! Visitors with different agents, addresses and referrers, read back by sums, answers and watching.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use e2e::{
    api::{Api, Visits, text},
    metrics::metric,
    production::Instance,
    quick_start::Place,
};
use serde_json::{Value, json};
use suo_testkit::{Signal, wait_until};

/// Whether the edge has the key of the day.
const KEY: &str = "suo_edge_visitor_key_shared";

const PATIENCE: Duration = Duration::from_secs(60);

const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54(0x18003632) NetType/WIFI Language/zh_CN";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const CURL: &str = "curl/8.14.1";

/// Loopback is a proxy: so visitors have addresses of their own.
fn behind_a_proxy(command: &mut std::process::Command) {
    command.env("SUO_TRUSTED_PROXIES", "127.0.0.1");
    command.env("SUO_TIME_ZONE", "Asia/Shanghai");
}

fn visit(visits: &Visits, path: &str, address: &str, headers: &[(&str, &str)]) {
    let host = [("host", &*visits.domain), ("x-forwarded-for", address)];
    let headers = [&host[..], headers].concat();
    let answer = e2e::http::request(visits.address, "GET", path, &headers, &[]);
    assert_eq!(answer.expect("an answer").status, 302, "{path}");
}

/// Six clicks: of three people by their address and agent, one who does not want to be recognised, and
/// a program.
fn come(visits: &[&Visits], code: &str) {
    let link = format!("/{code}");
    let scan = format!("/{code}/q");
    let edge = |place: usize| visits[place % visits.len()];
    let referred = [("user-agent", WECHAT), ("referer", "https://a.example/x?y")];
    visit(edge(0), &link, "203.0.113.1", &referred);
    visit(edge(1), &scan, "203.0.113.1", &[("user-agent", WECHAT)]);
    visit(edge(2), &link, "203.0.113.1", &[("user-agent", CHROME)]);
    visit(
        edge(0),
        &link,
        "203.0.113.2",
        &[("user-agent", CHROME), ("accept-language", "de")],
    );
    visit(
        edge(1),
        &link,
        "203.0.113.9",
        &[("user-agent", CHROME), ("sec-gpc", "1")],
    );
    visit(edge(2), &link, "203.0.113.3", &[("user-agent", CURL)]);
}

fn get(api: &Api, path: &str) -> Value {
    let answer = api.call("GET", path, &Value::Null);
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

/// What `come` must have left.
fn are_told(api: &Api, link: &Value) {
    let id = text(link, "id");
    let path = format!("/links/{id}/stats?by=app,os,via,referrer,language,entry");
    wait_until("everybody is counted", PATIENCE, || {
        let stats = get(api, &path);
        match (&stats["class_totals"]["human"], &stats["visitors"]) {
            (human, visitors) if *human == 5 && *visitors == 3 => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    let stats = get(api, &path);
    let totals = json!({"human": 5, "preview": 0, "crawler": 1, "prefetch": 0});
    assert_eq!(stats["class_totals"], totals);
    assert_eq!(stats["zone"], "Asia/Shanghai");
    let expected = json!({
        "app": [{"value": "none", "human": 3}, {"value": "wechat", "human": 2}],
        "os": [{"value": "windows", "human": 3}, {"value": "ios", "human": 2}],
        "via": [{"value": "click", "human": 4}, {"value": "scan", "human": 1}],
        "referrer": [{"value": "a.example", "human": 1}],
        "language": [{"value": "de", "human": 1}],
        "entry": [{"value": link["code"], "human": 5}],
    });
    assert_eq!(stats["breakdowns"], expected);
    for scope in ["/stats", "/tags/spring/stats", "/domains/1/stats"] {
        let stats = get(api, &format!("{scope}?interval=hour"));
        assert_eq!(stats["class_totals"], totals, "{scope}");
        assert_eq!(stats["visitors"], 3, "{scope}");
    }
    let events = get(api, &format!("/events?link={id}"));
    let events = events["data"].as_array().expect("answers");
    assert_eq!(events.len(), 6);
    let referred: Vec<&Value> = events
        .iter()
        .filter(|event| !event["referrer"].is_null())
        .collect();
    assert_eq!(referred.len(), 1);
    assert_eq!(referred[0]["app"], "wechat");
    assert_eq!(referred[0]["code"], link["code"]);
    let shown = format!("{events:?}");
    assert!(!shown.contains("203.0.113"), "{shown}");
}

/// A line on which answers come.
struct Line(TcpStream);

impl Line {
    fn watch(api: &Api, link: &Value) -> Self {
        let mut stream = TcpStream::connect(api.address).expect("the admin listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let (id, key) = (text(link, "id"), &api.key);
        let call = format!(
            "GET /api/v1/events/live?link={id} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {key}\r\n\r\n"
        );
        stream.write_all(call.as_bytes()).expect("sent");
        let mut line = Self(stream);
        line.read_until(": answers follow", 1);
        line
    }

    /// Reads until these words have come so often.
    fn read_until(&mut self, words: &str, times: usize) -> String {
        let mut text = String::new();
        let mut bytes = [0; 4096];
        while text.matches(words).count() < times {
            let count = self.0.read(&mut bytes).expect("more in time");
            assert_ne!(count, 0, "ended: {text}");
            text += &String::from_utf8_lossy(&bytes[..count]);
        }
        text
    }

    fn read_to_the_end(&mut self) {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).expect("the end in time");
    }
}

/// Waits for the key of the day: who came before is somebody else.
fn has_key(metric: impl Fn() -> f64) {
    wait_until("the key is shared", PATIENCE, || match metric() {
        1.0 => Ok(()),
        other => Err(other),
    });
}

fn link(api: &Api) -> Value {
    api.create(&json!({"target": "https://example.com/", "code": "who", "tags": ["spring"]}))
}

#[test]
fn in_the_quick_start_everybody_is_told_apart_and_shown() {
    let mut place = Place::new();
    let suo = place.start_with(behind_a_proxy);
    let link = link(&suo.api);
    let mut line = Line::watch(&suo.api, &link);
    has_key(|| metric(suo.operations, KEY));
    come(&[&suo.visits], text(&link, "code"));
    are_told(&suo.api, &link);
    line.read_until("event: click", 6);
    suo.program.signal(Signal::TERM);
    line.read_to_the_end();
    assert!(suo.program.wait(PATIENCE).success());
}

#[test]
fn in_production_three_edges_tell_the_same_people_apart_and_every_admin_shows_them() {
    let instance = Instance::new();
    let zone =
        |command: &mut std::process::Command| _ = command.env("SUO_TIME_ZONE", "Asia/Shanghai");
    let admin = instance.admin_with(zone);
    let other = instance.admin_with(zone);
    let edges = [(); 3].map(|()| instance.edge_with(&[&admin, &other], behind_a_proxy));
    let link = link(&admin.api);
    let mut line = Line::watch(&admin.api, &link);
    for edge in &edges {
        has_key(|| edge.metric(KEY));
    }
    let mut elsewhere = Line::watch(&other.api, &link);
    let visits = [&edges[0].visits, &edges[1].visits, &edges[2].visits];
    come(&visits, text(&link, "code"));
    are_told(&other.api, &link);
    are_told(&admin.api, &link);
    line.read_until("event: click", 6);
    elsewhere.read_until("event: click", 6);
    admin.program.signal(Signal::TERM);
    line.read_to_the_end();
    assert!(admin.program.wait(PATIENCE).success());
}
