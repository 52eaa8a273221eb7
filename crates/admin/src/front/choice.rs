//! For whom a link is meant: the presets of the form, the boxes that they expand to, and the
//! members of a link as the API has them.

use serde_json::{Map, Value, json};

use super::form::Form;

/// A ready-made choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Preset {
    /// 不限
    #[default]
    Any,
    /// 微信/QQ 群
    Groups,
    /// 所有 App 引导到浏览器
    Guided,
    /// 仅微信
    WechatOnly,
    /// 仅手机
    Phones,
    /// App 下载
    Download,
    /// What the boxes say.
    Own,
}

/// Systems as people tell them apart: the field's value, and what it stands for.
pub(super) const SYSTEMS: [(&str, &[&str]); 4] = [
    ("apple", &["ios"]),
    ("android", &["android", "harmonyos"]),
    ("computer", &["windows", "macos", "linux", "chromeos"]),
    ("other", &["other"]),
];

/// Fields for the targets of an app's download, in the order of their rules. The second one is
/// for Android in WeChat, which opens no file: its rule names the app, so it is not guided away.
pub(super) const DOWNLOADS: [&str; 3] = ["ios", "android_wechat", "android"];

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) preset: Preset,
    /// Apps to be guided.
    pub(super) guide: Vec<String>,
    /// Apps that may open the link.
    pub(super) apps: Vec<String>,
    /// Systems that may, of [`SYSTEMS`].
    pub(super) systems: Vec<String>,
    /// As they were typed, in the order of [`DOWNLOADS`].
    pub(super) downloads: [String; 3],
}

impl Preset {
    pub(super) const ALL: [Self; 7] = [
        Self::Any,
        Self::Groups,
        Self::Guided,
        Self::WechatOnly,
        Self::Phones,
        Self::Download,
        Self::Own,
    ];

    /// The field's value.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Groups => "groups",
            Self::Guided => "guided",
            Self::WechatOnly => "wechat",
            Self::Phones => "phones",
            Self::Download => "download",
            Self::Own => "own",
        }
    }

    /// The boxes that it ticks: apps to be guided, apps and systems that may.
    pub(super) fn boxes(
        self,
    ) -> (
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
    ) {
        match self {
            Self::Any | Self::Own => (&[], &[], &[]),
            Self::Groups => (&["wechat", "qq"], &[], &[]),
            Self::Guided | Self::Download => (&["any_app"], &[], &[]),
            Self::WechatOnly => (&[], &["wechat", "wecom"], &[]),
            Self::Phones => (&[], &[], &["apple", "android"]),
        }
    }
}

impl Choice {
    /// What the form says; a preset that nobody knows is [`Preset::Any`].
    pub(super) fn read(form: &Form) -> Self {
        let named = form.text("for");
        let preset = Preset::ALL
            .into_iter()
            .find(|preset| preset.name() == named);
        let preset = preset.unwrap_or_default();
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (guide, apps, systems) = preset.boxes();
        let [guide, apps, systems] = match preset {
            Preset::Own => ["guide", "app", "os"].map(|field| form.all(field)),
            _ => [guide, apps, systems].map(owned),
        };
        Self {
            preset,
            guide,
            apps,
            systems,
            downloads: DOWNLOADS.map(|field| form.text(field).trim().to_owned()),
        }
    }

    /// Writes it into a link as the API has it.
    pub(super) fn write(&self, link: &mut Map<String, Value>) {
        if !self.guide.is_empty() {
            link.insert("guide_apps".into(), json!(self.guide));
        }
        let systems = self.systems();
        if !self.apps.is_empty() || !systems.is_empty() {
            let allow = json!({ "apps": self.apps, "os": systems });
            link.insert("allow".into(), allow);
        }
        if self.preset == Preset::Download {
            let rules: Vec<Value> = self.wanted_downloads().map(|(rule, _)| rule).collect();
            link.insert("rules".into(), Value::Array(rules));
        }
    }

    /// Writes it into a change of a link: what is not chosen is taken back.
    pub(super) fn rewrite(&self, link: &mut Map<String, Value>) {
        link.insert("guide_apps".into(), json!([]));
        link.insert("allow".into(), json!({ "apps": [], "os": [] }));
        link.insert("rules".into(), json!([]));
        self.write(link);
    }

