//! Rules: whom they are for, and where they lead.

use suo_link::policy::{MAX_RULES, MAX_TARGETS, MAX_WEIGHT, Rule, Weighted};

use super::condition;
use crate::{
    api::{fields::Fields, target::TargetRules},
    problem::{Code, Finding},
};

/// What a target has that says no weight.
const WEIGHT: u32 = 1;

/// All rules of a link; null is none.
pub(super) fn read(
    fields: &mut Fields<'_>,
    targets: TargetRules<'_>,
    warnings: &mut Vec<Finding>,
) -> Option<Box<[Rule]>> {
    let given = fields.objects("rules", MAX_RULES)?.unwrap_or_default();
    let mut rules = Vec::with_capacity(given.len());
    for mut rule in given {
        rules.push(self::rule(&mut rule, targets, warnings));
        fields.absorb(rule);
    }
    Some(rules.into())
}

fn rule(fields: &mut Fields<'_>, targets: TargetRules<'_>, warnings: &mut Vec<Finding>) -> Rule {
    fields.only(&["when", "targets"], &[]);
    let when = match fields.object("when") {
        Some(Some(mut when)) => {
            let read = condition::read(&mut when);
            fields.absorb(when);
            read
        }
        given => {
            fields.require("when", &given, "whom it is for; {} is everybody");
            Default::default()
        }
    };
    Rule {
        when,
        targets: self::targets(fields, targets, warnings).unwrap_or_default(),
    }
}

fn targets(
    fields: &mut Fields<'_>,
    rules: TargetRules<'_>,
    warnings: &mut Vec<Finding>,
) -> Option<Box<[Weighted]>> {
    let wrong_before = fields.count();
    let given = fields.objects("targets", MAX_TARGETS);
    fields.require("targets", &given, "where the rule leads: a list of targets");
    let given = given??;
    if given.is_empty() && fields.count() == wrong_before {
        fields.refuse(
            "targets",
            Code::TooShort,
            "a rule leads somewhere: name a target",
        );
    }
    let mut targets = Vec::with_capacity(given.len());
    for mut target in given {
        targets.extend(self::target(&mut target, rules, warnings));
        fields.absorb(target);
    }
    Some(targets.into())
}

fn target(
    fields: &mut Fields<'_>,
    rules: TargetRules<'_>,
    warnings: &mut Vec<Finding>,
) -> Option<Weighted> {
    fields.only(&["url", "weight"], &[]);
    let url = rules.read(fields, "url", warnings);
    fields.require("url", &url, "a target is a URL");
    let weight = weight(fields);
    Some(Weighted {
        url: url??.as_str().into(),
        weight: weight?,
    })
}

fn weight(fields: &mut Fields<'_>) -> Option<u32> {
    let Some(weight) = fields.number("weight") else {
        return (!fields.has("weight")).then_some(WEIGHT);
    };
    let weight = weight.map_or(Ok(WEIGHT), u32::try_from).ok();
    let weight = weight.filter(|weight| (1..=MAX_WEIGHT).contains(weight));
    if weight.is_none() {
        let detail = format!("a weight is a whole number from 1 to {MAX_WEIGHT}");
        fields.refuse("weight", Code::OutOfRange, detail);
    }
    weight
}
