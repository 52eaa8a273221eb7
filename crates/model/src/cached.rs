//! What an edge remembers about a key, and what replaces it.

use crate::{
    mutation::{Mutation, Mutations},
    redis::Record,
    sql::Rev,
};

/// When something was confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// In an earlier one than now it is stale.
    pub epoch: u8,
    /// Changes were heard from before the question until after the answer.
    pub is_firm: bool,
}

/// What is remembered about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cached {
    /// It has to be looked up.
    Nothing,
    /// A link.
    Link {
        /// How old its record is.
        rev: Rev,
        /// What visitors get.
        value: u8,
        /// When it was confirmed.
        moment: Moment,
    },
    /// No such code.
    Absence {
        /// When it was confirmed.
        moment: Moment,
    },
}

impl Cached {
    /// When it was confirmed.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Nothing => None,
            Self::Link { moment, .. } | Self::Absence { moment } => Some(*moment),
        }
    }

    /// `Cache::put_link` and `Cache::put_absence`.
    pub fn put(&mut self, mutations: Mutations, record: Option<Record>, now: Moment) {
        let rev = record.map(|record| record.rev);
        let value = record.and_then(|record| record.value);
        match self {
            Self::Link {
                rev: old, moment, ..
            } if rev.is_some_and(|rev| rev < *old || rev == *old && value.is_some())
                && !mutations.has(Mutation::CacheIgnoresRev) =>
            {
                *moment = now.max(*moment);
            }
            _ => {
                *self = match (rev, value) {
                    (Some(rev), Some(value)) => Self::Link {
                        rev,
                        value,
                        moment: now,
                    },
                    _ => Self::Absence { moment: now },
                }
            }
        }
    }

    /// `Cache::edit`.
    pub fn edit(&mut self, mutations: Mutations, rev: Rev, value: u8, moment: Moment) {
        match self {
            Self::Link { rev: old, .. }
                if *old < rev || mutations.has(Mutation::CacheIgnoresRev) =>
            {
                *self = Self::Link { rev, value, moment };
            }
            Self::Absence { .. } => *self = Self::Nothing,
            _ => {}
        }
    }

    /// `Cache::delete`.
    pub fn delete(&mut self, rev: Rev) {
        if matches!(self, Self::Link { rev: old, .. } if *old < rev) {
            *self = Self::Nothing;
        }
    }
}
