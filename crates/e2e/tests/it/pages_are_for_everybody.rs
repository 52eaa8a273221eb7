//! Every page of the edge in a real Chromium: on a phone and at a desk, light and dark, in both
//! languages, with text of twice the size.
//!
//! With `SUO_TEST_PICTURES` set to a folder, pictures of all of them are put there.

use std::{env, path::Path};

use e2e::{
    api::text,
    browser::{Browser, Looks, axe},
    looks::{all_looks, complaints, keep_picture},
    production::SEEN,
    quick_start::{Place, Running},
};
use serde_json::{Value, json};
use suo_testkit::wait_until;

const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) \
                      NetType/WIFI Language/zh_CN";
const MINI_PROGRAM: &str = "Mozilla/5.0 (Linux; Android 14; 23127PN0CC; wv) AppleWebKit/537.36 \
                            (KHTML, like Gecko) Version/4.0 Chrome/134.0.0.0 Mobile Safari/537.36 \
                            MicroMessenger/8.0.60.2860 WeChat/arm64 Language/zh_CN miniProgram";
const LINE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                    (KHTML, like Gecko) Mobile/15E148 Safari Line/15.6.0";
const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/143.0.0.0 Safari/537.36";

/// The most bytes of a page.
const LARGEST: usize = 4096;

const LONG: &str =
    "https://a-very-long-host-name-that-does-not-fit-into-one-line.and-goes-on.example.com/";

/// A page: its name, the link that shows it, what is asked for, and who asks.
struct Page {
    name: &'static str,
    link: Value,
    suffix: &'static str,
    agent: &'static str,
}

fn pages() -> Vec<Page> {
    let page = |name, link, agent| Page {
        name,
        link,
        suffix: "",
        agent,
    };
    let guide = || json!({ "guide_apps": ["any_app"] });
    vec![
        page("guide", guide(), WECHAT),
        page("guide-mini-program", guide(), MINI_PROGRAM),
        page("guide-line", guide(), LINE),
        page(
            "guide-long",
            json!({ "guide_apps": ["any_app"], "target": LONG }),
            WECHAT,
        ),
        page(
            "guide-protected",
            json!({ "guide_apps": ["any_app"], "password": "p" }),
            WECHAT,
        ),
        page(
            "denied-wechat-only",
            json!({ "allow": { "apps": ["wechat"] } }),
            CHROME,
        ),
        page(
            "denied-phones-only",
            json!({ "allow": { "os": ["ios", "android", "harmonyos"] } }),
            CHROME,
        ),
        page(
            "denied-browser-only",
            json!({ "allow": { "apps": ["browser"] } }),
            WECHAT,
        ),
        page("password", json!({ "password": "p" }), WECHAT),
        page("paused", json!({ "status": "paused" }), WECHAT),
        page(
            "not-started",
            json!({ "starts_at": "2999-01-01T00:00:00Z" }),
            WECHAT,
        ),
        page(
            "expired",
            json!({ "expires_at": "2020-01-01T00:00:00Z" }),
            WECHAT,
        ),
        page("used-up", json!({ "max_clicks": 1 }), WECHAT),
        page("banned", json!({ "status": "banned" }), WECHAT),
        Page {
            name: "preview",
            link: json!({}),
            suffix: "+",
            agent: WECHAT,
        },
        Page {
            name: "preview-long",
            link: json!({ "target": LONG }),
            suffix: "+",
            agent: CHROME,
        },
        Page {
            name: "not-found",
            link: json!({}),
            suffix: "-is-not-there",
            agent: WECHAT,
        },
    ]
}

#[test]
fn every_page_reads_well_everywhere() {
    let mut place = Place::new();
    let suo = place.start();
    let pages = pages();
    let paths: Vec<String> = pages.iter().map(|page| make(&suo, page)).collect();
    let browser = Browser::start();
    let rules = axe();
    let pictures = env::var_os("SUO_TEST_PICTURES");
    let mut wrong = Vec::new();
    for looks in all_looks() {
        for (page, path) in pages.iter().zip(&paths) {
            browser.look_with(Looks {
                agent: page.agent,
                ..looks
            });
            browser.open(&format!("http://{}{path}", suo.visits.address));
            let seen = format!("{} {looks:?}", page.name);
            wrong.extend(
                complaints(&browser, &rules)
                    .into_iter()
                    .map(|it| format!("{seen}: {it}")),
            );
            if let Some(folder) = &pictures {
                keep_picture(&browser, Path::new(folder), page.name, &looks);
            }
        }
    }
    assert!(wrong.is_empty(), "{} complaints: {wrong:#?}", wrong.len());
}

#[test]
fn every_page_is_small() {
    let mut place = Place::new();
    let suo = place.start();
    for page in pages() {
        let path = make(&suo, &page);
        for language in ["zh-CN", "en"] {
            let headers = [("user-agent", page.agent), ("accept-language", language)];
            let size = suo.visits.get_with(&path, &headers).body.len();
            assert!(
                (1..=LARGEST).contains(&size),
                "{} in {language}: {size}",
                page.name
            );
        }
    }
}

#[test]
fn a_bad_page_is_found() {
    let browser = Browser::start();
    browser.look_with(Looks {
        agent: CHROME,
        ..all_looks()[0]
    });
    browser.open("data:text/html,<input><p style='width:2000px;color:%23ccc'>too pale to read</p>");
    let found = complaints(&browser, &axe()).join("\n");
    for rule in ["label", "color-contrast", "pixels in a window"] {
        assert!(found.contains(rule), "{rule} is not among {found}");
    }
}

/// The path that shows a page.
fn make(suo: &Running, page: &Page) -> String {
    let mut link = json!({ "target": "https://www.example.com/some/page?a=1" });
    for (name, value) in page.link.as_object().expect("an object") {
        link[name] = value.clone();
    }
    let path = format!("/{}{}", text(&suo.api.create(&link), "code"), page.suffix);
    if link.get("max_clicks").is_some() {
        wait_until("the link is used up", SEEN, || {
            let answer = suo.visits.get_with(&path, &[("user-agent", CHROME)]);
            (answer.status == 410).then_some(()).ok_or(answer.status)
        });
    }
    path
}
