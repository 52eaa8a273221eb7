//! A password through the form, as a browser sends it, and by header, as programs do.

use e2e::{
    api::{Api, Visits, link_path, text},
    both_modes::{in_production, in_the_quick_start},
    http::{Answer, request},
    production::SEEN,
};
use serde_json::json;
use suo_testkit::wait_until;

const RIGHT: &str = "芝麻 open+sesame&1";
/// The same in a form.
const TYPED: &str = "password=%E8%8A%9D%E9%BA%BB+open%2Bsesame%261";
const TARGET: &str = "https://secret.example.com/behind";

#[test]
fn in_the_quick_start_too() {
    in_the_quick_start(opens_its_link_alone);
}

#[test]
fn in_production_too() {
    in_production(opens_its_link_alone);
}

fn opens_its_link_alone(api: &Api, visits: &Visits) {
    let link = api.create(&json!({ "target": TARGET, "password": RIGHT }));
    let other = api.create(&json!({ "target": TARGET, "password": "another one" }));
    assert_eq!(link["password_set"], true);
    assert!(!link.to_string().contains("sesame"), "{link}");
    let [path, other] = [&link, &other].map(|link| format!("/{}", text(link, "code")));
    wait_until("the form", SEEN, || {
        let answer = visits.get(&path);
        (answer.status == 200).then_some(()).ok_or(answer.status)
    });
    assert_eq!(post(visits, &path, "password=wrong").status, 403);
    let right = post(visits, &path, TYPED);
    assert_eq!(right.status, 303, "{:?}", right.headers);
    let cookie = right.header("set-cookie").expect("a cookie");
    assert!(
        cookie.contains("HttpOnly") && !cookie.contains("sesame"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().expect("a pair").to_owned();
    let with_cookie = [("cookie", &*pair)];
    assert_eq!(leads(&visits.get_with(&path, &with_cookie)), Some(TARGET));
    assert_eq!(leads(&visits.get_with(&other, &with_cookie)), None);
    let by_header = |password| visits.get_with(&path, &[("x-link-password", password)]);
    assert_eq!(leads(&by_header(RIGHT)), Some(TARGET));
    assert_eq!(by_header("wrong").status, 403);
    // Another password ends what the old one opened.
    let change = json!({ "password": "changed" });
    let changed = api.served("PATCH", &link_path(&link), &change);
    assert_eq!(changed.status, 200, "{}", changed.json());
    wait_until("the cookie is worth nothing", SEEN, || {
        let answer = visits.get_with(&path, &with_cookie);
        (answer.status == 200).then_some(()).ok_or(answer.status)
    });
}

fn post(visits: &Visits, path: &str, form: &str) -> Answer {
    let headers = [
        ("host", &*visits.domain),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    request(visits.address, "POST", path, &headers, form.as_bytes()).expect("the edge answers")
}

fn leads(answer: &Answer) -> Option<&str> {
    answer.header("location")
}
