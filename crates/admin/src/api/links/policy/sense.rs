//! Policies that cannot be meant.

use serde_json::Value;
use suo_link::{
    platform::{App, Os},
    policy::{AppSet, Policy, Rule},
};

use crate::{api::fields::Fields, policy_text::PolicyText, problem::Code};

/// The longest policy, in bytes of JSON: enough for 512 targets of 200 bytes.
const MAX_POLICY: usize = 128 * 1024;

/// Refuses browsers among the apps that are guided to a browser.
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

/// Refuses a policy with which nobody ever gets further than the guide.
pub(super) fn refuse_unsatisfiable(fields: &mut Fields<'_>, policy: &Policy) {
    if App::ALL.iter().any(|app| is_led_on(policy, *app)) {
        return;
    }
    let name = ["guide_apps", "allow"]
        .into_iter()
        .find(|name| fields.has(name));
    let detail = "nobody would ever arrive: all apps that may open the link are told to open it in a \
                  browser, and no browser may; allow \"browser\", or guide fewer apps";
    fields.refuse(name.unwrap_or("rules"), Code::Unsatisfiable, detail);
}

fn is_led_on(policy: &Policy, app: App) -> bool {
    let skips = |rule: &Rule| rule.when.app.names_app(app) && has_a_system(policy, rule);
    lets_app(policy, app) && (!policy.guide_apps.covers(app) || policy.rules.iter().any(skips))
}

/// Whether a system that may open the link is one of the rule's.
pub(super) fn has_a_system(policy: &Policy, rule: &Rule) -> bool {
    let (may, asked) = (policy.allow.os, rule.when.os);
    let fits =
        |os: &Os| (may.is_empty() || may.covers(*os)) && (asked.is_empty() || asked.covers(*os));
    Os::ALL.iter().any(fits)
}

pub(super) fn lets_app(policy: &Policy, app: App) -> bool {
    policy.allow.apps.is_empty() || policy.allow.apps.covers(app)
}
