//! A policy as JSON: in replies, and in the table of links.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use suo_link::{
    policy::{Allow, AppSet, Condition, DeviceSet, OsSet, Pair, Policy, Preview, Rule, Weighted},
    visitor::{Country, LanguageRange},
};
use utoipa::ToSchema;

use crate::time;

/// Who gets what, but for the password, which has only a hash and is shown to nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PolicyText {
    /// Apps whose visitors are told how to open the link in a browser (防红平台类型).
    #[schema(example = json!(["wechat", "qq"]))]
    pub guide_apps: Vec<String>,
    /// Who may open the link (允许访问的平台类型).
    pub allow: AllowText,
    /// Other targets for some visitors; the first rule that matches wins. At most 32.
    pub rules: Vec<RuleText>,
    /// What chats and networks show for the link.
    pub preview: PreviewText,
}

/// Who may open a link: apps and systems both; an empty list lets all pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct AllowText {
    /// Apps that may.
    pub apps: Vec<String>,
    /// Systems that may.
    pub os: Vec<String>,
}

/// Other targets for the visitors whom a condition describes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleText {
    /// Whom it is for; `{}`: everybody.
    pub when: ConditionText,
    /// Where they are led: 1 to 16 targets that share them by weight.
    pub targets: Vec<TargetText>,
}

/// Whom a rule is for: everything that is said must hold; of several values one is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ConditionText {
    /// The app.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["wechat"]))]
    pub app: Vec<String>,
    /// The system.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["ios"]))]
    pub os: Vec<String>,
    /// The device.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["mobile"]))]
    pub device: Vec<String>,
    /// The language that the visitor prefers to all others; `zh` stands for all kinds of it. At most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["zh"]))]
    pub language: Vec<String>,
    /// The country of the visitor's address, two capitals. At most 64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["CN"]))]
    pub country: Vec<String>,
    /// Names and values that the visitor's query must all have. At most 16.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// From this moment on, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Until before this moment, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// One of the targets of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TargetText {
    /// The `Location`, byte for byte.
    #[schema(example = "https://example.com/app")]
    pub url: String,
    /// Its share of the sum over the rule's targets, 1 to 1 000 000.
    #[schema(example = 1)]
    pub weight: u32,
}

/// What chats and networks show for a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PreviewText {
    /// At most 120 characters.
    pub title: Option<String>,
    /// At most 240 characters.
    pub description: Option<String>,
    /// An http(s) URL of at most 1 024 bytes.
    pub image: Option<String>,
}

impl From<&Policy> for PolicyText {
    fn from(policy: &Policy) -> Self {
        Self {
            guide_apps: owned(policy.guide_apps.names()),
            allow: AllowText {
                apps: owned(policy.allow.apps.names()),
                os: owned(policy.allow.os.names()),
            },
            rules: policy.rules.iter().map(RuleText::from).collect(),
            preview: policy
                .preview
                .as_ref()
                .map(PreviewText::from)
                .unwrap_or_default(),
        }
    }
}

impl From<&Rule> for RuleText {
    fn from(rule: &Rule) -> Self {
        Self {
            when: ConditionText::from(&rule.when),
            targets: rule.targets.iter().map(TargetText::from).collect(),
        }
    }
}

impl From<&Weighted> for TargetText {
    fn from(target: &Weighted) -> Self {
        Self {
            url: target.url.to_string(),
            weight: target.weight,
        }
    }
}

impl From<&Condition> for ConditionText {
    fn from(when: &Condition) -> Self {
        let pair = |pair: &Pair| (pair.name.to_string(), pair.value.to_string());
        Self {
            app: owned(when.app.names()),
            os: owned(when.os.names()),
            device: owned(when.device.names()),
            language: owned(when.language.iter().map(LanguageRange::as_str)),
            country: owned(when.country.iter().map(Country::as_str)),
            query: when.query.iter().map(pair).collect(),
            after: when.after.map(time::to_text),
            before: when.before.map(time::to_text),
        }
    }
}

impl From<&Preview> for PreviewText {
    fn from(preview: &Preview) -> Self {
        let text = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        Self {
            title: text(&preview.title),
            description: text(&preview.description),
            image: text(&preview.image),
        }
    }
}

impl PolicyText {
    /// The policy, without a password. `None` for what no policy of this program's says.
    pub(crate) fn read(self) -> Option<Policy> {
        let preview = self.preview.read();
        Some(Policy {
            guide_apps: AppSet::from_names(names(&self.guide_apps)).ok()?,
            allow: Allow {
                apps: AppSet::from_names(names(&self.allow.apps)).ok()?,
                os: OsSet::from_names(names(&self.allow.os)).ok()?,
            },
            rules: self
                .rules
                .into_iter()
                .map(RuleText::read)
                .collect::<Option<_>>()?,
            password: None,
            preview: (!preview.is_empty()).then_some(preview),
        })
    }
}

impl RuleText {
    fn read(self) -> Option<Rule> {
        let target = |target: TargetText| Weighted {
            url: target.url.into(),
            weight: target.weight,
        };
        Some(Rule {
            when: self.when.read()?,
            targets: self.targets.into_iter().map(target).collect(),
        })
    }
}

impl ConditionText {
    fn read(self) -> Option<Condition> {
        let pair = |(name, value): (String, String)| Pair {
            name: name.into(),
            value: value.into(),
        };
        let moment = |text: Option<String>| match text {
            None => Some(None),
            Some(text) => time::from_text(&text).map(Some),
        };
        Some(Condition {
            app: AppSet::from_names(names(&self.app)).ok()?,
            os: OsSet::from_names(names(&self.os)).ok()?,
            device: DeviceSet::from_names(names(&self.device)).ok()?,
            language: names(&self.language)
                .map(LanguageRange::parse)
                .collect::<Option<_>>()?,
            country: names(&self.country)
                .map(Country::parse)
                .collect::<Option<_>>()?,
            query: self.query.into_iter().map(pair).collect(),
            after: moment(self.after)?,
            before: moment(self.before)?,
        })
    }
}

impl PreviewText {
    fn read(self) -> Preview {
        Preview {
            title: self.title.map(Into::into),
            description: self.description.map(Into::into),
            image: self.image.map(Into::into),
        }
    }
}

fn names(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().map(String::as_str)
}

fn owned<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}
