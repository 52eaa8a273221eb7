//! Whose address it is, when proxies stand between the visitor and us.
//!
//! Each proxy appends the address of whoever asked it, so the list is read from the right, where
//! our own proxies have written, and ends at the first address that is none of theirs. What stands
//! to the left of that anybody may have made up.
//!
//! There are two headers for it, and a proxy that writes one passes the other on as the client
//! sent it. So neither beats the other: if both came they must agree, or else nobody knows more
//! than the address of the proxy. A client that sends the other header can hide its address that
//! way, and gains another one by no means. All this holds as long as each trusted proxy writes at
//! least one of the two.

mod networks;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use networks::{BadNetwork, TrustedNetworks};

/// The visitor's address: `peer`, who is connected to us, or the one for whom trusted proxies say
/// that they ask. IPv4 addresses mapped into IPv6 are given, and handed to `is_trusted`, as IPv4.
///
/// `x_forwarded_for` and `forwarded` are the values of all header lines of that name, in their
/// order (RFC 7239 for `Forwarded`). Any bytes will do.
pub fn client_address<'h>(
    peer: IpAddr,
    x_forwarded_for: impl DoubleEndedIterator<Item = &'h [u8]>,
    forwarded: impl DoubleEndedIterator<Item = &'h [u8]>,
    is_trusted: impl Fn(IpAddr) -> bool,
) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(peer) {
        return peer;
    }
    let listed = x_forwarded_for.rev().flat_map(Elements).map(listed);
    let described = forwarded.rev().flat_map(Elements).map(described);
    match (walk(listed, &is_trusted), walk(described, &is_trusted)) {
        (Walk::NoHeader, Walk::NoHeader) => peer,
        (Walk::Reached(address), Walk::NoHeader) | (Walk::NoHeader, Walk::Reached(address)) => {
            address.unwrap_or(peer)
        }
        (Walk::Reached(one), Walk::Reached(other)) if one == other => one.unwrap_or(peer),
        (Walk::Reached(_), Walk::Reached(_)) => peer,
    }
}

/// How far one header leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Walk {
    NoHeader,
    /// The last address that could be believed; `None` if there is none before the first one
    /// that nobody can read.
    Reached(Option<IpAddr>),
}

/// From the right to the first address that is not trusted, or to one that cannot be read.
fn walk(
    addresses: impl Iterator<Item = Option<IpAddr>>,
    is_trusted: &impl Fn(IpAddr) -> bool,
) -> Walk {
    let mut walk = Walk::NoHeader;
    for address in addresses {
        let Some(address) = address.map(|address| address.to_canonical()) else {
            return match walk {
                Walk::NoHeader => Walk::Reached(None),
                reached => reached,
            };
        };
        walk = Walk::Reached(Some(address));
        if !is_trusted(address) {
            break;
        }
    }
    walk
}

/// The elements of a header value between its commas, from the right. A comma in a quoted text
/// separates nothing; looked at from the right, an open quote further left hides nothing.
struct Elements<'h>(&'h [u8]);

impl<'h> Iterator for Elements<'h> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        while !self.0.is_empty() {
            let comma = last_outside_quotes(self.0, b',');
            let (rest, element) = match comma {
                None => (&[][..], self.0),
                Some(comma) => (&self.0[..comma], &self.0[comma + 1..]),
            };
            self.0 = rest;
            // Lists may have empty elements (RFC 9110, section 5.6.1).
            let element = element.trim_ascii();
            if !element.is_empty() {
                return Some(element);
            }
        }
        None
    }
}

fn last_outside_quotes(text: &[u8], wanted: u8) -> Option<usize> {
    let mut is_quoted = false;
    for (place, byte) in text.iter().enumerate().rev() {
        if *byte == b'"' && !is_escaped(&text[..place]) {
            is_quoted = !is_quoted;
        } else if *byte == wanted && !is_quoted {
            return Some(place);
        }
    }
    None
}

/// Whether what follows `before` is escaped by a backslash.
fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

/// An element of `X-Forwarded-For`: an address, of some proxies with a port.
fn listed(element: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(element).ok()?;
    text.parse().ok().or_else(|| node(text))
}

