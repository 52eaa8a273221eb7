//! Policies that are possible, and perhaps not meant.

use suo_link::{
    platform::{App, Device, Os},
    policy::{AppSet, Condition, Policy, Rule},
    time::Timestamp,
    visitor::{Language, LanguageRange},
};

use super::sense::{has_a_system, lets_app};
use crate::{
    api::fields::Fields,
    problem::{Code, Finding},
};

/// Adds what is doubtful about a policy that is right.
pub(super) fn add(
    warnings: &mut Vec<Finding>,
    fields: &Fields<'_>,
    policy: &Policy,
    now: Timestamp,
) {
    for (place, rule) in policy.rules.iter().enumerate() {
        let pointer = format!("{}/{place}", fields.pointer("rules"));
        if let Some(why) = why_unreachable(policy, place, rule, now) {
            warnings.push(Finding::new(pointer, Code::UnreachableRule, why));
        } else if let Some(app) = unguided(policy, rule) {
            let pointer = format!("{pointer}/when/app");
            let detail = format!("visitors in {app} whom this rule matches are not guided");
            warnings.push(Finding::new(pointer, Code::GuideSkipped, detail));
        }
    }
    for name in policy
        .guide_apps
        .names()
        .filter(|name| !may_come(policy, name))
    {
        let detail = format!("{name} may not open the link, so nobody is guided out of it");
        warnings.push(Finding::new(
            fields.pointer("guide_apps"),
            Code::NoEffect,
            detail,
        ));
    }
    if let Some(why) = policy.preview.as_ref().and_then(|_| why_hidden(policy)) {
        warnings.push(Finding::new(fields.pointer("preview"), Code::NoEffect, why));
    }
}

fn why_unreachable(policy: &Policy, place: usize, rule: &Rule, now: Timestamp) -> Option<String> {
    let asked = rule.when.app;
    let may = |app: &App| lets_app(policy, *app) && (asked.is_empty() || asked.covers(*app));
    if !App::ALL.iter().any(may) || !has_a_system(policy, rule) {
        return Some("nobody who may open the link fits this rule".into());
    }
    if rule.when.before.is_some_and(|end| end <= now) {
        return Some("the time of this rule is over".into());
    }
    let earlier = policy.rules.iter().take(place);
    let wider = earlier
        .map(|rule| &rule.when)
        .position(|when| includes(when, &rule.when))?;
    Some(format!(
        "rule {wider} comes first and fits everybody whom this one fits"
    ))
}

/// A guided app that the rule names.
fn unguided(policy: &Policy, rule: &Rule) -> Option<App> {
    let is_unguided = |app: &App| {
        policy.guide_apps.covers(*app) && rule.when.app.names_app(*app) && lets_app(policy, *app)
    };
    App::ALL.iter().copied().find(is_unguided)
}

fn may_come(policy: &Policy, name: &str) -> bool {
    let named = AppSet::from_names([name]).unwrap_or_default();
    let comes = |app: &App| named.covers(*app) && lets_app(policy, *app);
    App::ALL.iter().any(comes)
}

fn why_hidden(policy: &Policy) -> Option<&'static str> {
    if policy.password.is_some() {
        Some("nothing of a link is shown before its password was given")
    } else if !lets_app(policy, App::None) {
        Some("what fetches previews counts as an ordinary browser, which may not open the link")
    } else {
        None
    }
}

/// Whether the wider condition holds wherever the narrower one does.
fn includes(wide: &Condition, narrow: &Condition) -> bool {
    // What is not asked holds for all, so it includes and is not included.
    let sets =
        |wide_asks: bool, narrow_asks: bool, is_part: bool| !wide_asks || (narrow_asks && is_part);
    let (a, b) = (wide.app, narrow.app);
    let apps = App::ALL.iter().all(|app| !b.covers(*app) || a.covers(*app));
    let (c, d) = (wide.os, narrow.os);
    let systems = Os::ALL.iter().all(|os| !d.covers(*os) || c.covers(*os));
    let (e, f) = (wide.device, narrow.device);
    let devices = Device::ALL
        .iter()
        .all(|device| !f.covers(*device) || e.covers(*device));
    let languages = narrow
        .language
        .iter()
        .all(|tag| wide.language.iter().any(|range| is_kind(tag, range)));
    let countries = narrow
        .country
        .iter()
        .all(|country| wide.country.contains(country));
    sets(!a.is_empty(), !b.is_empty(), apps)
        && sets(!c.is_empty(), !d.is_empty(), systems)
        && sets(!e.is_empty(), !f.is_empty(), devices)
        && sets(
            !wide.language.is_empty(),
            !narrow.language.is_empty(),
            languages,
        )
        && sets(
            !wide.country.is_empty(),
            !narrow.country.is_empty(),
            countries,
        )
        && wide.query.iter().all(|pair| narrow.query.contains(pair))
        && wide
            .after
            .is_none_or(|start| narrow.after.is_some_and(|later| start <= later))
        && wide
            .before
            .is_none_or(|end| narrow.before.is_some_and(|earlier| earlier <= end))
}

fn is_kind(tag: &LanguageRange, range: &LanguageRange) -> bool {
    Language::parse(tag.as_str()).is_some_and(|tag| tag.is_in(range))
}

#[cfg(test)]
mod tests {
    use super::includes;
    use crate::policy_text::ConditionText;

    #[test]
    fn a_condition_includes_what_asks_more() {
        for (wide, narrow, expected) in [
            ("{}", "{}", true),
            ("{}", r#"{"app": ["qq"]}"#, true),
            (r#"{"app": ["qq"]}"#, "{}", false),
            (
                r#"{"app": ["wechat"]}"#,
                r#"{"app": ["wechat_mini_program"]}"#,
                true,
            ),
            (
                r#"{"app": ["wechat_mini_program"]}"#,
                r#"{"app": ["wechat"]}"#,
                false,
            ),
            (
                r#"{"app": ["any_app"]}"#,
                r#"{"app": ["qq"], "os": ["ios"]}"#,
                true,
            ),
            (
                r#"{"language": ["zh"]}"#,
                r#"{"language": ["zh-CN"]}"#,
                true,
            ),
            (
                r#"{"language": ["zh-CN"]}"#,
                r#"{"language": ["zh"]}"#,
                false,
            ),
            (
                r#"{"country": ["CN", "HK"]}"#,
                r#"{"country": ["HK"]}"#,
                true,
            ),
            (
                r#"{"query": {"a": "1"}}"#,
                r#"{"query": {"a": "1", "b": "2"}}"#,
                true,
            ),
            (
                r#"{"query": {"a": "1"}}"#,
                r#"{"query": {"a": "2"}}"#,
                false,
            ),
            (
                r#"{"after": "2026-01-01T00:00:00Z"}"#,
                r#"{"after": "2026-01-02T00:00:00Z"}"#,
                true,
            ),
            (r#"{"before": "2026-01-01T00:00:00Z"}"#, "{}", false),
            (
                r#"{"device": ["mobile"]}"#,
                r#"{"device": ["mobile", "tablet"]}"#,
                false,
            ),
        ] {
            let read = |text| {
                serde_json::from_str::<ConditionText>(text)
                    .unwrap()
                    .read()
                    .unwrap()
            };
            assert_eq!(
                includes(&read(wide), &read(narrow)),
                expected,
                "{wide} {narrow}"
            );
        }
    }
}
