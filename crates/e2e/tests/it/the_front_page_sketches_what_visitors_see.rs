//! What the front page says will happen in an app is what happens there: the redirect, or the page
//! of the edge in its very words; and the API's simulation says the same.

use e2e::{
    api::text,
    browser::{Browser, Looks},
    front_page::{CHROME, WECHAT, front_page, made, phone},
    quick_start::{Place, Running},
};
use serde_json::{Value, json};

const QQ: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
                  Version/4.0 Chrome/130.0.0.0 MQQBrowser/6.2 TBS/046295 Mobile Safari/537.36 V1_AND_SQ_9.0.80_5380_YYB_D \
                  QQ/9.0.80.15515 NetType/WIFI";
const DESK: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/143.0.0.0 Safari/537.36";

/// Who visits: as the page calls them in Chinese and in English, and their agent.
const VISITORS: [([&str; 2], &str); 4] = [
    (["微信", "WeChat"], WECHAT),
    (["QQ", "QQ"], QQ),
    (["安卓手机浏览器", "a browser on Android"], CHROME),
    (["电脑浏览器", "a browser on a computer"], DESK),
];

const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

const PRESETS: [&str; 6] = ["any", "groups", "guided", "wechat", "phones", "download"];

const OUTCOMES: &str = "return [...document.querySelectorAll('.outcomes dl > div')].map(it => ({ \
     who: it.querySelector('dt').textContent, what: it.querySelector('dd').firstChild.textContent, \
     title: it.querySelector('.sketch b')?.textContent ?? null, \
     lines: [...it.querySelectorAll('.sketch span')].map(line => line.textContent) }))";

#[test]
fn what_is_said_of_an_app_is_what_visitors_of_it_get() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    for (at, language) in LANGUAGES.into_iter().enumerate() {
        browser.look_with(Looks {
            language,
            ..phone(CHROME)
        });
        for preset in PRESETS {
            let code = make(&suo, &browser, preset);
            let outcomes = browser.run(OUTCOMES);
            for (names, agent) in VISITORS {
                let outcomes = outcomes.as_array().expect("a list");
                let is_theirs = |it: &&Value| text(it, "who").contains(names[at]);
                let said = outcomes.iter().find(is_theirs).expect("everybody is told");
                let visitor = [("user-agent", agent), ("accept-language", language)];
                compare(&suo, &code, said, visitor);
            }
        }
    }
}

fn make(suo: &Running, browser: &Browser, preset: &str) -> String {
    browser.open(&front_page(&suo.api));
    browser.click("#choice > summary");
    browser.click(&format!("input[value={preset}]"));
    if preset == "download" {
        browser.type_into("input[name=ios]", "https://apps.example.com/app");
        browser.type_into("input[name=android]", "https://b.example.com/app.apk");
    }
    browser.type_into("#text", "https://www.example.com/sale");
    browser.click("button.main");
    made(browser)
}

/// Holds what is said against the edge's answer and the simulation.
#[track_caller]
fn compare(suo: &Running, code: &str, said: &Value, visitor: [(&str, &str); 2]) {
    let answer = suo.visits.get_with(&format!("/{code}"), &visitor);
    let found = suo
        .api
        .call("GET", &format!("/links?code={code}"), &Value::Null);
    let asked = json!({ "id": found.json()["data"][0]["id"], "user_agent": visitor[0].1, "language": visitor[1].1 });
    let simulated = suo.api.call("POST", "/simulate", &asked).json();
    let decision = &simulated["decision"];
    let about = format!("{said} {visitor:?} {decision}");
    assert_eq!(decision["status"], answer.status, "{about}");
    let Some(title) = said["title"].as_str() else {
        let location = answer.header("location").expect("a redirect");
        assert_eq!(decision["location"], location, "{about}");
        let host = location.split('/').nth(2).expect("a host");
        assert!(text(said, "what").contains(host), "{about}");
        return;
    };
    assert!(decision["page"].is_string(), "{about}");
    let page = String::from_utf8_lossy(&answer.body);
    assert!(
        page.contains(&format!("<h1>{title}</h1>")),
        "{about} {page}"
    );
    let words = words_of(&page);
    for line in said["lines"].as_array().expect("a list") {
        let line = line.as_str().expect("a line");
        assert!(
            words.contains(&without_spaces(line)),
            "{line}: {about} {page}"
        );
    }
}

/// The text of a page, without tags and white space.
fn words_of(page: &str) -> String {
    let parts = page
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    without_spaces(&parts.collect::<String>())
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}
