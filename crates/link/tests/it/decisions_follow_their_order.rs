use crate::words::{
    NOW, allow, apps, bot, decide, in_apps, outcome, password, person, preview, rule, systems,
    visitor, with,
};
use std::num::NonZeroU64;
use suo_link::link::{Link, RedirectStatus, Status};
use suo_link::platform::{App, BotKind, Os};
use suo_link::policy::{Allow, Decision, Policy};
use suo_link::visitor::Visitor;

/// Denied, guided, ruled and protected at once: each step in front of the next one.
#[test]
fn each_step_comes_before_the_next_one() {
    let everything = Policy {
        guide_apps: apps("wechat"),
        allow: allow("wechat browser"),
        rules: [rule(in_apps("browser"), &["https://ruled.example/"])].into(),
        password: password(),
        preview: preview(),
    };
    let open = with(everything);
    let stopped = |status| Link {
        status,
        ..open.clone()
    };
    let not_yet = Link {
        starts_at: Some(NOW.plus(1)),
        expires_at: Some(NOW.plus(-1)),
        ..open.clone()
    };
    let over = Link {
        expires_at: Some(NOW),
        ..open.clone()
    };
    let limited = Link {
        max_clicks: NonZeroU64::new(3),
        ..open.clone()
    };
    let late = |mut visitor: Visitor<'static>| {
        visitor.used_up = true;
        visitor
    };
    let over_and_used_up = Link {
        max_clicks: NonZeroU64::new(3),
        ..over.clone()
    };
    let unlocked = |mut visitor: Visitor<'static>| {
        visitor.unlocked = true;
        visitor
    };
    for (link, visitor, expected) in [
        (&stopped(Status::Banned), person(App::Weibo), "banned"),
        (&stopped(Status::Paused), person(App::Weibo), "paused"),
        (&not_yet, person(App::Weibo), "not started"),
        (&over, person(App::Weibo), "expired"),
        (&over_and_used_up, late(person(App::Weibo)), "expired"),
        (&limited, late(person(App::Weibo)), "used up"),
        (&limited, late(person(App::Wechat)), "used up"),
        (&limited, late(unlocked(person(App::None))), "used up"),
        (&limited, late(bot(BotKind::Preview)), "used up"),
        (&limited, person(App::Weibo), "denied, in a browser"),
        (&open, late(person(App::Wechat)), "guide"),
        (&open, person(App::Weibo), "denied, in a browser"),
        (&open, unlocked(person(App::Weibo)), "denied, in a browser"),
        (&open, person(App::Wechat), "guide"),
        (&open, unlocked(person(App::Wechat)), "guide"),
        (&open, person(App::None), "password"),
        (&open, bot(BotKind::Preview), "password"),
        (&open, bot(BotKind::Crawler), "password"),
        (
            &open,
            unlocked(person(App::None)),
            "redirect https://ruled.example/",
        ),
        (
            &open,
            unlocked(bot(BotKind::Preview)),
            "card https://ruled.example/",
        ),
    ] {
        assert_eq!(outcome(link, &visitor), expected, "{visitor:?}");
    }
}

#[test]
fn allow_asks_for_app_and_system() {
    let only = with(Policy {
        allow: Allow {
            apps: apps("wechat browser"),
            os: systems("ios android"),
        },
        ..Policy::default()
    });
    for (app, os, expected) in [
        (App::Wechat, Os::Ios, "redirect https://own.example/p"),
        (
            App::WechatMiniProgram,
            Os::Ios,
            "redirect https://own.example/p",
        ),
        (App::Quark, Os::Android, "redirect https://own.example/p"),
        (App::Wecom, Os::Ios, "denied, in a browser"),
        (App::Wecom, Os::Windows, "denied"),
        (App::Wechat, Os::Windows, "denied"),
    ] {
        assert_eq!(outcome(&only, &visitor(app, os)), expected, "{app} {os}");
    }
    let wechat_only = with(Policy {
        allow: allow("wechat"),
        ..Policy::default()
    });
    assert_eq!(outcome(&wechat_only, &person(App::None)), "denied");
    assert_eq!(outcome(&wechat_only, &bot(BotKind::Preview)), "denied");
}

#[test]
fn the_target_of_a_link_that_is_over_obeys_allow_and_nothing_else() {
    let over = Link {
        expires_at: Some(NOW),
        expired_target: Some("https://over.example/".into()),
        ..with(Policy {
            guide_apps: apps("wechat"),
            allow: allow("wechat browser"),
            rules: [rule(in_apps("wechat"), &["https://ruled.example/"])].into(),
            password: password(),
            preview: preview(),
        })
    };
    for (visitor, expected) in [
        (person(App::Wechat), "redirect https://over.example/"),
        (bot(BotKind::Preview), "redirect https://over.example/"),
        (person(App::Weibo), "denied, in a browser"),
    ] {
        assert_eq!(outcome(&over, &visitor), expected);
        let mut late = visitor;
        late.used_up = true;
        let used_up = Link {
            expires_at: None,
            max_clicks: NonZeroU64::new(1),
            ..over.clone()
        };
        assert_eq!(outcome(&used_up, &late), expected);
    }
    let Decision::Redirect(redirect) = decide(&over, &person(App::Wechat)) else {
        panic!("no redirect");
    };
    assert_eq!((redirect.status.as_u16(), redirect.cacheable), (302, false));
}

#[test]
fn permanent_redirects_are_remembered_only_if_all_get_the_same_for_ever() {
    let limited = Link {
        redirect_status: RedirectStatus::Permanent,
        max_clicks: NonZeroU64::new(1),
        ..with(Policy::default())
    };
    let Decision::Redirect(redirect) = decide(&limited, &person(App::None)) else {
        panic!("no redirect");
    };
    assert!(!redirect.cacheable);
    let permanent = |policy| Link {
        redirect_status: RedirectStatus::Permanent,
        ..with(policy)
    };
    let mut visitor = person(App::None);
    visitor.unlocked = true;
    for (policy, expected) in [
        (Policy::default(), true),
        (
            Policy {
                preview: preview(),
                ..Policy::default()
            },
            true,
        ),
        (
            Policy {
                guide_apps: apps("wechat"),
                ..Policy::default()
            },
            false,
        ),
        (
            Policy {
                allow: allow("browser"),
                ..Policy::default()
            },
            false,
        ),
        (
            Policy {
                password: password(),
                ..Policy::default()
            },
            false,
        ),
        (
            Policy {
                rules: [rule(in_apps("qq"), &["https://a.example/"])].into(),
                ..Policy::default()
            },
            false,
        ),
    ] {
        let link = permanent(policy);
        let Decision::Redirect(redirect) = decide(&link, &visitor) else {
            panic!("no redirect");
        };
        assert_eq!(redirect.cacheable, expected, "{link:?}");
    }
}
