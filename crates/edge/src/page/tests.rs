//! What holds for every page.

use std::borrow::Cow;

use suo_link::{
    domain::Scheme,
    platform::{App, Os},
    policy::{self, Allow, AppSet, OsSet},
};

use super::{
    BotCard, Denied, Guide, MAX_BYTES, Notice, Page, Pages, Password, Preview, ShortLink, Site,
    Tongue,
};

const HOSTILE: &str = "</title></style><script>alert(1)</script>\"'><img src=x onerror=1>&";

fn pages() -> Pages {
    let long = |c: &str| c.repeat(120 / c.len());
    let mail = format!("{}@{}", "a".repeat(50), "b".repeat(69));
    Pages::new(Site::new(&long("短"), &mail, &long("京")).unwrap())
}

/// What the longest host, code and query make.
struct Longest {
    host: String,
    domain: String,
    code: String,
    query: String,
    location: String,
    title: String,
    description: String,
    image: String,
}

impl Longest {
    fn new(letter: &str) -> Self {
        let host = format!("{}.example", format!("{}.", "a".repeat(60)).repeat(4) + "b");
        Self {
            domain: format!("{}:65535", host.replace('a', "d")),
            code: "c".repeat(64),
            query: "&".repeat(120),
            location: format!("https://{host}/{}", "&'".repeat(4000)),
            title: letter.repeat(120),
            description: letter.repeat(240),
            image: format!("https://{host}/{}", "&".repeat(700)),
            host,
        }
    }

    fn link(&self) -> ShortLink<'_> {
        ShortLink {
            scheme: Scheme::Https,
            domain: &self.domain,
            code: &self.code,
            suffix: "/q",
            query: Some(&self.query),
        }
    }

    fn card<'a>(&'a self, preview: &'a policy::Preview) -> policy::Card<'a> {
        policy::Card {
            preview,
            host: &self.host,
            location: Cow::Borrowed(&self.location),
            variant: None,
        }
    }

    fn preview(&self) -> policy::Preview {
        policy::Preview {
            title: Some(self.title.as_str().into()),
            description: Some(self.description.as_str().into()),
            image: Some(self.image.as_str().into()),
        }
    }
}

/// Every page there is, of the longest texts.
fn all(longest: &Longest) -> Vec<(String, Page)> {
    let pages = pages();
    let mut all = Vec::new();
    for tongue in Tongue::ALL {
        for notice in Notice::ALL {
            all.push((format!("{notice:?}"), pages.notice(tongue, notice)));
        }
        for is_wrong in [false, true] {
            let page = pages.password(tongue, Password { is_wrong });
            all.push((format!("password {is_wrong}"), page));
        }
        for (app, os) in App::ALL
            .iter()
            .flat_map(|app| [(*app, Os::Android), (*app, Os::Ios)])
        {
            for target in [None, Some((&*longest.host, &*longest.location))] {
                let guide = Guide {
                    app,
                    os,
                    link: longest.link(),
                    target,
                };
                all.push((format!("guide {app}"), pages.guide(tongue, &guide)));
            }
            all.extend(denied(&pages, tongue, longest, app, os));
        }
        let preview = longest.preview();
        let card = longest.card(&preview);
        let link = longest.link();
        for card in [None, Some(&card)] {
            let page = pages.preview(tongue, &Preview { card, link });
            all.push(("preview".to_owned(), page));
        }
        let page = pages.card(tongue, &BotCard { card: &card, link });
        all.push(("card".to_owned(), page));
    }
    all
}

fn denied(
    pages: &Pages,
    tongue: Tongue,
    longest: &Longest,
    app: App,
    os: Os,
) -> Vec<(String, Page)> {
    let names = App::ALL.iter().map(|app| app.name());
    let names = names
        .filter(|name| *name != "none")
        .chain(["browser", "any_app"]);
    let allows = [
        Allow {
            apps: AppSet::from_names(names).unwrap(),
            os: OsSet::from_names(Os::ALL.iter().map(|os| os.name())).unwrap(),
        },
        Allow {
            apps: AppSet::EMPTY.with(App::Wechat),
            os: OsSet::EMPTY,
        },
    ];
    let of = |(allow, in_browser): (&Allow, bool)| {
        let denied = Denied {
            allow,
            except: AppSet::EMPTY,
            in_browser,
            app,
            os,
            link: longest.link(),
        };
        (format!("denied {app}"), pages.denied(tongue, &denied))
    };
    let cases = allows
        .iter()
        .flat_map(|allow| [(allow, false), (allow, true)]);
    cases.map(of).collect()
}

fn text(page: &Page) -> &str {
    std::str::from_utf8(&page.html).unwrap()
}

