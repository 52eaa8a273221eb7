//! Properties of every policy, whatever it says and whoever asks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use suo_link::{
    id::LinkId,
    link::Status,
    platform::{App, BotKind, Os},
    policy::{
        Condition, Decision, Policy, PreviewPage, Recorder, Rule, SplitKey, Step, Variant,
        Weighted, decide, decide_with, preview_page,
    },
    rev::{Generation, Rev},
    time::Timestamp,
    visitor::Visitor,
    wire::record::{Content, Record},
};

use crate::{
    any::{self, SECRET},
    words::{KEY, with},
};

/// Hears everything.
#[derive(Default)]
struct Listener(Vec<(&'static str, bool)>);

impl Recorder for Listener {
    const RECORDS: bool = true;

    fn step(&mut self, step: Step<'_>) {
        let _ = format!("{} {}", step.compared, step.with);
        self.0.push((step.name.as_str(), step.matched));
    }
}

fn variant(decision: &Decision<'_>) -> Option<Variant> {
    match decision {
        Decision::Redirect(redirect) => redirect.variant,
        Decision::Card(card) => card.variant,
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_first_matching_rule_wins_whatever_follows(
        link in any::link(),
        visitor in any::visitor(),
        more in prop::collection::vec(any::rule(), 0..4),
        now in any::moment(),
    ) {
        let visitor = visitor.visitor();
        let mut longer = link.clone();
        let policy = longer.policy.get_or_insert_default();
        policy.rules = policy.rules.iter().cloned().chain(more).collect();
        let (before, after) = (decide(&link, &visitor, now, &KEY), decide(&longer, &visitor, now, &KEY));
        if variant(&before).is_some() {
            prop_assert_eq!(before, after);
        } else if let Some(variant) = variant(&after) {
            let rules = link.policy.as_ref().map_or(0, |policy| policy.rules.len());
            prop_assert!(usize::from(variant.rule) >= rules);
        }
    }

    #[test]
    fn who_listens_changes_nothing(link in any::link(), visitor in any::visitor(), now in any::moment()) {
        let visitor = visitor.visitor();
        let mut listener = Listener::default();
        let heard = decide_with(&link, &visitor, now, &KEY, &mut listener);
        prop_assert_eq!(&heard, &decide(&link, &visitor, now, &KEY));
        prop_assert_eq!(listener.0[0], ("status", link.status == Status::Active));
        // The last rule heard of is the one that chose.
        let rules = listener.0.iter().filter(|(name, _)| *name == "rule");
        if let Some(variant) = variant(&heard) {
            prop_assert_eq!(rules.clone().count(), usize::from(variant.rule) + 1);
            prop_assert_eq!(rules.clone().next_back(), Some(&("rule", true)));
        }
    }

    /// Everything that a decision carries is in its `Debug`; hosts of targets hold a word that is
    /// nowhere else.
    #[test]
    fn target_and_host_reach_nobody_who_may_not_have_them(
        link in any::link(),
        visitor in any::visitor(),
        now in any::moment(),
    ) {
        let visitor = visitor.visitor();
        let policy = link.policy.clone().unwrap_or_default();
        let is_open = link.status == Status::Active
            && link.starts_at.is_none_or(|start| start <= now)
            && link.expires_at.is_none_or(|end| now < end)
            && !(link.max_clicks.is_some() && visitor.used_up);
        let (app, os) = (visitor.platform.app, visitor.platform.os);
        let passes = policy.allow.lets_app(app) && policy.allow.lets_os(os);
        let passes_in_browser = policy.allow.lets_app(App::None) && policy.allow.lets_os(os);

        let decision = decide(&link, &visitor, now, &KEY);
        let may = match &decision {
            Decision::Redirect(_) | Decision::Card(_) => {
                passes && (policy.password.is_none() || visitor.unlocked)
            }
            Decision::Guide(_) => passes && passes_in_browser && policy.password.is_none(),
            _ => false,
        };
        let names = |text: String| text.contains(SECRET);
        prop_assert!(!names(format!("{decision:?}")) || (is_open && may), "{:?}", decision);
        let page = preview_page(&link, &visitor, now, &KEY);
        let may = is_open && passes && policy.password.is_none();
        prop_assert!(!names(format!("{page:?}")) || may, "{:?}", page);
        // And who may is not kept waiting for it.
        if is_open && passes && policy.password.is_none() && policy.guide_apps.is_empty() {
            let (said, wanted) = (format!("{decision:?}"), "who may is told");
            prop_assert!(names(said), "{}", wanted);
            prop_assert!(matches!(page, PreviewPage::Card(_)));
        }
    }

    #[test]
    fn a_crawler_gets_what_a_person_in_a_browser_gets(link in any::link(), visitor in any::visitor(), now in any::moment()) {
        let mut person = visitor.visitor();
        person.platform.app = App::None;
        person.platform.bot_kind = None;
        let mut crawler = person;
        for kind in [BotKind::Crawler, BotKind::Monitor, BotKind::HttpLibrary] {
            crawler.platform.bot_kind = Some(kind);
            prop_assert_eq!(decide(&link, &crawler, now, &KEY), decide(&link, &person, now, &KEY));
        }
    }

    #[test]
    fn policies_survive_the_wire(link in any::link()) {
        let rev = Rev { generation: Generation(1), number: 1 };
        let record = Record { rev, content: Content::Redirect(link) };
        prop_assert_eq!(Record::decode(&record.encode()), Ok(record));
    }
}

const VISITORS: u32 = 100_000;

/// Weighted targets by their weights.
fn split(weights: &[u32]) -> Rule {
    let targets = weights.iter().enumerate().map(|(n, weight)| Weighted {
        url: format!("https://variant-{n}.example/").into(),
        weight: *weight,
    });
    Rule {
        when: Condition::default(),
        targets: targets.collect(),
    }
}

fn ruled(rules: impl IntoIterator<Item = Rule>) -> suo_link::link::Link {
    with(Policy {
        rules: rules.into_iter().collect(),
        ..Policy::default()
    })
}

fn at(address: IpAddr, app: App) -> Visitor<'static> {
    let mut visitor = crate::words::visitor(app, Os::Android);
    visitor.address = Some(address);
    visitor
}

fn target(link: &suo_link::link::Link, visitor: &Visitor<'_>, key: &SplitKey) -> usize {
    match variant(&decide(link, visitor, Timestamp(0), key)) {
        Some(variant) => usize::from(variant.target),
        None => panic!("no variant"),
    }
}

/// Numbers of neighbours, as a mobile network has them.
fn addresses() -> impl Iterator<Item = IpAddr> {
    let v4 = (0..VISITORS / 2).map(|n| IpAddr::V4(Ipv4Addr::from(0x2400_0000 + n)));
    let v6 = (0..VISITORS / 2).map(|n| {
        IpAddr::V6(Ipv6Addr::from(
            0x2409_8900_0000_0000_0000_0000_0000_0000 + (u128::from(n) << 64),
        ))
    });
    v4.chain(v6)
}

#[test]
fn weights_hold_over_many_visitors_for_every_key_and_link() {
    for (number, weights) in [&[1, 1][..], &[1, 2, 3, 4], &[90, 10], &[999, 1], &[1; 16]]
        .iter()
        .enumerate()
    {
        let mut link = ruled([split(weights)]);
        link.id = LinkId(number as u64);
        let key = SplitKey::new([number as u8; 16]);
        let mut counts = vec![0u32; weights.len()];
        for address in addresses() {
            counts[target(&link, &at(address, App::None), &key)] += 1;
        }
        let total: u32 = weights.iter().sum();
        for (weight, count) in weights.iter().zip(&counts) {
            let share = f64::from(*weight) / f64::from(total);
            let expected = f64::from(VISITORS) * share;
            // Five standard deviations: one chance in two million for each of 26 shares.
            let bound = 5.0 * (expected * (1.0 - share)).sqrt();
            assert!(
                (f64::from(*count) - expected).abs() < bound,
                "{weights:?} {counts:?}"
            );
        }
    }
}

#[test]
fn a_visitor_keeps_the_variant_from_app_to_browser() {
    let wechat = Rule {
        when: crate::words::in_apps("wechat"),
        ..split(&[1, 1, 1])
    };
    let link = ruled([wechat, split(&[1, 1, 1])]);
    for address in addresses().step_by(37) {
        let in_app = target(&link, &at(address, App::Wechat), &KEY);
        assert_eq!(target(&link, &at(address, App::None), &KEY), in_app);
    }
}

#[test]
fn links_keys_and_systems_are_split_independently() {
    let link = ruled([split(&[1, 1])]);
    let mut other = link.clone();
    other.id = LinkId(2);
    let (mut by_link, mut by_key, mut by_system) = (0, 0, 0);
    for address in addresses() {
        let visitor = at(address, App::None);
        let first = target(&link, &visitor, &KEY);
        let mut on_another = visitor;
        on_another.platform.os = Os::Windows;
        by_system += usize::from(target(&link, &on_another, &KEY) == first);
        by_link += usize::from(target(&other, &visitor, &KEY) == first);
        by_key += usize::from(target(&link, &visitor, &SplitKey::new([9; 16])) == first);
    }
    // Half of them, within five standard deviations.
    for same in [by_link, by_key, by_system] {
        assert!(same.abs_diff(VISITORS as usize / 2) < 800, "{same}");
    }
}

#[test]
fn one_household_is_one_visitor() {
    let link = ruled([split(&[1; 16])]);
    let of = |address: &str| target(&link, &at(address.parse().unwrap(), App::None), &KEY);
    assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
    assert_eq!(of("::ffff:198.51.100.7"), of("198.51.100.7"));
    // Who has no address gets a target, too.
    let unknown = crate::words::visitor(App::None, Os::Ios);
    assert!(target(&link, &unknown, &KEY) < 16);
}
