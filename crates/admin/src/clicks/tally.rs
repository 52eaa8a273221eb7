//! Sums of clicks, under the names by which they are asked for.
//!
//! Totals count clicks of a link ([`suo_link::wire::clicks::Outcome::is_click`]) by class. Roll-ups count them by
//! scope, dimension, hour, class and value. Answers that are no clicks are counted by their
//! outcome alone.

mod key;
#[cfg(test)]
mod tests;
mod value;

use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
};

pub use key::{Dimension, Key, Scope};
use suo_link::{
    id::{DomainId, LinkId},
    time::Timestamp,
    wire::clicks::{Class, Click, NO_REFERRER, OTHER_REFERRER, Segment},
};
use xxhash_rust::xxh3::xxh3_64;

use super::{Hours, visits::Visits};
use crate::store::ClickTotals;

/// What stands for hosts of referrers for which there was no room.
pub const OTHER: &str = "other";

/// What is known of links that were followed.
#[derive(Debug, Default)]
pub struct Facts {
    /// Tags of a link.
    pub tags: HashMap<LinkId, Vec<String>>,
    /// A code of a link, by what stands for it in records.
    pub codes: HashMap<(LinkId, u32), String>,
}

/// The number of a tag in roll-ups.
#[must_use]
pub fn tag_id(tag: &str) -> i64 {
    xxh3_64(tag.as_bytes()) as i64
}

/// Clicks of some segments, summed up.
#[derive(Debug, Default)]
pub struct Tally {
    totals: BTreeMap<LinkId, ClickTotals>,
    groups: HashMap<Group, Sums>,
    /// Hosts of referrers by their place here, from 1.
    hosts: Vec<Box<str>>,
    places: HashMap<Box<str>, u32>,
}

/// What all dimensions of a click have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Group {
    link: LinkId,
    domain: DomainId,
    hour: Timestamp,
    class: Class,
}

/// Clicks of a group.
#[derive(Debug, Default)]
struct Sums {
    clicks: HashMap<(Dimension, u32), u64>,
    /// Hashes of people who clicked.
    visitors: Vec<u64>,
}

impl Tally {
    /// Sums up.
    #[must_use]
    pub fn of<'a>(segments: impl IntoIterator<Item = &'a Segment>, hours: &Hours) -> Self {
        let mut tally = Self::default();
        let mut hour = hours.cut();
        for segment in segments {
            let hosts: Vec<u32> = segment.hosts.iter().map(|host| tally.place(host)).collect();
            for click in &segment.clicks {
                tally.add(click, hour(click.at), &hosts);
            }
        }
        tally
    }

    /// The links that were asked for.
    pub fn links(&self) -> impl Iterator<Item = LinkId> + '_ {
        let links = self.groups.keys().map(|group| group.link);
        links.filter(|link| link.0 != 0)
    }

    /// Clicks by link, in order.
    #[must_use]
    pub fn totals(&self) -> &BTreeMap<LinkId, ClickTotals> {
        &self.totals
    }

    /// Rows of the roll-ups, in order.
    #[must_use]
    pub fn rows(&self, facts: &Facts, workspace: i32) -> BTreeMap<Key, u64> {
        let mut rows = BTreeMap::new();
        for (group, sums) in &self.groups {
            let scopes = scopes(group, facts, workspace);
            for ((dimension, number), clicks) in &sums.clicks {
                let value: Rc<str> = self.value(group.link, *dimension, *number, facts).into();
                for (scope, id) in scopes.iter().filter(|(scope, _)| dimension.is_of(*scope)) {
                    let key = Key {
                        scope: *scope,
                        id: *id,
                        dimension: *dimension,
                        hour: group.hour,
                        class: group.class,
                        value: value.clone(),
                    };
                    *rows.entry(key).or_default() += clicks;
                }
            }
        }
        rows
    }

    /// Who came where, by day.
    #[must_use]
    pub fn visits(&self, facts: &Facts, workspace: i32, hours: &Hours) -> Vec<Visits> {
        let somebody = self
            .groups
            .iter()
            .filter(|(_, sums)| !sums.visitors.is_empty());
        let visits = |(group, sums): (&Group, &Sums)| {
            let mut visitors = sums.visitors.clone();
            visitors.sort_unstable();
            visitors.dedup();
            Visits {
                day: hours.day(group.hour).begins,
                places: scopes(group, facts, workspace),
                visitors,
            }
        };
        somebody.map(visits).collect()
    }

    fn place(&mut self, host: &str) -> u32 {
        if let Some(place) = self.places.get(host) {
            return *place;
        }
        self.hosts.push(host.into());
        let place = self.hosts.len() as u32;
        self.places.insert(host.into(), place);
        place
    }

    fn add(&mut self, click: &Click, hour: Timestamp, hosts: &[u32]) {
        let group = Group {
            link: click.link,
            domain: click.domain,
            hour,
            class: click.class,
        };
        let sums = self.groups.entry(group).or_default();
        if click.outcome.is_click() && click.class == Class::Human && click.visitor != 0 {
            sums.visitors.push(click.visitor);
        }
        let mut count =
            |dimension, number: u32| *sums.clicks.entry((dimension, number)).or_default() += 1;
        count(Dimension::Outcome, click.outcome as u32);
        if !click.outcome.is_click() {
            return;
        }
        count(Dimension::Total, 0);
        count(Dimension::App, click.app as u32);
        count(Dimension::Os, click.os as u32);
        count(Dimension::Device, click.device as u32);
        count(Dimension::Via, click.via as u32);
        count(Dimension::Entry, click.entry);
        if click.referrer != NO_REFERRER {
            let place = hosts.get(usize::from(click.referrer) - 1);
            let is_other = click.referrer == OTHER_REFERRER;
            count(
                Dimension::Referrer,
                place.copied().filter(|_| !is_other).unwrap_or(0),
            );
        }
        if let Some(country) = click.country {
            count(
                Dimension::Country,
                u16::from_be_bytes(country.letters()).into(),
            );
        }
        if let Some(language) = click.language {
            count(Dimension::Language, language.0.into());
        }
        if let Some(variant) = click.variant {
            count(
                Dimension::Variant,
                u32::from(variant.rule) << 8 | u32::from(variant.target),
            );
        }
        self.totals
            .entry(click.link)
            .or_default()
            .add(click.class, 1);
    }

    fn value(&self, link: LinkId, dimension: Dimension, number: u32, facts: &Facts) -> String {
        value::of(dimension, number).unwrap_or_else(|| match dimension {
            Dimension::Referrer => {
                let place = (number as usize).checked_sub(1);
                let host = place.and_then(|place| self.hosts.get(place));
                host.map_or(OTHER, |host| host).to_owned()
            }
            // A code that is there no more has no better name.
            _ => match facts.codes.get(&(link, number)) {
                Some(code) => code.clone(),
                None => format!("#{number:08x}"),
            },
        })
    }
}

fn scopes(group: &Group, facts: &Facts, workspace: i32) -> Vec<(Scope, i64)> {
    let mut scopes = vec![
        (Scope::Domain, i64::from(group.domain.0)),
        (Scope::Workspace, i64::from(workspace)),
    ];
    if group.link.0 != 0 {
        scopes.push((Scope::Link, group.link.0 as i64));
    }
    let tags = facts.tags.get(&group.link).into_iter().flatten();
    scopes.extend(tags.map(|tag| (Scope::Tag, tag_id(tag))));
    scopes
}
