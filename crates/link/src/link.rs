//! The link as an edge needs it: nothing that only the dashboard shows.

use std::num::NonZeroU64;

use crate::{id::LinkId, policy::Policy, time::Timestamp};

/// What one code leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The link's number, for accounting; several codes can lead to one link.
    pub id: LinkId,
    /// Whether it answers at all.
    pub status: Status,
    /// The HTTP status of its redirect.
    pub redirect_status: RedirectStatus,
    /// What becomes of a visitor's query string.
    pub forward_query: ForwardQuery,
    /// The `Location`, byte for byte; a text that [`crate::destination::Destination`] accepted.
    pub target: Box<str>,
    /// Before this moment the link does not answer.
    pub starts_at: Option<Timestamp>,
    /// From this moment on the link has expired.
    pub expires_at: Option<Timestamp>,
    /// Where visitors of an expired link are sent.
    pub expired_target: Option<Box<str>>,
    /// How often people may follow it; `None`: as often as they like.
    pub max_clicks: Option<NonZeroU64>,
    /// Who gets what else; `None`, so that a plain link stays small, if all get the same.
    pub policy: Option<Box<Policy>>,
}

impl Link {
    /// How often people may follow the link, if that is what matters at this moment: a link whose
    /// time is over leads nobody to its target.
    #[must_use]
    pub fn limit(&self, now: Timestamp) -> Option<NonZeroU64> {
        self.max_clicks
            .filter(|_| self.expires_at.is_none_or(|end| now < end))
    }

    /// The bytes that it takes beside itself, for whoever bounds memory.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let expired_target = self.expired_target.as_deref().unwrap_or("");
        let policy = self.policy.as_deref().map_or(0, Policy::bytes);
        self.target.len() + expired_target.len() + policy
    }
}

/// An enum whose variants have one fixed name each, in JSON and SQL.
macro_rules! named {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($(#[$doc])* $variant),+ }

        impl $type {
            /// Every variant, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in JSON and SQL.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The variant with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|variant| variant.as_str() == name)
            }
        }
    };
}

pub(crate) use named;

named! {
    /// Whether a link answers.
    Status {
        /// It answers.
        Active = "active",
        /// Its owner has stopped it; 404 until resumed.
        Paused = "paused",
        /// The operator has stopped it for abuse; 410.
        Banned = "banned",
    }
}

named! {
    /// What becomes of the query string that a visitor brings.
    ForwardQuery {
        /// It is dropped.
        Off = "off",
        /// It follows the target's own.
        Append = "append",
        /// It replaces the target's values of the same names.
        Override = "override",
    }
}

/// The HTTP status of a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectStatus {
    /// 301 Moved Permanently.
    MovedPermanently,
    /// 302 Found, the default.
    Found,
    /// 307 Temporary Redirect.
    Temporary,
    /// 308 Permanent Redirect.
    Permanent,
}

impl RedirectStatus {
    /// Every variant, in the order of the numbers.
    pub const ALL: &'static [Self] = &[
        Self::MovedPermanently,
        Self::Found,
        Self::Temporary,
        Self::Permanent,
    ];

    /// The number in the status line.
    #[must_use]
    pub fn as_u16(self) -> u16 {
        match self {
            Self::MovedPermanently => 301,
            Self::Found => 302,
            Self::Temporary => 307,
            Self::Permanent => 308,
        }
    }

    /// The variant with this number.
    #[must_use]
    pub fn from_u16(number: u16) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|status| status.as_u16() == number)
    }

    /// Whether clients may remember the redirect.
    #[must_use]
    pub fn is_permanent(self) -> bool {
        matches!(self, Self::MovedPermanently | Self::Permanent)
    }
}
