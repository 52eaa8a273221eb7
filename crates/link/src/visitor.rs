//! The facts of one request that a policy may look at, and how headers tell them.

mod country;
mod hash;
pub mod language;
pub mod proxies;

use std::net::IpAddr;

pub use country::Country;
pub use hash::VisitorKey;
pub(crate) use hash::network;
pub use language::{Language, LanguageRange};

use crate::platform::Platform;

/// Who is asking, as far as the request tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visitor<'a> {
    /// App, system, device, and what kind of bot it is.
    pub platform: Platform,
    /// The language preferred to all others ([`language::preferred`]).
    pub language: Option<Language<'a>>,
    /// The country of the address, if somebody knows it.
    pub country: Option<Country>,
    /// The visitor's own address, behind all trusted proxies.
    pub address: Option<IpAddr>,
    /// The raw query string, without the question mark.
    pub query: Option<&'a str>,
    /// Whether the visitor has proven the link's password.
    pub unlocked: bool,
    /// Whether the link has been followed as often as it may be; only asked if it has a `max_clicks`.
    pub used_up: bool,
}
