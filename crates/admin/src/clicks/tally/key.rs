//! What sums are called: scope, dimension, hour, class, value.

use std::rc::Rc;

use suo_link::{time::Timestamp, wire::clicks::Class};

/// What clicks are summed over. The numbers are in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Scope {
    /// One link, by its number.
    Link = 0,
    /// All links with a tag ([`tag_id`](super::tag_id)) at the time when the clicks were counted.
    Tag = 1,
    /// All answers on a domain, by its number.
    Domain = 2,
    /// All answers of a workspace, by its number.
    Workspace = 3,
}

impl Scope {
    /// All of them, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::Link, Self::Tag, Self::Domain, Self::Workspace];
}

/// By what clicks are told apart. The numbers are in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Dimension {
    /// Not at all: the series of clicks.
    Total = 0,
    /// The app.
    App = 1,
    /// The system.
    Os = 2,
    /// The device.
    Device = 3,
    /// The host of the referrer; "other" beyond the bounds.
    Referrer = 4,
    /// The country, if it is known.
    Country = 5,
    /// The language, if one is named.
    Language = 6,
    /// `<rule>.<target>`, both from 1, where a rule has chosen.
    Variant = 7,
    /// `click` or `scan`.
    Via = 8,
    /// The code.
    Entry = 9,
    /// What the visitor got; all answers, not clicks alone.
    Outcome = 10,
}

impl Dimension {
    /// Those that are asked for by name.
    pub const NAMED: &'static [(Self, &'static str)] = &[
        (Self::App, "app"),
        (Self::Os, "os"),
        (Self::Device, "device"),
        (Self::Referrer, "referrer"),
        (Self::Country, "country"),
        (Self::Language, "language"),
        (Self::Variant, "variant"),
        (Self::Via, "via"),
        (Self::Entry, "entry"),
        (Self::Outcome, "outcome"),
    ];

    /// Its name; the series has none.
    #[must_use]
    pub fn name(self) -> &'static str {
        let named = Self::NAMED.iter().find(|(known, _)| *known == self);
        named.map_or("", |(_, name)| name)
    }

    /// Whether a scope is told apart by it. Codes and rules are a link's own.
    #[must_use]
    pub fn is_of(self, scope: Scope) -> bool {
        scope == Scope::Link || !matches!(self, Self::Entry | Self::Variant)
    }
}

/// A row of the roll-ups. Its order is the order in which rows are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Over what is summed.
    pub scope: Scope,
    /// Which one.
    pub id: i64,
    /// By what is told apart.
    pub dimension: Dimension,
    /// When the hour begins.
    pub hour: Timestamp,
    /// Who asked.
    pub class: Class,
    /// The value.
    pub value: Rc<str>,
}
