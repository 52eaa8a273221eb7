//! The sections of a link's policy. A link without one has none of them.
//!
//! Sets are bits in the order of the vocabulary. A bit, a section or a part that is not known
//! here is an error: a condition that is left out could let somebody pass who may not.

use super::{put_section, text, time, url};
use crate::{
    policy::{
        Allow, AppSet, Condition, DeviceSet, MAX_CHOICES, MAX_PAIRS, MAX_RULES, MAX_TARGETS,
        MAX_WEIGHT, OsSet, Pair, PasswordHash, Policy, Preview, Rule, Weighted,
    },
    visitor::{Country, LanguageRange},
    wire::{
        WireError,
        codec::{Reader, put_bytes, put_length},
    },
};

const GUIDE_APPS: u8 = 5;
const ALLOW: u8 = 6;
/// One for each rule, in their order.
const RULE: u8 = 7;
const PASSWORD: u8 = 8;
const PREVIEW: u8 = 9;

// Parts of a rule.
const TARGET: u8 = 64;
const APP: u8 = 65;
const OS: u8 = 66;
const DEVICE: u8 = 67;
const LANGUAGE: u8 = 68;
const COUNTRY: u8 = 69;
const PAIR: u8 = 70;
const AFTER: u8 = 71;
const BEFORE: u8 = 72;

// Parts of a preview.
const TITLE: u8 = 96;
const DESCRIPTION: u8 = 97;
const IMAGE: u8 = 98;

pub(super) fn put(out: &mut Vec<u8>, policy: &Policy) {
    if !policy.guide_apps.is_empty() {
        put_section(out, GUIDE_APPS, &policy.guide_apps.bits().to_be_bytes());
    }
    if !policy.allow.is_empty() {
        let mut section = policy.allow.apps.bits().to_be_bytes().to_vec();
        section.push(policy.allow.os.bits());
        put_section(out, ALLOW, &section);
    }
    for rule in &policy.rules {
        put_section(out, RULE, &rule_bytes(rule));
    }
    if let Some(password) = &policy.password {
        put_section(out, PASSWORD, password.as_phc().as_bytes());
    }
    if let Some(preview) = &policy.preview {
        put_section(out, PREVIEW, &preview_bytes(preview));
    }
}

fn rule_bytes(rule: &Rule) -> Vec<u8> {
    let mut out = Vec::new();
    let when = &rule.when;
    if !when.app.is_empty() {
        put_section(&mut out, APP, &when.app.bits().to_be_bytes());
    }
    for (tag, bits) in [(OS, when.os.bits()), (DEVICE, when.device.bits())] {
        if bits != 0 {
            put_section(&mut out, tag, &[bits]);
        }
    }
    for range in &when.language {
        put_section(&mut out, LANGUAGE, range.as_str().as_bytes());
    }
    for country in &when.country {
        put_section(&mut out, COUNTRY, country.as_str().as_bytes());
    }
    for pair in &when.query {
        let mut section = Vec::new();
        put_bytes(&mut section, pair.name.as_bytes());
        section.extend_from_slice(pair.value.as_bytes());
        put_section(&mut out, PAIR, &section);
    }
    for (tag, moment) in [(AFTER, when.after), (BEFORE, when.before)] {
        if let Some(moment) = moment {
            put_section(&mut out, tag, &moment.0.to_be_bytes());
        }
    }
    for target in &rule.targets {
        let mut section = Vec::new();
        put_length(&mut section, target.weight as usize);
        section.extend_from_slice(target.url.as_bytes());
        put_section(&mut out, TARGET, &section);
    }
    out
}

fn preview_bytes(preview: &Preview) -> Vec<u8> {
    let mut out = Vec::new();
    for (tag, text) in [
        (TITLE, &preview.title),
        (DESCRIPTION, &preview.description),
        (IMAGE, &preview.image),
    ] {
        if let Some(text) = text {
            put_section(&mut out, tag, text.as_bytes());
        }
    }
    out
}

/// What was read of a policy so far.
#[derive(Default)]
pub(super) struct Parts {
    policy: Policy,
    rules: Vec<Rule>,
}

impl Parts {
    /// Reads one section.
    pub(super) fn read(&mut self, tag: u8, section: &[u8]) -> Result<(), WireError> {
        match tag {
            GUIDE_APPS => self.policy.guide_apps = apps(tag, section)?,
            ALLOW => self.policy.allow = allow(tag, section)?,
            RULE => push(&mut self.rules, MAX_RULES, rule(section)?)?,
            PASSWORD => self.policy.password = Some(password(section)?),
            PREVIEW => self.policy.preview = Some(preview(section)?),
            other => return Err(WireError::UnknownSection(other)),
        }
        Ok(())
    }

