//! Every app with every kind of policy, through the real edge; crawlers beside people.

use suo_link::{
    link::Link,
    platform::{App, BotKind},
    policy::{Allow, AppSet, Condition, PasswordHash, Policy, Preview, Rule, Weighted},
};

use super::{
    client::{Line, Response, request_with},
    stage::{HOST, Stage, link},
};

const AGENTS: &str = include_str!("../../../link/tests/agents/apps.tsv");
const BOTS: &str = include_str!("../../../link/tests/agents/bots.tsv");

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// What nobody may see who may not go there.
const TARGET: &str = "https://hidden.example/path?secret=1";
const HIDDEN: &str = "hidden.example";
const RULED: &str = "https://ruled.example/";

/// The kinds of link, and the host that its pages may name at most.
const KINDS: [&str; 7] = [
    "direct", "guide", "allow", "deny", "rule", "password", "all",
];

fn only(app: App) -> AppSet {
    AppSet::EMPTY.with(app)
}

/// Somebody who is not this app, nor covers it.
fn other_than(app: App) -> AppSet {
    match app {
        App::Feishu => only(App::Zhihu),
        _ => only(App::Feishu),
    }
}

fn password() -> Option<PasswordHash> {
    PasswordHash::from_phc(
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    )
}

fn policy(kind: &str, app: App) -> Policy {
    let nothing = Policy::default();
    let to_others = Rule {
        when: Condition {
            app: only(app),
            ..Condition::default()
        },
        targets: [Weighted {
            url: RULED.into(),
            weight: 1,
        }]
        .into(),
    };
    let allow = |apps| Allow {
        apps,
        ..Allow::default()
    };
    match kind {
        "guide" => Policy {
            guide_apps: only(app),
            ..nothing
        },
        "allow" => Policy {
            allow: allow(only(app)),
            ..nothing
        },
        "deny" => Policy {
            allow: allow(other_than(app)),
            ..nothing
        },
        "rule" => Policy {
            rules: [to_others].into(),
            ..nothing
        },
        "password" => Policy {
            password: password(),
            ..nothing
        },
        // Everything at once: for this app alone, led elsewhere, after the password.
        "all" => Policy {
            guide_apps: only(app),
            allow: allow(only(app)),
            rules: [to_others].into(),
            password: password(),
            preview: Some(Preview {
                title: Some("A title".into()),
                ..Preview::default()
            }),
        },
        _ => nothing,
    }
}

fn code(kind: &str, app: App) -> String {
    format!("{kind}-{app}")
}

/// A link of each kind for each app.
fn stage() -> Stage {
    let mut links = Vec::new();
    for app in App::ALL {
        for kind in KINDS {
            let policy = policy(kind, *app);
            let link = Link {
                policy: (!policy.is_empty()).then(|| Box::new(policy)),
                ..link(TARGET)
            };
            links.push((&*code(kind, *app).leak(), link));
        }
    }
    Stage::with(links)
}

/// One agent of each app: app and agent.
fn visitors() -> Vec<(App, &'static str)> {
    let mut visitors = vec![(App::None, BROWSER)];
    for line in AGENTS.lines().filter(|line| !line.starts_with('#')) {
        let app: App = line.split('\t').next().unwrap().parse().unwrap();
        let agent = line.rsplit('\t').next().unwrap();
        if visitors.iter().all(|(known, _)| *known != app) {
            visitors.push((app, agent));
        }
    }
    assert_eq!(visitors.len(), App::ALL.len());
    visitors
}

fn is_browser(app: App) -> bool {
    matches!(app, App::None | App::Uc | App::Quark | App::QqBrowser)
}

/// One connection for one agent.
struct Asking<'a> {
    line: Line,
    agent: &'a str,
}

impl<'a> Asking<'a> {
    fn new(stage: &Stage, agent: &'a str) -> Self {
        Self {
            line: Line::open(stage.address()),
            agent,
        }
    }

    fn get(&mut self, target: &str) -> Response {
        let headers = [("User-Agent", self.agent)];
        self.line
            .send(request_with("GET", HOST, target, &headers, ""));
        self.line.response()
    }
}

/// Status and where it leads, or what page it is.
fn seen(response: &Response) -> (u16, &str) {
    let location = response.header("location");
    let page = || {
        let after = response.body.split("<title>").nth(1).unwrap_or_default();
        after.split('<').next().unwrap_or_default()
    };
    (response.status, location.unwrap_or_else(page))
}

const GUIDE: &str = "请在浏览器中打开";
const DENIED: &str = "此处不能打开该链接";
const ASKED: &str = "此链接需要密码";

/// What a visitor in this app gets from the link that is made for it. Nobody writes `none` into
/// a policy: for browsers, the sets are empty.
fn expected(kind: &str, app: App) -> (u16, &'static str) {
    match kind {
        "guide" if app != App::None => (200, GUIDE),
        "deny" => (403, DENIED),
        "rule" => (302, RULED),
        // The rule of "all" names the app, so it is not guided.
        "password" | "all" => (200, ASKED),
        _ => (302, TARGET),
    }
}

