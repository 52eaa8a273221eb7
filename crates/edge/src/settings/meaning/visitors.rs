//! Who is believed about visitors.

use std::ffi::OsString;

use super::{error, not, text};
use crate::{proxies::Proxies, settings::SettingError};

pub(super) fn proxies(
    trusted: Option<OsString>,
    protocol: Option<OsString>,
) -> Result<Proxies, SettingError> {
    const PROTOCOL: &str = "SUO_PROXY_PROTOCOL";
    const TRUSTED: &str = "SUO_TRUSTED_PROXIES";
    let networks = text(TRUSTED, trusted)?.unwrap_or_default();
    let mut proxies: Proxies = networks
        .parse()
        .map_err(|bad: crate::proxies::BadNetwork| error(TRUSTED, &bad.to_string()))?;
    proxies.speak_proxy_protocol = match text(PROTOCOL, protocol)?.as_deref() {
        None | Some("off") => false,
        Some("v2") if proxies.is_empty() => {
            return Err(error(
                TRUSTED,
                "it is not set, and SUO_PROXY_PROTOCOL needs it",
            ));
        }
        Some("v2") => true,
        Some(other) => return Err(not(PROTOCOL, other, "v2 or off")),
    };
    Ok(proxies)
}

#[cfg(test)]
mod tests {
    use super::proxies;

    #[test]
    fn the_protocol_needs_somebody_to_speak_it() {
        let refused = |trusted: &str, protocol: &str| {
            let read = proxies(Some(trusted.into()), Some(protocol.into()));
            read.map(|proxies| proxies.speak_proxy_protocol)
                .map_err(|error| error.setting)
        };
        assert_eq!(refused("", ""), Ok(false));
        assert_eq!(refused("10.0.0.0/8", "off"), Ok(false));
        assert_eq!(refused("10.0.0.0/8", "v2"), Ok(true));
        assert_eq!(refused("", "v2"), Err("SUO_TRUSTED_PROXIES"));
        assert_eq!(refused("10/8", ""), Err("SUO_TRUSTED_PROXIES"));
        assert_eq!(refused("10.0.0.0/8", "v1"), Err("SUO_PROXY_PROTOCOL"));
    }
}
