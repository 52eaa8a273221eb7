//! Whether a rule is for a visitor.

use super::{
    rules::{Condition, Pair},
    trace::{Recorder, Step, StepName, Value},
};
use crate::{
    location,
    time::Timestamp,
    visitor::{Language, Visitor},
};

/// Whether everything that the rule at `place` asks holds.
pub(super) fn matches<R: Recorder>(
    when: &Condition,
    place: usize,
    visitor: &Visitor<'_>,
    now: Timestamp,
    recorder: &mut R,
) -> bool {
    let mut asking = Asking {
        place,
        recorder,
        holds: true,
    };
    asking.platform(when, visitor);
    if asking.goes_on() {
        asking.circumstances(when, visitor, now);
    }
    let holds = asking.holds;
    asking.tell(StepName::Rule, Value::Nothing, Value::Nothing, holds);
    holds
}

/// Goes from question to question. The first "no" is the answer, but a recorder hears them all.
struct Asking<'r, R> {
    place: usize,
    recorder: &'r mut R,
    holds: bool,
}

impl<R: Recorder> Asking<'_, R> {
    fn platform(&mut self, when: &Condition, visitor: &Visitor<'_>) {
        let platform = visitor.platform;
        if !when.app.is_empty() {
            let (app, apps) = (Value::App(platform.app), Value::Apps(when.app));
            self.ask(StepName::RuleApp, app, apps, when.app.covers(platform.app));
        }
        if !when.os.is_empty() {
            let (os, systems) = (Value::Os(platform.os), Value::Systems(when.os));
            self.ask(StepName::RuleOs, os, systems, when.os.covers(platform.os));
        }
        if !when.device.is_empty() {
            let (device, devices) = (Value::Device(platform.device), Value::Devices(when.device));
            let holds = when.device.covers(platform.device);
            self.ask(StepName::RuleDevice, device, devices, holds);
        }
    }

    fn circumstances(&mut self, when: &Condition, visitor: &Visitor<'_>, now: Timestamp) {
        if let Some(after) = when.after {
            let (now_is, from) = (Value::Moment(now), Value::Moment(after));
            self.ask(StepName::RuleAfter, now_is, from, after <= now);
        }
        if let Some(before) = when.before {
            let (now_is, end) = (Value::Moment(now), Value::Moment(before));
            self.ask(StepName::RuleBefore, now_is, end, now < before);
        }
        if !when.country.is_empty() {
            let holds = visitor
                .country
                .is_some_and(|country| when.country.contains(&country));
            let country = visitor.country.map_or(Value::Nothing, Value::Country);
            self.ask(
                StepName::RuleCountry,
                country,
                Value::Countries(&when.country),
                holds,
            );
        }
        if !when.language.is_empty() {
            let is_named =
                |language: Language<'_>| when.language.iter().any(|range| language.is_in(range));
            let holds = visitor.language.is_some_and(is_named);
            let language = visitor.language.map_or(Value::Nothing, Value::Language);
            self.ask(
                StepName::RuleLanguage,
                language,
                Value::Languages(&when.language),
                holds,
            );
        }
        for pair in &when.query {
            if !self.goes_on() {
                break;
            }
            let query = visitor.query.map_or(Value::Nothing, Value::Query);
            let holds = visitor.query.is_some_and(|query| has(query, pair));
            self.ask(StepName::RuleQuery, query, Value::Pair(pair), holds);
        }
    }

    fn goes_on(&self) -> bool {
        R::RECORDS || self.holds
    }

    fn ask(&mut self, name: StepName, compared: Value<'_>, with: Value<'_>, holds: bool) {
        self.holds &= holds;
        self.tell(name, compared, with, holds);
    }

    fn tell<'a>(&mut self, name: StepName, compared: Value<'a>, with: Value<'a>, matched: bool) {
        if R::RECORDS {
            self.recorder.step(Step {
                name,
                rule: Some(self.place),
                compared,
                with,
                matched,
            });
        }
    }
}

/// Whether one of the query's pairs is this one.
fn has(query: &str, pair: &Pair) -> bool {
    query.split('&').any(|other| {
        let (name, value) = other.split_once('=').unwrap_or((other, ""));
        location::decoded(name).eq(pair.name.bytes())
            && location::decoded(value).eq(pair.value.bytes())
    })
}
