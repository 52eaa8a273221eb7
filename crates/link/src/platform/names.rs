//! What people call apps and systems, in Chinese and in English.

use super::{App, Os};

/// A name in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    /// In simplified Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

const fn called(zh: &'static str, en: &'static str) -> Called {
    Called { zh, en }
}

impl App {
    /// What it calls itself.
    #[must_use]
    pub const fn called(self) -> Called {
        match self {
            Self::Wechat => called("微信", "WeChat"),
            Self::WechatMiniProgram => called("微信小程序", "WeChat mini programs"),
            Self::Wecom => called("企业微信", "WeCom"),
            Self::Qq => called("QQ", "QQ"),
            Self::Qzone => called("QQ空间", "Qzone"),
            Self::Weibo => called("微博", "Weibo"),
            Self::Dingtalk => called("钉钉", "DingTalk"),
            Self::Feishu => called("飞书", "Feishu"),
            Self::Alipay => called("支付宝", "Alipay"),
            Self::Taobao => called("淘宝", "Taobao"),
            Self::Tmall => called("天猫", "Tmall"),
            Self::Jd => called("京东", "JD"),
            Self::Pinduoduo => called("拼多多", "Pinduoduo"),
            Self::Douyin => called("抖音", "Douyin"),
            Self::Kuaishou => called("快手", "Kuaishou"),
            Self::Xiaohongshu => called("小红书", "Xiaohongshu"),
            Self::Toutiao => called("今日头条", "Toutiao"),
            Self::Baidu => called("百度", "Baidu"),
            Self::Uc => called("UC 浏览器", "UC Browser"),
            Self::Quark => called("夸克", "Quark"),
            Self::QqBrowser => called("QQ浏览器", "QQ Browser"),
            Self::Bilibili => called("哔哩哔哩", "Bilibili"),
            Self::Zhihu => called("知乎", "Zhihu"),
            Self::Facebook => called("Facebook", "Facebook"),
            Self::Messenger => called("Messenger", "Messenger"),
            Self::Instagram => called("Instagram", "Instagram"),
            Self::Threads => called("Threads", "Threads"),
            Self::X => called("X", "X"),
            Self::Tiktok => called("TikTok", "TikTok"),
            Self::Line => called("LINE", "LINE"),
            Self::Kakaotalk => called("KakaoTalk", "KakaoTalk"),
            Self::Telegram => called("Telegram", "Telegram"),
            Self::Whatsapp => called("WhatsApp", "WhatsApp"),
            Self::Linkedin => called("LinkedIn", "LinkedIn"),
            Self::Snapchat => called("Snapchat", "Snapchat"),
            Self::Pinterest => called("Pinterest", "Pinterest"),
            Self::None => called("浏览器", "browsers"),
        }
    }
}

impl Os {
    /// What it calls itself.
    #[must_use]
    pub const fn called(self) -> Called {
        match self {
            Self::Ios => called("iOS", "iOS"),
            Self::Android => called("安卓", "Android"),
            Self::Harmonyos => called("鸿蒙", "HarmonyOS"),
            Self::Windows => called("Windows", "Windows"),
            Self::Macos => called("macOS", "macOS"),
            Self::Linux => called("Linux", "Linux"),
            Self::Chromeos => called("ChromeOS", "ChromeOS"),
            Self::Other => called("其他系统", "other systems"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{App, Os};

    #[test]
    fn no_two_have_the_same_name() {
        let apps = App::ALL.iter().map(|app| app.called());
        let mut names: Vec<_> = apps.chain(Os::ALL.iter().map(|os| os.called())).collect();
        let count = names.len();
        for language in [|it: &super::Called| it.zh, |it: &super::Called| it.en] {
            names.sort_by_key(language);
            names.dedup_by_key(|it| language(it));
            assert_eq!(names.len(), count);
        }
    }
}
