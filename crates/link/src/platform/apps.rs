//! Apps and their tokens, in order of precedence: the first app with a token in the agent wins.
//!
//! Tokens are written as in [`super::tokens`] and compared letter for letter, case included. To
//! add an app: a word in `vocabulary.rs`, a section here, a section in `docs/platforms.md` and
//! three agents in the table of `tests/it/agents/apps.rs`.

use super::{
    App,
    tokens::{Token, t},
};

/// One way to know an app.
pub struct AppSection {
    /// The app.
    pub app: App,
    /// Any of them says so …
    pub tokens: &'static [Token],
    /// … if one of these is there too, where any are named.
    pub beside: &'static [Token],
    /// What else to know, and why it stands where it stands.
    pub note: &'static str,
}

const MATOMO: &str = "matomo-org/device-detector regexes/client/mobile_apps.yml";
const MATOMO_BROWSERS: &str = "matomo-org/device-detector regexes/client/browsers.yml";
const MUMUY: &str = "mumuy/browser src/module";
const UA_PARSER_JS: &str = "faisalman/ua-parser-js src/main/ua-parser.js";
const CAPTURED: &str = "agents captured in the app, found in public code";

/// Every app, the strongest first.
pub const APPS: &[AppSection] = &[
    AppSection {
        app: App::Wecom,
        tokens: &[t("wxwork/", MATOMO)],
        beside: &[],
        note: "carries MicroMessenger/ as well, so it stands before WeChat",
    },
    AppSection {
        app: App::WechatMiniProgram,
        tokens: &[
            t("miniProgram!", CAPTURED),
            t("MiniProgramEnv/", CAPTURED),
            t("MiniProgram!", CAPTURED),
        ],
        beside: &[t("MicroMessenger!", MATOMO)],
        note: "mini programs of Alipay and Feishu say the same without MicroMessenger; \
               some of WeChat's on iOS say nothing at all",
    },
    AppSection {
        app: App::Wechat,
        tokens: &[
            t("MicroMessenger!", MATOMO),
            t("WindowsWechat", MUMUY),
            t("MacWechat", CAPTURED),
            t("UnifiedPC", CAPTURED),
            t("WeChat/#", MATOMO),
        ],
        beside: &[],
        note: "WindowsWechat is no sign of the system: the Linux client sends it, too",
    },
    AppSection {
        app: App::Dingtalk,
        tokens: &[
            t("DingTalk/", MATOMO),
            t("DingTalk(", CAPTURED),
            t("dingtalk-win/", CAPTURED),
        ],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Feishu,
        tokens: &[t("Lark/#", MATOMO), t("LarkLocale/", CAPTURED)],
        beside: &[],
        note: "Feishu and Lark are one app with one token",
    },
    AppSection {
        app: App::Qzone,
        tokens: &[
            t("Qzone/", CAPTURED),
            t("AND_QZ_", CAPTURED),
            t("IPH_QZ_", CAPTURED),
        ],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Qq,
        tokens: &[
            t("QQ/#", UA_PARSER_JS),
            t("AND_SQ_", CAPTURED),
            t("IPH_SQ_", CAPTURED),
            t("IPadQQ/", CAPTURED),
        ],
        beside: &[],
        note: "QQNT and TIM say QQ/ too; the engine X5 says MQQBrowser/ in here and elsewhere, \
               so nothing looser than this is QQ",
    },
    AppSection {
        app: App::Weibo,
        tokens: &[
            t("weibo__", MATOMO),
            t("Weibo!", MUMUY),
            t("com.sina.weibo", CAPTURED),
        ],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Alipay,
        tokens: &[t("AlipayClient", MATOMO), t("AliApp(AP/", UA_PARSER_JS)],
        beside: &[],
        note: "AliApp( alone is a family: AFW is Ant Fortune, FM Xianyu, TUnionSDK an \
               advertisement in UC",
    },
    AppSection {
        app: App::Tmall,
        tokens: &[t("AliApp(TM", CAPTURED)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Taobao,
        tokens: &[t("AliApp(TB", MATOMO), t("taobao_android", CAPTURED)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Jd,
        tokens: &[
            t("jdapp;", CAPTURED),
            t("jdltapp;", CAPTURED),
            t("jdpingou;", CAPTURED),
            t("JD4iPhone/", CAPTURED),
        ],
        beside: &[],
        note: "the shop, its light edition and Jingxi",
    },
    AppSection {
        app: App::Pinduoduo,
        tokens: &[t("phh_android_", CAPTURED), t("phh_ios_", CAPTURED)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Tiktok,
        tokens: &[
            t("musical_ly", MATOMO),
            t("trill_", MATOMO),
            t("trill/", CAPTURED),
            t("com.zhiliaoapp.musically", UA_PARSER_JS),
            t("TikTok ", MATOMO),
            t("TikTok/", MATOMO),
            t("AppName/ultralite", CAPTURED),
        ],
        beside: &[],
        note: "BytedanceWebview is no token: Douyin, Toutiao and TikTok share it",
    },
    AppSection {
        app: App::Douyin,
        tokens: &[
            t("aweme", MATOMO),
            t("Aweme/", CAPTURED),
            t("douyin_lite", CAPTURED),
        ],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Toutiao,
        tokens: &[t("NewsArticle/", MATOMO)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Kuaishou,
        tokens: &[t("Kwai/#", MATOMO), t("ksNebula/", CAPTURED)],
        beside: &[],
        note: "ksNebula is the light edition; KsWebView/ is its engine and stands beside them",
    },
    AppSection {
        app: App::Xiaohongshu,
        tokens: &[
            t("XiaoHongShu", CAPTURED),
            t("xiaohongshu", CAPTURED),
            t("xhsdiscover", CAPTURED),
        ],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Xiaohongshu,
        tokens: &[t("discover/#", CAPTURED)],
        beside: &[t("NetType/", CAPTURED), t("Device/(", CAPTURED)],
        note: "discover/ is a common word; what stands beside it makes it the app, with less \
               certainty than elsewhere",
    },
    AppSection {
        app: App::Baidu,
        tokens: &[t("baiduboxapp/", MATOMO), t("baiduboxlite/", CAPTURED)],
        beside: &[],
        note: "(Baidu; is no token: every app of the house carries it",
    },
    AppSection {
        app: App::Bilibili,
        tokens: &[t("BiliApp/", CAPTURED), t("mobi_app/", CAPTURED)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Zhihu,
        tokens: &[
            t("ZhihuHybrid", CAPTURED),
            t("com.zhihu.android/", CAPTURED),
            t("osee2unifiedRelease/", CAPTURED),
        ],
        beside: &[],
        note: "osee2unifiedRelease is the app on iOS",
    },
    AppSection {
        app: App::Threads,
        tokens: &[t("Barcelona ", MATOMO)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Instagram,
        tokens: &[t("Instagram ", MATOMO), t("Instagram/", MATOMO)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Messenger,
        tokens: &[
            t("FBAN/Messenger", MATOMO),
            t("FB_IAB/MESSENGER", MATOMO),
            t("FBAN/mLite", MATOMO),
            t("Orca-Android", MATOMO),
        ],
        beside: &[],
        note: "before Facebook, whose tokens it carries",
    },
    AppSection {
        app: App::Facebook,
        tokens: &[
            t("FBAN/", MATOMO),
            t("FBAV/", MATOMO),
            t("FB_IAB/", MATOMO),
            t("MetaIAB", CAPTURED),
        ],
        beside: &[],
        note: "since 2025 on iOS MetaIAB without FBAN",
    },
    AppSection {
        app: App::X,
        tokens: &[
            t("Twitter for ", MATOMO),
            t("TwitterAndroid", MATOMO),
            t("Twitter/#", MATOMO),
        ],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Line,
        tokens: &[t("Line/#", MUMUY)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Kakaotalk,
        tokens: &[t("KAKAOTALK!", MATOMO), t("KakaoTalk/", CAPTURED)],
        beside: &[],
        note: "KAKAOSTORY is another app",
    },
    AppSection {
        app: App::Telegram,
        tokens: &[t("Telegram-Android/", CAPTURED), t("Telegram!", MUMUY)],
        beside: &[],
        note: "mostly a plain browser's agent, which cannot be known",
    },
    AppSection {
        app: App::Whatsapp,
        tokens: &[
            t("WhatsApp/", MATOMO),
            t("WhatsAppElectron", MATOMO),
            t("whatsapp-linux-app", MATOMO),
        ],
        beside: &[],
        note: "in first place it is the fetcher of previews, a bot",
    },
    AppSection {
        app: App::Linkedin,
        tokens: &[t("LinkedInApp", UA_PARSER_JS), t("LinkedIn/#", MATOMO)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Snapchat,
        tokens: &[t("Snapchat!", MATOMO)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Pinterest,
        tokens: &[t("Pinterest/", MATOMO), t("Pinterest for", MATOMO)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Quark,
        tokens: &[t("Quark/", MATOMO_BROWSERS), t("QuarkPC/", MATOMO_BROWSERS)],
        beside: &[],
        note: "",
    },
    AppSection {
        app: App::Uc,
        tokens: &[
            t("UCBrowser", MUMUY),
            t("UBrowser", MUMUY),
            t("UCWEB", MUMUY),
            t("UC Browser", MATOMO_BROWSERS),
            t("UC AppleWebKit", MATOMO_BROWSERS),
            t("UCMobile/", MATOMO_BROWSERS),
            t("UCMini", MATOMO_BROWSERS),
            t("UCKai/", MATOMO_BROWSERS),
        ],
        beside: &[],
        note: "its engine once signed so in other apps of Alibaba, which stand before it",
    },
    AppSection {
        app: App::QqBrowser,
        tokens: &[
            t("MQQBrowser", UA_PARSER_JS),
            t("QQBrowser", UA_PARSER_JS),
            t("QQ浏览器/", MATOMO),
        ],
        beside: &[],
        note: "last, for its engine X5 signs so in WeChat, WeCom, QQ, QZone and JD",
    },
];
