//! Which apps the front page offers, and in which order.

use suo_link::platform::App;

use super::words::Tongue;

/// Apps that a link can be guided out of or kept to: those that come first are shown first.
pub(super) const APPS: [App; 31] = [
    App::Wechat,
    App::Qq,
    App::Douyin,
    App::Weibo,
    App::Dingtalk,
    App::Alipay,
    App::Wecom,
    App::Feishu,
    App::Taobao,
    App::Tmall,
    App::Jd,
    App::Pinduoduo,
    App::Kuaishou,
    App::Xiaohongshu,
    App::Toutiao,
    App::Baidu,
    App::Bilibili,
    App::Zhihu,
    App::Facebook,
    App::Messenger,
    App::Instagram,
    App::Threads,
    App::X,
    App::Tiktok,
    App::Line,
    App::Kakaotalk,
    App::Telegram,
    App::Whatsapp,
    App::Linkedin,
    App::Snapchat,
    App::Pinterest,
];

/// How many are shown without being asked for.
pub(super) const FIRST: usize = 6;

/// What an app is called.
pub(super) fn name(app: App, tongue: Tongue) -> &'static str {
    let name = app.called();
    tongue.choose(name.zh, name.en)
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
        let names = APPS.iter().map(|app| app.name());
        assert!(AppSet::from_names(names).is_ok());
        for app in App::ALL {
            assert_eq!(APPS.contains(app), !LEFT_OUT.contains(app), "{app}");
        }
    }
}
