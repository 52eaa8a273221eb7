//! The front page in a real Chromium, with and without scripts: what is pasted becomes a short
//! link that the edge follows, guides and forgets as its maker says.

use e2e::{
    browser::{Browser, Looks},
    front_page::{CHROME, WECHAT, front_page, made, phone, with_and_without_scripts},
    quick_start::Place,
};
use serde_json::{Value, json};

const SHARED: &str = "3.28 复制打开抖音，看看【小明的作品】 https://v.douyin.com/iRNBho6u/ g@O.xS";

#[test]
fn a_share_text_becomes_a_link_that_is_followed() {
    with_and_without_scripts(|_, visits, browser| {
        browser.type_into("#text", SHARED);
        browser.click("button.main");
        let code = made(browser);
        assert!(
            browser
                .text("main")
                .contains("https://v.douyin.com/iRNBho6u/")
        );
        visits.wait_until_it_leads(&code, "https://v.douyin.com/iRNBho6u/");
        // The QR code is a picture that has arrived, and leads there as well.
        let picture = "return document.querySelector('.qr img').naturalWidth";
        let width = browser.run_to_the_end(
            "const done = arguments[arguments.length - 1]; \
             document.querySelector('.qr img').decode().then(() => done(true), () => done(false))",
        );
        assert_eq!(width, Value::Bool(true));
        assert!(browser.run(picture).as_u64() >= Some(200));
        visits.wait_until_it_leads(&format!("{code}/q"), "https://v.douyin.com/iRNBho6u/");
    });
}

#[test]
fn a_link_for_wechat_groups_shows_the_guide_page_in_wechat() {
    with_and_without_scripts(|_, visits, browser| {
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
        visits.wait_until_it_leads(&code, "https://www.example.com/sale");
        browser.open(&format!("http://{}/{code}", visits.address));
        assert_eq!(browser.text("h1"), "请在浏览器中打开");
    });
}

#[test]
fn a_link_is_edited_and_deleted_by_its_manage_link() {
    with_and_without_scripts(|api, visits, browser| {
        browser.type_into("#text", "https://a.example/before");
        browser.click("button.main");
        let code = made(browser);
        visits.wait_until_it_leads(&code, "https://a.example/before");
        let manage = browser.attribute("[data-made]", "data-manage");
        let manage = format!("http://{}{manage}", api.address);
        browser.open(&manage);
        browser.clear("textarea[name=target]");
        browser.type_into("textarea[name=target]", "https://a.example/after");
        browser.click("#choice > summary");
        browser.click("input[value=groups]");
        browser.click("button[value=save]");
        browser.wait_for_text(".notice", "已保存");
        visits.wait_until_it_leads(&code, "https://a.example/after");
        assert!(browser.text("#choice > summary").contains("微信/QQ 群"));
        let link = api.call("GET", &format!("/links?code={code}"), &Value::Null);
        let link = &link.json()["data"][0];
        assert_eq!(link["guide_apps"], json!(["wechat", "qq"]));
        browser.look_with(phone(WECHAT));
        browser.open(&format!("http://{}/{code}", visits.address));
        assert_eq!(browser.text("h1"), "请在浏览器中打开");
        browser.look_with(phone(CHROME));
        browser.open(&manage);
        browser.click("input[name=sure]");
        browser.click("button[value=delete]");
        browser.wait_for_title("短链接已删除");
        visits.wait_until_it_leads(&code, "404");
        browser.open(&manage);
        assert_eq!(browser.text("h1"), "管理链接无效");
    });
}

#[test]
fn the_manage_page_tells_how_often_the_link_was_followed() {
    with_and_without_scripts(|api, visits, browser| {
        browser.type_into("#text", "https://a.example/counted");
        browser.click("button.main");
        let code = made(browser);
        let manage = browser.attribute("[data-made]", "data-manage");
        visits.wait_until_it_leads(&code, "https://a.example/counted");
        for _ in 0..2 {
            let scan = format!("/{code}/q");
            let answer = visits.get_with(&scan, &[("user-agent", CHROME)]);
            assert_eq!(answer.status, 302);
        }
        browser.open(&format!("http://{}{manage}", api.address));
        browser.reload_until_text("#scans", "其中扫码 2 次");
    });
}

#[test]
fn what_is_wrong_is_said_and_what_was_typed_is_kept() {
    with_and_without_scripts(|_, _, browser| {
        browser.type_into("#text", "javascript:alert(1)");
        browser.click("button.main");
        assert!(browser.text("#errors").contains("不支持 javascript:"));
        let typed = browser.run("return document.getElementById('text').value");
        assert_eq!(typed, "javascript:alert(1)");
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
    browser.open(&front_page(&suo.api));
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
    browser.open(&front_page(&suo.api));
    browser.type_into("#text", "https://a.example/kept");
    browser.click("button.main");
    let code = made(&browser);
    browser.open(&front_page(&suo.api));
    assert!(browser.text("#recent").contains(&code));
    browser.click("#recent button");
    browser.open(&front_page(&suo.api));
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
        browser.open(&front_page(&suo.api));
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
