//! The platform choice as the form shows it.

use suo_link::platform::App;

use super::{
    apps,
    choice::{Choice, DOWNLOADS, Preset, SYSTEMS},
    words::{Tongue, Words},
};

/// Everything between 适用 and the end of the form.
pub(super) struct Boxes {
    pub(super) is_open: bool,
    pub(super) summary: &'static str,
    pub(super) presets: Vec<PresetRow>,
    pub(super) guide: Group,
    pub(super) allow: Group,
    pub(super) systems: Vec<Tick>,
    pub(super) downloads: Vec<Field>,
}

/// A preset, with what it ticks, separated by spaces.
pub(super) struct PresetRow {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) about: &'static str,
    pub(super) is_chosen: bool,
    pub(super) guide: String,
    pub(super) apps: String,
    pub(super) systems: String,
}

/// Boxes that are shown at once, and the rest.
pub(super) struct Group {
    pub(super) first: Vec<Tick>,
    pub(super) more: Vec<Tick>,
    pub(super) is_more_open: bool,
}

/// One box.
pub(super) struct Tick {
    pub(super) name: &'static str,
    pub(super) value: &'static str,
    pub(super) label: &'static str,
    pub(super) is_chosen: bool,
}

/// A field for the address of a download.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
}

impl Boxes {
    /// `is_open`: whether all of it is shown at once.
    pub(super) fn new(choice: &Choice, is_open: bool, tongue: Tongue) -> Self {
        let words = tongue.words();
        let all_apps = ("any_app", words.all_apps);
        let browsers = ("browser", words.browsers);
        Self {
            is_open,
            summary: label(choice.preset, words).0,
            presets: Preset::ALL
                .into_iter()
                .map(|preset| row(preset, choice.preset, words))
                .collect(),
            guide: group("guide", all_apps, &choice.guide, tongue),
            allow: group("app", browsers, &choice.apps, tongue),
            systems: systems(choice, words),
            downloads: downloads(choice, words),
        }
    }
}

fn row(preset: Preset, chosen: Preset, words: &'static Words) -> PresetRow {
    let (label, about) = label(preset, words);
    let (guide, apps, systems) = preset.boxes();
    PresetRow {
        value: preset.name(),
        label,
        about,
        is_chosen: preset == chosen,
        guide: guide.join(" "),
        apps: apps.join(" "),
        systems: systems.join(" "),
    }
}

fn label(preset: Preset, words: &'static Words) -> (&'static str, &'static str) {
    match preset {
        Preset::Any => (words.any, words.any_about),
        Preset::Groups => (words.groups, words.groups_about),
        Preset::Guided => (words.guided, words.guided_about),
        Preset::WechatOnly => (words.wechat_only, words.wechat_only_about),
        Preset::Phones => (words.phones, words.phones_about),
        Preset::Download => (words.download, words.download_about),
        Preset::Own => (words.own, words.own_about),
    }
}

/// One box for many apps, then the best known apps, then the others.
fn group(
    name: &'static str,
    many: (&'static str, &'static str),
    chosen: &[String],
    tongue: Tongue,
) -> Group {
    let tick = |value: &'static str, label: &'static str| Tick {
        name,
        value,
        label,
        is_chosen: chosen.iter().any(|chosen| chosen == value),
    };
    let app = |app: &App| tick(app.name(), apps::name(*app, tongue));
    let (first, more) = apps::APPS.split_at(apps::FIRST);
    let first = first.iter().map(app).chain([tick(many.0, many.1)]);
    let more: Vec<Tick> = more.iter().map(app).collect();
    Group {
        first: first.collect(),
        is_more_open: more.iter().any(|tick| tick.is_chosen),
        more,
    }
}

fn systems(choice: &Choice, words: &'static Words) -> Vec<Tick> {
    let labels = [words.apple, words.android, words.computer, words.other];
    let all = SYSTEMS.iter().zip(labels);
    all.map(|((value, _), label)| Tick {
        name: "os",
        value,
        label,
        is_chosen: choice.systems.iter().any(|chosen| chosen == value),
    })
    .collect()
}

fn downloads(choice: &Choice, words: &'static Words) -> Vec<Field> {
    let labels = [
        words.download_ios,
        words.download_android_wechat,
        words.download_android,
    ];
    let all = DOWNLOADS.into_iter().zip(labels).zip(&choice.downloads);
    all.map(|((name, label), value)| Field {
        name,
        label,
        value: value.clone(),
    })
    .collect()
}
