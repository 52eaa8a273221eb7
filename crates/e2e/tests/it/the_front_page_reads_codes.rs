//! QR codes at the front page, in a real Chromium: a poster is uploaded, with and without scripts,
//! and a camera sees one, whatever the browser can read by itself.

use std::fs;

use e2e::{
    api::{Api, Visits},
    both_modes::where_the_front_page_is_open,
    browser::{Browser, Looks},
    camera::{arguments, poster},
    quick_start::Place,
};
use serde_json::Value;

const CHROME: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/143.0.0.0 Mobile Safari/537.36";

const POSTER: &str = "https://www.example.com/poster?from=wall";

const LOOKS: Looks = Looks {
    agent: CHROME,
    language: "zh-CN",
    is_dark: false,
    size: (390, 844),
    text_percent: 100,
};

fn open(api: &Api, browser: &Browser) {
    browser.look_with(LOOKS);
    browser.open(&format!("http://{}/", api.address));
}

/// Presses the button, and follows the link that is made.
fn make_and_follow(visits: &Visits, browser: &Browser) {
    browser.click("button.main");
    let short = browser.attribute("[data-made]", "data-short");
    let (_, code) = short.rsplit_once('/').expect("a short URL");
    visits.wait_until_it_leads(code, POSTER);
}

#[test]
fn an_uploaded_poster_becomes_a_link() {
    let browser = Browser::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("poster.png");
    fs::write(&file, poster(POSTER)).expect("a picture");
    where_the_front_page_is_open(|api, visits| {
        for allowed in [true, false] {
            browser.allow_scripts(allowed);
            open(api, &browser);
            let path = file.to_str().expect("a path");
            browser.type_into("#pick-upload input", path);
            if !allowed {
                browser.click("button.nojs");
                assert!(browser.text("#notes").contains("已识别二维码"));
            }
            browser.wait_for_value("#text", POSTER);
            make_and_follow(visits, &browser);
        }
    });
}

#[test]
fn a_picture_without_a_code_is_said_to_have_none() {
    let mut place = Place::new();
    let suo = place.start();
    let browser = Browser::start();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("text.png");
    fs::write(&file, "no picture").expect("a file");
    for allowed in [true, false] {
        browser.allow_scripts(allowed);
        open(&suo.api, &browser);
        browser.type_into("#pick-upload input", file.to_str().expect("a path"));
        let place = if allowed { "#progress" } else { "#errors" };
        if !allowed {
            browser.click("button.nojs");
        }
        browser.wait_for_text(place, "这不是图片");
    }
}

/// What stands for the browser's own reader, and what the page then says.
const READERS: [(&str, &str, &str); 4] = [
    ("absent", "delete window.BarcodeDetector", "发送"),
    (
        "without QR codes",
        "window.BarcodeDetector = class { static async getSupportedFormats() { return []; } }",
        "发送",
    ),
    (
        "failing",
        "window.BarcodeDetector = class { \
           static async getSupportedFormats() { return ['qr_code']; } \
           async detect() { throw new Error('no service'); } }",
        "发送",
    ),
    (
        "working",
        "window.BarcodeDetector = class { \
           static async getSupportedFormats() { return ['qr_code']; } \
           async detect() { return [{ rawValue: 'https://www.example.com/poster?from=wall' }]; } }",
        "本机识别",
    ),
];

/// Counts what is sent, and keeps what the page says meanwhile.
const WATCH: &str = "const send = XMLHttpRequest.prototype.send; \
    window.frames_sent = 0; window.said = ''; \
    XMLHttpRequest.prototype.send = function (body) { window.frames_sent += 1; send.call(this, body); }; \
    addEventListener('DOMContentLoaded', () => new MutationObserver(() => { \
      window.said += document.querySelector('#camera p')?.textContent || ''; }) \
      .observe(document.body, { subtree: true, childList: true }))";

#[test]
fn a_code_before_the_camera_becomes_a_link() {
    let folder = tempfile::tempdir().expect("a folder");
    where_the_front_page_is_open(|api, visits| {
        for (name, reader, said) in READERS {
            let browser = Browser::start_with(&arguments(folder.path(), POSTER));
            browser.look_with(LOOKS);
            browser.run_first(reader);
            browser.run_first(WATCH);
            open(api, &browser);
            browser.click("#pick-scan");
            browser.wait_for_value("#text", POSTER);
            let told = browser.run("return window.said");
            let told = told.as_str().expect("a text");
            assert!(told.contains(said), "{name}: {told}");
            let sent = browser.run("return window.frames_sent").as_u64();
            assert_eq!(sent == Some(0), name == "working", "{name}: {sent:?}");
            // The camera is off.
            let hidden = browser.run("return document.getElementById('camera').hidden");
            assert_eq!(hidden, Value::Bool(true));
            make_and_follow(visits, &browser);
        }
    });
}
