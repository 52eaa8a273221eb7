//! What the front page suggests about a target, with the reason; nothing is done by itself.

use suo_link::destination::{Destination, PrivateTargets};

use super::words::Words;

/// Shops whose pages WeChat and QQ mostly do not open.
const SHOPS: [&str; 4] = ["taobao.com", "tmall.com", "tb.cn", "tmall.hk"];

/// A suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    /// The target is an Android app's file.
    File,
    /// The target is in such a shop.
    Shop,
}

impl Hint {
    /// What is to be suggested for this target.
    pub(super) fn about(target: &str) -> Option<Self> {
        // It was accepted before, by whatever rule.
        let destination = Destination::parse(target, PrivateTargets::Allowed).ok()?;
        let host = destination.host().canonical();
        let is_at = |shop: &str| {
            host.strip_suffix(shop)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let path = target.split(['?', '#']).next().unwrap_or(target);
        let is_file = path
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("apk"));
        if is_file {
            Some(Self::File)
        } else {
            let is_shop = SHOPS.into_iter().any(is_at);
            is_shop.then_some(Self::Shop)
        }
    }

    /// Apps that should be guided.
    pub(super) fn apps(self) -> &'static [&'static str] {
        match self {
            Self::File => &["wechat", "qq", "weibo", "douyin"],
            Self::Shop => &["wechat", "qq"],
        }
    }

    pub(super) fn text(self, words: &Words) -> &'static str {
        match self {
            Self::File => words.hint_file,
            Self::Shop => words.hint_shop,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hint;

    #[test]
    fn files_and_shops_are_hinted_at() {
        for (target, hint) in [
            ("https://example.com/app.APK?v=2", Some(Hint::File)),
            ("https://item.taobao.com/item.htm?id=1", Some(Hint::Shop)),
            ("https://m.tb.cn/h.5abc", Some(Hint::Shop)),
            ("https://tmall.com", Some(Hint::Shop)),
            ("https://nottmall.com/", None),
            ("https://example.com/?file=a.apk", None),
            ("https://example.com/apk", None),
        ] {
            assert_eq!(Hint::about(target), hint, "{target}");
        }
    }
}
