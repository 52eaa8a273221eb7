use suo_link::{
    policy::{
        Allow, Condition, DeviceSet, Flaw, MAX_RULES, MAX_TARGETS, Pair, Policy, Preview, Rule,
        findings,
    },
    time::Timestamp,
    visitor::{Country, LanguageRange},
};

use crate::words::{allow, apps, in_apps, password, preview, rule, systems};

/// Each finding as `POINTER FLAW`.
fn found(policy: &Policy) -> Vec<String> {
    let of = |finding: suo_link::policy::Finding| {
        let doubt = if finding.flaw.is_error() { "" } else { "?" };
        format!("{} {:?}{doubt}", finding.place.pointer(), finding.flaw)
    };
    findings(policy).into_iter().map(of).collect()
}

fn to(when: Condition) -> Rule {
    rule(when, &["https://a.example/"])
}

fn guided(guide: &str, allowed: &str, rules: &[&str]) -> Policy {
    Policy {
        guide_apps: apps(guide),
        allow: allow(allowed),
        rules: rules.iter().map(|names| to(in_apps(names))).collect(),
        ..Policy::default()
    }
}

#[test]
fn guides_that_lead_nowhere_are_found() {
    for (guide, allowed, rules, expected) in [
        ("wechat qq", "", &[][..], &[][..]),
        ("wechat", "wechat browser", &[], &[]),
        ("any_app", "", &[], &[]),
        ("wechat browser", "", &[], &["/guide_apps BrowserGuided"]),
        ("quark", "", &[], &["/guide_apps BrowserGuided"]),
        ("wechat", "wechat", &[], &["/allow/apps NobodyPasses"]),
        ("any_app", "wechat qq", &[], &["/allow/apps NobodyPasses"]),
        (
            "any_app",
            "any_app",
            &["feishu"],
            &["/guide_apps GuidedIntoDenial?"],
        ),
        (
            "wechat",
            "wechat_mini_program",
            &[],
            &["/allow/apps NobodyPasses"],
        ),
        ("wechat", "wechat", &["wechat"], &[]),
        (
            "wechat",
            "wechat",
            &["any_app"],
            &["/allow/apps NobodyPasses"],
        ),
        (
            "wechat",
            "wechat",
            &["any_app", "wechat"],
            &["/allow/apps NobodyPasses", "/rules/1 Shadowed?"],
        ),
        (
            "wechat",
            "wechat weibo",
            &[],
            &["/guide_apps GuidedIntoDenial?"],
        ),
        (
            "wechat",
            "wechat uc",
            &[],
            &["/guide_apps GuidedIntoDenial?"],
        ),
        (
            "wechat",
            "qq browser",
            &[],
            &["/guide_apps GuidedButDenied?"],
        ),
    ] {
        assert_eq!(
            found(&guided(guide, allowed, rules)),
            expected,
            "{guide}, {allowed}, {rules:?}"
        );
    }
}

#[test]
fn rules_that_never_match_are_found() {
    for (allowed, rules, expected) in [
        ("", &["wechat", "qq", ""][..], &[][..]),
        ("", &["", "wechat"], &["/rules/1 Shadowed?"]),
        (
            "",
            &["wechat", "wechat_mini_program"],
            &["/rules/1 Shadowed?"],
        ),
        ("", &["wechat_mini_program", "wechat"], &[]),
        ("", &["any_app", "browser", ""], &["/rules/2 Shadowed?"]),
        ("browser", &["wechat"], &["/rules/0/when/app NotAllowed?"]),
        (
            "browser",
            &["browser", "any_app browser"],
            &["/rules/1 Shadowed?"],
        ),
    ] {
        assert_eq!(
            found(&guided("", allowed, rules)),
            expected,
            "{allowed}, {rules:?}"
        );
    }
    let other_system = Policy {
        allow: Allow {
            os: systems("ios"),
            ..Allow::default()
        },
        rules: [to(Condition {
            os: systems("android"),
            ..Condition::default()
        })]
        .into(),
        ..Policy::default()
    };
    assert_eq!(found(&other_system), ["/rules/0/when/os NotAllowed?"]);
}

