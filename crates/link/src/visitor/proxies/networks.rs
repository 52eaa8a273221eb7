//! Networks whose proxies are believed.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnetwork::IpNetwork;

use super::client_address;

/// Networks of proxies (`SUO_TRUSTED_PROXIES`): what they say about whom they ask for is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedNetworks(Box<[IpNetwork]>);

/// A text that is no list of networks: the part that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadNetwork(String);

impl fmt::Display for BadNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.0;
        write!(
            f,
            "{text:?} is no address and no network such as 10.0.0.0/8"
        )
    }
}

impl std::error::Error for BadNetwork {}

impl FromStr for TrustedNetworks {
    type Err = BadNetwork;

    /// Reads addresses and networks separated by commas; empty ones are passed over.
    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let items = text.split(',').map(str::trim);
        let networks = items.filter(|item| !item.is_empty()).map(|item| {
            let network = item.parse::<IpNetwork>();
            network.map_err(|_| BadNetwork(item.to_owned()))
        });
        networks.collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedNetworks {
    /// Whether nobody is believed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this address is in one of them; IPv4 mapped into IPv6 counts as IPv4.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }

    /// The visitor's address, as [`client_address`] finds it by these networks.
    pub fn client<'h>(
        &self,
        peer: IpAddr,
        x_forwarded_for: impl DoubleEndedIterator<Item = &'h [u8]>,
        forwarded: impl DoubleEndedIterator<Item = &'h [u8]>,
    ) -> IpAddr {
        client_address(peer, x_forwarded_for, forwarded, |address| {
            self.has(address)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::TrustedNetworks;

    #[test]
    fn networks_are_read_from_a_list() {
        let networks: TrustedNetworks = "10.0.0.0/8, 192.0.2.1,,2001:db8::/32 ".parse().unwrap();
        for (address, is_in) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("2001:db8:1::1", true),
            ("2001:db9::1", false),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(networks.has(address), is_in, "{address}");
        }
        assert!("".parse::<TrustedNetworks>().unwrap().is_empty());
        for text in ["10.0.0.0/33", "proxy", "10.0.0.0/8;10.0.0.1"] {
            assert!(text.parse::<TrustedNetworks>().is_err(), "{text}");
        }
    }
}
