//! Any link, policy and visitor, for properties. Values are few, so that they often meet.

use std::{net::IpAddr, num::NonZeroU64};

use proptest::{option, prelude::*, sample::select};
use suo_link::{
    id::LinkId,
    link::{ForwardQuery, Link, RedirectStatus, Status},
    platform::{App, BotKind, Device, Os, Platform},
    policy::{Allow, AppSet, Condition, DeviceSet, OsSet, Pair, Policy, Preview, Rule, Weighted},
    time::Timestamp,
    visitor::{Country, Language, LanguageRange, Visitor},
};

use crate::words::password;

/// Stands in the host of each target, and nowhere else.
pub(crate) const SECRET: &str = "secret-host";

const NAMES: [&str; 8] = [
    "wechat",
    "wechat_mini_program",
    "qq",
    "qzone",
    "wecom",
    "uc",
    "browser",
    "any_app",
];
const APPS: [App; 8] = [
    App::Wechat,
    App::WechatMiniProgram,
    App::Qq,
    App::Qzone,
    App::Wecom,
    App::Uc,
    App::Line,
    App::None,
];
const SYSTEMS: [Os; 3] = [Os::Ios, Os::Android, Os::Other];
const DEVICES: [Device; 2] = [Device::Mobile, Device::Other];
const TAGS: [&str; 4] = ["zh", "zh-CN", "zh-Hant", "en"];
const COUNTRIES: [&str; 2] = ["CN", "SG"];
const QUERIES: [&str; 6] = ["", "a=1", "a=%31&b", "b=&a=2", "%zz=&&=", "值=1"];

pub(crate) fn moment() -> impl Strategy<Value = Timestamp> {
    (0..6i64).prop_map(Timestamp)
}

fn apps() -> impl Strategy<Value = AppSet> {
    let names = prop::collection::vec(select(&NAMES[..]), 0..4);
    let set = names.prop_map(|names| AppSet::from_names(names).unwrap());
    prop_oneof![Just(AppSet::EMPTY), set]
}

fn systems() -> impl Strategy<Value = OsSet> {
    let systems = prop::collection::vec(select(&SYSTEMS[..]), 0..3);
    systems.prop_map(|systems| systems.into_iter().fold(OsSet::EMPTY, OsSet::with))
}

fn devices() -> impl Strategy<Value = DeviceSet> {
    let devices = prop::collection::vec(select(&DEVICES[..]), 0..2);
    devices.prop_map(|devices| devices.into_iter().fold(DeviceSet::EMPTY, DeviceSet::with))
}

fn few<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Vec<T>> {
    prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(select(all), 0..3)]
}

fn pair() -> impl Strategy<Value = Pair> {
    let (names, values) = (select(vec!["a", "b", "值", ""]), select(vec!["", "1", "2"]));
    (names, values).prop_map(|(name, value)| Pair {
        name: name.into(),
        value: value.into(),
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let pairs = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(pair(), 0..3)];
    (
        (apps(), systems(), devices()),
        (few(&TAGS), few(&COUNTRIES), pairs),
        (
            option::weighted(0.2, moment()),
            option::weighted(0.2, moment()),
        ),
    )
        .prop_map(
            |((app, os, device), (tags, countries, query), (after, before))| Condition {
                app,
                os,
                device,
                language: tags
                    .iter()
                    .map(|tag| LanguageRange::parse(tag).unwrap())
                    .collect(),
                country: countries
                    .iter()
                    .map(|code| Country::parse(code).unwrap())
                    .collect(),
                query: query.into(),
                after,
                before,
            },
        )
}

fn url() -> impl Strategy<Value = Box<str>> {
    let tails = select(vec!["", "/", "?a=3", "/p?a=4#f", ":8443/p#f?a"]);
    (0..9u8, tails).prop_map(|(n, tail)| format!("https://{n}.{SECRET}.example{tail}").into())
}

pub(crate) fn rule() -> impl Strategy<Value = Rule> {
    let target = (url(), 1..1_000_000u32).prop_map(|(url, weight)| Weighted { url, weight });
    (condition(), prop::collection::vec(target, 1..4)).prop_map(|(when, targets)| Rule {
        when,
        targets: targets.into(),
    })
}

fn preview() -> impl Strategy<Value = Preview> {
    (option::of("[ -~]{0,9}"), option::of("\\PC{0,9}")).prop_map(|(title, description)| Preview {
        title: title.map(Into::into),
        description: description.map(Into::into),
        image: None,
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    (
        (apps(), apps(), systems()),
        prop::collection::vec(rule(), 0..4),
        (any::<bool>(), option::of(preview())),
    )
        .prop_map(
            |((guide_apps, allowed, os), rules, (has_password, preview))| Policy {
                guide_apps,
                allow: Allow { apps: allowed, os },
                rules: rules.into(),
                password: has_password.then(password).flatten(),
                preview,
            },
        )
}

/// A policy that says nothing is left out, as a record leaves it out.
pub(crate) fn link() -> impl Strategy<Value = Link> {
    (
        (
            select(vec![
                Status::Active,
                Status::Active,
                Status::Active,
                Status::Paused,
                Status::Banned,
            ]),
            select(RedirectStatus::ALL),
            select(ForwardQuery::ALL),
        ),
        (
            url(),
            option::weighted(0.2, moment()),
            option::weighted(0.2, moment()),
            any::<bool>(),
            option::weighted(0.2, any::<NonZeroU64>()),
        ),
        option::weighted(0.9, policy()),
    )
        .prop_map(
            |(
                (status, redirect_status, forward_query),
                (target, starts_at, expires_at, leads_on, max_clicks),
                policy,
            )| Link {
                id: LinkId(7),
                status,
                redirect_status,
                forward_query,
                target,
                starts_at,
                expires_at,
                expired_target: leads_on.then(|| "https://over.example/".into()),
                max_clicks,
                policy: policy.filter(|policy| !policy.is_empty()).map(Box::new),
            },
        )
}

/// The facts that a visitor borrows from.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    platform: Platform,
    language: Option<&'static str>,
    country: Option<&'static str>,
    address: Option<IpAddr>,
    query: Option<&'static str>,
    unlocked: bool,
    used_up: bool,
}

impl Facts {
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        Visitor {
            platform: self.platform,
            language: self.language.and_then(Language::parse),
            country: self.country.and_then(Country::parse),
            address: self.address,
            query: self.query,
            unlocked: self.unlocked,
            used_up: self.used_up,
        }
    }
}

pub(crate) fn visitor() -> impl Strategy<Value = Facts> {
    let bots = vec![
        None,
        None,
        None,
        Some(BotKind::Preview),
        Some(BotKind::Crawler),
    ];
    (
        (
            select(&APPS[..]),
            select(&SYSTEMS[..]),
            select(&DEVICES[..]),
            select(bots),
        ),
        (
            option::of(select(&TAGS[..])),
            option::of(select(&COUNTRIES[..])),
            option::of(select(&QUERIES[..])),
        ),
        (any::<Option<IpAddr>>(), any::<bool>(), any::<bool>()),
    )
        .prop_map(
            |(
                (app, os, device, bot_kind),
                (language, country, query),
                (address, unlocked, used_up),
            )| {
                Facts {
                    platform: Platform {
                        app: if bot_kind.is_some() { App::None } else { app },
                        os,
                        device,
                        bot_kind,
                    },
                    language,
                    country,
                    address,
                    query,
                    unlocked,
                    used_up,
                }
            },
        )
}
