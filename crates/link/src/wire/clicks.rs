//! What edges have counted: one record for each answer, and segments of records on their way to
//! the database.
//!
//! A record is seven words of 64 bits; in an edge's journal an eighth word follows, the check
//! ([`Row::check`]), which is stored last, so that a record which a killed edge has left half
//! written is told from a whole one. A *segment* ([`segment`]) is a run of records that was closed
//! once and bears a name for good: that is how the database applies it only once.

mod record;
pub mod segment;

use std::{fmt, str::FromStr};

pub use record::{Click, ENTRY_BITS, LanguageCode, NO_REFERRER, OTHER_REFERRER, Row};
pub use segment::{Dropped, Segment};

use crate::link::named;

named! {
    /// Who asked.
    Class {
        /// A person, as far as anybody can tell.
        Human = "human",
        /// A program that fetches the card for a chat or a network.
        Preview = "preview",
        /// Every other program: crawlers, monitors, scripts.
        Crawler = "crawler",
        /// A browser that asks in advance; whoever's it is.
        Prefetch = "prefetch",
    }
}

named! {
    /// How the visitor came upon the link.
    Via {
        /// By the link itself.
        Click = "click",
        /// By its QR code: `/{code}/q`.
        Scan = "scan",
    }
}

named! {
    /// What the visitor got.
    Outcome {
        /// The link's redirect.
        Redirect = "redirect",
        /// The link's own card, which stands for the redirect where previews are fetched.
        Card = "card",
        /// The way to open the link in a browser.
        Guide = "guide",
        /// A refusal: this app or system may not open the link.
        Denied = "denied",
        /// The password form.
        Password = "password",
        /// The password form again.
        WrongPassword = "wrong_password",
        /// A cookie for the right password; the redirect is another request.
        Unlocked = "unlocked",
        /// "Too many attempts".
        TooManyAttempts = "too_many_attempts",
        /// What people see of the link before they follow it.
        Preview = "preview",
        /// "Not found": the link is paused.
        Paused = "paused",
        /// "Not found": its time has not come.
        NotStarted = "not_started",
        /// "Gone": its time is over.
        Expired = "expired",
        /// "Gone": the operator has stopped it.
        Banned = "banned",
        /// "Gone": as often as it may be followed it was.
        UsedUp = "used_up",
        /// "Not found": there is no such code.
        NotFound = "not_found",
        /// The domain's page for codes that are not there.
        NotFoundRedirect = "not_found_redirect",
        /// The domain's own target.
        Root = "root",
    }
}

impl Outcome {
    /// Whether it is what the link is for: these are the clicks of totals and series.
    #[must_use]
    pub const fn is_click(self) -> bool {
        matches!(self, Self::Redirect | Self::Card)
    }
}

/// One life of one worker of one edge: 128 random bits, made at its start.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalId(pub [u8; 16]);

/// 32 hexadecimal digits.
impl fmt::Display for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for JournalId {
    type Err = super::WireError;

    fn from_str(text: &str) -> Result<Self, super::WireError> {
        let is_written = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_written);
        number
            .map(|number| Self(number.to_be_bytes()))
            .ok_or(super::WireError::Value)
    }
}

/// What a segment is called for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentName {
    /// The journal it is of.
    pub journal: JournalId,
    /// Its place there, from 1, without gaps; at most [`SegmentName::LAST`].
    pub number: u64,
}

impl SegmentName {
    /// The last number there may be: databases count in signed numbers of 64 bits.
    pub const LAST: u64 = i64::MAX as u64;

    fn is_possible(self) -> bool {
        (1..=Self::LAST).contains(&self.number)
    }

    /// The name as two fields of an entry in the stream say it; `None` if no segment can be called so.
    #[must_use]
    pub fn of_fields(journal: &[u8], number: &[u8]) -> Option<Self> {
        let journal = std::str::from_utf8(journal).ok()?.parse().ok()?;
        let number = std::str::from_utf8(number).ok()?.parse().ok()?;
        Some(Self { journal, number }).filter(|name| name.is_possible())
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.journal, self.number)
    }
}
