//! What a visitor gets from a link: the heart of suo.
//!
//! The order of the questions is part of the product:
//!
//! 1. banned, paused, not started, expired
//! 2. `allow`: may this app on this system open the link at all? An expired link's other target
//!    answers here.
//! 3. `rules`: the first one that matches chooses the target, by weight if it has several
//! 4. `guide_apps`: is the visitor in an app that is told how to open the link in a browser? Not
//!    if the rule names that app.
//! 5. the password
//! 6. the redirect, or the link's own card for a program that fetches previews
//!
//! Above all of them stands: a target and its host reach nobody who may not have them. Who is
//! denied, and everybody while there is a password to prove, is told neither.

mod decision;
mod matching;
mod rules;
mod sets;
mod split;
mod trace;

use std::{borrow::Cow, sync::LazyLock};

pub use decision::{Card, Decision, Denied, Guide, PreviewPage, Redirect, Variant};
pub use rules::{
    Allow, Condition, MAX_CHOICES, MAX_DESCRIPTION, MAX_IMAGE, MAX_PAIR_BYTES, MAX_PAIRS,
    MAX_RULES, MAX_TARGETS, MAX_TITLE, MAX_WEIGHT, Pair, PasswordHash, Policy, Preview, Rule,
    Weighted,
};
pub use sets::{AppSet, DeviceSet, OsSet};
pub use split::SplitKey;
pub use trace::{Recorder, Step, StepName, Value};

use crate::{
    link::{ForwardQuery, Link, RedirectStatus, Status},
    location,
    platform::{App, BotKind},
    time::Timestamp,
    visitor::Visitor,
};

/// The policy of a link that has none, and the preview of a policy that has none.
static NO_POLICY: LazyLock<Policy> = LazyLock::new(Policy::default);
static NO_PREVIEW: Preview = Preview::NONE;

/// Decides what `visitor` gets from `link` at the moment `now`.
///
/// Times are intervals [from, to): a link answers at `starts_at` and no longer at `expires_at`.
/// Allocates only where the visitor's query is joined to a target.
#[must_use]
pub fn decide<'a>(
    link: &'a Link,
    visitor: &Visitor<'_>,
    now: Timestamp,
    key: &SplitKey,
) -> Decision<'a> {
    decide_with(link, visitor, now, key, &mut ())
}

/// Decides as [`decide`] does, and tells `recorder` each step.
pub fn decide_with<'a, R: Recorder>(
    link: &'a Link,
    visitor: &Visitor<'_>,
    now: Timestamp,
    key: &SplitKey,
    recorder: &mut R,
) -> Decision<'a> {
    match standing(link, now, recorder) {
        Standing::Closed(decision) => return decision,
        Standing::Over(target) => return over(link, target, visitor, recorder),
        Standing::Open => {}
    }
    let Some(policy) = link.policy.as_deref() else {
        return Decision::Redirect(redirect(link, visitor, &Choice::own(link)));
    };
    if let Some(denied) = deny(&policy.allow, visitor, recorder) {
        return Decision::Denied(denied);
    }
    let choice = choose(link, policy, visitor, now, key, recorder);
    if is_guided(policy, &choice, visitor, recorder) {
        return Decision::Guide(guide(link, policy, visitor, now, key));
    }
    if policy.password.is_some() {
        record(
            recorder,
            StepName::Password,
            Value::Flag(visitor.unlocked),
            Value::Flag(true),
            visitor.unlocked,
        );
        if !visitor.unlocked {
            return Decision::Password;
        }
    }
    match &policy.preview {
        Some(preview) if gets_card(visitor, recorder) => {
            Decision::Card(card(link, visitor, &choice, preview))
        }
        _ => Decision::Redirect(redirect(link, visitor, &choice)),
    }
}

/// What `/{code}+` shows: where the link leads this visitor, if that may be told.
#[must_use]
pub fn preview_page<'a>(
    link: &'a Link,
    visitor: &Visitor<'_>,
    now: Timestamp,
    key: &SplitKey,
) -> PreviewPage<'a> {
    let policy = link.policy.as_deref().unwrap_or(&NO_POLICY);
    let expired_target = match standing(link, now, &mut ()) {
        Standing::Closed(decision) => return PreviewPage::Instead(decision),
        Standing::Over(target) => Some(target),
        Standing::Open => None,
    };
    if let Some(denied) = deny(&policy.allow, visitor, &mut ()) {
        return PreviewPage::Instead(Decision::Denied(denied));
    }
    if policy.password.is_some() {
        return PreviewPage::Protected;
    }
    if let Some(target) = expired_target {
        return PreviewPage::Card(Card {
            preview: &NO_PREVIEW,
            host: location::host(target),
            location: Cow::Borrowed(target),
            variant: None,
        });
    }
    let mut choice = choose(link, policy, visitor, now, key, &mut ());
    if is_guided(policy, &choice, visitor, &mut ()) {
        if !policy.allow.lets_app(App::None) {
            return PreviewPage::Protected;
        }
        choice = choose(link, policy, &in_browser(visitor), now, key, &mut ());
    }
    let preview = policy.preview.as_ref().unwrap_or(&NO_PREVIEW);
    PreviewPage::Card(card(link, visitor, &choice, preview))
}

