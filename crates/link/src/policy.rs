//! What a visitor gets from a link: the heart of suo.
//!
//! The order of the questions is part of the product:
//!
//! 1. banned, paused, not started, expired, used up
//! 2. `allow`: may this app on this system open the link at all? The other target of a link that is over
//!    answers here.
//! 3. `rules`: the first one that matches chooses the target, by weight if it has several
//! 4. `guide_apps`: is the visitor in an app that is told how to open the link in a browser? Not
//!    if the rule names that app.
//! 5. the password
//! 6. the redirect, or the link's own card for a program that fetches previews
//!
//! Above all of them stands: a target and its host reach nobody who may not have them. Who is
//! denied, and everybody while there is a password to prove, is told neither.

mod choice;
mod decision;
mod findings;
mod gates;
mod matching;
mod reach;
mod rules;
mod sets;
mod split;
mod trace;

use std::{borrow::Cow, sync::LazyLock};

pub use decision::{Card, Decision, Denied, Guide, PreviewPage, Redirect, Variant};
pub use findings::{Field, Finding, Flaw, Place, findings};
pub use rules::{
    Allow, Condition, MAX_CHOICES, MAX_DESCRIPTION, MAX_IMAGE, MAX_PAIR_BYTES, MAX_PAIRS,
    MAX_RULES, MAX_TARGETS, MAX_TITLE, MAX_WEIGHT, Pair, PasswordHash, Policy, Preview, Rule,
    Weighted,
};
pub use sets::{AppSet, DeviceSet, OsSet};
pub use split::SplitKey;
pub use trace::{Recorder, Step, StepName, Value};

use crate::{
    link::{Link, RedirectStatus},
    location,
    platform::App,
    time::Timestamp,
    visitor::Visitor,
};
use choice::{Asked, Choice, choose, choose_in_browser, guide};
use gates::{Standing, deny, gets_card, is_guided, is_unlocked, standing};

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
    match standing(link, visitor, now, recorder) {
        Standing::Closed(decision) => return decision,
        Standing::Over(target) => return over(link, target, visitor, recorder),
        Standing::Open => {}
    }
    let Some(policy) = link.policy.as_deref() else {
        return Decision::Redirect(Choice::own(link).redirect(link, visitor));
    };
    if let Some(denied) = deny(&policy.allow, visitor, recorder) {
        return Decision::Denied(denied);
    }
    let asked = Asked {
        link,
        policy,
        visitor,
        now,
        key,
    };
    let choice = choose(asked, recorder);
    if is_guided(policy, &choice, visitor, recorder) {
        return Decision::Guide(guide(asked));
    }
    if !is_unlocked(policy, visitor, recorder) {
        return Decision::Password;
    }
    match &policy.preview {
        Some(preview) if gets_card(visitor, recorder) => {
            Decision::Card(choice.card(link, visitor, preview))
        }
        _ => Decision::Redirect(choice.redirect(link, visitor)),
    }
}

/// The other target of a link that is expired or used up obeys `allow` and nothing else: it is not what the
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

/// What `/{code}+` shows: where the link leads this visitor, if that may be told. Programs see
/// what people see.
#[must_use]
pub fn preview_page<'a>(
    link: &'a Link,
    visitor: &Visitor<'_>,
    now: Timestamp,
    key: &SplitKey,
) -> PreviewPage<'a> {
    let policy = link.policy.as_deref().unwrap_or(&NO_POLICY);
    let expired_target = match standing(link, visitor, now, &mut ()) {
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
    let asked = Asked {
        link,
        policy,
        visitor,
        now,
        key,
    };
    let mut choice = choose(asked, &mut ());
    if is_guided(policy, &choice, visitor, &mut ()) {
        if !policy.allow.lets_app(App::None) {
            return PreviewPage::Protected;
        }
        choice = choose_in_browser(asked);
    }
    let preview = policy.preview.as_ref().unwrap_or(&NO_PREVIEW);
    PreviewPage::Card(choice.card(link, visitor, preview))
}
