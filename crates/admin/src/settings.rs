//! What settings mean. [`production`] holds those of `suo-admin`; `suo` has others, and reads
//! what both have in common with the same functions.

mod audit;
#[cfg(all(feature = "postgres", feature = "redis"))]
pub mod production;

use std::{fmt, net::SocketAddr};

pub use audit::{AuditWish, DOES_NOT_ADD_UP};
pub use jiff::tz::TimeZone;
use suo_link::{destination::PrivateTargets, domain::ShortUrl};
use tracing_subscriber::EnvFilter;

use crate::{
    auth::is_acceptable,
    clicks::{MAX_EVENTS_DAYS, Rules},
};

/// A setting that makes no sense. Its text names the variable and holds no secret.
#[derive(Debug, PartialEq, Eq)]
pub struct BadSetting(String);

impl BadSetting {
    /// A complaint that names its variable.
    #[must_use]
    pub fn new(complaint: String) -> Self {
        Self(complaint)
    }
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSetting {}

/// A key that an operator chose.
///
/// # Errors
/// If it is too short, too long, or of other characters.
pub fn bootstrap_key(key: Option<String>) -> Result<Option<String>, BadSetting> {
    match key {
        Some(key) if !is_acceptable(&key) => Err(bad(
            "SUO_BOOTSTRAP_API_KEY",
            "it is 32 to 128 characters of A-Z a-z 0-9 _",
        )),
        key => Ok(key),
    }
}

/// What was said, or the default; a variable that is set to nothing says nothing.
#[must_use]
pub fn given<'a>(said: &'a Option<String>, default: &'a str) -> &'a str {
    said.as_deref()
        .filter(|text| !text.is_empty())
        .unwrap_or(default)
}

/// The address that a listener's setting names.
///
/// # Errors
/// If it is not `host:port` with an IP address.
pub fn address(name: &str, text: &str) -> Result<SocketAddr, BadSetting> {
    text.parse().map_err(|_| {
        bad(
            name,
            "it is an IP address and a port, such as 127.0.0.1:8080",
        )
    })
}

/// The short URL that was given, or the edge's own address.
///
/// # Errors
/// If what was given is no short URL.
pub fn short_url(said: &Option<String>, edge_listen: &str) -> Result<ShortUrl, BadSetting> {
    match given(said, "") {
        "" => {
            let edge = address("SUO_EDGE_LISTEN", edge_listen)?;
            ShortUrl::parse(&format!("http://{edge}"))
                .map_err(|error| bad("SUO_EDGE_LISTEN", error))
        }
        url => ShortUrl::parse(url).map_err(|error| bad("SUO_SHORT_URL", error)),
    }
}

/// What `SUO_ALLOW_PRIVATE_TARGETS` means.
///
/// # Errors
/// If it is neither `on` nor `off`.
pub fn private_targets(text: &str) -> Result<PrivateTargets, BadSetting> {
    let is_on = on_or_off("SUO_ALLOW_PRIVATE_TARGETS", text)?;
    Ok(if is_on {
        PrivateTargets::Allowed
    } else {
        PrivateTargets::Refused
    })
}

/// A switch.
///
/// # Errors
/// If it is neither `on` nor `off`.
pub fn on_or_off(name: &str, text: &str) -> Result<bool, BadSetting> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(bad(name, "it is on or off")),
    }
}

/// What `SUO_TIME_ZONE` means: where days begin at which moment.
///
/// # Errors
/// If there is no such zone.
pub fn time_zone(name: &str) -> Result<TimeZone, BadSetting> {
    TimeZone::get(name).map_err(|_| {
        bad(
            "SUO_TIME_ZONE",
            "it is the name of a time zone, such as Asia/Shanghai",
        )
    })
}

/// What `SUO_TIME_ZONE` and `SUO_EVENTS_DAYS` mean; empty: what is usual.
///
/// # Errors
/// If there is no such zone, or it is not a number of days from 0 to 30.
pub fn rules(zone: &str, events_days: &str) -> Result<Rules, BadSetting> {
    let zone = time_zone(if zone.is_empty() { "UTC" } else { zone })?;
    let mut rules = Rules::of(zone);
    if !events_days.is_empty() {
        let days = events_days.parse().ok();
        let days = days.filter(|days| *days <= MAX_EVENTS_DAYS);
        rules.events_days = days.ok_or_else(|| {
            bad(
                "SUO_EVENTS_DAYS",
                format_args!("it is a number of days from 0 to {MAX_EVENTS_DAYS}"),
            )
        })?;
    }
    Ok(rules)
}

/// What `SUO_LOG` means.
///
/// # Errors
/// If it is no filter.
pub fn log_filter(text: &str) -> Result<EnvFilter, BadSetting> {
    EnvFilter::try_new(text).map_err(|_| bad("SUO_LOG", "it is a log filter, such as info"))
}

/// A complaint about the setting `name`.
pub fn bad(name: &str, why: impl fmt::Display) -> BadSetting {
    BadSetting(format!("{name}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::{BadSetting, rules};
    use crate::clicks::EVENTS_DAYS;

    #[test]
    fn days_of_single_answers_are_a_number_from_0_to_30() {
        for (said, days) in [
            ("", EVENTS_DAYS),
            ("0", 0),
            ("1", 1),
            ("007", 7),
            ("30", 30),
        ] {
            assert_eq!(rules("", said).unwrap().events_days, days, "{said:?}");
        }
        let bad = BadSetting::new("SUO_EVENTS_DAYS: it is a number of days from 0 to 30".into());
        for said in [
            "-1",
            "31",
            "65536",
            "65543",
            "99999999999999999999",
            "7d",
            "seven",
            "7.5",
            "1e1",
            " ",
            " 7",
            "7 ",
            "0x7",
            "七",
            "７",
            "off",
            "null",
        ] {
            assert_eq!(rules("", said).err().as_ref(), Some(&bad), "{said:?}");
        }
    }

    #[test]
    fn days_begin_in_a_zone_that_there_is() {
        for zone in ["", "UTC", "Asia/Shanghai", "Asia/Kathmandu"] {
            assert!(rules(zone, "").is_ok(), "{zone:?}");
        }
        for zone in ["Shanghai", "Asia/", "+08:00", "CST6", "../etc/passwd", " "] {
            let complaint = rules(zone, "").err().unwrap().to_string();
            assert!(
                complaint.starts_with("SUO_TIME_ZONE: "),
                "{zone:?}: {complaint}"
            );
        }
    }
}