/// Whether a link answers by itself, whoever asks.
enum Standing<'a> {
    Open,
    /// Its time is over, and it leads elsewhere.
    Over(&'a str),
    Closed(Decision<'a>),
}

fn standing<'a, R: Recorder>(link: &'a Link, now: Timestamp, recorder: &mut R) -> Standing<'a> {
    let is_active = link.status == Status::Active;
    record(
        recorder,
        StepName::Status,
        Value::Status(link.status),
        Value::Status(Status::Active),
        is_active,
    );
    match link.status {
        Status::Banned => return Standing::Closed(Decision::Banned),
        Status::Paused => return Standing::Closed(Decision::Paused),
        Status::Active => {}
    }
    if let Some(start) = link.starts_at {
        record(
            recorder,
            StepName::StartsAt,
            Value::Moment(now),
            Value::Moment(start),
            start <= now,
        );
        if now < start {
            return Standing::Closed(Decision::NotStarted);
        }
    }
    if let Some(end) = link.expires_at {
        record(
            recorder,
            StepName::ExpiresAt,
            Value::Moment(now),
            Value::Moment(end),
            now < end,
        );
        if end <= now {
            return match &link.expired_target {
                Some(target) => Standing::Over(target),
                None => Standing::Closed(Decision::Expired),
            };
        }
    }
    Standing::Open
}

/// The other target of an expired link obeys `allow` and nothing else: it is not what the
/// password, the rules and the guide are about.
fn over<'a, R: Recorder>(
    link: &'a Link,
    target: &'a str,
    visitor: &Visitor<'_>,
    recorder: &mut R,
) -> Decision<'a> {
    let policy = link.policy.as_deref().unwrap_or(&NO_POLICY);
    match deny(&policy.allow, visitor, recorder) {
        Some(denied) => Decision::Denied(denied),
        None => Decision::Redirect(Redirect {
            location: Cow::Borrowed(target),
            status: RedirectStatus::Found,
            cacheable: false,
            variant: None,
        }),
    }
}

fn deny<'a, R: Recorder>(
    allow: &'a Allow,
    visitor: &Visitor<'_>,
    recorder: &mut R,
) -> Option<Denied<'a>> {
    let (app, os) = (visitor.platform.app, visitor.platform.os);
    let (app_passes, os_passes) = (allow.lets_app(app), allow.lets_os(os));
    if !allow.apps.is_empty() {
        record(
            recorder,
            StepName::AllowApps,
            Value::App(app),
            Value::Apps(allow.apps),
            app_passes,
        );
    }
    if !allow.os.is_empty() {
        record(
            recorder,
            StepName::AllowOs,
            Value::Os(os),
            Value::Systems(allow.os),
            os_passes,
        );
    }
    let in_browser = os_passes && allow.lets_app(App::None);
    (!app_passes || !os_passes).then_some(Denied { allow, in_browser })
}

/// The target that a visitor is led to, and the rule that says so.
struct Choice<'a> {
    target: &'a str,
    rule: Option<&'a Rule>,
    variant: Option<Variant>,
}

impl<'a> Choice<'a> {
    fn own(link: &'a Link) -> Self {
        Self {
            target: &link.target,
            rule: None,
            variant: None,
        }
    }
}

fn choose<'a, R: Recorder>(
    link: &'a Link,
    policy: &'a Policy,
    visitor: &Visitor<'_>,
    now: Timestamp,
    key: &SplitKey,
    recorder: &mut R,
) -> Choice<'a> {
    for (place, rule) in policy.rules.iter().enumerate() {
        if !matching::matches(&rule.when, place, visitor, now, recorder) {
            continue;
        }
        let target = split::choose(&rule.targets, link.id, visitor, key);
        if R::RECORDS && rule.targets.len() > 1 {
            recorder.step(Step {
                name: StepName::Split,
                rule: Some(place),
                compared: Value::Target(target),
                with: Value::Targets(&rule.targets),
                matched: true,
            });
        }
        // A rule without targets, which no record holds, chooses nothing.
        let own = Choice::own(link);
        let number = |place| u8::try_from(place).unwrap_or(u8::MAX);
        return match rule.targets.get(target) {
            None => own,
            Some(weighted) => Choice {
                target: &weighted.url,
                rule: Some(rule),
                variant: Some(Variant {
                    rule: number(place),
                    target: number(target),
                }),
            },
        };
    }
    Choice::own(link)
}

