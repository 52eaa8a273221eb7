use crate::words::{
    NOW, allow, apps, bot, decide, in_apps, link, outcome, password, person, preview, rule, shown,
    with,
};
use suo_link::link::{Link, Status};
use suo_link::platform::{App, BotKind};
use suo_link::policy::{Allow, Decision, Policy};

#[test]
fn a_guide_names_the_host_that_a_browser_reaches() {
    let mut policy = Policy {
        guide_apps: apps("wechat qq"),
        rules: [
            rule(in_apps("browser"), &["https://Browser.example:8443/x"]),
            rule(in_apps("any_app"), &["https://apps.example/"]),
        ]
        .into(),
        ..Policy::default()
    };
    let guided = with(policy.clone());
    assert_eq!(
        outcome(&guided, &person(App::WechatMiniProgram)),
        "guide Browser.example"
    );
    assert_eq!(
        outcome(&guided, &person(App::Wecom)),
        "redirect https://apps.example/"
    );

    policy.allow = allow("wechat weibo");
    let denied = with(policy.clone());
    let Decision::Guide(guide) = decide(&denied, &person(App::Wechat)) else {
        panic!("no guide");
    };
    assert_eq!(
        (guide.host, guide.location, guide.in_browser),
        (None, None, false)
    );

    policy.allow = Allow::default();
    policy.password = password();
    let protected = with(policy);
    let Decision::Guide(guide) = decide(&protected, &person(App::Wechat)) else {
        panic!("no guide");
    };
    assert_eq!(
        (guide.host, guide.location, guide.in_browser),
        (None, None, true)
    );
}

#[test]
fn a_rule_that_names_the_app_speaks_for_the_guide() {
    for (named, app, expected) in [
        ("wechat", App::Wechat, "redirect https://ruled.example/"),
        (
            "wechat",
            App::WechatMiniProgram,
            "redirect https://ruled.example/",
        ),
        ("wechat_mini_program", App::Wechat, "guide own.example"),
        ("any_app", App::Wechat, "guide own.example"),
        (
            "wechat any_app",
            App::Wechat,
            "redirect https://ruled.example/",
        ),
        ("", App::Wechat, "guide ruled.example"),
    ] {
        let ruled = with(Policy {
            guide_apps: apps("any_app"),
            rules: [rule(in_apps(named), &["https://ruled.example/"])].into(),
            ..Policy::default()
        });
        assert_eq!(outcome(&ruled, &person(app)), expected, "{named} {app}");
    }
}

#[test]
fn a_card_is_for_programs_that_fetch_previews() {
    let carded = with(Policy {
        preview: preview(),
        ..Policy::default()
    });
    for (visitor, expected) in [
        (bot(BotKind::Preview), "card https://own.example/p"),
        (bot(BotKind::Crawler), "redirect https://own.example/p"),
        (bot(BotKind::Monitor), "redirect https://own.example/p"),
        (bot(BotKind::HttpLibrary), "redirect https://own.example/p"),
        (person(App::Wechat), "redirect https://own.example/p"),
    ] {
        assert_eq!(outcome(&carded, &visitor), expected);
    }
    assert_eq!(
        outcome(&link(), &bot(BotKind::Preview)),
        "redirect https://own.example/p"
    );
}

#[test]
fn the_preview_page_shows_what_the_visitor_may_know() {
    let guided = Policy {
        guide_apps: apps("wechat"),
        rules: [rule(in_apps("browser"), &["https://browser.example/"])].into(),
        ..Policy::default()
    };
    let paused = Link {
        status: Status::Paused,
        ..link()
    };
    let over = Link {
        expires_at: Some(NOW),
        expired_target: Some("https://over.example/".into()),
        ..link()
    };
    let protected = Policy {
        password: password(),
        ..guided.clone()
    };
    let no_browser = Policy {
        allow: allow("wechat weibo"),
        ..guided.clone()
    };
    for (link, app, expected) in [
        (link(), App::None, "card https://own.example/p"),
        (paused, App::None, "paused"),
        (over, App::None, "card https://over.example/"),
        (
            with(guided.clone()),
            App::Wechat,
            "card https://browser.example/",
        ),
        (with(guided), App::Weibo, "card https://own.example/p"),
        (with(protected), App::Wechat, "protected"),
        (with(no_browser.clone()), App::None, "denied"),
        (with(no_browser), App::Wechat, "protected"),
    ] {
        assert_eq!(shown(&link, &person(app)), expected, "{link:?}");
    }
}
