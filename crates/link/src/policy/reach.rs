//! Whom a rule can reach at all, with what stands before it.

use super::{
    rules::{Allow, Condition, Policy},
    sets::{AppSet, DeviceSet, OsSet},
};
use crate::{
    platform::{App, Device, Os},
    visitor::{Language, LanguageRange},
};

const PLACES: usize = Os::ALL.len() * Device::ALL.len();

/// Every app on every system and device is a point; this is a set of them: the bits of the apps
/// for each pair of system and device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Points([u64; PLACES]);

impl Points {
    const NONE: Self = Self([0; PLACES]);

    /// Those whom a condition describes, as far as it asks for the platform.
    pub(super) fn of(when: &Condition) -> Self {
        Self::at(apps_or_all(when.app), when.os, when.device)
    }

    pub(super) fn of_allow(allow: &Allow) -> Self {
        Self::at(apps_or_all(allow.apps), allow.os, DeviceSet::EMPTY)
    }

    /// Those in these apps; none if no app is named.
    pub(super) fn of_apps(apps: AppSet) -> Self {
        Self::at(bits(|app| apps.covers(app)), OsSet::EMPTY, DeviceSet::EMPTY)
    }

    /// Those in these apps; all if no app is named.
    pub(super) fn of_apps_or_all(apps: AppSet) -> Self {
        Self::at(apps_or_all(apps), OsSet::EMPTY, DeviceSet::EMPTY)
    }

    /// Those in apps that are named, not only in a group.
    pub(super) fn named(apps: AppSet) -> Self {
        Self::at(
            bits(|app| apps.names_app(app)),
            OsSet::EMPTY,
            DeviceSet::EMPTY,
        )
    }

    fn at(apps: u64, systems: OsSet, devices: DeviceSet) -> Self {
        let mut points = Self::NONE;
        for (n, point) in points.0.iter_mut().enumerate() {
            let (os, device) = (n / Device::ALL.len(), n % Device::ALL.len());
            let fits = (systems.is_empty() || systems.covers(Os::ALL[os]))
                && (devices.is_empty() || devices.covers(Device::ALL[device]));
            *point = if fits { apps } else { 0 };
        }
        points
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|apps| *apps == 0)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|n| self.0[n] & other.0[n]))
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|n| self.0[n] & !other.0[n]))
    }
}

fn apps_or_all(apps: AppSet) -> u64 {
    bits(|app| apps.is_empty() || apps.covers(app))
}

fn bits(is_in: impl Fn(App) -> bool) -> u64 {
    let bit = |app: &App| u64::from(is_in(*app)) << *app as u64;
    App::ALL.iter().map(bit).sum()
}

/// For each rule, whom of those whom `allow` lets pass it can reach: all that no earlier rule
/// takes whatever language, country, query and moment there are.
pub(super) fn reached(policy: &Policy) -> impl Iterator<Item = Points> {
    let allowed = Points::of_allow(&policy.allow);
    policy.rules.iter().enumerate().map(move |(place, rule)| {
        let earlier = policy.rules.iter().take(place);
        let taking = earlier.filter(|earlier| asks_no_more(&earlier.when, &rule.when));
        taking.fold(Points::of(&rule.when).and(&allowed), |left, earlier| {
            left.without(&Points::of(&earlier.when))
        })
    })
}

/// Whether, the platform aside, `earlier` holds whenever `later` does.
fn asks_no_more(earlier: &Condition, later: &Condition) -> bool {
    let is_within = |range: &LanguageRange| {
        let language = Language::parse(range.as_str());
        language.is_some_and(|language| earlier.language.iter().any(|other| language.is_in(other)))
    };
    let holds_all = |later_is_empty: bool, all_within: bool| !later_is_empty && all_within;
    (earlier.language.is_empty()
        || holds_all(
            later.language.is_empty(),
            later.language.iter().all(is_within),
        ))
        && (earlier.country.is_empty()
            || holds_all(
                later.country.is_empty(),
                later
                    .country
                    .iter()
                    .all(|country| earlier.country.contains(country)),
            ))
        && earlier.query.iter().all(|pair| later.query.contains(pair))
        && earlier
            .after
            .is_none_or(|from| later.after.is_some_and(|after| from <= after))
        && earlier
            .before
            .is_none_or(|end| later.before.is_some_and(|before| before <= end))
}
