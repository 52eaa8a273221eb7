//! Hosts of targets, read as browsers read them.

use std::{fmt, net::IpAddr, ops::RangeInclusive};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_security::{
    RestrictionLevel, RestrictionLevelDetection, confusable_detection::skeleton,
};

/// Names that never lead out of a network: RFC 6761, RFC 6762, RFC 8375, and ICANN's
/// resolution 2024.07.29.06 for `internal`.
const PRIVATE_SUFFIXES: [&str; 4] = ["localhost", "local", "home.arpa", "internal"];

/// IPv4 networks that are not reachable from elsewhere, as first and last address
/// (IANA's special-purpose registry; multicast and reserved space too).
const PRIVATE_V4: [RangeInclusive<u32>; 11] = [
    0x0000_0000..=0x00ff_ffff, // 0.0.0.0/8
    0x0a00_0000..=0x0aff_ffff, // 10.0.0.0/8
    0x6440_0000..=0x647f_ffff, // 100.64.0.0/10
    0x7f00_0000..=0x7fff_ffff, // 127.0.0.0/8
    0xa9fe_0000..=0xa9fe_ffff, // 169.254.0.0/16
    0xac10_0000..=0xac1f_ffff, // 172.16.0.0/12
    0xc000_0000..=0xc000_00ff, // 192.0.0.0/24
    0xc0a8_0000..=0xc0a8_ffff, // 192.168.0.0/16
    0xc612_0000..=0xc613_ffff, // 198.18.0.0/15
    0xe000_0000..=0xefff_ffff, // 224.0.0.0/4
    0xf000_0000..=0xffff_ffff, // 240.0.0.0/4
];

/// A host that a browser would accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    written: String,
    canonical: String,
    address: Option<IpAddr>,
}

impl Host {
    /// Reads a host: a name in any script, an IPv4 address in any notation, `[IPv6]`.
    ///
    /// # Errors
    /// See [`HostError`].
    pub fn parse(text: &str) -> Result<Self, HostError> {
        if text.is_empty() {
            return Err(HostError::Missing);
        }
        let ascii = if text.starts_with('[') {
            text.to_owned()
        } else {
            name_to_ascii(text)?
        };
        let parsed = url::Host::parse(&ascii).map_err(|_| HostError::NotAHost)?;
        let address = match parsed {
            url::Host::Domain(_) => None,
            url::Host::Ipv4(address) => Some(IpAddr::V4(address)),
            url::Host::Ipv6(address) => Some(IpAddr::V6(address)),
        };
        Ok(Self {
            written: if text.is_ascii() {
                text.to_owned()
            } else {
                ascii
            },
            canonical: parsed
                .to_string()
                .trim_end_matches('.')
                .to_ascii_lowercase(),
            address,
        })
    }

    /// The host as it stands in the target: its own bytes, or punycode if they were not ASCII.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.written
    }

    /// Lower case, addresses in their one usual notation, no final dot.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Whether the host can't be reached from elsewhere: loopback, private or reserved
    /// addresses, names without a dot, names of local networks.
    #[must_use]
    pub fn is_private(&self) -> bool {
        match self.address {
            Some(address) => is_private_address(address),
            None => is_private_name(&self.canonical),
        }
    }

    /// The host in Unicode, if a label of it mixes scripts as no language does, or looks
    /// letter for letter like a Latin one (UTS 39).
    #[must_use]
    pub fn homograph(&self) -> Option<String> {
        if self.address.is_some() {
            return None;
        }
        let (unicode, _) = Uts46::new().to_user_interface(
            self.canonical.as_bytes(),
            AsciiDenyList::URL,
            Hyphens::Allow,
            |_, _, _| true,
        );
        unicode
            .split('.')
            .any(imitates)
            .then(|| unicode.into_owned())
    }
}

/// Why a text is no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostError {
    /// Nothing between the scheme and the path.
    Missing,
    /// No name and no address.
    NotAHost,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the URL names no host",
            Self::NotAHost => "the host is neither a valid name nor a valid address",
        })
    }
}

impl std::error::Error for HostError {}

/// Underscores pass, as in browsers; labels are checked for length, hyphens at their ends
/// and broken punycode.
fn name_to_ascii(text: &str) -> Result<String, HostError> {
    Uts46::new()
        .to_ascii(
            text.as_bytes(),
            AsciiDenyList::URL,
            Hyphens::CheckFirstLast,
            DnsLength::VerifyAllowRootDot,
        )
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| HostError::NotAHost)
}

fn is_private_name(name: &str) -> bool {
    let is_below = |suffix: &str| {
        name.strip_suffix(suffix)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !name.contains('.') || PRIVATE_SUFFIXES.iter().any(|suffix| is_below(suffix))
}

fn is_private_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => PRIVATE_V4.iter().any(|range| range.contains(&v4.to_bits())),
        IpAddr::V6(v6) => match v6.segments() {
            // IPv4 inside: compatible, mapped, NAT64 (RFC 6052), 6to4 (RFC 3056)
            [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => is_private_v4_bits(high, low),
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_private_v4_bits(high, low),
            [0x2002, high, low, ..] => is_private_v4_bits(high, low),
            // fc00::/7 unique local, fe80::/10 link-local, fec0::/10 site-local, ff00::/8 multicast
            [first, ..] => first & 0xfe00 == 0xfc00 || first & 0xff80 == 0xfe80 || first >= 0xfec0,
        },
    }
}

fn is_private_v4_bits(high: u16, low: u16) -> bool {
    is_private_address(IpAddr::V4((u32::from(high) << 16 | u32::from(low)).into()))
}

fn imitates(label: &str) -> bool {
    let mixes = || label.detect_restriction_level() > RestrictionLevel::HighlyRestrictive;
    !label.is_ascii() && (mixes() || skeleton(label).all(|c| c.is_ascii()))
}
