//! Links, policies and visitors in few words.

use suo_link::{
    id::LinkId,
    link::{ForwardQuery, Link, RedirectStatus, Status},
    platform::{App, BotKind, Os},
    policy::{
        self, Allow, AppSet, Condition, Decision, OsSet, PasswordHash, Policy, Preview,
        PreviewPage, Rule, SplitKey, Weighted,
    },
    time::Timestamp,
    visitor::Visitor,
};

pub(crate) const KEY: SplitKey = SplitKey::new([1; 16]);
pub(crate) const NOW: Timestamp = Timestamp(1_000);

/// A plain link to `https://own.example/p`.
pub(crate) fn link() -> Link {
    Link {
        id: LinkId(1),
        status: Status::Active,
        redirect_status: RedirectStatus::Found,
        forward_query: ForwardQuery::Off,
        target: "https://own.example/p".into(),
        starts_at: None,
        expires_at: None,
        expired_target: None,
        max_clicks: None,
        policy: None,
    }
}

/// The same link with a policy.
pub(crate) fn with(policy: Policy) -> Link {
    Link {
        policy: Some(Box::new(policy)),
        ..link()
    }
}

/// Names with spaces between them.
pub(crate) fn apps(names: &str) -> AppSet {
    AppSet::from_names(names.split_whitespace()).unwrap()
}

pub(crate) fn systems(names: &str) -> OsSet {
    OsSet::from_names(names.split_whitespace()).unwrap()
}

pub(crate) fn allow(names: &str) -> Allow {
    Allow {
        apps: apps(names),
        os: OsSet::EMPTY,
    }
}

/// A condition on the app alone.
pub(crate) fn in_apps(names: &str) -> Condition {
    Condition {
        app: apps(names),
        ..Condition::default()
    }
}

pub(crate) fn rule(when: Condition, urls: &[&str]) -> Rule {
    let targets = urls.iter().map(|url| Weighted {
        url: (*url).into(),
        weight: 1,
    });
    Rule {
        when,
        targets: targets.collect(),
    }
}

pub(crate) fn password() -> Option<PasswordHash> {
    PasswordHash::from_phc("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA")
}

pub(crate) fn preview() -> Option<Preview> {
    Some(Preview {
        title: Some("Title".into()),
        ..Preview::default()
    })
}

pub(crate) fn visitor(app: App, os: Os) -> Visitor<'static> {
    let mut visitor = Visitor::default();
    visitor.platform.app = app;
    visitor.platform.os = os;
    visitor
}

pub(crate) fn person(app: App) -> Visitor<'static> {
    visitor(app, Os::Ios)
}

pub(crate) fn bot(kind: BotKind) -> Visitor<'static> {
    let mut visitor = Visitor::default();
    visitor.platform.bot_kind = Some(kind);
    visitor
}

pub(crate) fn decide<'a>(link: &'a Link, visitor: &Visitor<'_>) -> Decision<'a> {
    policy::decide(link, visitor, NOW, &KEY)
}

/// What a visitor gets, as one line: `redirect URL`, `guide HOST`, `denied` …
pub(crate) fn outcome(link: &Link, visitor: &Visitor<'_>) -> String {
    said(&decide(link, visitor))
}

pub(crate) fn said(decision: &Decision<'_>) -> String {
    match decision {
        Decision::Redirect(redirect) => format!("redirect {}", redirect.location),
        Decision::Banned => "banned".to_owned(),
        Decision::Paused => "paused".to_owned(),
        Decision::NotStarted => "not started".to_owned(),
        Decision::Expired => "expired".to_owned(),
        Decision::UsedUp => "used up".to_owned(),
        Decision::Denied(denied) if denied.in_browser => "denied, in a browser".to_owned(),
        Decision::Denied(_) => "denied".to_owned(),
        Decision::Guide(guide) => match guide.host {
            Some(host) => format!("guide {host}"),
            None => "guide".to_owned(),
        },
        Decision::Password => "password".to_owned(),
        Decision::Card(card) => format!("card {}", card.location),
    }
}

/// What `/{code}+` shows, as one line.
pub(crate) fn shown(link: &Link, visitor: &Visitor<'_>) -> String {
    match policy::preview_page(link, visitor, NOW, &KEY) {
        PreviewPage::Card(card) => format!("card {}", card.location),
        PreviewPage::Protected => "protected".to_owned(),
        PreviewPage::Instead(decision) => said(&decision),
    }
}
