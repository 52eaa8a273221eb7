//! What the text of a code is for.

use std::fmt;

/// What a phone would do with the text of a code. The names are part of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A web address that is none of the following.
    Url,
    /// An invitation to a WeChat group; it expires after seven days.
    WechatGroup,
    /// A person or an account in WeChat; the owner can make it invalid at any time.
    WechatPerson,
    /// A contact or a group in WeCom.
    Wecom,
    /// A mini program of WeChat.
    MiniProgram,
    /// Something that Alipay opens.
    Alipay,
    /// Money outside of `qr.alipay.com`: WeChat Pay, `UnionPay`, EMV codes of shops, and the digits
    /// by which a cashier takes money from whoever shows them.
    Payment,
    /// The name and password of a wireless network.
    Wifi,
    /// A business card: vCard or `MeCard`.
    Vcard,
    /// Anything else.
    Text,
}

/// Hosts, and what a path on them begins with. The first that fits decides; an empty path fits
/// always. Sources stand in `docs/qr.md`.
const PLACES: [(&str, &str, Kind); 19] = [
    ("weixin.qq.com", "/g/", Kind::WechatGroup),
    ("weixin.qq.com", "/r/", Kind::WechatPerson),
    ("weixin.qq.com", "/q/", Kind::WechatPerson),
    ("u.wechat.com", "", Kind::WechatPerson),
    ("work.weixin.qq.com", "", Kind::Wecom),
    ("mp.weixin.qq.com", "/a/", Kind::MiniProgram),
    ("wxaurl.cn", "", Kind::MiniProgram),
    ("wxmpurl.cn", "", Kind::MiniProgram),
    ("qr.alipay.com", "", Kind::Alipay),
    ("ur.alipay.com", "", Kind::Alipay),
    ("m.alipay.com", "", Kind::Alipay),
    ("mobilecodec.alipay.com", "", Kind::Alipay),
    ("render.alipay.com", "", Kind::Alipay),
    ("ds.alipay.com", "", Kind::Alipay),
    ("qr.95516.com", "", Kind::Payment),
    ("payapp.weixin.qq.com", "", Kind::Payment),
    ("payapp.wechatpay.cn", "", Kind::Payment),
    ("wx.tenpay.com", "/f2f", Kind::Payment),
    ("i.qianbao.qq.com", "/wallet/sqrcode", Kind::Payment),
];

/// What a text begins with, in lower case, that is no web address.
const BEGINNINGS: [(&str, Kind); 13] = [
    ("wxp://", Kind::Payment),
    ("weixin://wxpay/", Kind::Payment),
    ("weixin://pay.weixin.qq.com/", Kind::Payment),
    // As WeChat Pay's older manual spells it.
    ("weixin://weixin://pay.weixin.qq.com/", Kind::Payment),
    ("bitcoin:", Kind::Payment),
    ("weixin://dl/business", Kind::MiniProgram),
    ("#小程序://", Kind::MiniProgram),
    ("alipays://", Kind::Alipay),
    ("alipay://", Kind::Alipay),
    ("alipayqr://", Kind::Alipay),
    ("wifi:", Kind::Wifi),
    ("begin:vcard", Kind::Vcard),
    ("mecard:", Kind::Vcard),
];

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Url,
        Self::WechatGroup,
        Self::WechatPerson,
        Self::Wecom,
        Self::MiniProgram,
        Self::Alipay,
        Self::Payment,
        Self::Wifi,
        Self::Vcard,
        Self::Text,
    ];

    /// What a text is for.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim_start();
        if let Some((host, path)) = web_address(text) {
            let is_there = |place: &&(&str, &str, Self)| {
                place.0.eq_ignore_ascii_case(host) && starts_with(path, place.1)
            };
            let place = PLACES.iter().find(is_there);
            return place.map_or(Self::Url, |(_, _, kind)| *kind);
        }
        let mut beginnings = BEGINNINGS.iter();
        match beginnings.find(|(beginning, _)| starts_with(text, beginning)) {
            Some((_, kind)) => *kind,
            None if is_shown_to_cashiers(text.trim_end()) => Self::Payment,
            None if is_emv(text.trim_end()) => Self::Payment,
            None => Self::Text,
        }
    }

    /// Its name in replies.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::WechatGroup => "wechat_group",
            Self::WechatPerson => "wechat_person",
            Self::Wecom => "wecom",
            Self::MiniProgram => "mini_program",
            Self::Alipay => "alipay",
            Self::Payment => "payment",
            Self::Wifi => "wifi",
            Self::Vcard => "vcard",
            Self::Text => "text",
        }
    }

    /// Whether the code stops working by itself or at its owner's wish, so that it should not be
    /// printed: codes of WeChat groups and persons.
    #[must_use]
    pub fn expires(self) -> bool {
        matches!(self, Self::WechatGroup | Self::WechatPerson)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether it is the number of a customer that lets a shop take money: 18 digits beginning with 10 to
/// 15 in WeChat, 16 to 24 beginning with 25 to 30 in Alipay, 19 beginning with 62 in `UnionPay`.
fn is_shown_to_cashiers(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let begin: Option<u8> = text.get(..2).and_then(|begin| begin.parse().ok());
    is_number
        && match begin {
            Some(10..=15) => text.len() == 18,
            Some(25..=30) => (16..=24).contains(&text.len()),
            Some(62) => text.len() == 19,
            _ => false,
        }
}

/// Whether it is `EMVCo`'s code of a merchant: version 01 first, and last a checksum, which is object
/// 63 with four hexadecimal digits.
fn is_emv(text: &str) -> bool {
    let sum = text.len().checked_sub(8).and_then(|at| text.get(at..));
    let is_sum =
        |sum: &str| sum.starts_with("6304") && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.starts_with("000201") && sum.is_some_and(is_sum)
}

/// Host and path of an `http` or `https` address that is all of the text.
fn web_address(text: &str) -> Option<(&str, &str)> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| starts_with(text, scheme))?;
    let rest = text.get(scheme.len()..)?.trim_end();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let host = authority.split(':').next().unwrap_or(authority);
    let is_one_word = !rest.contains(char::is_whitespace);
    (is_one_word && !host.is_empty()).then_some((host, path))
}

/// Whether it begins like this, capitals or not.
fn starts_with(text: &str, beginning: &str) -> bool {
    let head = text.get(..beginning.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(beginning))
}
