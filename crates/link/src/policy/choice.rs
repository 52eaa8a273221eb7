//! Which target a visitor is led to, and what is made of it.

use std::borrow::Cow;

use super::{
    decision::{Card, Guide, Redirect, Variant},
    matching,
    rules::{Policy, Preview, Rule},
    split::{self, SplitKey},
    trace::{Recorder, Step, StepName, Value},
};
use crate::{
    link::{ForwardQuery, Link},
    location,
    platform::App,
    time::Timestamp,
    visitor::Visitor,
};

/// Everything that the choice depends on.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a, 'v> {
    pub(super) link: &'a Link,
    pub(super) policy: &'a Policy,
    pub(super) visitor: &'v Visitor<'v>,
    pub(super) now: Timestamp,
    pub(super) key: &'v SplitKey,
}

/// The target that a visitor is led to, and the rule that says so.
pub(super) struct Choice<'a> {
    target: &'a str,
    pub(super) rule: Option<&'a Rule>,
    variant: Option<Variant>,
}

/// The target of the first rule that matches, or the link's own.
pub(super) fn choose<'a, R: Recorder>(asked: Asked<'a, '_>, recorder: &mut R) -> Choice<'a> {
    let Asked { link, visitor, .. } = asked;
    for (place, rule) in asked.policy.rules.iter().enumerate() {
        if !matching::matches(&rule.when, place, visitor, asked.now, recorder) {
            continue;
        }
        let target = split::choose(&rule.targets, link.id, visitor, asked.key);
        if R::RECORDS && rule.targets.len() > 1 {
            recorder.step(Step {
                name: StepName::Split,
                rule: Some(place),
                compared: Value::Target(target),
                with: Value::Targets(&rule.targets),
                matched: true,
            });
        }
        return Choice::of(link, rule, place, target);
    }
    Choice::own(link)
}

/// The choice for the same visitor, come from the app into a browser.
pub(super) fn choose_in_browser<'a>(asked: Asked<'a, '_>) -> Choice<'a> {
    let mut visitor = *asked.visitor;
    visitor.platform.app = App::None;
    let asked = Asked {
        visitor: &visitor,
        ..asked
    };
    choose(asked, &mut ())
}

impl<'a> Choice<'a> {
    /// The link's own target.
    pub(super) fn own(link: &'a Link) -> Self {
        Self {
            target: &link.target,
            rule: None,
            variant: None,
        }
    }

    /// A rule without targets, which no record holds, leaves it at the link's own.
    fn of(link: &'a Link, rule: &'a Rule, place: usize, target: usize) -> Self {
        let number = |place| u8::try_from(place).unwrap_or(u8::MAX);
        match rule.targets.get(target) {
            None => Self::own(link),
            Some(weighted) => Self {
                target: &weighted.url,
                rule: Some(rule),
                variant: Some(Variant {
                    rule: number(place),
                    target: number(target),
                }),
            },
        }
    }

    pub(super) fn redirect(&self, link: &'a Link, visitor: &Visitor<'_>) -> Redirect<'a> {
        Redirect {
            location: self.location(link, visitor),
            status: link.redirect_status,
            cacheable: link.redirect_status.is_permanent() && is_the_same_for_all_and_ever(link),
            variant: self.variant,
        }
    }

    pub(super) fn card(
        &self,
        link: &'a Link,
        visitor: &Visitor<'_>,
        preview: &'a Preview,
    ) -> Card<'a> {
        Card {
            preview,
            host: location::host(self.target),
            location: self.location(link, visitor),
            variant: self.variant,
        }
    }

    fn location(&self, link: &Link, visitor: &Visitor<'_>) -> Cow<'a, str> {
        let target = self.target;
        match (link.forward_query, visitor.query) {
            (ForwardQuery::Off, _) | (_, None | Some("")) => Cow::Borrowed(target),
            (ForwardQuery::Append, Some(query)) => location::append(target, query).into(),
            (ForwardQuery::Override, Some(query)) => location::replace(target, query).into(),
        }
    }
}

/// The guide, which names only what the visitor will reach from a browser, and not even that
/// while there is a password to prove.
pub(super) fn guide<'a>(asked: Asked<'a, '_>) -> Guide<'a> {
    let in_browser = asked.policy.allow.lets_app(App::None);
    let may_be_named = in_browser && asked.policy.password.is_none();
    let reached = may_be_named.then(|| choose_in_browser(asked));
    let location = |choice: &Choice<'a>| choice.location(asked.link, asked.visitor);
    Guide {
        app: asked.visitor.platform.app,
        host: reached.as_ref().map(|choice| location::host(choice.target)),
        location: reached.as_ref().map(location),
        in_browser,
    }
}

fn is_the_same_for_all_and_ever(link: &Link) -> bool {
    let is_bound_to_time = link.starts_at.is_some() || link.expires_at.is_some();
    let is_bound = is_bound_to_time || link.max_clicks.is_some();
    let policy = link.policy.as_deref();
    !is_bound && policy.is_none_or(Policy::treats_all_alike)
}
