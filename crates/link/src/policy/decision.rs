//! What one visitor gets.

use std::borrow::Cow;

use super::rules::{Allow, Preview};
use crate::{link::RedirectStatus, platform::App};

/// The answer to one visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// The visitor is sent on.
    Redirect(Redirect<'a>),
    /// The operator has stopped the link.
    Banned,
    /// The owner has stopped the link.
    Paused,
    /// The link's time has not come.
    NotStarted,
    /// The link's time is over, and it names no other target.
    Expired,
    /// The link was followed as often as it may be, and it names no other target.
    UsedUp,
    /// The visitor's app or system may not open the link.
    Denied(Denied<'a>),
    /// The visitor is told how to open the link in a browser.
    Guide(Guide<'a>),
    /// The visitor is asked for the password.
    Password,
    /// A program that fetches previews gets the link's own card.
    Card(Card<'a>),
}

/// Where and how a visitor is sent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect<'a> {
    /// The value of `Location`.
    pub location: Cow<'a, str>,
    /// The HTTP status.
    pub status: RedirectStatus,
    /// Whether the visitor's browser may remember the answer for a while.
    pub cacheable: bool,
    /// Which target of which rule it is; `None`: the link's own, or the one for after its time.
    pub variant: Option<Variant>,
}

/// A target of a rule, for accounting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// The rule's place, from 0.
    pub rule: u8,
    /// The target's place among those of the rule, from 0.
    pub target: u8,
}

/// Why a visitor may not open a link, and who may. It names no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied<'a> {
    /// Who may.
    pub allow: &'a Allow,
    /// Whether the same visitor may, in an ordinary browser: the app alone is in the way.
    pub in_browser: bool,
}

/// How to open a link outside the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide<'a> {
    /// The app that the visitor is in.
    pub app: App,
    /// The host that the same visitor will reach from a browser, as the target has it, without
    /// the port. `None`: it must not be named, because of a password or because [`Guide::in_browser`]
    /// is false.
    pub host: Option<&'a str>,
    /// The whole target that the same visitor will reach from a browser; `None` as the host is.
    pub location: Option<Cow<'a, str>>,
    /// Whether the same visitor may open the link in an ordinary browser.
    pub in_browser: bool,
}

/// What a link shows of itself where it is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card<'a> {
    /// Its texts; any of them may be missing.
    pub preview: &'a Preview,
    /// The host of the real target, as the target has it, without the port.
    pub host: &'a str,
    /// The real target, which the card leads to.
    pub location: Cow<'a, str>,
    /// Which target of which rule it is; `None`: the link's own, or the one for after its time.
    pub variant: Option<Variant>,
}

/// What `/{code}+` shows to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewPage<'a> {
    /// Where the link leads this visitor, in a browser if the app is one that is guided.
    Card(Card<'a>),
    /// There is a link, and its password keeps where it leads.
    Protected,
    /// What the link itself says instead: banned, paused, not started, expired, used up or denied.
    Instead(Decision<'a>),
}
