//! What the front page's settings mean.

use jiff::tz::TimeZone;
use suo_link::{
    domain::{DomainName, Scheme},
    visitor::proxies::TrustedNetworks,
};

use super::{hosts::CommonHosts, quota::Limits, site::Site};
use crate::settings::{BadSetting, bad, on_or_off};

/// Days that a link of the public lasts in production, unless its maker makes it last.
const DAYS: u16 = 180;

/// What the operator said; empty is not said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// `SUO_PUBLIC_CREATE`
    pub create: &'a str,
    /// `SUO_PUBLIC_DOMAIN`
    pub domain: &'a str,
    /// `SUO_PUBLIC_COMMON_HOSTS`
    pub common_hosts: &'a str,
    /// `SUO_TRUSTED_PROXIES`
    pub trusted_proxies: &'a str,
    /// `SUO_SITE_NAME`
    pub site_name: &'a str,
    /// `SUO_SITE_CONTACT`
    pub site_contact: &'a str,
    /// `SUO_SITE_ICP`
    pub site_icp: &'a str,
}

/// What it means.
#[derive(Debug)]
pub struct FrontSettings {
    /// Whether and how strangers may make links; `None`: they may not.
    pub opening: Option<Opening>,
    /// Who runs the site.
    pub site: Site,
    /// Whose word about an address is believed.
    pub proxies: TrustedNetworks,
    /// In which moments are told.
    pub time_zone: TimeZone,
}

/// How strangers may make links.
#[derive(Debug)]
pub struct Opening {
    /// Where; `None`: on the default domain.
    pub domain: Option<DomainName>,
    /// Days that a link lasts unless its maker says otherwise; `None`: for good.
    pub lifetime: Option<u16>,
    /// How many.
    pub limits: Limits,
    /// Hosts for which the limit on one host does not hold.
    pub common_hosts: CommonHosts,
}

impl FrontSettings {
    /// A closed front page.
    #[must_use]
    pub fn closed() -> Self {
        Self {
            opening: None,
            site: Site::default(),
            proxies: TrustedNetworks::default(),
            time_zone: TimeZone::UTC,
        }
    }

    /// In production: closed unless said otherwise; links end, hosts are limited.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn production(said: Said<'_>, time_zone: TimeZone) -> Result<Self, BadSetting> {
        let opening = Opening {
            domain: domain(said.domain)?,
            lifetime: Some(DAYS),
            limits: Limits::default(),
            common_hosts: CommonHosts::read(said.common_hosts)?,
        };
        Self::new(said, "off", opening, time_zone)
    }

    /// In the quick start: open unless said otherwise; links last, hosts are not limited.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn quick_start(said: Said<'_>, time_zone: TimeZone) -> Result<Self, BadSetting> {
        let opening = Opening {
            domain: domain(said.domain)?,
            lifetime: None,
            limits: Limits::without_hosts(),
            common_hosts: CommonHosts::read(said.common_hosts)?,
        };
        Self::new(said, "on", opening, time_zone)
    }

    fn new(
        said: Said<'_>,
        default: &str,
        opening: Opening,
        time_zone: TimeZone,
    ) -> Result<Self, BadSetting> {
        let create = if said.create.is_empty() {
            default
        } else {
            said.create
        };
        let proxies = said.trusted_proxies.parse();
        Ok(Self {
            opening: on_or_off("SUO_PUBLIC_CREATE", create)?.then_some(opening),
            site: Site::new(said.site_name, said.site_contact, said.site_icp),
            proxies: proxies.map_err(|network| bad("SUO_TRUSTED_PROXIES", network))?,
            time_zone,
        })
    }
}

fn domain(text: &str) -> Result<Option<DomainName>, BadSetting> {
    if text.is_empty() {
        return Ok(None);
    }
    // As the API shows it: of the ports only 443 goes without saying.
    let name = DomainName::parse(text, Scheme::Https);
    name.map(Some)
        .map_err(|error| bad("SUO_PUBLIC_DOMAIN", error))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{FrontSettings, Said};

    #[test]
    fn production_is_closed_and_the_quick_start_open_unless_said_otherwise() {
        let both = |create| {
            let said = Said {
                create,
                ..Said::default()
            };
            [
                FrontSettings::production(said, TimeZone::UTC),
                FrontSettings::quick_start(said, TimeZone::UTC),
            ]
            .map(|settings| settings.map(|settings| settings.opening.is_some()).ok())
        };
        assert_eq!(both(""), [Some(false), Some(true)]);
        assert_eq!(both("on"), [Some(true), Some(true)]);
        assert_eq!(both("off"), [Some(false), Some(false)]);
        assert_eq!(both("yes"), [None, None]);
    }

    #[test]
    fn a_setting_that_makes_no_sense_is_named() {
        let complaint = |said| {
            let read = FrontSettings::production(said, TimeZone::UTC);
            read.err().map(|bad| bad.to_string()).unwrap_or_default()
        };
        let domain = Said {
            domain: "https://a.example",
            ..Said::default()
        };
        let proxies = Said {
            trusted_proxies: "10.0.0.0/33",
            ..Said::default()
        };
        assert!(complaint(domain).starts_with("SUO_PUBLIC_DOMAIN: "));
        assert!(complaint(proxies).starts_with("SUO_TRUSTED_PROXIES: "));
    }
}
