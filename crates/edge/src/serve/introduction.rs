//! The header with which a proxy says for whom it opens a connection: the PROXY protocol,
//! version 2 (<https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>).
//!
//! A trusted proxy that is set to speak it always does: a connection of its without the header is
//! closed, because what follows might be a visitor's own words. Nobody else is listened to.

use std::{io, net::IpAddr};

use proxy_header::{ParseConfig, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt};

/// Signature, version and command, family, length of the rest.
const FIXED: usize = 16;

/// The longest rest. Addresses take 36 bytes at most; what follows them (names, certificates)
/// is not looked at.
const MAX_REST: usize = 2048;

/// Reads the header; returns the address of the visitor, or `peer` if the proxy speaks for itself,
/// as it does to see whether we live.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    peer: IpAddr,
) -> io::Result<IpAddr> {
    let mut header = vec![0; FIXED];
    stream.read_exact(&mut header).await?;
    // What does not begin like a header is not waited for any longer.
    let [.., high, low] = *header else {
        return Err(invalid());
    };
    let rest = usize::from(u16::from_be_bytes([high, low]));
    if !header.starts_with(b"\r\n\r\n\0\r\nQUIT\n") || rest > MAX_REST {
        return Err(invalid());
    }
    header.resize(FIXED + rest, 0);
    stream.read_exact(&mut header[FIXED..]).await?;
    let config = ParseConfig {
        include_tlvs: false,
        allow_v1: false,
        allow_v2: true,
    };
    let (header, _) = ProxyHeader::parse(&header, config).map_err(|_| invalid())?;
    let visitor = header.proxied_address().map(|address| address.source.ip());
    Ok(visitor.unwrap_or(peer))
}

fn invalid() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{FIXED, MAX_REST, read};

    const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn header(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [SIGNATURE, &[command, family], &length, rest].concat()
    }

    async fn visitor(mut bytes: &[u8]) -> Option<(String, usize)> {
        let address = read(&mut bytes, PEER).await.ok()?;
        Some((address.to_string(), bytes.len()))
    }

    #[tokio::test]
    async fn the_visitor_is_whom_the_proxy_names() {
        let v4 = [198, 51, 100, 1, 10, 0, 0, 1, 0x12, 0x34, 0, 80];
        let with_more = [&v4[..], &[4, 0, 1, 0]].concat();
        let mut v6 = [0; 36];
        v6[..4].copy_from_slice(&[0x20, 1, 0xd, 0xb8]);
        v6[15] = 1;
        for (command, family, rest, expected) in [
            (0x21, 0x11, &v4[..], "198.51.100.1"),
            (0x21, 0x11, &with_more, "198.51.100.1"),
            (0x21, 0x21, &v6, "2001:db8::1"),
            // The proxy itself, and families without addresses.
            (0x20, 0x00, &[], "127.0.0.1"),
            (0x20, 0x11, &v4, "127.0.0.1"),
            (0x21, 0x00, &[], "127.0.0.1"),
        ] {
            let bytes = [header(command, family, rest), b"GET /".to_vec()].concat();
            assert_eq!(visitor(&bytes).await, Some((expected.to_owned(), 5)));
        }
    }

    #[tokio::test]
    async fn everything_else_is_refused() {
        let v4 = [198, 51, 100, 1, 10, 0, 0, 1, 0x12, 0x34, 0, 80];
        let whole = header(0x21, 0x11, &v4);
        for length in 0..whole.len() {
            assert_eq!(visitor(&whole[..length]).await, None, "{length}");
        }
        let too_long = [
            header(0x21, 0x11, &v4)[..FIXED - 2].to_vec(),
            vec![0xff; MAX_REST + 2],
        ];
        for bytes in [
            b"PROXY TCP4 198.51.100.1 10.0.0.1 4660 80\r\n".to_vec(),
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
            header(0x31, 0x11, &v4),
            header(0x22, 0x11, &v4),
            header(0x21, 0x11, &v4[..11]),
            too_long.concat(),
        ] {
            assert_eq!(visitor(&bytes).await, None, "{}", bytes.escape_ascii());
        }
    }
}