    /// The field that an error's JSON pointer is about, if it is about a download.
    pub(super) fn download_at(&self, pointer: &str) -> Option<&'static str> {
        let rest = pointer.strip_prefix("/rules/")?;
        let rule: usize = rest.split('/').next()?.parse().ok()?;
        self.wanted_downloads().nth(rule).map(|(_, field)| field)
    }

    /// Whether a download was chosen without any address.
    pub(super) fn lacks_downloads(&self) -> bool {
        self.preset == Preset::Download && self.wanted_downloads().next().is_none()
    }

    /// All systems are the same as none in particular; a name of nobody's is passed on, so that it
    /// is refused where all names are.
    fn systems(&self) -> Vec<&str> {
        let known = SYSTEMS
            .iter()
            .filter(|(name, _)| self.systems.iter().any(|chosen| chosen == name));
        if known.clone().count() == SYSTEMS.len() {
            return Vec::new();
        }
        let is_unknown = |chosen: &&str| SYSTEMS.iter().all(|(name, _)| name != chosen);
        let unknown = self.systems.iter().map(String::as_str).filter(is_unknown);
        known
            .flat_map(|(_, systems)| systems.iter().copied())
            .chain(unknown)
            .collect()
    }

    fn wanted_downloads(&self) -> impl Iterator<Item = (Value, &'static str)> {
        let all = DOWNLOADS.into_iter().zip(&self.downloads);
        all.filter(|(_, url)| !url.is_empty()).map(|(field, url)| {
            let when = match field {
                "ios" => json!({ "os": ["ios"] }),
                "android_wechat" => json!({ "os": ["android", "harmonyos"], "app": ["wechat"] }),
                _ => json!({ "os": ["android", "harmonyos"] }),
            };
            let rule = json!({ "when": when, "targets": [{ "url": url, "weight": 1 }] });
            (rule, field)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Choice, Form, Preset};

    fn written(form: &str) -> Value {
        let mut link = Map::new();
        Choice::read(&Form::read(form.as_bytes())).write(&mut link);
        Value::Object(link)
    }

    #[test]
    fn presets_say_what_the_api_would_be_told() {
        for (form, expected) in [
            ("", json!({})),
            ("for=any&guide=qq", json!({})),
            ("for=groups", json!({ "guide_apps": ["wechat", "qq"] })),
            ("for=guided", json!({ "guide_apps": ["any_app"] })),
            (
                "for=wechat",
                json!({ "allow": { "apps": ["wechat", "wecom"], "os": [] } }),
            ),
            (
                "for=phones",
                json!({ "allow": { "apps": [], "os": ["ios", "android", "harmonyos"] } }),
            ),
            (
                "for=own&guide=weibo&guide=douyin&app=browser&os=computer",
                json!({
                    "guide_apps": ["weibo", "douyin"],
                    "allow": { "apps": ["browser"], "os": ["windows", "macos", "linux", "chromeos"] },
                }),
            ),
            (
                "for=own&os=apple&os=android&os=computer&os=other",
                json!({}),
            ),
        ] {
            assert_eq!(written(form), expected, "{form}");
        }
    }

    #[test]
    fn downloads_are_rules_in_a_fixed_order() {
        let form = "for=download&android=https://a.example/app.apk&android_wechat=&ios=https://apps.apple.com/x";
        let link = written(form);
        let rules = link["rules"].as_array().unwrap();
        assert_eq!(rules.len(), 2);
        assert_eq!(rules[0]["when"], json!({ "os": ["ios"] }));
        assert_eq!(rules[1]["targets"][0]["url"], "https://a.example/app.apk");
        let choice = Choice::read(&Form::read(form.as_bytes()));
        assert_eq!(
            choice.download_at("/rules/1/targets/0/url"),
            Some("android")
        );
        assert_eq!(choice.download_at("/rules/2/targets/0/url"), None);
        assert_eq!(choice.download_at("/target"), None);
    }

    #[test]
    fn in_wechat_on_android_the_download_is_not_guided_away() {
        let link = written(
            "for=download&android_wechat=https://sj.qq.com/x&android=https://a.example/x.apk",
        );
        assert_eq!(link["rules"][0]["when"]["app"], json!(["wechat"]));
    }

    #[test]
    fn every_preset_has_a_name_of_its_own() {
        let mut names = Preset::ALL.map(Preset::name);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
