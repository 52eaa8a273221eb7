//! Proxies in front of the edge that are believed about a visitor's address.

use std::{net::IpAddr, str::FromStr};

use http::{HeaderMap, HeaderName, HeaderValue, header::FORWARDED};
use suo_link::visitor::proxies::{BadNetwork, TrustedNetworks};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Networks of proxies (`SUO_TRUSTED_PROXIES`), and how they speak to us.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    networks: TrustedNetworks,
    /// Whether they open each connection with a header of the PROXY protocol, version 2
    /// (`SUO_PROXY_PROTOCOL`).
    pub speak_proxy_protocol: bool,
}

impl FromStr for Proxies {
    type Err = BadNetwork;

    /// Reads a list of networks, as [`TrustedNetworks`] does.
    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        Ok(Self {
            networks: text.parse()?,
            speak_proxy_protocol: false,
        })
    }
}

/// What is wrong with the settings about proxies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadProxies {
    /// The setting.
    pub setting: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl Proxies {
    /// Takes the values of `SUO_TRUSTED_PROXIES` and `SUO_PROXY_PROTOCOL`; what is empty is not set.
    ///
    /// # Errors
    /// If one of them makes no sense, or the second one nobody to speak it.
    pub fn new(trusted: &str, protocol: &str) -> Result<Self, BadProxies> {
        const TRUSTED: &str = "SUO_TRUSTED_PROXIES";
        let bad = |setting, problem| BadProxies { setting, problem };
        let parsed: Result<Self, BadNetwork> = trusted.parse();
        let mut proxies = parsed.map_err(|network| bad(TRUSTED, network.to_string()))?;
        proxies.speak_proxy_protocol = match protocol {
            "" | "off" => false,
            "v2" if proxies.is_empty() => {
                let problem = "it is not set, and SUO_PROXY_PROTOCOL needs it";
                return Err(bad(TRUSTED, problem.to_owned()));
            }
            "v2" => true,
            other => {
                let problem = format!("{other:?} is not v2 or off");
                return Err(bad("SUO_PROXY_PROTOCOL", problem));
            }
        };
        Ok(proxies)
    }

    /// Whether nobody is believed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Whether this is the address of one of them; IPv4 mapped into IPv6 counts as IPv4.
    #[must_use]
    pub fn are_at(&self, address: IpAddr) -> bool {
        self.networks.has(address)
    }

    /// Whether a connection from there begins with a header of the PROXY protocol.
    pub(crate) fn introduce_visitors_from(&self, peer: IpAddr) -> bool {
        self.speak_proxy_protocol && self.are_at(peer)
    }

    /// The visitor's address.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.are_at(peer) {
            return peer.to_canonical();
        }
        let values = |name: &HeaderName| headers.get_all(name).iter().map(HeaderValue::as_bytes);
        self.networks
            .client(peer, values(&X_FORWARDED_FOR), values(&FORWARDED))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use http::{HeaderMap, HeaderValue};

    use super::Proxies;

    #[test]
    fn the_protocol_needs_somebody_to_speak_it() {
        let read = |trusted, protocol| {
            let read = Proxies::new(trusted, protocol);
            read.map(|proxies| proxies.speak_proxy_protocol)
                .map_err(|bad| bad.setting)
        };
        assert_eq!(read("", ""), Ok(false));
        assert_eq!(read("10.0.0.0/8", "off"), Ok(false));
        assert_eq!(read("10.0.0.0/8", "v2"), Ok(true));
        assert_eq!(read("", "v2"), Err("SUO_TRUSTED_PROXIES"));
        assert_eq!(read("10/8", ""), Err("SUO_TRUSTED_PROXIES"));
        assert_eq!(read("10.0.0.0/8", "v1"), Err("SUO_PROXY_PROTOCOL"));
    }

    #[test]
    fn only_they_are_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        headers.append("x-forwarded-for", HeaderValue::from_static("10.0.0.2"));
        let proxies: Proxies = "10.0.0.0/8".parse().unwrap();
        let client = |peer: [u8; 4]| proxies.client(IpAddr::from(peer), &headers).to_string();
        assert_eq!(client([10, 0, 0, 1]), "198.51.100.1");
        assert_eq!(client([192, 0, 2, 1]), "192.0.2.1");
    }
}
