//! The names of apps, systems, devices and bots, as policies, statistics and the API write them.

use std::{fmt, str::FromStr};

/// A name that the vocabulary does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such name")
    }
}

impl std::error::Error for UnknownName {}

/// An enum whose variants have one name each, the same in JSON, in policies and in statistics.
macro_rules! vocabulary {
    ($(#[$of_type:meta])* $Type:ident { $($(#[$of_word:meta])* $Word:ident = $name:literal,)+ }) => {
        $(#[$of_type])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Type {
            $($(#[$of_word])* $Word,)+
        }

        impl $Type {
            /// Every one of them, in the order of the vocabulary.
            pub const ALL: &[Self] = &[$(Self::$Word),+];

            /// Its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Word => $name,)+
                }
            }
        }

        impl fmt::Display for $Type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $Type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$Word),)+
                    _ => Err(UnknownName),
                }
            }
        }
    };
}

vocabulary! {
    /// The app that asks, if it has a browser of its own and says so.
    App {
        /// 微信
        Wechat = "wechat",
        /// A web view inside a WeChat mini program, 微信小程序
        WechatMiniProgram = "wechat_mini_program",
        /// 企业微信, also WXWork; another app than WeChat
        Wecom = "wecom",
        /// QQ and TIM
        Qq = "qq",
        /// QQ空间
        Qzone = "qzone",
        /// 微博
        Weibo = "weibo",
        /// 钉钉
        Dingtalk = "dingtalk",
        /// 飞书 and Lark
        Feishu = "feishu",
        /// 支付宝
        Alipay = "alipay",
        /// 淘宝
        Taobao = "taobao",
        /// 天猫
        Tmall = "tmall",
        /// 京东
        Jd = "jd",
        /// 拼多多
        Pinduoduo = "pinduoduo",
        /// 抖音
        Douyin = "douyin",
        /// 快手
        Kuaishou = "kuaishou",
        /// 小红书
        Xiaohongshu = "xiaohongshu",
        /// 今日头条
        Toutiao = "toutiao",
        /// 百度
        Baidu = "baidu",
        /// UC 浏览器
        Uc = "uc",
        /// 夸克
        Quark = "quark",
        /// QQ浏览器
        QqBrowser = "qq_browser",
        /// 哔哩哔哩
        Bilibili = "bilibili",
        /// 知乎
        Zhihu = "zhihu",
        /// Facebook
        Facebook = "facebook",
        /// Messenger
        Messenger = "messenger",
        /// Instagram
        Instagram = "instagram",
        /// Threads, built under the name Barcelona
        Threads = "threads",
        /// X, once Twitter
        X = "x",
        /// TikTok
        Tiktok = "tiktok",
        /// LINE
        Line = "line",
        /// 카카오톡
        Kakaotalk = "kakaotalk",
        /// Telegram
        Telegram = "telegram",
        /// WhatsApp
        Whatsapp = "whatsapp",
        /// LinkedIn
        Linkedin = "linkedin",
        /// Snapchat
        Snapchat = "snapchat",
        /// Pinterest
        Pinterest = "pinterest",
        /// No app that is known: an ordinary browser, or a bot
        None = "none",
    }
}

vocabulary! {
    /// The system under the app.
    Os {
        /// iPhone, iPad, iPod
        Ios = "ios",
        /// Android and what is built on it
        Android = "android",
        /// HarmonyOS, with or without Android beside it
        Harmonyos = "harmonyos",
        /// Windows, on phones too
        Windows = "windows",
        /// Macs, and iPads that ask for desktop pages: the two cannot be told apart
        Macos = "macos",
        /// Linux, where it is not one of the others
        Linux = "linux",
        /// Chromebooks
        Chromeos = "chromeos",
        /// Every other system, or none named
        Other = "other",
    }
}

vocabulary! {
    /// What the visitor holds or sits at.
    Device {
        /// A phone
        Mobile = "mobile",
        /// A tablet or e-reader
        Tablet = "tablet",
        /// A computer
        Desktop = "desktop",
        /// A television, watch, console, anything else, or nothing that is named
        Other = "other",
    }
}

vocabulary! {
    /// What a program that asks is for.
    BotKind {
        /// Reads pages to index, archive or examine them
        Crawler = "crawler",
        /// Fetches the card that a chat or network shows for a link
        Preview = "preview",
        /// Looks whether the page is still there
        Monitor = "monitor",
        /// A script: the name of a library and nothing else
        HttpLibrary = "http_library",
    }
}
