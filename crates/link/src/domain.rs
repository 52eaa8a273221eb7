//! Domains that short links live on.

pub mod files;

use std::fmt;

use files::RootFile;

use crate::{
    destination::{Host, HostError},
    id::DomainId,
};

/// Host plus non-default port, in the one form in which it is compared with a Host header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// Reads `host` or `host:port`. A port that is the scheme's default is dropped.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str, scheme: Scheme) -> Result<Self, DomainError> {
        let from = text.rfind(']').unwrap_or(0);
        let (host, port) = match text[from..].find(':') {
            Some(colon) => (&text[..from + colon], Some(&text[from + colon + 1..])),
            None => (text, None),
        };
        let host = Host::parse(host).map_err(DomainError::Host)?;
        let port = match port {
            None => None,
            Some(digits) => Some(port_number(digits)?),
        };
        Ok(Self(match port {
            Some(port) if port != scheme.default_port() => format!("{}:{port}", host.canonical()),
            _ => host.canonical().to_owned(),
        }))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without the port, in its canonical form.
    #[must_use]
    pub fn host(&self) -> &str {
        match self.0.rsplit_once(':') {
            // A colon before a bracket is one of an IPv6 address.
            Some((host, port)) if !port.contains(']') => host,
            _ => &self.0,
        }
    }
}

/// A port as digits only: `parse` alone would take a sign.
fn port_number(digits: &str) -> Result<u16, DomainError> {
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.parse().ok().filter(|number| *number != 0);
    number.filter(|_| is_number).ok_or(DomainError::Port)
}

/// The scheme of a domain's short links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP: the quick start, or a network of one's own.
    Http,
    /// HTTPS.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The scheme with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Http, Self::Https]
            .into_iter()
            .find(|scheme| scheme.as_str() == name)
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Where short links begin, as `SUO_SHORT_URL` says it: scheme and domain, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortUrl {
    /// The scheme.
    pub scheme: Scheme,
    /// Host and non-default port.
    pub domain: DomainName,
}

impl ShortUrl {
    /// Reads `https://s.example.com`, with or without a final slash.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let (scheme, rest) = text.split_once("://").ok_or(DomainError::Scheme)?;
        let scheme = Scheme::from_name(&scheme.to_ascii_lowercase()).ok_or(DomainError::Scheme)?;
        let name = rest.strip_suffix('/').unwrap_or(rest);
        if name.contains(['/', '?', '#', '@', '\\']) {
            return Err(DomainError::MoreThanHost);
        }
        Ok(Self {
            scheme,
            domain: DomainName::parse(name, scheme)?,
        })
    }
}

impl fmt::Display for ShortUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.domain.0)
    }
}

/// A domain as an edge needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The domain's number in keys.
    pub id: DomainId,
    /// What the Host header is compared with.
    pub name: DomainName,
    /// The scheme of its short links.
    pub scheme: Scheme,
    /// Whether it answers for unknown hosts, where the edge allows that.
    pub is_default: bool,
    /// Whether `/Ab` and `/ab` are two codes.
    pub case_sensitive: bool,
    /// Where `/` leads.
    pub root_target: Option<Box<str>>,
    /// Where unknown codes lead.
    pub not_found_target: Option<Box<str>>,
    /// Files at its root; at most [`files::MAX_FILES`], each path once.
    pub files: Vec<RootFile>,
}

/// Why a text is no domain or no short URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainError {
    /// Neither `http://` nor `https://` before the host.
    Scheme,
    /// A path, a query or a user name.
    MoreThanHost,
    /// Not a port number.
    Port,
    /// No host.
    Host(HostError),
}

impl fmt::Display for DomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme => f.write_str("it begins with http:// or https://"),
            Self::MoreThanHost => f.write_str("it is scheme, host and port only, without a path"),
            Self::Port => f.write_str("the port is a number from 1 to 65535"),
            Self::Host(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DomainError {}

#[cfg(test)]
mod tests {
    use super::{DomainName, Scheme, ShortUrl};

    #[test]
    fn domains_are_host_plus_non_default_port() {
        for (text, scheme, expected) in [
            ("S.Example.com", Scheme::Https, "s.example.com"),
            ("s.example.com:443", Scheme::Https, "s.example.com"),
            ("s.example.com:443", Scheme::Http, "s.example.com:443"),
            ("127.0.0.1:8000", Scheme::Http, "127.0.0.1:8000"),
            ("[::1]:8000", Scheme::Http, "[::1]:8000"),
            ("短.例子", Scheme::Https, "xn--s7y.xn--fsqu00a"),
        ] {
            assert_eq!(DomainName::parse(text, scheme).unwrap().as_str(), expected);
        }
        for (name, host) in [
            ("s.example.com", "s.example.com"),
            ("127.0.0.1:8000", "127.0.0.1"),
            ("[2001:db8::1]", "[2001:db8::1]"),
            ("[2001:db8::1]:8000", "[2001:db8::1]"),
        ] {
            let name = DomainName::parse(name, Scheme::Http).unwrap();
            assert_eq!(name.host(), host);
        }
        for text in ["", "a b", "a:b", "a:99999", "a:0", "a:+80", "a/b"] {
            assert!(DomainName::parse(text, Scheme::Https).is_err(), "{text}");
        }
    }

    #[test]
    fn short_urls_have_no_path() {
        let url = ShortUrl::parse("https://s.example.com/").unwrap();
        assert_eq!(url.to_string(), "https://s.example.com");
        for text in [
            "s.example.com",
            "ftp://a.example",
            "https://a.example/x",
            "https://u@a.b",
        ] {
            assert!(ShortUrl::parse(text).is_err(), "{text}");
        }
    }
}
