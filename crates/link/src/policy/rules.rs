//! What a link asks of its visitors, in the form in which it is decided.

use std::fmt;

use super::sets::{AppSet, DeviceSet, OsSet};
use crate::{
    platform::{App, Os},
    time::Timestamp,
    visitor::{Country, LanguageRange},
};

/// The most rules of a link.
pub const MAX_RULES: usize = 32;
/// The most targets of a rule.
pub const MAX_TARGETS: usize = 16;
/// The largest weight of a target; the smallest is 1.
pub const MAX_WEIGHT: u32 = 1_000_000;
/// The most languages, and the most countries, of a condition.
pub const MAX_CHOICES: usize = 64;
/// The most pairs that a condition asks of the query.
pub const MAX_PAIRS: usize = 16;
/// The longest name, and the longest value, that a condition asks of the query, in bytes.
pub const MAX_PAIR_BYTES: usize = 256;
/// The longest title of a preview, in characters.
pub const MAX_TITLE: usize = 120;
/// The longest description of a preview, in characters.
pub const MAX_DESCRIPTION: usize = 240;
/// The longest address of a preview's image, in bytes.
pub const MAX_IMAGE: usize = 1024;

/// Who gets what, beyond the link's one target. A link without a policy treats all alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Apps whose visitors are told how to open the link in a browser (防红平台类型).
    pub guide_apps: AppSet,
    /// Who may open the link at all (允许访问的平台类型).
    pub allow: Allow,
    /// Other targets for some visitors; the first rule that matches wins. At most [`MAX_RULES`].
    pub rules: Box<[Rule]>,
    /// What visitors prove that they know.
    pub password: Option<PasswordHash>,
    /// What chats and networks show for the link.
    pub preview: Option<Preview>,
}

impl Policy {
    /// Whether it says nothing; a link then has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.treats_all_alike() && self.preview.is_none()
    }

    /// The bytes that it takes, itself included.
    pub(crate) fn bytes(&self) -> usize {
        let password = self.password.as_ref().map_or(0, |hash| hash.0.len());
        let preview = self.preview.as_ref().map_or(0, Preview::heap_bytes);
        let rules: usize = self.rules.iter().map(Rule::bytes).sum();
        size_of::<Self>() + password + preview + rules
    }

    /// Whether every visitor is led to the same place, so that a browser may remember it.
    #[must_use]
    pub fn treats_all_alike(&self) -> bool {
        self.guide_apps.is_empty()
            && self.allow.is_empty()
            && self.rules.is_empty()
            && self.password.is_none()
    }
}

/// Who may open a link: apps and systems both; an empty set lets all pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Apps that may.
    pub apps: AppSet,
    /// Systems that may.
    pub os: OsSet,
}

impl Allow {
    /// Whether visitors in this app may.
    #[must_use]
    pub fn lets_app(&self, app: App) -> bool {
        self.apps.is_empty() || self.apps.covers(app)
    }

    /// Whether visitors on this system may.
    #[must_use]
    pub fn lets_os(&self, os: Os) -> bool {
        self.os.is_empty() || self.os.covers(os)
    }

    /// Whether all may.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.apps.is_empty() && self.os.is_empty()
    }
}

/// Other targets for the visitors whom a condition describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Whom it is for.
    pub when: Condition,
    /// Where they are led: 1 to [`MAX_TARGETS`] targets that share them by weight.
    pub targets: Box<[Weighted]>,
}

impl Rule {
    fn bytes(&self) -> usize {
        let target = |target: &Weighted| size_of::<Weighted>() + target.url.len();
        let pair = |pair: &Pair| size_of::<Pair>() + pair.name.len() + pair.value.len();
        let range = |range: &LanguageRange| size_of::<LanguageRange>() + range.as_str().len();
        let targets: usize = self.targets.iter().map(target).sum();
        let pairs: usize = self.when.query.iter().map(pair).sum();
        let languages: usize = self.when.language.iter().map(range).sum();
        let countries = size_of_val(&*self.when.country);
        size_of::<Self>() + targets + pairs + languages + countries
    }
}

/// One of the targets of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The `Location`; a text that [`crate::destination::Destination`] accepted.
    pub url: Box<str>,
    /// Its share, 1 to [`MAX_WEIGHT`], of the sum over the rule's targets.
    pub weight: u32,
}

/// Whom a rule is for: everything that is said must hold; of several values one is enough.
/// What is empty or `None` is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// The app.
    pub app: AppSet,
    /// The system.
    pub os: OsSet,
    /// The device.
    pub device: DeviceSet,
    /// The language that the visitor prefers to all others; at most [`MAX_CHOICES`].
    pub language: Box<[LanguageRange]>,
    /// The country of the visitor's address; at most [`MAX_CHOICES`].
    pub country: Box<[Country]>,
    /// Pairs that the visitor's query must all have; at most [`MAX_PAIRS`].
    pub query: Box<[Pair]>,
    /// From this moment on.
    pub after: Option<Timestamp>,
    /// Until before this moment.
    pub before: Option<Timestamp>,
}

/// Name and value of a query, decoded: compared with what form-encoded text stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name; case matters.
    pub name: Box<str>,
    /// The value; case matters.
    pub value: Box<str>,
}

/// The hash of a password, as a PHC string of argon2id.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(Box<str>);

impl PasswordHash {
    /// The longest hash, in bytes.
    pub const MAX_LENGTH: usize = 256;

    /// Takes a PHC string; `None` if it cannot be one of argon2id.
    #[must_use]
    pub fn from_phc(text: &str) -> Option<Self> {
        let fits = text.starts_with("$argon2id$")
            && text.len() <= Self::MAX_LENGTH
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.into()))
    }

    /// The PHC string, for the one who verifies a password or stores the hash.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

/// Hides the hash: what is logged can be guessed at.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// What a card says about the target; what is `None` the card leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// At most [`MAX_TITLE`] characters.
    pub title: Option<Box<str>>,
    /// At most [`MAX_DESCRIPTION`] characters.
    pub description: Option<Box<str>>,
    /// An http(s) URL, visible ASCII, at most [`MAX_IMAGE`] bytes.
    pub image: Option<Box<str>>,
}

impl Preview {
    /// The preview of a policy that has none.
    pub(super) const NONE: Self = Self {
        title: None,
        description: None,
        image: None,
    };

    fn heap_bytes(&self) -> usize {
        let texts = [&self.title, &self.description, &self.image];
        let length = |text: &Option<Box<str>>| text.as_deref().map_or(0, str::len);
        texts.into_iter().map(length).sum()
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.title.is_none() && self.description.is_none() && self.image.is_none()
    }
}
