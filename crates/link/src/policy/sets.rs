//! Sets of apps, systems and devices, as policies name them.

use std::fmt;

use crate::platform::{App, Device, Os, UnknownName};

/// Apps that are ordinary browsers: what `browser` stands for.
const BROWSERS: u64 =
    app_bit(App::None) | app_bit(App::Uc) | app_bit(App::Quark) | app_bit(App::QqBrowser);

/// All apps, `none` among them.
const EVERY_APP: u64 = (1 << App::ALL.len()) - 1;

const BROWSER: u64 = 1 << 62;
const ANY_APP: u64 = 1 << 63;

/// The bits that a policy may name; `none` itself is not written in one.
const NAMED: u64 = (EVERY_APP & !app_bit(App::None)) | BROWSER | ANY_APP;

const fn app_bit(app: App) -> u64 {
    1 << app as u64
}

/// The bits of an app by name: its own, and that of the app it is a part of.
const fn names_of(app: App) -> u64 {
    app_bit(app)
        | match app {
            App::WechatMiniProgram => app_bit(App::Wechat),
            App::Qzone => app_bit(App::Qq),
            _ => 0,
        }
}

/// For each app, in the order of the vocabulary, all bits that cover it.
const COVERED_BY: [u64; App::ALL.len()] = {
    let mut all = [0; App::ALL.len()];
    let mut n = 0;
    while n < all.len() {
        let app = App::ALL[n];
        let group = if app_bit(app) & BROWSERS == 0 {
            ANY_APP
        } else {
            BROWSER
        };
        all[n] = names_of(app) | group;
        n += 1;
    }
    all
};

/// Apps as a policy names them: one by one, or as the groups `browser` (`none`, `uc`, `quark`,
/// `qq_browser`) and `any_app` (all others). `wechat` also covers `wechat_mini_program`, `qq`
/// covers `qzone`; `wecom` is not `wechat`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct AppSet(u64);

impl AppSet {
    /// No app.
    pub const EMPTY: Self = Self(0);
    /// The group `browser`.
    pub const BROWSER: Self = Self(BROWSER);
    /// The group `any_app`.
    pub const ANY_APP: Self = Self(ANY_APP);

    /// Reads names of a policy, in any order.
    ///
    /// # Errors
    /// If one is not in the vocabulary, or is `none`, which no policy names.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownName> {
        let mut set = Self::EMPTY;
        for name in names {
            set.add(name)?;
        }
        Ok(set)
    }

    /// Adds one name of a policy.
    ///
    /// # Errors
    /// If it is not in the vocabulary, or is `none`.
    pub fn add(&mut self, name: &str) -> Result<(), UnknownName> {
        let bit = match name {
            "browser" => BROWSER,
            "any_app" => ANY_APP,
            name => app_bit(name.parse()?),
        };
        if bit & NAMED == 0 {
            return Err(UnknownName);
        }
        self.0 |= bit;
        Ok(())
    }

    /// The set with one more app; with `none` it is the same as before.
    #[must_use]
    pub const fn with(self, app: App) -> Self {
        Self(self.0 | app_bit(app) & NAMED)
    }

    /// Its names, in the order of the vocabulary, the groups last.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let apps = App::ALL
            .iter()
            .filter(move |app| self.0 & app_bit(**app) != 0);
        let group = move |bit, name| (self.0 & bit != 0).then_some(name);
        apps.map(|app| app.name())
            .chain(group(BROWSER, "browser"))
            .chain(group(ANY_APP, "any_app"))
    }

    /// Whether no app is named.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the app is in the set: by its own name, as part of an app, or in a group.
    #[must_use]
    pub fn covers(self, app: App) -> bool {
        self.0 & COVERED_BY[app as usize] != 0
    }

    /// Whether the app is in the set by its own name or as part of an app, not in a group.
    #[must_use]
    pub const fn names_app(self, app: App) -> bool {
        self.0 & names_of(app) != 0
    }

    /// Whether it covers an ordinary browser, one of `none`, `uc`, `quark` and `qq_browser`.
    #[must_use]
    pub const fn covers_a_browser(self) -> bool {
        self.0 & (BROWSER | BROWSERS) != 0
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// `None` if a bit is not known here: a newer program has an app more.
    pub(crate) const fn from_bits(bits: u64) -> Option<Self> {
        if bits & !NAMED == 0 {
            Some(Self(bits))
        } else {
            None
        }
    }
}

impl fmt::Display for AppSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, self.names())
    }
}

