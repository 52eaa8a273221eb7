//! What a decision looked at, for those who want to know why.

use std::fmt;

use super::{
    rules::{Pair, Weighted},
    sets::{AppSet, DeviceSet, OsSet},
};
use crate::{
    link::Status,
    platform::{App, BotKind, Device, Os},
    time::Timestamp,
    visitor::{Country, Language, LanguageRange},
};

/// Hears of each step of a decision. `()` hears nothing, and then steps cost nothing.
pub trait Recorder {
    /// Whether steps are wanted. If not, none is made.
    const RECORDS: bool;

    /// One step, in the order in which they are taken.
    fn step(&mut self, step: Step<'_>);
}

impl Recorder for () {
    const RECORDS: bool = false;

    fn step(&mut self, _: Step<'_>) {}
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// What was asked.
    pub name: StepName,
    /// The rule's place, from 0, if a rule asked.
    pub rule: Option<usize>,
    /// What the visitor or the moment is.
    pub compared: Value<'a>,
    /// What the link says.
    pub with: Value<'a>,
    /// Whether the one fits the other. What follows from it differs: `allow` that does not match
    /// denies, `guide` that matches guides.
    pub matched: bool,
}

/// What a step asks, in the order of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepName {
    /// Is the link active?
    Status,
    /// Has it started?
    StartsAt,
    /// Is it not yet over?
    ExpiresAt,
    /// May it still be followed, or was it as often as it may be?
    MaxClicks,
    /// May the app?
    AllowApps,
    /// May the system?
    AllowOs,
    /// The rule's app
    RuleApp,
    /// The rule's system
    RuleOs,
    /// The rule's device
    RuleDevice,
    /// The rule's language
    RuleLanguage,
    /// The rule's country
    RuleCountry,
    /// One pair of the rule's query
    RuleQuery,
    /// The rule's beginning
    RuleAfter,
    /// The rule's end
    RuleBefore,
    /// The rule as a whole
    Rule,
    /// Which of the rule's targets it is
    Split,
    /// Is the app guided?
    Guide,
    /// Does the matched rule name the app, so that it is not guided?
    GuideSkipped,
    /// Is the password proven?
    Password,
    /// Is it a program that gets a card?
    Card,
}

impl StepName {
    /// The name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::StartsAt => "starts_at",
            Self::ExpiresAt => "expires_at",
            Self::MaxClicks => "max_clicks",
            Self::AllowApps => "allow.apps",
            Self::AllowOs => "allow.os",
            Self::RuleApp => "rule.app",
            Self::RuleOs => "rule.os",
            Self::RuleDevice => "rule.device",
            Self::RuleLanguage => "rule.language",
            Self::RuleCountry => "rule.country",
            Self::RuleQuery => "rule.query",
            Self::RuleAfter => "rule.after",
            Self::RuleBefore => "rule.before",
            Self::Rule => "rule",
            Self::Split => "split",
            Self::Guide => "guide",
            Self::GuideSkipped => "guide.skipped",
            Self::Password => "password",
            Self::Card => "card",
        }
    }
}

/// One side of a comparison. [`fmt::Display`] writes it as policies do; moments as milliseconds,
/// which a caller with a calendar writes better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing is known, or nothing is asked.
    Nothing,
    /// A status.
    Status(Status),
    /// A moment.
    Moment(Timestamp),
    /// An app.
    App(App),
    /// Apps.
    Apps(AppSet),
    /// A system.
    Os(Os),
    /// Systems.
    Systems(OsSet),
    /// A device.
    Device(Device),
    /// Devices.
    Devices(DeviceSet),
    /// A language.
    Language(Language<'a>),
    /// Languages.
    Languages(&'a [LanguageRange]),
    /// A country.
    Country(Country),
    /// Countries.
    Countries(&'a [Country]),
    /// A query string, raw.
    Query(&'a str),
    /// A pair of a query.
    Pair(&'a Pair),
    /// The place of a target among those of its rule, from 0.
    Target(usize),
    /// Targets that share visitors by weight.
    Targets(&'a [Weighted]),
    /// A kind of bot.
    BotKind(BotKind),
    /// A number of clicks.
    Clicks(u64),
    /// Whether something is so.
    Flag(bool),
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Status(status) => f.write_str(status.as_str()),
            Self::Moment(moment) => moment.0.fmt(f),
            Self::App(app) => app.fmt(f),
            Self::Apps(apps) => apps.fmt(f),
            Self::Os(os) => os.fmt(f),
            Self::Systems(systems) => systems.fmt(f),
            Self::Device(device) => device.fmt(f),
            Self::Devices(devices) => devices.fmt(f),
            Self::Language(language) => language.fmt(f),
            Self::Languages(languages) => list(f, *languages),
            Self::Country(country) => country.fmt(f),
            Self::Countries(countries) => list(f, *countries),
            Self::Query(query) => f.write_str(query),
            Self::Pair(pair) => write!(f, "{}={}", pair.name, pair.value),
            Self::Target(place) => place.fmt(f),
            Self::Targets(targets) => list(f, targets.iter().map(|target| target.weight)),
            Self::BotKind(kind) => kind.fmt(f),
            Self::Clicks(clicks) => clicks.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    values: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (n, value) in values.into_iter().enumerate() {
        f.write_str(if n == 0 { "" } else { ", " })?;
        value.fmt(f)?;
    }
    Ok(())
}
