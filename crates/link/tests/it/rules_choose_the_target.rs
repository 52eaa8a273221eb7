use crate::words::{NOW, apps, decide, in_apps, outcome, person, rule, systems, visitor, with};
use suo_link::link::ForwardQuery;
use suo_link::platform::{App, Device, Os};
use suo_link::policy::{Condition, Decision, DeviceSet, Pair, Policy, Variant};
use suo_link::time::Timestamp;
use suo_link::visitor::{Country, Language, LanguageRange, Visitor};

#[test]
fn the_first_rule_that_matches_chooses_the_target() {
    let ruled = with(Policy {
        rules: [
            rule(in_apps("qq"), &["https://qq.example/"]),
            rule(in_apps("any_app"), &["https://apps.example/"]),
            rule(in_apps("wechat"), &["https://never.example/"]),
        ]
        .into(),
        ..Policy::default()
    });
    for (app, target, rule) in [
        (App::Qzone, "redirect https://qq.example/", Some(0)),
        (App::Wechat, "redirect https://apps.example/", Some(1)),
        (App::None, "redirect https://own.example/p", None),
    ] {
        assert_eq!(outcome(&ruled, &person(app)), target, "{app}");
        let Decision::Redirect(redirect) = decide(&ruled, &person(app)) else {
            panic!("no redirect");
        };
        let variant = rule.map(|rule| Variant { rule, target: 0 });
        assert_eq!(redirect.variant, variant, "{app}");
    }
}

fn here() -> Visitor<'static> {
    let mut visitor = visitor(App::None, Os::Android);
    visitor.platform.device = Device::Tablet;
    visitor.language = Language::parse("zh-Hant-TW");
    visitor.country = Country::parse("TW");
    visitor.query = Some("a=1&k=%E5%80%BC&k2=b+c&flag");
    visitor
}

fn when(change: impl FnOnce(&mut Condition)) -> Condition {
    let mut when = Condition::default();
    change(&mut when);
    when
}

fn pair(name: &str, value: &str) -> Pair {
    Pair {
        name: name.into(),
        value: value.into(),
    }
}

#[test]
fn every_part_of_a_condition_must_hold_and_one_of_its_values() {
    let ranges = |tags: &[&str]| {
        tags.iter()
            .map(|tag| LanguageRange::parse(tag).unwrap())
            .collect()
    };
    let codes = |codes: &[&str]| {
        codes
            .iter()
            .map(|code| Country::parse(code).unwrap())
            .collect()
    };
    let device = |name| DeviceSet::from_names([name]).unwrap();
    for (condition, expected) in [
        (when(|_| {}), true),
        (when(|when| when.os = systems("ios android")), true),
        (when(|when| when.os = systems("ios")), false),
        (when(|when| when.device = device("tablet")), true),
        (when(|when| when.device = device("mobile")), false),
        (when(|when| when.language = ranges(&["en", "zh"])), true),
        (when(|when| when.language = ranges(&["zh-CN"])), false),
        (when(|when| when.country = codes(&["CN", "TW"])), true),
        (when(|when| when.country = codes(&["CN"])), false),
        (
            when(|when| when.query = [pair("k", "值"), pair("k2", "b c")].into()),
            true,
        ),
        (when(|when| when.query = [pair("flag", "")].into()), true),
        (
            when(|when| when.query = [pair("a", "1"), pair("k", "b")].into()),
            false,
        ),
        (when(|when| when.after = Some(NOW)), true),
        (when(|when| when.after = Some(NOW.plus(1))), false),
        (when(|when| when.before = Some(NOW.plus(1))), true),
        (when(|when| when.before = Some(NOW)), false),
        (
            when(|when| {
                when.os = systems("android");
                when.country = codes(&["CN"]);
            }),
            false,
        ),
    ] {
        let shown = format!("{condition:?}");
        let ruled = with(Policy {
            rules: [rule(condition, &["https://ruled.example/"])].into(),
            ..Policy::default()
        });
        let is_ruled = outcome(&ruled, &here()) == "redirect https://ruled.example/";
        assert_eq!(is_ruled, expected, "{shown}");
    }
}

#[test]
fn what_nobody_knows_of_a_visitor_fits_no_condition() {
    for condition in [
        when(|when| when.language = [LanguageRange::parse("zh").unwrap()].into()),
        when(|when| when.country = [Country::parse("CN").unwrap()].into()),
        when(|when| when.query = [pair("k", "")].into()),
    ] {
        let ruled = with(Policy {
            rules: [rule(condition, &["https://ruled.example/"])].into(),
            ..Policy::default()
        });
        assert_eq!(
            outcome(&ruled, &person(App::None)),
            "redirect https://own.example/p"
        );
    }
}

#[test]
fn the_visitors_query_is_joined_to_the_chosen_target() {
    let mut ruled = with(Policy {
        guide_apps: apps("wechat"),
        rules: [rule(
            in_apps("qq browser"),
            &["https://ruled.example/?a=1#f"],
        )]
        .into(),
        ..Policy::default()
    });
    ruled.forward_query = ForwardQuery::Override;
    let mut visitor = person(App::Qq);
    visitor.query = Some("a=2");
    assert_eq!(
        outcome(&ruled, &visitor),
        "redirect https://ruled.example/?a=2#f"
    );
    visitor.platform.app = App::Wechat;
    let Decision::Guide(guide) = decide(&ruled, &visitor) else {
        panic!("no guide");
    };
    assert_eq!(guide.location.unwrap(), "https://ruled.example/?a=2#f");
}

#[test]
fn rules_bound_to_time_follow_the_moment() {
    let ruled = with(Policy {
        rules: [rule(
            Condition {
                after: Some(Timestamp(10)),
                before: Some(Timestamp(20)),
                ..Condition::default()
            },
            &["https://ruled.example/"],
        )]
        .into(),
        ..Policy::default()
    });
    let at = |now| {
        let key = crate::words::KEY;
        let decision = suo_link::policy::decide(&ruled, &person(App::None), Timestamp(now), &key);
        crate::words::said(&decision)
    };
    for (now, expected) in [
        (9, "own.example/p"),
        (10, "ruled.example/"),
        (19, "ruled.example/"),
        (20, "own.example/p"),
    ] {
        assert_eq!(at(now), format!("redirect https://{expected}"));
    }
}