/// A rule that names the app says what becomes of its visitors there. `any_app` and a rule that
/// asks nothing of the app do not.
fn is_guided<R: Recorder>(
    policy: &Policy,
    choice: &Choice<'_>,
    visitor: &Visitor<'_>,
    recorder: &mut R,
) -> bool {
    let app = visitor.platform.app;
    let guided = policy.guide_apps.covers(app);
    if !policy.guide_apps.is_empty() {
        record(
            recorder,
            StepName::Guide,
            Value::App(app),
            Value::Apps(policy.guide_apps),
            guided,
        );
    }
    let Some(rule) = choice.rule.filter(|_| guided) else {
        return guided;
    };
    let skipped = rule.when.app.names_app(app);
    record(
        recorder,
        StepName::GuideSkipped,
        Value::App(app),
        Value::Apps(rule.when.app),
        skipped,
    );
    !skipped
}

fn guide<'a>(
    link: &'a Link,
    policy: &'a Policy,
    visitor: &Visitor<'_>,
    now: Timestamp,
    key: &SplitKey,
) -> Guide<'a> {
    let may = policy.allow.lets_app(App::None);
    let reached = (may && policy.password.is_none())
        .then(|| choose(link, policy, &in_browser(visitor), now, key, &mut ()));
    Guide {
        app: visitor.platform.app,
        host: reached.as_ref().map(|choice| location::host(choice.target)),
        location: reached.map(|choice| forwarded(link, choice.target, visitor)),
        in_browser: may,
    }
}

/// The same visitor, come from the app into a browser.
fn in_browser<'v>(visitor: &Visitor<'v>) -> Visitor<'v> {
    let mut visitor = *visitor;
    visitor.platform.app = App::None;
    visitor
}

fn gets_card<R: Recorder>(visitor: &Visitor<'_>, recorder: &mut R) -> bool {
    let kind = visitor.platform.bot_kind;
    let gets_card = kind == Some(BotKind::Preview);
    let compared = kind.map_or(Value::Nothing, Value::BotKind);
    record(
        recorder,
        StepName::Card,
        compared,
        Value::BotKind(BotKind::Preview),
        gets_card,
    );
    gets_card
}

fn card<'a>(
    link: &'a Link,
    visitor: &Visitor<'_>,
    choice: &Choice<'a>,
    preview: &'a Preview,
) -> Card<'a> {
    Card {
        preview,
        host: location::host(choice.target),
        location: forwarded(link, choice.target, visitor),
        variant: choice.variant,
    }
}

fn redirect<'a>(link: &'a Link, visitor: &Visitor<'_>, choice: &Choice<'a>) -> Redirect<'a> {
    Redirect {
        location: forwarded(link, choice.target, visitor),
        status: link.redirect_status,
        cacheable: link.redirect_status.is_permanent() && is_the_same_for_all_and_ever(link),
        variant: choice.variant,
    }
}

fn forwarded<'a>(link: &Link, target: &'a str, visitor: &Visitor<'_>) -> Cow<'a, str> {
    match (link.forward_query, visitor.query) {
        (ForwardQuery::Off, _) | (_, None | Some("")) => Cow::Borrowed(target),
        (ForwardQuery::Append, Some(query)) => location::append(target, query).into(),
        (ForwardQuery::Override, Some(query)) => location::replace(target, query).into(),
    }
}

fn is_the_same_for_all_and_ever(link: &Link) -> bool {
    let is_bound_to_time = link.starts_at.is_some() || link.expires_at.is_some();
    let policy = link.policy.as_deref();
    !is_bound_to_time && policy.is_none_or(Policy::treats_all_alike)
}

/// Tells a step that no rule asked for.
fn record<'a, R: Recorder>(
    recorder: &mut R,
    name: StepName,
    compared: Value<'a>,
    with: Value<'a>,
    matched: bool,
) {
    if R::RECORDS {
        recorder.step(Step {
            name,
            rule: None,
            compared,
            with,
            matched,
        });
    }
}