/// An element of `Forwarded`: the address of its one parameter `for`.
fn described(element: &[u8]) -> Option<IpAddr> {
    let mut rest = element;
    let mut found = None;
    while !rest.is_empty() {
        let semicolon = last_outside_quotes(rest, b';');
        let parameter = rest.get(semicolon.map_or(0, |at| at + 1)..)?.trim_ascii();
        rest = rest.get(..semicolon.unwrap_or(0))?;
        let (name, value) = parameter.split_at_checked(4).unwrap_or((parameter, b""));
        if !name.eq_ignore_ascii_case(b"for=") {
            continue;
        }
        if found.is_some() {
            return None;
        }
        found = Some(value);
    }
    let value = std::str::from_utf8(found?).ok()?;
    match value.strip_prefix('"') {
        Some(quoted) => node(quoted.strip_suffix('"')?),
        // Brackets and colons need quotes, but not all proxies know.
        None => node(value),
    }
}

/// An address in brackets or an IPv4 address, with or without a port. `unknown` and names that
/// begin with `_` are none.
fn node(text: &str) -> Option<IpAddr> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let address = address.parse::<Ipv6Addr>().ok()?;
        return is_port(port).then_some(IpAddr::V6(address));
    }
    let (address, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    let address = address.parse::<Ipv4Addr>().ok()?;
    is_port(port).then_some(IpAddr::V4(address))
}

/// Nothing, or a colon and a port, which may be a made-up name beginning with `_`.
fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        None => text.is_empty(),
        Some(port) => {
            let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            is_number || port.starts_with('_')
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::client_address;

    fn client(peer: &str, listed: &[&str], described: &[&str]) -> String {
        let is_trusted = |address: IpAddr| address.to_string().starts_with("10.");
        let listed = listed.iter().map(|value| value.as_bytes());
        let described = described.iter().map(|value| value.as_bytes());
        client_address(peer.parse().unwrap(), listed, described, is_trusted).to_string()
    }

    #[test]
    fn the_list_is_read_from_the_right_up_to_the_first_stranger() {
        for (peer, listed, expected) in [
            ("192.0.2.1", &["198.51.100.1"][..], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["6.6.6.6, 198.51.100.1 ,10.0.0.2"],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &["6.6.6.6", "198.51.100.1", "10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", &["6.6.6.6, junk, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["6.6.6.6, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.1", &["198.51.100.1, , "], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["6.6.6.6\"", "198.51.100.1"], "198.51.100.1"),
        ] {
            assert_eq!(client(peer, listed, &[]), expected, "{peer} {listed:?}");
        }
    }

    #[test]
    fn forwarded_is_read_with_its_quotes_and_parameters() {
        for (described, expected) in [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "For=\"198.51.100.1:80\";proto=https;by=10.0.0.1",
                "198.51.100.1",
            ),
            (
                "by=10.0.0.1; for=\"[2001:db8:cafe::17]:4711\"",
                "2001:db8:cafe::17",
            ),
            (
                "for=6.6.6.6, for=198.51.100.1, for=10.0.0.2",
                "198.51.100.1",
            ),
            (
                "for=198.51.100.1;host=\"a, for=6.6.6.6; for=7.7.7.7\"",
                "198.51.100.1",
            ),
            ("for=\"6.6.6.6, for=198.51.100.1", "198.51.100.1"),
            ("for=6.6.6.6;x=\"\\\", for=198.51.100.1", "198.51.100.1"),
            ("for=6.6.6.6, for=_hidden", "10.0.0.1"),
            ("for=6.6.6.6, for=unknown;proto=http", "10.0.0.1"),
            ("for=6.6.6.6, proto=http", "10.0.0.1"),
            ("for=198.51.100.1;for=6.6.6.6", "10.0.0.1"),
            ("for=2001:db8::1", "10.0.0.1"),
            ("for=\"198.51.100.1", "10.0.0.1"),
        ] {
            assert_eq!(
                client("10.0.0.1", &[], &[described]),
                expected,
                "{described}"
            );
        }
    }

    /// A proxy that writes one header passes the other one on as the client sent it.
    #[test]
    fn two_headers_that_disagree_say_nothing() {
        let both = |listed, described| client("10.0.0.1", &[listed], &[described]);
        assert_eq!(both("198.51.100.1", "for=198.51.100.1"), "198.51.100.1");
        assert_eq!(both("198.51.100.1", "for=6.6.6.6"), "10.0.0.1");
        assert_eq!(both("6.6.6.6", "for=198.51.100.1"), "10.0.0.1");
        assert_eq!(both("198.51.100.1", "for=junk"), "10.0.0.1");
    }
}
