//! What a link does in each app, told by the code that decides it at the edge.

use suo_link::{
    instance::InstanceSecret,
    link::Link,
    platform::{App, Device, Os, Platform},
    policy::{Decision, decide},
    time::Timestamp,
    visitor::Visitor,
};
use url::Url;

use super::{
    sketch::Sketch,
    words::{Tongue, Words, fill},
};

/// Visitors who get the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Who they are.
    pub(super) who: String,
    /// What they get.
    pub(super) what: String,
    /// The page that they see, if they are not sent on.
    pub(super) page: Option<Sketch>,
}

/// What somebody gets, and the page that they see.
type Told = (String, Option<Sketch>);

/// Who is tried out, WeChat first.
const VISITORS: [(App, Os); 9] = [
    (App::Wechat, Os::Ios),
    (App::Wechat, Os::Android),
    (App::Qq, Os::Android),
    (App::Douyin, Os::Android),
    (App::Weibo, Os::Android),
    (App::Dingtalk, Os::Android),
    (App::None, Os::Ios),
    (App::None, Os::Android),
    (App::None, Os::Windows),
];

/// What each of them gets, those together who get the same.
pub(super) fn of(
    link: &Link,
    secret: &InstanceSecret,
    now: Timestamp,
    tongue: Tongue,
) -> Vec<Outcome> {
    let mut outcomes: Vec<(Vec<usize>, Told)> = Vec::new();
    for (place, (app, os)) in VISITORS.into_iter().enumerate() {
        let decision = decide(link, &visitor(app, os), now, &secret.split_key());
        let page = Sketch::of(&decision, link, app, tongue);
        let what = (told(&decision, tongue.words()), page);
        match outcomes.iter_mut().find(|(_, other)| *other == what) {
            Some((places, _)) => places.push(place),
            None => outcomes.push((vec![place], what)),
        }
    }
    let outcomes = outcomes.into_iter();
    let outcome = |(places, (what, page)): (Vec<usize>, Told)| Outcome {
        who: names(&places, tongue),
        what,
        page,
    };
    outcomes.map(outcome).collect()
}

fn visitor(app: App, os: Os) -> Visitor<'static> {
    let device = if os == Os::Windows {
        Device::Desktop
    } else {
        Device::Mobile
    };
    Visitor {
        platform: Platform {
            app,
            os,
            device,
            bot_kind: None,
        },
        ..Visitor::default()
    }
}

fn told(decision: &Decision<'_>, words: &Words) -> String {
    match decision {
        Decision::Redirect(redirect) => fill(words.outcome_direct, &[&host(&redirect.location)]),
        Decision::Card(card) => fill(words.outcome_direct, &[&host(&card.location)]),
        Decision::Guide(guide) if guide.in_browser => {
            let host = guide.host.unwrap_or(words.outcome_it);
            fill(words.outcome_guide, &[host])
        }
        Decision::Denied(denied) if denied.in_browser => words.outcome_elsewhere.to_owned(),
        Decision::Guide(_) | Decision::Denied(_) => words.outcome_denied.to_owned(),
        Decision::Password
        | Decision::Banned
        | Decision::Paused
        | Decision::NotStarted
        | Decision::Expired
        | Decision::UsedUp => words.outcome_stopped.to_owned(),
    }
}

/// The host of a target that was accepted.
fn host(location: &str) -> String {
    let url = Url::parse(location).ok();
    let host = url.as_ref().and_then(Url::host_str);
    host.unwrap_or(location).to_owned()
}

/// An app on both of its systems is named once, without them.
fn names(places: &[usize], tongue: Tongue) -> String {
    let words = tongue.words();
    let has_both = [0, 1].iter().all(|place| places.contains(place));
    let name = |place: &usize| -> Option<String> {
        let (app, os) = *VISITORS.get(*place)?;
        let name = match (app, os) {
            (App::None, Os::Ios) => words.phone_browser_ios.to_owned(),
            (App::None, Os::Android) => words.phone_browser_android.to_owned(),
            (App::None, _) => words.computer_browser.to_owned(),
            (App::Wechat, Os::Android) if has_both => return None,
            (app, os) => {
                let name = super::apps::name(app, tongue);
                let system = match os {
                    _ if has_both || app != App::Wechat => "",
                    Os::Ios => words.on_iphone,
                    _ => words.on_android,
                };
                [name, system].concat()
            }
        };
        Some(name)
    };
    let names: Vec<String> = places.iter().filter_map(name).collect();
    names.join(words.separator)
}
