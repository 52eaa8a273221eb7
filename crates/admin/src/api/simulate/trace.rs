//! The steps of a decision, as its link's owner reads them.

use std::collections::BTreeMap;

use serde::Serialize;
use suo_link::policy::{Recorder, Step, Value};
use utoipa::ToSchema;

use crate::{policy_text::TargetText, time};

/// Keeps all steps.
#[derive(Default)]
pub(super) struct Steps(pub(super) Vec<StepBody>);

impl Recorder for Steps {
    const RECORDS: bool = true;

    fn step(&mut self, step: Step<'_>) {
        self.0.push(StepBody {
            step: step.name.as_str(),
            rule: step.rule,
            compared: Side::from(step.compared),
            with: Side::from(step.with),
            matched: step.matched,
        });
    }
}

/// One comparison.
#[derive(Serialize, ToSchema)]
pub(super) struct StepBody {
    /// What was asked, such as `allow.apps` or `rule.os`.
    #[schema(example = "rule.app")]
    step: &'static str,
    /// The rule that asked, from 0.
    rule: Option<usize>,
    /// What the visitor or the moment is.
    compared: Side,
    /// What the link says.
    with: Side,
    /// Whether the one fits the other.
    matched: bool,
}

/// One side of a comparison.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
enum Side {
    /// A name, a moment, a query string.
    Text(String),
    /// The place of a target in its rule, from 0.
    Place(usize),
    /// A number of clicks.
    Clicks(u64),
    /// Whether something is so.
    Flag(bool),
    /// Names, of which one is enough.
    Names(Vec<String>),
    /// A name and a value of a query.
    Pair(BTreeMap<String, String>),
    /// Targets that share visitors by weight.
    Targets(Vec<TargetText>),
    /// Nothing is known, or nothing is asked.
    Nothing,
}

impl From<Value<'_>> for Side {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Nothing => Self::Nothing,
            Value::Moment(moment) => Self::Text(time::to_text(moment)),
            Value::Apps(apps) => Self::names(apps.names()),
            Value::Systems(systems) => Self::names(systems.names()),
            Value::Devices(devices) => Self::names(devices.names()),
            Value::Languages(languages) => Self::names(languages.iter()),
            Value::Countries(countries) => Self::names(countries.iter()),
            Value::Pair(pair) => Self::Pair(BTreeMap::from([(
                pair.name.to_string(),
                pair.value.to_string(),
            )])),
            Value::Target(place) => Self::Place(place),
            Value::Targets(targets) => {
                Self::Targets(targets.iter().map(TargetText::from).collect())
            }
            Value::Clicks(clicks) => Self::Clicks(clicks),
            Value::Flag(flag) => Self::Flag(flag),
            Value::Status(_)
            | Value::App(_)
            | Value::Os(_)
            | Value::Device(_)
            | Value::Language(_)
            | Value::Country(_)
            | Value::Query(_)
            | Value::BotKind(_) => Self::Text(value.to_string()),
        }
    }
}

impl Side {
    fn names(names: impl Iterator<Item = impl ToString>) -> Self {
        Self::Names(names.map(|name| name.to_string()).collect())
    }
}
