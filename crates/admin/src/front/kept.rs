//! The platform choice of a link that there is, as far as the form can say it.

use serde_json::{Map, Value};
use suo_link::policy::Policy;

use super::{
    apps::APPS,
    choice::{Choice, DOWNLOADS, Preset, SYSTEMS},
};
use crate::policy_text::{PolicyText, RuleText};

impl Choice {
    /// What was chosen for a link with this policy; `None`: the policy says more than the form
    /// can, and is left alone. Its password and its card are not part of the choice.
    pub(super) fn of(policy: Option<&Policy>) -> Option<Self> {
        let text = policy.map(PolicyText::from).unwrap_or_default();
        let mut choice = Self {
            preset: Preset::Own,
            systems: systems(&text.allow.os)?,
            guide: text.guide_apps.clone(),
            apps: text.allow.apps.clone(),
            downloads: Default::default(),
        };
        if text.rules.is_empty() {
            choice.preset = choice.ready_made();
        } else {
            choice.preset = Preset::Download;
            choice.downloads = downloads(&text.rules)?;
        }
        let has_boxes = |apps: &[String], group: &str| {
            let has_box = |app: &String| app == group || APPS.iter().any(|it| it.name() == app);
            apps.iter().all(has_box)
        };
        let can_be_shown =
            has_boxes(&choice.guide, "any_app") && has_boxes(&choice.apps, "browser");
        (can_be_shown && choice.says() == said(text)).then_some(choice)
    }

    /// The preset that ticks the same boxes, if there is one.
    fn ready_made(&self) -> Preset {
        let is_it = |preset: &Preset| {
            let (guide, apps, systems) = preset.boxes();
            *preset != Preset::Download
                && self.guide == guide
                && self.apps == apps
                && self.systems == systems
        };
        Preset::ALL.into_iter().find(is_it).unwrap_or(Preset::Own)
    }

    /// What a link with this choice would say.
    fn says(&self) -> PolicyText {
        let mut link = Map::new();
        self.write(&mut link);
        let text = serde_json::from_value(Value::Object(link));
        text.map(said).unwrap_or_default()
    }
}

/// The part of a policy that is the choice, in a fixed order.
fn said(text: PolicyText) -> PolicyText {
    let mut said = PolicyText {
        preview: Default::default(),
        ..text
    };
    said.guide_apps.sort_unstable();
    said.allow.apps.sort_unstable();
    said.allow.os.sort_unstable();
    said
}

/// Systems as the form tells them apart, if all of a kind are there or none.
fn systems(names: &[String]) -> Option<Vec<String>> {
    let has = |name: &&str| names.iter().any(|known| known == name);
    let mut systems = Vec::new();
    for (kind, members) in SYSTEMS {
        if members.iter().all(has) {
            systems.push(kind.to_owned());
        } else if members.iter().any(&has) {
            return None;
        }
    }
    Some(systems)
}

/// The addresses of downloads, in the order of [`DOWNLOADS`]; what they are for is compared later.
fn downloads(rules: &[RuleText]) -> Option<[String; 3]> {
    let mut downloads = <[String; 3]>::default();
    for rule in rules {
        let is_ios = rule.when.os == ["ios"];
        let is_in_wechat = rule.when.app == ["wechat"];
        let field = match (is_ios, is_in_wechat) {
            (true, _) => "ios",
            (_, true) => "android_wechat",
            _ => "android",
        };
        let place = DOWNLOADS.iter().position(|name| *name == field)?;
        let [target] = rule.targets.as_slice() else {
            return None;
        };
        downloads.get_mut(place)?.clone_from(&target.url);
    }
    Some(downloads)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};
    use suo_link::policy::{Allow, AppSet, OsSet, Policy};

    use super::Choice;
    use crate::{front::form::Form, policy_text::PolicyText};

    /// The policy of a link that was made with this form.
    fn made(form: &str) -> Policy {
        let mut link = Map::new();
        Choice::read(&Form::read(form.as_bytes())).write(&mut link);
        let text: PolicyText = serde_json::from_value(Value::Object(link)).unwrap();
        text.read().unwrap()
    }

    #[test]
    fn every_choice_is_found_again() {
        for form in [
            "for=any",
            "for=groups",
            "for=guided",
            "for=wechat",
            "for=phones",
            "for=own&guide=weibo&guide=douyin&app=browser&app=line&os=computer&os=other",
            "for=own&guide=any_app",
            "for=download&ios=https://a.example/i&android_wechat=https://a.example/w&android=https://a.example/a",
            "for=download&android=https://a.example/a",
        ] {
            let choice = Choice::read(&Form::read(form.as_bytes()));
            let found = Choice::of(Some(&made(form))).expect(form);
            assert_eq!(found.says(), choice.says(), "{form}");
            // Boxes of a preset are shown as the preset.
            let is_named = form.starts_with(&format!("for={}", found.preset.name()));
            assert!(is_named || form == "for=own&guide=any_app", "{form}");
        }
        assert_eq!(Choice::of(None), Some(Choice::default()));
    }

    #[test]
    fn what_the_form_cannot_say_is_left_alone() {
        let apps = |names: &[&str]| AppSet::from_names(names.iter().copied()).unwrap();
        let guide = |names: &[&str]| Policy {
            guide_apps: apps(names),
            ..Policy::default()
        };
        let ios_and_windows = Policy {
            allow: Allow {
                apps: AppSet::default(),
                os: OsSet::from_names(["ios", "windows"]).unwrap(),
            },
            ..Policy::default()
        };
        let mut split = made("for=download&ios=https://a.example/i");
        if let Some(rule) = split.rules.first_mut() {
            rule.targets[0].weight = 2;
        }
        for policy in [guide(&["qzone"]), ios_and_windows, split] {
            assert_eq!(Choice::of(Some(&policy)), None, "{policy:?}");
        }
        assert!(Choice::of(Some(&guide(&["qq"]))).is_some());
    }
}