#[test]
fn every_page_is_within_its_size_with_the_longest_texts() {
    for letter in ["&", "a", "中", "\u{10FFFD}"] {
        let longest = Longest::new(letter);
        assert_eq!(longest.host.len(), 253);
        for (name, page) in all(&longest) {
            let length = page.html.len();
            assert!(length <= MAX_BYTES, "{name}: {length}\n{}", text(&page));
        }
    }
}

#[test]
fn every_page_is_one_accessible_document() {
    for (name, page) in all(&Longest::new("a")) {
        let text = text(&page);
        let has = |part: &str| assert!(text.contains(part), "{name} lacks {part}: {text}");
        has("<!doctype html><html lang=");
        has("<meta name=viewport content=\"width=device-width,initial-scale=1\">");
        has("<meta name=robots content=noindex>");
        has("<main>");
        has("https://beian.miit.gov.cn/");
        assert_eq!(text.matches("<h1>").count(), 1, "{name}");
        assert_eq!(text.matches("<title>").count(), 1, "{name}");
        for part in ["<img ", "<svg "] {
            let labelled = text.matches("<img alt=\"").count()
                + text.matches("role=img aria-label=\"").count();
            assert!(text.matches(part).count() <= labelled, "{name}");
        }
        for part in [
            " style=",
            " onclick=",
            "javascript:",
            "http-equiv",
            "<link",
            "<iframe",
        ] {
            assert!(!text.contains(part), "{name} has {part}");
        }
        // What is loaded is the QR code alone, from our own host.
        assert_eq!(
            text.matches("src=").count(),
            text.matches("src=\"/").count()
        );
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let longest = Longest {
        title: HOSTILE.to_owned(),
        description: HOSTILE.to_owned(),
        image: format!("https://a.example/{HOSTILE}"),
        host: HOSTILE.to_owned(),
        domain: HOSTILE.to_owned(),
        code: HOSTILE.to_owned(),
        query: HOSTILE.to_owned(),
        location: format!("javascript:{HOSTILE}"),
    };
    let scripts = |text: &str| text.matches("<script>").count();
    for (name, page) in all(&longest) {
        let text = text(&page);
        assert!(
            scripts(text) <= 1 && !text.contains("<script>alert"),
            "{name}"
        );
        assert!(!text.contains("<img src=x"), "{name}");
        assert!(text.ends_with("</body></html>"), "{name}");
    }
}

#[test]
fn protected_links_are_not_named() {
    let longest = Longest::new("a");
    let guide = Guide {
        app: App::Wechat,
        os: Os::Ios,
        link: ShortLink {
            domain: "s.example",
            ..longest.link()
        },
        target: None,
    };
    for tongue in Tongue::ALL {
        let page = pages().guide(tongue, &guide);
        assert!(!text(&page).contains("a.example"));
    }
}

#[test]
fn a_long_address_is_left_out_and_the_host_stays() {
    let longest = Longest::new("a");
    let short = format!("https://{}/x", longest.host);
    let guide = |location| Guide {
        app: App::Qq,
        os: Os::Ios,
        link: longest.link(),
        target: Some((&*longest.host, location)),
    };
    let has_host = |page: &Page| text(page).matches(&*longest.host).count();
    assert_eq!(
        has_host(&pages().guide(Tongue::English, &guide(&longest.location))),
        1
    );
    let page = pages().guide(Tongue::English, &guide(&short));
    assert!(text(&page).contains(&format!("href=\"{short}\"")) || has_host(&page) == 1);
}

#[test]
fn ways_out_are_links_to_be_pressed() {
    let longest = Longest::new("a");
    let link = ShortLink {
        domain: "s.example",
        code: "k7",
        suffix: "",
        query: Some("a=b"),
        ..longest.link()
    };
    let page = |app, os| {
        let guide = Guide {
            app,
            os,
            link,
            target: None,
        };
        text(&pages().guide(Tongue::English, &guide)).to_owned()
    };
    let line = page(App::Line, Os::Ios);
    assert!(
        line.contains("href=\"/k7?a=b&amp;openExternalBrowser=1\""),
        "{line}"
    );
    let android = page(App::Instagram, Os::Android);
    assert!(android.contains("href=\"intent://s.example/k7?a=b#Intent;scheme=https;end\""));
    for (app, os) in [
        (App::Instagram, Os::Ios),
        (App::Wechat, Os::Android),
        (App::Qq, Os::Android),
    ] {
        let text = page(app, os);
        assert!(
            !text.contains("intent:") && !text.contains("openExternalBrowser"),
            "{app}"
        );
    }
}
