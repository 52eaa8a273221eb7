//! The front page in a browser, in the words of a test.

use serde_json::Value;

use crate::{
    api::{Api, Visits},
    both_modes::where_the_front_page_is_open,
    browser::{Browser, Looks},
};

/// A browser on a phone.
pub const CHROME: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/143.0.0.0 Mobile Safari/537.36";
/// `WeChat` on a phone.
pub const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.60(0x18003c2f) \
                      NetType/WIFI Language/zh_CN";

/// A phone, in Chinese, by day.
#[must_use]
pub fn phone(agent: &'static str) -> Looks {
    Looks {
        agent,
        language: "zh-CN",
        is_dark: false,
        size: (390, 844),
        text_percent: 100,
    }
}

/// Where it is.
#[must_use]
pub fn front_page(api: &Api) -> String {
    format!("http://{}/", api.address)
}

/// The code of the link that the page shows.
///
/// # Panics
/// If it shows none.
#[must_use]
pub fn made(browser: &Browser) -> String {
    let short = browser.attribute("[data-made]", "data-short");
    let (_, code) = short.rsplit_once('/').expect("a short URL");
    code.to_owned()
}

/// Does the same once with scripts and once without, in the quick start and in production.
pub fn with_and_without_scripts(act: impl Fn(&Api, &Visits, &Browser)) {
    let browser = Browser::start();
    browser.run_first("addEventListener('error', error => window.failed = error.message)");
    where_the_front_page_is_open(|api, visits| {
        for allowed in [true, false] {
            browser.look_with(phone(CHROME));
            browser.allow_scripts(allowed);
            browser.open(&front_page(api));
            // A page whose scripts fail works as well, but not as it should.
            assert_eq!(browser.run("return window.failed ?? null"), Value::Null);
            act(api, visits, &browser);
        }
    });
}
