//! The questions on the way to a target that are not about which target it is.

use super::{
    choice::Choice,
    decision::{Decision, Denied},
    rules::{Allow, Policy},
    trace::{Recorder, Step, StepName, Value},
};
use crate::{
    link::{Link, Status},
    platform::{App, BotKind},
    time::Timestamp,
    visitor::Visitor,
};

/// Whether a link answers by itself, whoever asks.
pub(super) enum Standing<'a> {
    Open,
    /// Its time is over, and it leads elsewhere.
    Over(&'a str),
    Closed(Decision<'a>),
}

pub(super) fn standing<'a, R: Recorder>(
    link: &'a Link,
    visitor: &Visitor<'_>,
    now: Timestamp,
    recorder: &mut R,
) -> Standing<'a> {
    let is_active = link.status == Status::Active;
    let status = Value::Status(link.status);
    let active = Value::Status(Status::Active);
    tell(recorder, StepName::Status, status, active, is_active);
    match link.status {
        Status::Banned => return Standing::Closed(Decision::Banned),
        Status::Paused => return Standing::Closed(Decision::Paused),
        Status::Active => {}
    }
    let moment = Value::Moment(now);
    if let Some(start) = link.starts_at {
        let from = Value::Moment(start);
        tell(recorder, StepName::StartsAt, moment, from, start <= now);
        if now < start {
            return Standing::Closed(Decision::NotStarted);
        }
    }
    if let Some(end) = link.expires_at {
        let until = Value::Moment(end);
        tell(recorder, StepName::ExpiresAt, moment, until, now < end);
        if end <= now {
            return over(link, Decision::Expired);
        }
    }
    if let Some(most) = link.max_clicks {
        let (used_up, most) = (Value::Flag(visitor.used_up), Value::Clicks(most.get()));
        tell(
            recorder,
            StepName::MaxClicks,
            used_up,
            most,
            !visitor.used_up,
        );
        if visitor.used_up {
            return over(link, Decision::UsedUp);
        }
    }
    Standing::Open
}

fn over<'a>(link: &'a Link, instead: Decision<'a>) -> Standing<'a> {
    match &link.expired_target {
        Some(target) => Standing::Over(target),
        None => Standing::Closed(instead),
    }
}

/// Whether `allow` lets the visitor pass; of app and system both are told.
pub(super) fn deny<'a, R: Recorder>(
    allow: &'a Allow,
    visitor: &Visitor<'_>,
    recorder: &mut R,
) -> Option<Denied<'a>> {
    let (app, os) = (visitor.platform.app, visitor.platform.os);
    let (app_passes, os_passes) = (allow.lets_app(app), allow.lets_os(os));
    if !allow.apps.is_empty() {
        let (app, apps) = (Value::App(app), Value::Apps(allow.apps));
        tell(recorder, StepName::AllowApps, app, apps, app_passes);
    }
    if !allow.os.is_empty() {
        let (os, systems) = (Value::Os(os), Value::Systems(allow.os));
        tell(recorder, StepName::AllowOs, os, systems, os_passes);
    }
    let in_browser = os_passes && allow.lets_app(App::None);
    (!app_passes || !os_passes).then_some(Denied { allow, in_browser })
}

/// Whether the visitor is to be told how to leave the app. A rule that names the app says itself
/// what becomes of its visitors; `any_app`, and a rule that asks nothing of the app, do not.
pub(super) fn is_guided<R: Recorder>(
    policy: &Policy,
    choice: &Choice<'_>,
    visitor: &Visitor<'_>,
    recorder: &mut R,
) -> bool {
    let app = visitor.platform.app;
    let is_guided = policy.guide_apps.covers(app);
    if !policy.guide_apps.is_empty() {
        let apps = Value::Apps(policy.guide_apps);
        tell(recorder, StepName::Guide, Value::App(app), apps, is_guided);
    }
    let Some(rule) = choice.rule.filter(|_| is_guided) else {
        return is_guided;
    };
    let is_named = rule.when.app.names_app(app);
    let named = Value::Apps(rule.when.app);
    tell(
        recorder,
        StepName::GuideSkipped,
        Value::App(app),
        named,
        is_named,
    );
    !is_named
}

/// Whether the visitor knows the password, if there is one.
pub(super) fn is_unlocked<R: Recorder>(
    policy: &Policy,
    visitor: &Visitor<'_>,
    recorder: &mut R,
) -> bool {
    if policy.password.is_none() {
        return true;
    }
    let proven = Value::Flag(visitor.unlocked);
    tell(
        recorder,
        StepName::Password,
        proven,
        Value::Flag(true),
        visitor.unlocked,
    );
    visitor.unlocked
}

pub(super) fn gets_card<R: Recorder>(visitor: &Visitor<'_>, recorder: &mut R) -> bool {
    let kind = visitor.platform.bot_kind;
    let gets_card = kind == Some(BotKind::Preview);
    let compared = kind.map_or(Value::Nothing, Value::BotKind);
    let preview = Value::BotKind(BotKind::Preview);
    tell(recorder, StepName::Card, compared, preview, gets_card);
    gets_card
}

/// Tells a step that no rule asked for.
fn tell<'a, R: Recorder>(
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
