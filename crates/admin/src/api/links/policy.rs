//! Who gets what from a link, as clients write it.

mod condition;
mod names;
pub(super) mod password;
mod preview;
mod rules;
mod sense;

use suo_link::policy::{Allow, Policy};

use super::input::Reading;
use crate::{api::fields::Fields, problem::Finding};

/// The members of a link that are its policy.
pub(super) const SERVED: [&str; 5] = ["guide_apps", "allow", "rules", "preview", "password"];

/// What is given replaces, null clears, what is absent stays; `allow` and `preview` are merged
/// member by member. `None`: a policy that says nothing.
pub(super) fn overlay(
    fields: &mut Fields<'_>,
    old: Option<Box<Policy>>,
    reading: Reading<'_>,
    warnings: &mut Vec<Finding>,
) -> Option<Box<Policy>> {
    if !SERVED.iter().any(|name| fields.has(name)) {
        return old;
    }
    let wrong_before = fields.count();
    let mut policy = old.unwrap_or_default();
    if let Some(apps) = names::apps(fields, "guide_apps") {
        policy.guide_apps = apps;
    }
    sense::refuse_browsers(fields);
    policy.allow = allow(fields, policy.allow);
    if let Some(read) = rules::read(fields, reading.rules, warnings) {
        policy.rules = read;
    }
    policy.preview = preview::overlay(fields, policy.preview, reading.rules.private, warnings);
    if let Some(hash) = password::given(fields, reading.password) {
        policy.password = hash;
    }
    if fields.count() == wrong_before {
        sense::refuse_large(fields, &policy);
        sense::judge(fields, &policy, reading.now, warnings);
    }
    (!policy.is_empty()).then_some(policy)
}

fn allow(fields: &mut Fields<'_>, old: Allow) -> Allow {
    let Some(given) = fields.object("allow") else {
        return old;
    };
    let Some(mut given) = given else {
        return Allow::default();
    };
    given.only(&["apps", "os"], &[]);
    let allow = Allow {
        apps: names::apps(&mut given, "apps").unwrap_or(old.apps),
        os: names::systems(&mut given, "os").unwrap_or(old.os),
    };
    fields.absorb(given);
    allow
}
