//! Where each app has the menu that opens a page in the browser.
//!
//! Apps move their menus now and then. What is here is common knowledge, for most of them without a
//! source; `docs/platforms.md` shows it and says so, and a test compares the two. Where nobody is
//! sure, the page says "the app's menu" and draws no arrow.

use suo_link::platform::{App, Os};

/// Where an app's menu is, seen from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Menu {
    /// At the top right: the sign on it, and what the entry is called in Chinese and in English.
    TopRight(&'static str, Entry),
    /// At the bottom right.
    BottomRight(&'static str, Entry),
    /// Somewhere; nobody knows for certain where.
    Somewhere(Entry),
    /// There is none: the link is copied and pasted.
    None,
}

/// What the entry of the menu is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) zh: &'static str,
    pub(crate) en: &'static str,
}

const OPEN: Entry = entry("在浏览器打开", "Open in browser");
const DEFAULT: Entry = entry("在默认浏览器中打开", "Open in default browser");
const EXTERNAL: Entry = entry("在外部浏览器打开", "Open in external browser");

const fn entry(zh: &'static str, en: &'static str) -> Entry {
    Entry { zh, en }
}

/// The menu of an app.
pub(crate) const fn of(app: App) -> Menu {
    use Menu::{BottomRight, Somewhere, TopRight};
    match app {
        App::Wechat | App::Wecom => TopRight("⋯", DEFAULT),
        App::WechatMiniProgram => Menu::None,
        App::Qq | App::Qzone => TopRight("⋯", entry("用浏览器打开", "Open in browser")),
        App::Weibo | App::Dingtalk | App::Feishu | App::Alipay | App::Zhihu | App::Bilibili => {
            TopRight("⋯", OPEN)
        }
        App::Douyin | App::Toutiao | App::Xiaohongshu | App::Kuaishou => TopRight("⋯", OPEN),
        // Their pages live in the shop; there is nothing that opens one in a browser.
        App::Taobao | App::Tmall | App::Jd | App::Pinduoduo => Menu::None,
        App::Facebook | App::Instagram | App::Threads | App::Messenger => TopRight("⋯", EXTERNAL),
        App::Tiktok | App::Linkedin | App::Pinterest => TopRight("⋯", OPEN),
        App::Line => BottomRight("⋮", DEFAULT),
        App::Kakaotalk => BottomRight("⋮", entry("用其他浏览器打开", "Open in another browser")),
        App::X
        | App::Telegram
        | App::Whatsapp
        | App::Snapchat
        | App::Baidu
        | App::Uc
        | App::Quark
        | App::QqBrowser
        | App::None => Somewhere(OPEN),
    }
}

/// A link that leaves the app, where that is documented. Who follows it has pressed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WayOut {
    /// LINE opens what carries this in the browser
    /// (<https://developers.line.biz/en/docs/line-login/using-line-url-scheme/>).
    LineParameter,
    /// Android hands `intent:` to whoever opens such URLs
    /// (<https://developer.chrome.com/docs/android/intents>).
    Intent,
}

/// The documented way out of an app on a system.
pub(crate) fn way_out(app: App, os: Os) -> Option<WayOut> {
    match (app, os) {
        (App::Line, _) => Some(WayOut::LineParameter),
        (
            App::Facebook
            | App::Instagram
            | App::Threads
            | App::Messenger
            | App::Tiktok
            | App::X
            | App::Kakaotalk
            | App::Linkedin
            | App::Snapchat
            | App::Pinterest
            | App::Telegram,
            Os::Android,
        ) => Some(WayOut::Intent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use suo_link::platform::{App, Os};

    use super::{Menu, WayOut, of, way_out};

    const PAGE: &str = include_str!("../../../../docs/platforms.md");

    fn line(app: App) -> String {
        let (place, entry) = match of(app) {
            Menu::TopRight(sign, entry) => (format!("top right `{sign}`"), Some(entry)),
            Menu::BottomRight(sign, entry) => (format!("bottom right `{sign}`"), Some(entry)),
            Menu::Somewhere(entry) => ("somewhere".to_owned(), Some(entry)),
            Menu::None => ("none".to_owned(), None),
        };
        let entry = entry.map_or("copy and paste".to_owned(), |entry| {
            format!("{} / {}", entry.zh, entry.en)
        });
        let out = match (way_out(app, Os::Ios), way_out(app, Os::Android)) {
            (Some(WayOut::LineParameter), _) => "`openExternalBrowser=1`",
            (_, Some(WayOut::Intent)) => "`intent:` on Android",
            _ => "",
        };
        format!("| `{app}` | {place} | {entry} | {out} |")
    }

    #[test]
    fn the_manual_shows_every_menu() {
        for app in App::ALL.iter().filter(|app| **app != App::None) {
            let line = line(*app);
            assert!(PAGE.contains(&line), "docs/platforms.md lacks {line}");
        }
    }

    #[test]
    fn wechat_and_qq_have_no_way_out_but_their_menu() {
        for app in [App::Wechat, App::WechatMiniProgram, App::Qq, App::Qzone] {
            assert!(
                Os::ALL.iter().all(|os| way_out(app, *os).is_none()),
                "{app}"
            );
        }
    }
}
