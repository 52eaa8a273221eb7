//! Policies that cannot be meant, and policies that are possible and perhaps not meant.

use serde_json::Value;
use suo_link::{
    platform::App,
    policy::{AppSet, Flaw, Policy, Rule, findings},
    time::Timestamp,
};

use crate::{
    api::fields::Fields,
    policy_text::PolicyText,
    problem::{Code, Finding},
};

/// The longest policy, in bytes of JSON: enough for 512 targets of 200 bytes.
const MAX_POLICY: usize = 128 * 1024;

/// Refuses browsers among the apps that are guided to a browser, each where it stands.
pub(super) fn refuse_browsers(fields: &mut Fields<'_>) {
    let Some(Value::Array(names)) = fields.members().get("guide_apps") else {
        return;
    };
    for (place, name) in names.iter().enumerate() {
        let app = AppSet::from_names(name.as_str());
        if app.is_ok_and(AppSet::covers_a_browser) {
            let pointer = format!("{}/{place}", fields.pointer("guide_apps"));
            let detail = "this is a browser already: there is nothing to guide to";
            fields.refuse_at(pointer, Code::BrowserGuided, detail);
        }
    }
}

/// Refuses a policy that is too large to be carried to every edge with each change of its link.
pub(super) fn refuse_large(fields: &mut Fields<'_>, policy: &Policy) {
    let text = serde_json::json!(PolicyText::from(policy)).to_string();
    if text.len() > MAX_POLICY {
        let detail = format!("all rules together have at most {MAX_POLICY} bytes as JSON");
        fields.refuse("rules", Code::TooLong, detail);
    }
}

/// Judges a policy whose parts are right: as a whole it may be wrong or doubtful.
pub(super) fn judge(
    fields: &mut Fields<'_>,
    policy: &Policy,
    now: Timestamp,
    warnings: &mut Vec<Finding>,
) {
    for finding in findings(policy) {
        let pointer = fields.pointer_to(&finding.place.pointer());
        let (code, detail) = said(finding.flaw);
        if finding.flaw.is_error() {
            fields.refuse_at(pointer, code, detail);
        } else {
            warnings.push(Finding::new(pointer, code, detail));
        }
    }
    for (place, rule) in policy.rules.iter().enumerate() {
        let pointer = |field| fields.pointer_to(&format!("/rules/{place}/when/{field}"));
        if rule.when.before.is_some_and(|end| end <= now) {
            let detail = "the time of this rule is over";
            let code = Code::UnreachableRule;
            warnings.push(Finding::new(pointer("before"), code, detail));
        } else if let Some(app) = unguided(policy, rule) {
            let detail = format!("visitors in {app} whom this rule matches are not guided");
            warnings.push(Finding::new(pointer("app"), Code::GuideSkipped, detail));
        }
    }
}

fn said(flaw: Flaw) -> (Code, &'static str) {
    match flaw {
        Flaw::NobodyPasses => (
            Code::Unsatisfiable,
            "nobody would ever arrive: all apps that may open the link are told to open it in a \
             browser, and no browser may; allow \"browser\", or guide fewer apps",
        ),
        Flaw::NotAllowed => (
            Code::UnreachableRule,
            "nobody who may open the link fits this rule",
        ),
        Flaw::Shadowed => (
            Code::UnreachableRule,
            "everybody whom this rule fits is taken by an earlier one",
        ),
        Flaw::GuidedIntoDenial => (
            Code::GuidedIntoDenial,
            "some who may open the link are told to open it in a browser, which may not",
        ),
        Flaw::GuidedButDenied => (
            Code::NoEffect,
            "none of these apps may open the link, so nobody is guided",
        ),
        Flaw::NeverShown => (
            Code::NoEffect,
            "nobody sees it: because of the password, or because what fetches previews counts as an \
             ordinary browser, which may not open the link",
        ),
        Flaw::BrowserGuided => (Code::BrowserGuided, "there is a browser among them"),
        // Refused before, where it stands.
        Flaw::TooMany | Flaw::NoTargets | Flaw::BadWeight | Flaw::EmptyInterval | Flaw::TooLong => {
            (Code::OutOfRange, "it is beyond the limits of a policy")
        }
    }
}

/// A guided app that the rule names, and that may open the link.
fn unguided(policy: &Policy, rule: &Rule) -> Option<App> {
    let is_unguided = |app: &App| {
        policy.guide_apps.covers(*app)
            && rule.when.app.names_app(*app)
            && policy.allow.lets_app(*app)
    };
    App::ALL.iter().copied().find(is_unguided)
}
