//! The front page: short links for people without an account.
//!
//! Server-rendered pages in Chinese and English that need no script; `assets/front.js` and what it
//! imports make them quicker where scripts run. `taken` finds the links in what was pasted,
//! `choice` reads for whom a link is meant, and both are written down as the API would have it,
//! so that one piece of code says what a link may be. `guard` and `quota` stand before all
//! that changes something; `manage` is what somebody with a signed address may do.

mod apps;
pub(crate) mod assets;
mod boxes;
mod choice;
mod counts;
pub(crate) mod create;
pub(crate) mod csv;
pub(crate) mod decode;
pub(crate) mod elsewhere;
mod form;
mod guard;
mod hints;
pub(crate) mod home;
mod hosts;
mod kept;
mod keys;
pub(crate) mod manage;
mod many;
mod moment;
mod once;
mod order;
mod outcomes;
mod page;
pub(crate) mod picture;
mod quota;
mod result;
mod save;
mod sentences;
mod settings;
mod site;
mod sketch;
mod taken;
mod visit;
mod words;

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use suo_link::{instance::InstanceSecret, time::Timestamp, visitor::proxies::TrustedNetworks};

use self::quota::Quotas;
pub(crate) use self::visit::Visit;
pub use self::{
    hosts::CommonHosts,
    settings::{FrontSettings, Opening, Said},
    site::Site,
};

/// What the front page works with; one for all handlers.
pub struct Front {
    /// `None`: it is closed, and says so.
    opening: Option<Opening>,
    site: Site,
    proxies: TrustedNetworks,
    time_zone: TimeZone,
    quotas: Quotas,
    /// Read from the store when it is needed first; it never changes.
    secret: OnceLock<InstanceSecret>,
}

impl Front {
    /// A front page with fresh quotas.
    #[must_use]
    pub fn new(settings: FrontSettings) -> Self {
        let limits = settings.opening.as_ref().map(|opening| opening.limits);
        Self {
            quotas: Quotas::new(limits.unwrap_or_default()),
            opening: settings.opening,
            site: settings.site,
            proxies: settings.proxies,
            time_zone: settings.time_zone,
            secret: OnceLock::new(),
        }
    }

    /// When a link that is made now ends, if its maker says nothing; `None`: never.
    fn first_end(&self, now: Timestamp) -> Option<Timestamp> {
        let lifetime = self.opening.as_ref()?.lifetime?;
        Some(moment::after(now, lifetime))
    }
}
