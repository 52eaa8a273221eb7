//! The gist of the pages that the edge shows, in its own words. The two programs never see each
//! other: a test that starts both holds these lines against the pages.

use suo_link::{
    link::Link,
    platform::{App, Called, Os},
    policy::{Allow, AppSet, Decision, Denied, Guide},
};

use super::words::{Tongue, Words, fill};

/// The gist of a page of the edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sketch {
    /// Its heading.
    pub(super) title: &'static str,
    /// What it says, each line as it stands there.
    pub(super) lines: Vec<String>,
}

impl Sketch {
    /// Of what somebody in this app sees; none if it is no page about apps and systems.
    pub(super) fn of(
        decision: &Decision<'_>,
        link: &Link,
        app: App,
        tongue: Tongue,
    ) -> Option<Self> {
        match decision {
            Decision::Guide(guide) => Some(Self::guide(guide, link, app, tongue)),
            Decision::Denied(denied) => Some(Self::denied(denied, AppSet::EMPTY, app, tongue)),
            _ => None,
        }
    }

    fn guide(guide: &Guide<'_>, link: &Link, app: App, tongue: Tongue) -> Self {
        if let Some(policy) = link.policy.as_deref().filter(|_| !guide.in_browser) {
            let denied = Denied {
                allow: &policy.allow,
                in_browser: false,
            };
            return Self::denied(&denied, policy.guide_apps, app, tongue);
        }
        let words = tongue.words();
        let leads = guide.host.map_or_else(
            || words.page_protected.to_owned(),
            |host| fill(words.page_leads, &[host]),
        );
        Self {
            title: words.page_guide,
            lines: vec![leads, words.page_menu.to_owned()],
        }
    }

    /// `except` are apps that are not named although they may.
    fn denied(denied: &Denied<'_>, except: AppSet, app: App, tongue: Tongue) -> Self {
        let words = tongue.words();
        let mut lines = who_may(denied.allow, except, tongue);
        let title = if denied.in_browser {
            lines.push(words.page_browser.to_owned());
            lines.push(words.page_menu.to_owned());
            words.page_guide
        } else {
            let how = if is_for_wechat(denied.allow, app) {
                words.page_wechat
            } else {
                words.page_how
            };
            lines.push(how.to_owned());
            words.page_denied
        };
        Self { title, lines }
    }
}

fn who_may(allow: &Allow, except: AppSet, tongue: Tongue) -> Vec<String> {
    let words = tongue.words();
    let is_named = |name: &&str| except.names().all(|except| except != *name);
    let apps = allow.apps.names().filter(is_named);
    let apps = apps.map(|name| app_or_group(name, tongue, words));
    let systems = allow.os.names().filter_map(|name| name.parse().ok());
    let systems = systems.map(|system: Os| in_tongue(system.called(), tongue));
    let listed = [
        (words.page_apps, apps.collect::<Vec<_>>()),
        (words.page_systems, systems.collect()),
    ];
    let listed = listed.into_iter().filter(|(_, names)| !names.is_empty());
    listed
        .map(|(label, names)| fill(label, &[&names.join(words.separator)]))
        .collect()
}

fn app_or_group(name: &'static str, tongue: Tongue, words: &Words) -> &'static str {
    match name {
        "browser" => words.page_browsers,
        "any_app" => words.page_other_apps,
        name => name
            .parse()
            .map_or(name, |app: App| in_tongue(app.called(), tongue)),
    }
}

fn in_tongue(called: Called, tongue: Tongue) -> &'static str {
    tongue.choose(called.zh, called.en)
}

/// The app is what is in the way, and WeChat will do, it or its like alone.
fn is_for_wechat(allow: &Allow, app: App) -> bool {
    let mut names = allow.apps.names();
    let is_wechat = |name| matches!(name, "wechat" | "wechat_mini_program" | "wecom");
    !allow.lets_app(app) && allow.apps.covers(App::Wechat) && names.all(is_wechat)
}
