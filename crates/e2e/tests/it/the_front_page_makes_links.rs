//! The front page in a real Chromium, with and without scripts: what is pasted becomes a short
//! link that the edge follows, guides and forgets as its maker says.

use e2e::{
    browser::{Browser, Looks},
    quick_start::{Place, Running},
};
use serde_json::Value;

const CHROME: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/143.0.0.0 Mobile Safari/537.36";
const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) \
                      NetType/WIFI Language/zh_CN";

const SHARED: &str = "3.28 复制打开抖音，看看【小明的作品】 https://v.douyin.com/iRNBho6u/ g@O.xS";

fn phone(agent: &'static str) -> Looks {
    Looks {
        agent,
        language: "zh-CN",
        is_dark: false,
        size: (390, 844),
        text_percent: 100,
    }
}

fn front_page(suo: &Running) -> String {
    format!("http://{}/", suo.api.address)
}

/// The code of the link that the page shows.
fn made(browser: &Browser) -> String {
    let short = browser.attribute("[data-made]", "data-short");
    let (_, code) = short.rsplit_once('/').expect("a short URL");
    code.to_owned()
}

/// Does the same once with scripts and once without.
fn with_and_without_scripts(act: impl Fn(&Running, &Browser)) {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    browser.look_with(phone(CHROME));
    for allowed in [true, false] {
        browser.allow_scripts(allowed);
        browser.open(&front_page(&suo));
        act(&suo, &browser);
    }
}

#[test]
fn a_share_text_becomes_a_link_that_is_followed() {
    with_and_without_scripts(|suo, browser| {
        browser.type_into("#text", SHARED);
        browser.click("button.main");
        let code = made(browser);
        assert!(
            browser
                .text("main")
                .contains("https://v.douyin.com/iRNBho6u/")
        );
        assert_eq!(suo.visits.follow(&code), "https://v.douyin.com/iRNBho6u/");
        // The QR code is a picture that has arrived, and leads there as well.
        let picture = "return document.querySelector('.qr img').naturalWidth";
        let width = browser.run_to_the_end(
            "const done = arguments[arguments.length - 1]; \
             document.querySelector('.qr img').decode().then(() => done(true), () => done(false))",
        );
        assert_eq!(width, Value::Bool(true));
        assert!(browser.run(picture).as_u64() >= Some(200));
        assert_eq!(
            suo.visits.follow(&format!("{code}/q")),
            "https://v.douyin.com/iRNBho6u/"
        );
    });
}

#[test]
fn a_link_for_wechat_groups_shows_the_guide_page_in_wechat() {
    with_and_without_scripts(|suo, browser| {
        browser.click("#choice summary");
        browser.click("input[value=groups]");
        browser.type_into("#text", "https://www.example.com/sale");
        browser.click("button.main");
        let code = made(browser);
        browser.click(".outcomes summary");
        assert!(
            browser
                .text(".outcomes")
                .contains("怎样用浏览器打开 www.example.com")
        );
        browser.look_with(phone(WECHAT));
        browser.open(&format!("http://{}/{code}", suo.visits.address));
        assert_eq!(browser.text("h1"), "请在浏览器中打开");
        browser.look_with(phone(CHROME));
        assert_eq!(suo.visits.follow(&code), "https://www.example.com/sale");
    });
}

#[test]
fn a_link_is_edited_and_deleted_by_its_manage_link() {
    with_and_without_scripts(|suo, browser| {
        browser.type_into("#text", "https://a.example/before");
        browser.click("button.main");
        let code = made(browser);
        let manage = browser.attribute("[data-made]", "data-manage");
        let manage = format!("http://{}{manage}", suo.api.address);
        browser.open(&manage);
        browser.clear("textarea[name=target]");
        browser.type_into("textarea[name=target]", "https://a.example/after");
        browser.click("button[value=save]");
        assert!(browser.text(".notice").contains("已保存"));
        assert_eq!(suo.visits.follow(&code), "https://a.example/after");
        browser.click("input[name=sure]");
        browser.click("button[value=delete]");
        browser.wait_for_title("短链接已删除");
        assert_eq!(suo.visits.follow(&code), "404");
        browser.open(&manage);
        assert_eq!(browser.text("h1"), "管理链接无效");
    });
}

#[test]
fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
    with_and_without_scripts(|_, browser| {
        browser.type_into("#text", "javascript:alert(1)");
        browser.click("button.main");
        assert!(browser.text("#errors").contains("不支持 javascript:"));
        let typed = browser.run("return document.getElementById('text').value");
        assert_eq!(typed, "javascript:alert(1)");
    });
}

#[test]
fn several_lines_become_a_table() {
    with_and_without_scripts(|suo, browser| {
        let lines = "https://a.example/1\nhttps://a.example/2\nnot-one";
        browser.type_into("#text", lines);
        browser.click("button.main");
        browser.wait_for_title("批量生成结果");
        assert!(browser.text("main").contains("成功 2，失败 1"));
        assert_eq!(suo.visits.follow(&made(browser)), "https://a.example/1");
    });
}

#[test]
fn a_link_is_made_with_the_keyboard_alone() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    browser.look_with(Looks {
        size: (1280, 800),
        ..phone(CHROME)
    });
    browser.open(&front_page(&suo));
    // Past the link to the content, the name and the language.
    browser.tab_until("#text");
    browser.type_on("https://a.example/keys");
    browser.tab_until("#choice > summary");
    browser.type_on(" ");
    browser.tab_until("input[name=for]");
    browser.type_on("\u{E015}");
    browser.tab_back_until("button.main");
    browser.type_on("\u{E007}");
    let code = made(&browser);
    assert_eq!(suo.visits.follow(&code), "https://a.example/keys");
    let link = suo
        .api
        .call("GET", &format!("/links?code={code}"), &Value::Null)
        .json();
    assert_eq!(link["data"][0]["guide_apps"][0], "wechat");
    // The page did not change, so the one who can't see it is led to what is new.
    assert_eq!(browser.run("return document.activeElement.id"), "done");
}

#[test]
fn the_browser_remembers_its_links_until_it_is_told_to_forget() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    browser.look_with(phone(CHROME));
    browser.open(&front_page(&suo));
    browser.type_into("#text", "https://a.example/kept");
    browser.click("button.main");
    let code = made(&browser);
    browser.open(&front_page(&suo));
    assert!(browser.text("#recent").contains(&code));
    browser.click("#recent button");
    browser.open(&front_page(&suo));
    let hidden = "return document.getElementById('recent').hidden";
    assert_eq!(browser.run(hidden), Value::Bool(true));
}

#[test]
fn copying_says_what_the_browser_says() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    browser.look_with(phone(WECHAT));
    for (answer, said) in [("true", "已复制"), ("false", "未能复制")] {
        browser.open(&front_page(&suo));
        browser.type_into("#text", "https://a.example");
        browser.click("button.main");
        let _ = made(&browser);
        let copy = format!(
            "delete navigator.clipboard; \
             document.execCommand = () => {{ window.copied = String(getSelection()); return {answer}; }}"
        );
        let _ = browser.run(&copy);
        browser.click(".copy");
        assert!(browser.text(".said").contains(said));
        let copied = browser.run("return window.copied");
        assert!(copied.as_str().expect("a text").starts_with("http"));
        // In an app pictures are kept by pressing them.
        assert!(browser.text(".qr").contains("长按图片保存"));
    }
}
