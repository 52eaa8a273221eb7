//! What apps are called on the front page.

use super::words::Tongue;

/// Apps that a link can be guided out of or kept to, as policies write them, with their Chinese
/// and English names: those that come first are shown first.
pub(super) const APPS: [(&str, &str, &str); 31] = [
    ("wechat", "微信", "WeChat"),
    ("qq", "QQ", "QQ"),
    ("douyin", "抖音", "Douyin"),
    ("weibo", "微博", "Weibo"),
    ("dingtalk", "钉钉", "DingTalk"),
    ("alipay", "支付宝", "Alipay"),
    ("wecom", "企业微信", "WeCom"),
    ("feishu", "飞书", "Feishu"),
    ("taobao", "淘宝", "Taobao"),
    ("tmall", "天猫", "Tmall"),
    ("jd", "京东", "JD"),
    ("pinduoduo", "拼多多", "Pinduoduo"),
    ("kuaishou", "快手", "Kuaishou"),
    ("xiaohongshu", "小红书", "Xiaohongshu"),
    ("toutiao", "今日头条", "Toutiao"),
    ("baidu", "百度", "Baidu"),
    ("bilibili", "哔哩哔哩", "Bilibili"),
    ("zhihu", "知乎", "Zhihu"),
    ("facebook", "Facebook", "Facebook"),
    ("messenger", "Messenger", "Messenger"),
    ("instagram", "Instagram", "Instagram"),
    ("threads", "Threads", "Threads"),
    ("x", "X", "X"),
    ("tiktok", "TikTok", "TikTok"),
    ("line", "LINE", "LINE"),
    ("kakaotalk", "KakaoTalk", "KakaoTalk"),
    ("telegram", "Telegram", "Telegram"),
    ("whatsapp", "WhatsApp", "WhatsApp"),
    ("linkedin", "LinkedIn", "LinkedIn"),
    ("snapchat", "Snapchat", "Snapchat"),
    ("pinterest", "Pinterest", "Pinterest"),
];

/// How many are shown without being asked for.
pub(super) const FIRST: usize = 6;

/// What an app or a group of apps of a policy is called.
pub(super) fn name(app: &str, tongue: Tongue) -> &str {
    let known = APPS.iter().find(|(name, ..)| *name == app);
    match (app, known) {
        (_, Some((_, zh, en))) => tongue.choose(zh, en),
        ("browser", None) => tongue.choose("浏览器", "browsers"),
        ("any_app", None) => tongue.choose("所有 App", "all apps"),
        (app, None) => app,
    }
}

#[cfg(test)]
mod tests {
    use suo_link::{platform::App, policy::AppSet};

    use super::APPS;

    /// Browsers, and what another app covers.
    const LEFT_OUT: [App; 6] = [
        App::None,
        App::Uc,
        App::Quark,
        App::QqBrowser,
        App::WechatMiniProgram,
        App::Qzone,
    ];

    #[test]
    fn every_app_of_the_vocabulary_can_be_chosen() {
        let names = APPS.iter().map(|(name, ..)| *name);
        assert!(AppSet::from_names(names).is_ok());
        for app in App::ALL {
            let is_shown = APPS.iter().any(|(name, ..)| *name == app.name());
            assert_eq!(is_shown, !LEFT_OUT.contains(app), "{app}");
        }
    }
}