impl fmt::Debug for AppSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// A set of words of a vocabulary, a bit each in its order.
macro_rules! set {
    ($(#[$of_type:meta])* $Set:ident of $Word:ident) => {
        $(#[$of_type])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $Set(u8);

        impl $Set {
            /// Nothing.
            pub const EMPTY: Self = Self(0);

            /// Reads names of a policy, in any order.
            ///
            /// # Errors
            /// If one is not in the vocabulary.
            pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, UnknownName> {
                let mut set = Self::EMPTY;
                for name in names {
                    set.add(name)?;
                }
                Ok(set)
            }

            /// Adds one name of a policy.
            ///
            /// # Errors
            /// If it is not in the vocabulary.
            pub fn add(&mut self, name: &str) -> Result<(), UnknownName> {
                *self = self.with(name.parse()?);
                Ok(())
            }

            /// The set with one more.
            #[must_use]
            pub const fn with(self, word: $Word) -> Self {
                Self(self.0 | 1 << word as u8)
            }

            /// Its names, in the order of the vocabulary.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                let words = $Word::ALL.iter().filter(move |word| self.covers(**word));
                words.map(|word| word.name())
            }

            /// Whether nothing is named.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether it is in the set.
            #[must_use]
            pub const fn covers(self, word: $Word) -> bool {
                self.0 >> word as u8 & 1 != 0
            }

            pub(crate) const fn bits(self) -> u8 {
                self.0
            }

            /// `None` if a bit is not known here.
            pub(crate) const fn from_bits(bits: u8) -> Option<Self> {
                if bits as usize >> $Word::ALL.len() == 0 { Some(Self(bits)) } else { None }
            }
        }

        impl fmt::Display for $Set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                list(f, self.names())
            }
        }

        impl fmt::Debug for $Set {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries(self.names()).finish()
            }
        }
    };
}

set! {
    /// Systems as a policy names them.
    OsSet of Os
}

set! {
    /// Devices as a policy names them.
    DeviceSet of Device
}

/// Names with commas between them.
fn list(f: &mut fmt::Formatter<'_>, names: impl Iterator<Item = &'static str>) -> fmt::Result {
    for (n, name) in names.enumerate() {
        f.write_str(if n == 0 { "" } else { ", " })?;
        f.write_str(name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{AppSet, COVERED_BY, OsSet};
    use crate::platform::{App, Os, UnknownName};

    fn set(names: &[&str]) -> AppSet {
        AppSet::from_names(names.iter().copied()).unwrap()
    }

    #[test]
    fn names_cover_parts_and_groups_cover_the_rest() {
        for (named, app, covered, by_name) in [
            ("wechat", App::Wechat, true, true),
            ("wechat", App::WechatMiniProgram, true, true),
            ("wechat_mini_program", App::Wechat, false, false),
            ("wechat", App::Wecom, false, false),
            ("qq", App::Qzone, true, true),
            ("qq", App::QqBrowser, false, false),
            ("browser", App::None, true, false),
            ("browser", App::Uc, true, false),
            ("uc", App::Uc, true, true),
            ("uc", App::None, false, false),
            ("browser", App::Baidu, false, false),
            ("any_app", App::Baidu, true, false),
            ("any_app", App::Quark, false, false),
            ("any_app", App::None, false, false),
        ] {
            assert_eq!(set(&[named]).covers(app), covered, "{named} {app}");
            assert_eq!(set(&[named]).names_app(app), by_name, "{named} {app}");
        }
    }

    #[test]
    fn every_app_is_in_exactly_one_group() {
        assert_eq!(COVERED_BY.len(), App::ALL.len());
        for app in App::ALL {
            assert_ne!(
                AppSet::BROWSER.covers(*app),
                AppSet::ANY_APP.covers(*app),
                "{app}"
            );
        }
    }

    #[test]
    fn names_come_back_in_the_order_of_the_vocabulary() {
        let mixed = set(&["any_app", "tiktok", "browser", "wechat"]);
        assert_eq!(mixed.to_string(), "wechat, tiktok, browser, any_app");
        assert_eq!(
            OsSet::from_names(["macos", "ios"]).unwrap().to_string(),
            "ios, macos"
        );
        assert_eq!(
            OsSet::EMPTY.with(Os::Other).names().collect::<Vec<_>>(),
            ["other"]
        );
    }

    #[test]
    fn names_of_no_vocabulary_are_refused() {
        for name in ["none", "", "WeChat", "Browser", "apps"] {
            assert_eq!(AppSet::from_names([name]), Err(UnknownName), "{name}");
        }
        assert_eq!(OsSet::from_names(["wechat"]), Err(UnknownName));
        assert!(AppSet::EMPTY.with(App::None).is_empty());
    }
}
