//! Every page of the front page in a real Chromium: on a phone and at a desk, light and dark, in
//! both languages, with text of twice the size, and with as good as nothing that axe-core finds.
//!
//! With `SUO_TEST_PICTURES` set to a folder, pictures of all of them are put there.

use std::{env, fs, path::Path, sync::OnceLock};

use e2e::{
    browser::{Browser, Looks, axe},
    camera::poster,
    looks::{all_looks, complaints, keep_picture},
    quick_start::Place,
};

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/143.0.0.0 Safari/537.36";
const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) \
                      NetType/WIFI Language/zh_CN";

const LONG: &str = "https://a-very-long-host-name-that-does-not-fit-into-one-line.and-goes-on.example.com/\
                    with/a/path/that/is/long/as/well?id=678123456789&spm=a21n57.1.0.0&pvid=9d2e7c1b-5f3a-4e8d";

/// A page: its name, who looks, and how one gets there from the open front page.
type Page = (&'static str, &'static str, fn(&Browser));

fn pages() -> Vec<Page> {
    vec![
        ("home", CHROME, |_| {}),
        ("choice", CHROME, |browser| choose(browser, "own")),
        ("download", CHROME, |browser| choose(browser, "download")),
        ("error", CHROME, |browser| {
            send(browser, "https://user:password@example.com/", "#errors")
        }),
        ("result", CHROME, |browser| {
            send(
                browser,
                "看 https://v.douyin.com/iRNBho6u/ 吧",
                "[data-made]",
            );
            browser.click(".outcomes summary");
        }),
        ("result-long-in-wechat", WECHAT, |browser| {
            send(browser, LONG, "[data-made]")
        }),
        ("result-hint", CHROME, |browser| {
            send(
                browser,
                "https://item.taobao.com/item.htm?id=1",
                "[data-made]",
            );
        }),
        ("table", CHROME, |browser| {
            send(
                browser,
                &format!("{LONG}\nhttps://b.example/2\nftp://c.example"),
                "table",
            );
        }),
        ("table-in-wechat", WECHAT, |browser| {
            send(browser, "https://a.example/1\nhttps://b.example/2", "table");
        }),
        ("decoded", CHROME, |browser| {
            browser.type_into("#pick-upload input", group_poster());
            browser.wait_for_value("#text", GROUP);
        }),
        ("manage", CHROME, manage),
        ("manage-choice", CHROME, |browser| {
            manage(browser);
            choose(browser, "own");
        }),
        ("manage-error", CHROME, |browser| {
            manage(browser);
            browser.clear("textarea[name=target]");
            browser.type_into("textarea[name=target]", "ftp://c.example");
            browser.click("button[value=save]");
            let _ = browser.attribute("#errors", "class");
        }),
        ("deleted", CHROME, |browser| {
            manage(browser);
            browser.click("input[name=sure]");
            browser.click("button[value=delete]");
            let _ = browser.attribute("h1:not([id])", "class");
        }),
        ("no-manage", CHROME, |browser| browser.follow("/manage/x")),
        ("nowhere", CHROME, |browser| browser.follow("/nowhere")),
    ]
}

fn manage(browser: &Browser) {
    send(browser, "https://a.example/", "[data-made]");
    let manage = browser.attribute("#manage", "href");
    browser.follow(&manage);
}

const GROUP: &str = "https://weixin.qq.com/g/AwYAAExampleGroupToken";

/// A file with the code of a WeChat group.
fn group_poster() -> &'static str {
    static FOLDER: OnceLock<(tempfile::TempDir, String)> = OnceLock::new();
    let (_, file) = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("group.png");
        fs::write(&file, poster(GROUP)).expect("a picture");
        let file = file.to_str().expect("a path").to_owned();
        (folder, file)
    });
    file
}

fn choose(browser: &Browser, preset: &str) {
    browser.click("#choice > summary");
    browser.click(&format!("input[value={preset}]"));
}

fn send(browser: &Browser, text: &str, then: &str) {
    browser.type_into("#text", text);
    browser.click("button.main");
    let _ = browser.attribute(then, "class");
}

#[test]
fn every_page_reads_well_in_chinese_by_day() {
    every_page_reads_well("zh-CN", false);
}

#[test]
fn every_page_reads_well_in_chinese_by_night() {
    every_page_reads_well("zh-CN", true);
}

#[test]
fn every_page_reads_well_in_english_by_day() {
    every_page_reads_well("en", false);
}

#[test]
fn every_page_reads_well_in_english_by_night() {
    every_page_reads_well("en", true);
}

fn every_page_reads_well(language: &str, is_dark: bool) {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    let rules = axe();
    let pictures = env::var_os("SUO_TEST_PICTURES");
    let mut wrong = Vec::new();
    let looks = all_looks().into_iter();
    for looks in looks.filter(|it| it.language == language && it.is_dark == is_dark) {
        for (name, agent, reach) in pages() {
            browser.look_with(Looks { agent, ..looks });
            browser.open(&format!("http://{}/", suo.api.address));
            reach(&browser);
            let found = complaints(&browser, &rules).into_iter();
            wrong.extend(found.map(|it| format!("{name} {looks:?}: {it}")));
            if let Some(folder) = &pictures {
                keep_picture(
                    &browser,
                    Path::new(folder),
                    &format!("front-{name}"),
                    &looks,
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{} complaints: {wrong:#?}", wrong.len());
}

#[test]
fn without_scripts_everything_is_still_there() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    let mut wrong = Vec::new();
    for looks in all_looks() {
        browser.look_with(Looks {
            agent: CHROME,
            ..looks
        });
        browser.allow_scripts(false);
        browser.open(&format!("http://{}/", suo.api.address));
        choose(&browser, "own");
        let wide = browser
            .run("return document.documentElement.scrollWidth")
            .as_u64();
        if wide > Some(u64::from(looks.size.0)) {
            wrong.push(format!("{wide:?} pixels: {looks:?}"));
        }
        let fields = browser.run("return [...document.querySelectorAll('input[type=file]')].every(it => it.offsetWidth > 50)");
        if fields != serde_json::Value::Bool(true) {
            wrong.push(format!("no fields for files: {looks:?}"));
        }
        if let Some(folder) = env::var_os("SUO_TEST_PICTURES") {
            keep_picture(
                &browser,
                Path::new(&folder),
                "front-without-scripts",
                &looks,
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