fn in_languages(tags: &[&str]) -> Condition {
    Condition {
        language: tags
            .iter()
            .map(|tag| LanguageRange::parse(tag).unwrap())
            .collect(),
        ..Condition::default()
    }
}

fn between(after: Option<i64>, before: Option<i64>) -> Condition {
    Condition {
        after: after.map(Timestamp),
        before: before.map(Timestamp),
        ..Condition::default()
    }
}

fn asking(name: &str) -> Condition {
    Condition {
        query: [Pair {
            name: name.into(),
            value: "1".into(),
        }]
        .into(),
        ..Condition::default()
    }
}

#[test]
fn a_rule_is_shadowed_only_by_rules_that_ask_no_more() {
    let china = || Condition {
        country: [Country::parse("CN").unwrap()].into(),
        ..Condition::default()
    };
    let on_phones = || Condition {
        device: DeviceSet::from_names(["mobile"]).unwrap(),
        ..Condition::default()
    };
    for (earlier, later, is_shadowed) in [
        (china(), china(), true),
        (china(), on_phones(), false),
        (
            china(),
            Condition {
                device: on_phones().device,
                ..china()
            },
            true,
        ),
        (on_phones(), china(), false),
        (
            in_languages(&["zh"]),
            in_languages(&["zh-TW", "zh-CN"]),
            true,
        ),
        (in_languages(&["zh-TW"]), in_languages(&["zh"]), false),
        (in_languages(&["zh"]), Condition::default(), false),
        (between(Some(1), None), between(Some(2), Some(3)), true),
        (between(Some(2), None), between(Some(1), None), false),
        (between(None, Some(5)), between(None, Some(6)), false),
        (asking("k"), asking("k"), true),
        (asking("k"), asking("l"), false),
        (Condition::default(), asking("l"), true),
    ] {
        let shown = format!("{earlier:?} {later:?}");
        let policy = Policy {
            rules: [to(earlier), to(later)].into(),
            ..Policy::default()
        };
        let expected: &[&str] = if is_shadowed {
            &["/rules/1 Shadowed?"]
        } else {
            &[]
        };
        assert_eq!(found(&policy), expected, "{shown}");
    }
}

#[test]
fn what_exceeds_a_limit_is_found_everywhere_at_once() {
    let mut heavy = rule(
        between(Some(5), Some(5)),
        &["https://a.example/"; MAX_TARGETS + 1],
    );
    heavy.targets[3].weight = 0;
    heavy.targets[4].weight = u32::MAX;
    let long = asking(&"n".repeat(257));
    let policy = Policy {
        rules: [heavy, rule(long, &[])].into(),
        preview: Some(Preview {
            title: Some("标".repeat(121).into()),
            ..Preview::default()
        }),
        ..Policy::default()
    };
    let expected = [
        "/rules/0/when/before EmptyInterval",
        "/rules/0/targets TooMany",
        "/rules/0/targets/3/weight BadWeight",
        "/rules/0/targets/4/weight BadWeight",
        "/rules/1/when/query TooLong",
        "/rules/1/targets NoTargets",
        "/preview/title TooLong",
    ];
    assert_eq!(found(&policy), expected);
    let many = vec![to(in_apps("qq")); MAX_RULES + 1];
    let policy = Policy {
        rules: many.into(),
        ..Policy::default()
    };
    assert_eq!(found(&policy), ["/rules TooMany"]);
}

#[test]
fn a_card_that_nobody_sees_is_found() {
    let hidden = Policy {
        password: password(),
        preview: preview(),
        ..Policy::default()
    };
    assert_eq!(found(&hidden), ["/preview NeverShown?"]);
    let denied = Policy {
        allow: allow("wechat"),
        preview: preview(),
        ..Policy::default()
    };
    assert_eq!(found(&denied), ["/preview NeverShown?"]);
    assert_eq!(findings(&Policy::default()), []);
    assert!(Flaw::NobodyPasses.is_error() && !Flaw::Shadowed.is_error());
}
