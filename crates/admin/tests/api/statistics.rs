//! Sums, single answers, and watching.

use std::borrow::Cow;

use serde_json::{Value, json};
use suo_admin::clicks::{Rules, Shipment, count};
use suo_link::{
    id::{DomainId, LinkId},
    platform::{App, Device, Os},
    time::Timestamp,
    visitor::Country,
    wire::clicks::{
        Class, Click, Dropped, JournalId, LanguageCode, Outcome, Row, SegmentName, Via, segment,
    },
};

use super::{
    http::Call,
    on_both,
    place::{Api, path_of},
};

on_both!(
    sums_of_every_scope_are_told,
    breakdowns_are_of_the_classes_that_are_asked_for,
    series_have_no_gaps_and_say_their_zone,
    tables_are_safe_for_spreadsheets,
    bad_questions_are_told_what_would_be_right,
    single_answers_are_listed,
    who_may_not_read_sees_nothing,
    answers_are_watched_until_the_end,
);

/// Midnight of Shanghai, at which the clock stands.
const NOW: Timestamp = Timestamp(1_764_000_000_000);

fn bring(api: &Api, number: u64, clicks: &[Click]) {
    let rows: Vec<Row> = clicks.iter().map(Click::row).collect();
    let hosts: [Cow<'_, str>; 2] = ["a.example".into(), "-2+3.example".into()];
    let name = SegmentName {
        journal: JournalId([1; 16]),
        number,
    };
    let segment = segment::encode(name, 0, Dropped::default(), &hosts, &rows);
    let rules = Rules::of(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap());
    count(&*api.store, &rules, NOW, &[Shipment { name, segment }]).unwrap();
    api.store.fold_visits(100).unwrap();
}

fn click(link: &Value, class: Class, visitor: u64) -> Click {
    Click {
        link: LinkId::from_public(link["id"].as_str().unwrap()).unwrap(),
        domain: DomainId(1),
        at: NOW.plus(10),
        outcome: Outcome::Redirect,
        class,
        via: Via::Click,
        entry: Click::entry_of(link["code"].as_str().unwrap()),
        app: App::Wechat,
        os: Os::Ios,
        device: Device::Mobile,
        referrer: 1,
        country: Country::parse("CN"),
        language: LanguageCode::parse("zh"),
        variant: None,
        lease: 0,
        visitor,
    }
}

/// A link with a tag: three clicks of two people today, one yesterday, a crawler's.
fn followed(api: &Api) -> Value {
    let link = api.create(&json!({"target": "a.example", "code": "abc", "tags": ["spring/é"]}));
    let human = |visitor| click(&link, Class::Human, visitor);
    let clicks = [
        human(1),
        human(1),
        Click {
            via: Via::Scan,
            referrer: 2,
            os: Os::Android,
            ..human(2)
        },
        Click {
            at: NOW.plus(-10),
            ..human(1)
        },
        click(&link, Class::Crawler, 9),
        Click {
            outcome: Outcome::Guide,
            ..human(5)
        },
    ];
    bring(api, 1, &clicks);
    link
}

fn sums_of_every_scope_are_told(api: &Api) {
    let link = followed(api);
    for path in [
        path_of(&link),
        "/tags/spring%2F%C3%A9".to_owned(),
        "/domains/1".to_owned(),
        String::new(),
    ] {
        let stats = api.get(&format!("{path}/stats")).ok(200);
        let totals = json!({"human": 4, "preview": 0, "crawler": 1, "prefetch": 0});
        assert_eq!(stats["class_totals"], totals, "{path}");
        assert_eq!(stats["visitors"], 3, "two today, one yesterday");
        assert_eq!(stats["visitors_are"], "visitor_days");
        assert_eq!(stats["breakdowns"], json!({}));
        let today = api.get(&format!("{path}/stats?from=2025-11-25")).ok(200);
        assert_eq!(today["visitors"], 2, "{path}");
        assert_eq!(today["visitors_are"], "visitors");
    }
    let none = api.get("/tags/autumn/stats").ok(200);
    assert_eq!(none["class_totals"]["human"], 0);
    api.get("/links/0000000000zzz/stats")
        .problem(404, "not-found");
    api.get("/domains/7/stats").problem(404, "not-found");
}

fn breakdowns_are_of_the_classes_that_are_asked_for(api: &Api) {
    let path = path_of(&followed(api));
    let by = "class,app,os,device,referrer,country,language,variant,via,entry,outcome";
    let stats = api.get(&format!("{path}/stats?by={by}")).ok(200);
    let expected = json!({
        "class": [{"value": "human", "human": 4}, {"value": "crawler", "crawler": 1}],
        "app": [{"value": "wechat", "human": 4}],
        "os": [{"value": "ios", "human": 3}, {"value": "android", "human": 1}],
        "device": [{"value": "mobile", "human": 4}],
        "referrer": [{"value": "a.example", "human": 3}, {"value": "-2+3.example", "human": 1}],
        "country": [{"value": "CN", "human": 4}],
        "language": [{"value": "zh", "human": 4}],
        "variant": [],
        "via": [{"value": "click", "human": 3}, {"value": "scan", "human": 1}],
        "entry": [{"value": "abc", "human": 4}],
        "outcome": [{"value": "redirect", "human": 4}, {"value": "guide", "human": 1}],
    });
    assert_eq!(stats["breakdowns"], expected);
    let all = api
        .get(&format!("{path}/stats?by=via&class=all&limit=1"))
        .ok(200);
    let all = &all["breakdowns"]["via"];
    let expected =
        json!([{"value": "click", "human": 3, "preview": 0, "crawler": 1, "prefetch": 0}]);
    assert_eq!(*all, expected);
    let some = api.get("/stats?by=os&class=crawler,preview").ok(200);
    let expected = json!([{"value": "ios", "crawler": 1, "preview": 0}]);
    assert_eq!(some["breakdowns"]["os"], expected);
}

fn series_have_no_gaps_and_say_their_zone(api: &Api) {
    let path = path_of(&followed(api));
    let days = api.get(&format!("{path}/stats")).ok(200);
    assert_eq!(days["zone"], "Asia/Shanghai");
    assert_eq!(days["interval"], "day");
    assert_eq!(days["from"], "2025-10-26T16:00:00.000Z");
    assert_eq!(days["to"], "2025-11-25T16:00:00.000Z");
    let series = days["series"].as_array().unwrap();
    assert_eq!(series.len(), 30);
    let today = json!({"at": "2025-11-24T16:00:00.000Z", "human": 3, "preview": 0, "crawler": 1, "prefetch": 0, "visitors": 2});
    assert_eq!(series[29], today);
    assert_eq!(series[28]["human"], 1);
    assert_eq!(series[0]["human"], 0);
    let query = "interval=hour&from=2025-11-24T15:30:00Z&to=2025-11-25T00:30:00%2B08:00";
    let hours = api.get(&format!("{path}/stats?{query}")).ok(200);
    assert_eq!(hours["from"], "2025-11-24T15:00:00.000Z");
    assert_eq!(hours["to"], "2025-11-24T17:00:00.000Z");
    let humans: Vec<_> = hours["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| point["human"].as_u64())
        .collect();
    assert_eq!(humans, [Some(1), Some(3)]);
    assert!(hours["series"][0].get("visitors").is_none());
    assert_eq!(hours["visitors"], 3, "of the two days");
}

fn tables_are_safe_for_spreadsheets(api: &Api) {
    let path = path_of(&followed(api));
    let table = api.get(&format!(
        "{path}/stats?format=csv&by=referrer&class=human,crawler"
    ));
    assert_eq!(
        table.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let expected = "\u{feff}\"referrer\",\"human\",\"crawler\"\r\n\"a.example\",\"3\",\"1\"\r\n\"'-2+3.example\",\"1\",\"0\"\r\n";
    assert_eq!(table.text(), expected);
    let twice = "by=referrer&class=human,crawler,human&format=csv";
    assert_eq!(api.get(&format!("{path}/stats?{twice}")).text(), expected);
    let series = api
        .get("/stats?format=csv&from=2025-11-24&to=2025-11-26")
        .text();
    let expected = "\u{feff}\"at\",\"human\",\"preview\",\"crawler\",\"prefetch\",\"visitors\"\r\n\
        \"2025-11-23T16:00:00.000Z\",\"1\",\"0\",\"0\",\"0\",\"1\"\r\n\
        \"2025-11-24T16:00:00.000Z\",\"3\",\"0\",\"1\",\"0\",\"2\"\r\n";
    assert_eq!(series, expected);
}

fn bad_questions_are_told_what_would_be_right(api: &Api) {
    for (query, expected) in [
        ("interval=week", "?interval unknown_value"),
        ("by=weather", "?by unknown_value"),
        ("by=entry", "?by unknown_value"),
        ("by=variant", "?by unknown_value"),
        ("class=bots", "?class unknown_value"),
        ("limit=0", "?limit out_of_range"),
        ("limit=1001", "?limit out_of_range"),
        ("format=xml", "?format unknown_value"),
        ("format=csv&by=os,app", "?by too_many"),
        ("from=yesterday", "?from invalid_time"),
        ("to=2025-13-01", "?to invalid_time"),
        ("from=2025-11-20&to=2025-11-19", "?to times_out_of_order"),
        ("from=2026-11-19", "?from times_out_of_order"),
        ("from=2024-01-01", "?from out_of_range"),
        ("zone=Asia/Shanghai", "?zone unknown_field"),
        ("limit=99999999999999999999", "?limit out_of_range"),
        ("limit=-1", "?limit out_of_range"),
        ("class=human,", "?class unknown_value"),
        ("interval=hour&from=2025-10-01", "?from out_of_range"),
        ("day=2025-10-01", "?day unknown_field"),
        ("by=os&by=app", "?by too_many"),
        ("from=9999-12-31&to=9999-12-30", "?to times_out_of_order"),
    ] {
        assert_eq!(
            api.get(&format!("/stats?{query}")).refused(),
            [expected],
            "{query}"
        );
    }
    for (query, expected) in [
        ("link=abc", "?link unknown_value"),
        ("cursor=abc", "?cursor invalid_cursor"),
        ("cursor=zzzzzzzzzzzzz", "?cursor invalid_cursor"),
        ("cursor=00000000000%27", "?cursor invalid_cursor"),
        ("cursor=-000000000001", "?cursor invalid_cursor"),
        ("cursor=%E2%85%A70000000000", "?cursor invalid_cursor"),
        ("limit=1001", "?limit out_of_range"),
    ] {
        assert_eq!(
            api.get(&format!("/events?{query}")).refused(),
            [expected],
            "{query}"
        );
    }
    assert_eq!(
        api.get("/events/live?limit=5").refused(),
        ["?limit unknown_field"]
    );
}

fn single_answers_are_listed(api: &Api) {
    let link = followed(api);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api.get(&format!("/events?limit=4&cursor={cursor}")).ok(200);
        seen.extend(page["data"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 6);
    assert_eq!(seen[0]["outcome"], "guide");
    let mut first = seen[5].clone();
    let id = first["id"].take();
    assert_eq!(id.as_str().unwrap().len(), 13);
    let expected = json!({
        "id": null, "at": "2025-11-24T16:00:00.010Z", "link": link["id"],
        "domain": "s.example.com", "code": "abc", "outcome": "redirect", "class": "human",
        "via": "click", "app": "wechat", "os": "ios", "device": "mobile",
        "referrer": "a.example", "country": "CN", "language": "zh", "variant": null,
    });
    assert_eq!(first, expected);
    let id = link["id"].as_str().unwrap();
    let of_link = api.get(&format!("/events?link={id}")).ok(200);
    assert_eq!(of_link["data"].as_array().unwrap().len(), 6);
    assert_eq!(of_link["next_cursor"], Value::Null);
    let of_none = api.get("/events?link=0000000000zzz").ok(200);
    assert_eq!(of_none["data"], json!([]));
}

fn who_may_not_read_sees_nothing(api: &Api) {
    let writer = api
        .post("/api-keys", &json!({"name": "w", "scopes": ["write"]}))
        .ok(201);
    let link = path_of(&followed(api));
    for path in [
        &format!("{link}/stats"),
        "/tags/t/stats",
        "/domains/1/stats",
        "/stats",
        "/events",
        "/events/live",
    ] {
        let whole = format!("/api/v1{path}");
        api.stranger("GET", &whole)
            .send()
            .problem(401, "unauthorized");
        let call: Call = api
            .stranger("GET", &whole)
            .bearer(writer["key"].as_str().unwrap());
        call.send().problem(403, "forbidden");
        api.call("POST", path)
            .send()
            .problem(405, "method-not-allowed");
    }
}

fn answers_are_watched_until_the_end(api: &Api) {
    let link = api.create(&json!({"target": "a.example", "code": "abc"}));
    let other = api.create(&json!({"target": "a.example", "code": "def"}));
    let path = format!("/events/live?link={}", link["id"].as_str().unwrap());
    let head = api.call("HEAD", &path).send();
    assert_eq!((head.status, &*head.text()), (200, ""), "ends at once");
    let body = std::thread::scope(|scope| {
        let watching = scope.spawn(|| api.get(&path));
        let human = |link: &Value, visitor| click(link, Class::Human, visitor);
        // Until the watcher is there and sees them: it hears only what comes while it watches.
        let mut number = 0;
        while api.live.shown() == 0 {
            number += 1;
            bring(api, number, &[human(&other, 1), human(&link, 2)]);
        }
        api.live.end();
        watching.join().unwrap()
    });
    assert_eq!(body.status, 200);
    assert_eq!(body.header("content-type"), Some("text/event-stream"));
    let text = body.text();
    assert!(
        text.contains("event: click\r\n") || text.contains("event: click\n"),
        "{text}"
    );
    assert!(text.contains("\"code\":\"abc\""), "{text}");
    assert!(!text.contains("\"code\":\"def\""), "{text}");
    api.get("/events/live").problem(503, "busy");
}
