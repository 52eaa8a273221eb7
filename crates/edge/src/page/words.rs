//! Everything that pages say, in Chinese and in English.

use suo_link::visitor::language;

/// Declares the table: each key with its Chinese and its English text, so that neither can lack one.
macro_rules! words {
    ($($key:ident: $zh:literal, $en:literal;)+) => {
        /// The texts of one language.
        #[derive(Debug)]
        pub(super) struct Words {
            $(pub(super) $key: &'static str,)+
        }

        const ZH: Words = Words { $($key: $zh,)+ };
        const EN: Words = Words { $($key: $en,)+ };

        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $zh, $en),)+];
    };
}

words! {
    not_found_title: "短链接不存在", "Short link not found";
    not_found: "请检查链接是否完整，或向发送者索取新的链接。",
        "Check that the link is complete, or ask whoever sent it for a new one.";
    unknown_host_title: "此域名下没有短链接", "No short links on this host";
    unknown_host: "请检查链接中的域名。", "Check the host name in the link.";
    paused_title: "短链接已暂停", "This short link is paused";
    paused: "链接所有者暂停了它，恢复后即可访问。",
        "Its owner has paused it. It will work again when they resume it.";
    not_started_title: "短链接尚未生效", "This short link has not started yet";
    not_started: "还没到开始时间，请稍后再来。", "Its start time has not come. Please come back later.";
    expired_title: "短链接已过期", "This short link has expired";
    expired: "它的有效期已经结束。", "The time for which it was valid is over.";
    used_up_title: "短链接的访问次数已用完", "This short link is used up";
    used_up: "它只能被打开有限的次数，现在已经用完。",
        "It could be opened a limited number of times, and that number is reached.";
    waits_title: "请稍候", "One moment, please";
    waits: "剩余的访问次数正被其他访客占用，请稍后刷新页面。",
        "The visits that are left are held for others. Please load the page again in a moment.";
    banned_title: "短链接已停用", "This short link has been disabled";
    banned: "因违反使用规则，本站已停用此链接，请勿继续访问其内容。",
        "This site has disabled it because it broke the rules of use.";
    in_doubt_title: "暂时无法查询", "Temporarily unavailable";
    in_doubt: "请稍等片刻再刷新页面。", "Please wait a moment and load the page again.";
    bad_method_title: "不支持的请求方式", "This method is not supported";
    bad_method: "请直接打开链接。", "Please just open the link.";
    bad_host_title: "Host 请求头无效", "The Host header is not valid";
    bad_host: "请直接打开链接。", "Please just open the link.";
    cross_site_title: "请求来自其他网站", "This request came from another site";
    cross_site: "请打开短链接，在本页面输入密码。", "Open the short link and enter the password there.";

    guide_title: "请在浏览器中打开", "Open this link in your browser";
    guide_leads: "此链接前往：", "This link leads to:";
    guide_protected: "受密码保护的链接", "Protected link";
    menu_top_right: "点右上角的菜单", "Tap the menu at the top right";
    menu_bottom_right: "点右下角的菜单", "Tap the menu at the bottom right";
    menu_somewhere: "点本应用的菜单（通常是 ⋯ 或 ⋮）", "Tap this app's menu (mostly ⋯ or ⋮)";
    menu_choose: "选择", "Choose";
    menu_else: "没有这一项？复制下面的链接，粘贴到浏览器中打开。",
        "Not there? Copy the link below and paste it in your browser.";
    menu_none: "这里没有用浏览器打开的菜单。请复制下面的链接，粘贴到浏览器中打开。",
        "There is no such menu here. Copy the link below and paste it in your browser.";
    arrow_up: "箭头指向右上角的菜单", "An arrow points to the menu at the top right";
    arrow_down: "箭头指向右下角的菜单", "An arrow points to the menu at the bottom right";
    link_label: "短链接：", "Short link: ";
    copy: "复制链接", "Copy link";
    copied: "已复制", "Copied";
    not_copied: "未能复制，请长按链接手动复制。", "Not copied. Press and hold the link to copy it.";
    way_out: "用外部浏览器打开", "Open in external browser";

    denied_title: "此处不能打开该链接", "This link does not open here";
    denied_apps: "只能在这些应用中打开：", "It opens only in: ";
    denied_os: "只能在这些系统上打开：", "It opens only on: ";
    denied_in_browser: "请改用浏览器打开。", "Please open it in your browser.";
    denied_how: "复制下面的链接，发到上述应用或设备中打开。",
        "Copy the link below and open it in one of these apps or on such a device.";
    denied_wechat: "用微信扫一扫；或长按图片，转发到微信后识别。",
        "Scan it with WeChat; or save the picture and open it in WeChat.";
    qr_alt: "本短链接的二维码", "QR code of this short link";
    separator: "、", ", ";
    any_app: "其他应用", "other apps";
    browser: "浏览器", "browsers";

    password_title: "此链接需要密码", "This link needs a password";
    password_label: "密码", "Password";
    password_send: "打开", "Open";
    password_wrong: "密码不正确，请重试。", "Wrong password. Please try again.";
    too_many_title: "尝试次数过多", "Too many attempts";
    too_many: "请稍后再试。", "Please try again later.";
    too_large_title: "提交的内容过长", "That was too long";
    too_large: "请返回并输入较短的密码。", "Go back and enter a shorter password.";
    bad_form_title: "无法读取提交的内容", "The form could not be read";
    bad_form: "请返回并重新提交。", "Go back and send it again.";
    busy_title: "服务繁忙", "Busy right now";
    busy: "请稍等片刻再试。", "Please try again in a moment.";

    preview_title: "链接预览", "Link preview";
    preview_hidden: "此链接受保护，无法预览其内容。", "This link is protected and has no preview.";
    preview_open: "打开链接", "Open the link";

    site_contact: "联系：", "Contact: ";
}

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// Simplified Chinese, also for whoever names neither.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Tongue {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// The one that the value of `Accept-Language` prefers.
    pub(crate) fn of(header: &[u8]) -> Self {
        match language::best_of(header, &["zh", "en"]) {
            Some(1) => Self::English,
            _ => Self::Chinese,
        }
    }

    /// As HTML names it.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Chinese => &ZH,
            Self::English => &EN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Tongue};

    #[test]
    fn every_text_exists_in_both_languages() {
        let is_chinese = |text: &str| text.chars().any(|c| matches!(c, '\u{3001}'..='\u{9FFF}'));
        for (key, zh, en) in ALL {
            assert!(is_chinese(zh), "{key}: {zh}");
            assert!(!en.is_empty() && !is_chinese(en), "{key}: {en}");
        }
    }

    #[test]
    fn the_language_is_the_preferred_one_of_the_two() {
        for (header, tongue) in [
            ("", Tongue::Chinese),
            ("fr", Tongue::Chinese),
            ("en", Tongue::English),
            ("EN-us", Tongue::English),
            ("fr,en;q=0.1", Tongue::English),
            ("en-US,en;q=0.9,zh;q=0.8", Tongue::English),
            ("zh-TW,zh;q=0.9,en;q=0.8", Tongue::Chinese),
            ("en;q=0.5,zh;q=0.6", Tongue::Chinese),
            ("zh;q=0,en;q=0.1", Tongue::English),
            ("english", Tongue::Chinese),
            ("\u{fffd};;;,=", Tongue::Chinese),
        ] {
            assert_eq!(Tongue::of(header.as_bytes()), tongue, "{header}");
        }
    }
}
