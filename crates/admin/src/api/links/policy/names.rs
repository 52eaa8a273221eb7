//! Apps, systems and devices by their names in policies.

use suo_link::{
    platform::{App, Device, Os, UnknownName},
    policy::{AppSet, DeviceSet, OsSet},
};

use crate::{api::fields::Fields, problem::Code};

/// The most names of a list; each vocabulary is shorter.
const LIMIT: usize = 64;

/// What people also call them.
const OTHER_NAMES: [(&str, &str); 12] = [
    ("weixin", "wechat"),
    ("wx", "wechat"),
    ("miniprogram", "wechat_mini_program"),
    ("wework", "wecom"),
    ("wxwork", "wecom"),
    ("lark", "feishu"),
    ("rednote", "xiaohongshu"),
    ("twitter", "x"),
    ("safari", "browser"),
    ("chrome", "browser"),
    ("iphone", "ios"),
    ("pc", "desktop"),
];

/// Apps; null names none.
pub(super) fn apps(fields: &mut Fields<'_>, name: &str) -> Option<AppSet> {
    let mut set = AppSet::EMPTY;
    read(fields, name, &app_names(), |app| set.add(app))?;
    Some(set)
}

/// Systems; null names none.
pub(super) fn systems(fields: &mut Fields<'_>, name: &str) -> Option<OsSet> {
    let mut set = OsSet::EMPTY;
    let names: Vec<_> = Os::ALL.iter().map(|os| os.name()).collect();
    read(fields, name, &names, |os| set.add(os))?;
    Some(set)
}

/// Devices; null names none.
pub(super) fn devices(fields: &mut Fields<'_>, name: &str) -> Option<DeviceSet> {
    let mut set = DeviceSet::EMPTY;
    let names: Vec<_> = Device::ALL.iter().map(|device| device.name()).collect();
    read(fields, name, &names, |device| set.add(device))?;
    Some(set)
}

fn app_names() -> Vec<&'static str> {
    let apps = App::ALL.iter().filter(|app| **app != App::None);
    let groups = ["browser", "any_app"];
    apps.map(|app| app.name()).chain(groups).collect()
}

/// Adds each name of a list; what is no name is refused where it stands.
fn read(
    fields: &mut Fields<'_>,
    name: &str,
    all: &[&str],
    mut add: impl FnMut(&str) -> Result<(), UnknownName>,
) -> Option<()> {
    let entries = fields.entries(name, LIMIT)?.unwrap_or_default();
    for (pointer, text) in entries {
        if add(text).is_err() {
            fields.refuse_at(pointer, Code::UnknownValue, unknown(text, all));
        }
    }
    Some(())
}

/// What is said of a name that is none of `all`.
fn unknown(text: &str, all: &[&str]) -> String {
    if text == App::None.name() && all.contains(&"browser") {
        return "a policy does not name \"none\": \"browser\" stands for ordinary browsers".into();
    }
    match nearest(text, all) {
        Some(name) => format!("there is no such name: did you mean {name:?}?"),
        None => format!("one of {}", all.join(", ")),
    }
}

/// The name that was probably meant.
fn nearest<'a>(text: &str, all: &[&'a str]) -> Option<&'a str> {
    // Longer texts are no slips of the pen.
    if text.len() > 40 {
        return None;
    }
    let text = text.trim().to_lowercase().replace(['-', ' '], "_");
    let meant = OTHER_NAMES.iter().find(|(other, _)| *other == text);
    let text = meant.map_or(&*text, |(_, name)| name);
    let by_distance = all.iter().map(|name| (distance(text, name), *name));
    let (distance, name) = by_distance.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len() / 3).then_some(name)
}

/// How many characters have to be put, taken or replaced (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        let mut left = line + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(to.chars()) {
            let replaced = diagonal + usize::from(a != b);
            diagonal = *cell;
            *cell = replaced.min(diagonal + 1).min(left + 1);
            left = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{app_names, distance, nearest};

    #[test]
    fn slips_and_other_names_lead_to_the_name() {
        let all = app_names();
        for (text, name) in [
            ("wechatt", Some("wechat")),
            ("WeChat", Some("wechat")),
            ("weixin", Some("wechat")),
            ("dingtak", Some("dingtalk")),
            ("qq-browser", Some("qq_browser")),
            ("Twitter", Some("x")),
            ("safari", Some("browser")),
            ("xyzzy", None),
            ("", None),
            (&"w".repeat(41), None),
        ] {
            assert_eq!(nearest(text, &all), name, "{text}");
        }
    }

    #[test]
    fn distances_are_the_fewest_changes() {
        for (from, to, changes) in [("", "abc", 3), ("abc", "abc", 0), ("kitten", "sitting", 3)] {
            assert_eq!(distance(from, to), changes, "{from} {to}");
        }
    }
}