#[test]
fn each_app_gets_what_the_link_says() {
    let stage = stage();
    for (app, agent) in visitors() {
        let mut asking = Asking::new(&stage, agent);
        for kind in KINDS {
            let response = asking.get(&format!("/{}", code(kind, app)));
            assert_eq!(seen(&response), expected(kind, app), "{kind} {app}");
            let names_host = response.body.contains(HIDDEN);
            assert_eq!(
                names_host,
                kind == "guide" && app != App::None,
                "{kind} {app}"
            );
        }
    }
}

#[test]
fn other_apps_are_neither_guided_nor_let_in() {
    let stage = stage();
    for (app, agent) in visitors() {
        // WeChat covers its mini programs, QQ its Qzone: neither is another app to the other.
        let other = match app {
            App::Wechat | App::WechatMiniProgram => App::Wecom,
            App::Qq | App::Qzone => App::QqBrowser,
            _ => App::Wechat,
        };
        let mut asking = Asking::new(&stage, agent);
        let mut get = |kind| asking.get(&format!("/{}", code(kind, other)));
        assert_eq!(seen(&get("guide")), (302, TARGET), "{app}");
        assert_eq!(seen(&get("rule")), (302, TARGET), "{app}");
        let title = if is_browser(app) && is_browser(other) {
            GUIDE
        } else {
            DENIED
        };
        let denied = get("allow");
        assert_eq!(seen(&denied).0, 403, "{app}");
        assert!([title, GUIDE].contains(&seen(&denied).1), "{app}");
        assert!(!denied.body.contains(HIDDEN));
    }
}

/// Target and host reach nobody through any page, header, preview or picture who may not have them.
#[test]
fn nothing_hidden_is_ever_told() {
    let stage = stage();
    for (app, agent) in visitors() {
        let mut asking = Asking::new(&stage, agent);
        for kind in ["deny", "password", "all"] {
            for part in ["", "/q", "+", "/qr.png", "?a=b"] {
                let target = format!("/{}{part}", code(kind, app));
                let response = asking.get(&target);
                let whole = format!("{response:?}");
                assert!(
                    !whole.contains(HIDDEN) && !whole.contains("ruled.example"),
                    "{target}"
                );
            }
        }
    }
}

/// Whoever looks into a link for others sees what a browser on its system sees, byte for byte.
#[test]
fn crawlers_see_what_people_see() {
    let stage = stage();
    let mut person = Asking::new(&stage, BROWSER);
    for line in BOTS.lines().filter(|line| !line.starts_with('#')) {
        let kind: BotKind = line.split('\t').nth(3).unwrap().parse().unwrap();
        let mut bot = Asking::new(&stage, line.rsplit('\t').next().unwrap());
        for (app, code) in [App::Wechat, App::Quark, App::None]
            .iter()
            .flat_map(|app| KINDS.map(|kind| (*app, code(kind, *app))))
        {
            for part in ["", "+"] {
                let target = format!("/{code}{part}");
                assert_eq!(
                    bot.get(&target),
                    person.get(&target),
                    "{kind} {app} {target}"
                );
            }
        }
    }
}

#[test]
fn the_card_is_for_previews_alone_and_names_the_real_target() {
    let card = Policy {
        preview: Some(Preview {
            title: Some("A <title>".into()),
            description: Some("What \"it\" is".into()),
            image: Some("https://img.example/a.png?b=1&c=2".into()),
        }),
        ..Policy::default()
    };
    let shared = Link {
        policy: Some(Box::new(card)),
        ..link(TARGET)
    };
    let stage = Stage::with(vec![("card", shared)]);
    let preview = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)";
    let response = Asking::new(&stage, preview).get("/card");
    assert_eq!(response.status, 200);
    for part in [
        "<meta property=\"og:title\" content=\"A &lt;title&gt;\">",
        "<meta property=\"og:description\" content=\"What &quot;it&quot; is\">",
        "<meta property=\"og:image\" content=\"https://img.example/a.png?b=1&amp;c=2\">",
        "<meta property=\"og:url\" content=\"https://s.example.com/card\">",
        "href=\"https://hidden.example/path?secret=1\">hidden.example</a>",
    ] {
        assert!(response.body.contains(part), "{part} {}", response.body);
    }
    for agent in [BROWSER, "Googlebot/2.1 (+http://www.google.com/bot.html)"] {
        assert_eq!(
            seen(&Asking::new(&stage, agent).get("/card")),
            (302, TARGET)
        );
    }
    // People see the same before they follow it.
    let people = Asking::new(&stage, BROWSER).get("/card+");
    assert_eq!(people.status, 200);
    for part in [
        "A &lt;title&gt;",
        "What &quot;it&quot; is",
        ">hidden.example</a>",
    ] {
        assert!(people.body.contains(part), "{part}");
    }
    assert!(!people.body.contains("img.example"));
}