    /// The policy, if any section of one was there.
    pub(super) fn finish(self) -> Option<Box<Policy>> {
        let policy = Policy {
            rules: self.rules.into(),
            ..self.policy
        };
        (!policy.is_empty()).then(|| Box::new(policy))
    }
}

fn allow(tag: u8, section: &[u8]) -> Result<Allow, WireError> {
    let (apps_bits, os_bits) = section.split_at_checked(8).ok_or(WireError::Length)?;
    Ok(Allow {
        apps: apps(tag, apps_bits)?,
        os: os(tag, os_bits)?,
    })
}

fn password(section: &[u8]) -> Result<PasswordHash, WireError> {
    PasswordHash::from_phc(text(section)?).ok_or(WireError::Value)
}

fn rule(section: &[u8]) -> Result<Rule, WireError> {
    let mut when = Condition::default();
    let (mut languages, mut countries, mut pairs, mut targets) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut reader = Reader::new(section);
    while !reader.is_empty() {
        let tag = reader.u8()?;
        let part = reader.bytes()?;
        match tag {
            APP => when.app = apps(tag, part)?,
            OS => when.os = os(tag, part)?,
            DEVICE => when.device = devices(tag, part)?,
            LANGUAGE => push(&mut languages, MAX_CHOICES, language(part)?)?,
            COUNTRY => push(&mut countries, MAX_CHOICES, country(part)?)?,
            PAIR => push(&mut pairs, MAX_PAIRS, pair(part)?)?,
            AFTER => when.after = Some(time(part)?),
            BEFORE => when.before = Some(time(part)?),
            TARGET => push(&mut targets, MAX_TARGETS, target(part)?)?,
            other => return Err(WireError::UnknownSection(other)),
        }
    }
    if targets.is_empty() {
        return Err(WireError::Value);
    }
    when.language = languages.into();
    when.country = countries.into();
    when.query = pairs.into();
    Ok(Rule {
        when,
        targets: targets.into(),
    })
}

fn push<T>(all: &mut Vec<T>, most: usize, one: T) -> Result<(), WireError> {
    if all.len() == most {
        return Err(WireError::Value);
    }
    all.push(one);
    Ok(())
}

fn apps(tag: u8, part: &[u8]) -> Result<AppSet, WireError> {
    let bits = part.try_into().map_err(|_| WireError::Length)?;
    AppSet::from_bits(u64::from_be_bytes(bits)).ok_or(WireError::UnknownSection(tag))
}

fn os(tag: u8, part: &[u8]) -> Result<OsSet, WireError> {
    let [bits] = part.try_into().map_err(|_| WireError::Length)?;
    OsSet::from_bits(bits).ok_or(WireError::UnknownSection(tag))
}

fn devices(tag: u8, part: &[u8]) -> Result<DeviceSet, WireError> {
    let [bits] = part.try_into().map_err(|_| WireError::Length)?;
    DeviceSet::from_bits(bits).ok_or(WireError::UnknownSection(tag))
}

fn language(part: &[u8]) -> Result<LanguageRange, WireError> {
    LanguageRange::parse(text(part)?).ok_or(WireError::Value)
}

fn country(part: &[u8]) -> Result<Country, WireError> {
    Country::parse(text(part)?).ok_or(WireError::Value)
}

fn pair(part: &[u8]) -> Result<Pair, WireError> {
    let mut reader = Reader::new(part);
    Ok(Pair {
        name: reader.text()?.into(),
        value: text(reader.rest())?.into(),
    })
}

fn target(part: &[u8]) -> Result<Weighted, WireError> {
    let mut reader = Reader::new(part);
    let weight = u32::try_from(reader.length()?).map_err(|_| WireError::Value)?;
    let url = url(reader.rest())?;
    if weight == 0 || weight > MAX_WEIGHT || url.is_empty() {
        return Err(WireError::Value);
    }
    Ok(Weighted { url, weight })
}

fn preview(section: &[u8]) -> Result<Preview, WireError> {
    let mut preview = Preview::default();
    let mut reader = Reader::new(section);
    while !reader.is_empty() {
        let tag = reader.u8()?;
        let part = reader.bytes()?;
        match tag {
            TITLE => preview.title = Some(text(part)?.into()),
            DESCRIPTION => preview.description = Some(text(part)?.into()),
            IMAGE => preview.image = Some(url(part)?),
            other => return Err(WireError::UnknownSection(other)),
        }
    }
    Ok(preview)
}
