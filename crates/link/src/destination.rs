//! URLs that we are willing to send people to.
//!
//! An accepted target keeps its bytes: only surrounding white space goes, a host with non-ASCII
//! letters becomes punycode, and spaces and non-ASCII elsewhere become UTF-8 percent escapes.

mod host;

use std::fmt;

pub use host::{Host, HostError};

/// The longest target, in bytes, as given and as sent.
pub const MAX_LENGTH: usize = 8192;

/// Whether targets on private networks and loopback are accepted (`SUO_ALLOW_PRIVATE_TARGETS`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateTargets {
    /// They are errors.
    Refused,
    /// They are accepted: a test set-up, or an intranet.
    Allowed,
}

/// A URL that was accepted as a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    text: String,
    host: Host,
    port: Option<u16>,
    is_https: bool,
}

impl Destination {
    /// Reads a target as people paste it. What has no scheme but looks like a host is https.
    ///
    /// # Errors
    /// The first thing that is wrong with it; see [`DestinationError`].
    pub fn parse(input: &str, private: PrivateTargets) -> Result<Self, DestinationError> {
        let input = input.trim();
        check_text(input)?;
        let (scheme, rest) = split_scheme(input)?;
        let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        check_backslash(authority, tail)?;
        if authority.contains('@') {
            return Err(DestinationError::Credentials);
        }
        let (name, port_text) = split_port(authority);
        let host = Host::parse(name).map_err(DestinationError::Host)?;
        let port = parse_port(port_text)?;
        if private == PrivateTargets::Refused && host.is_private() {
            return Err(DestinationError::Private);
        }
        let text = [scheme, host.as_written(), port_text, &escaped(tail)].concat();
        if text.len() > MAX_LENGTH {
            return Err(DestinationError::TooLong);
        }
        let is_https = scheme.len() == "https://".len();
        Ok(Self {
            text,
            host,
            port,
            is_https,
        })
    }

    /// The value of `Location`: visible ASCII only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, for screening and for telling people where a link leads.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Host and non-default port in one canonical form, to compare with domains of our own.
    #[must_use]
    pub fn authority(&self) -> String {
        let default = if self.is_https { 443 } else { 80 };
        match self.port {
            Some(port) if port != default => format!("{}:{port}", self.host.canonical()),
            _ => self.host.canonical().to_owned(),
        }
    }

    /// The host as people read it, when it imitates another one with look-alike letters.
    #[must_use]
    pub fn homograph(&self) -> Option<String> {
        self.host.homograph()
    }
}

/// Why a text is no target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DestinationError {
    /// Nothing but white space.
    Empty,
    /// Longer than [`MAX_LENGTH`].
    TooLong,
    /// A control character, a line break or a tab inside.
    ControlCharacter,
    /// Neither a scheme nor something that looks like a host.
    NotAUrl,
    /// A scheme other than http and https.
    Scheme(String),
    /// A backslash before the query, which browsers read as a slash.
    Backslash,
    /// User name or password before the host.
    Credentials,
    /// The host is missing or no host.
    Host(HostError),
    /// Not a port number.
    Port,
    /// A loopback, private or otherwise unroutable host.
    Private,
}

impl fmt::Display for DestinationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no URL was given"),
            Self::TooLong => write!(f, "a URL has at most {MAX_LENGTH} bytes once it is escaped"),
            Self::ControlCharacter => {
                f.write_str("a URL has no control characters, tabs or line breaks inside")
            }
            Self::NotAUrl => f.write_str("this is no URL: write https:// and a host name"),
            Self::Scheme(scheme) => {
                write!(f, "only http:// and https:// are accepted, not {scheme}:")
            }
            Self::Backslash => {
                f.write_str("a backslash before the query is read as a slash: write /")
            }
            Self::Credentials => f.write_str("a URL with a user name or password is not accepted"),
            Self::Host(error) => error.fmt(f),
            Self::Port => f.write_str("the port is a number from 1 to 65535"),
            Self::Private => {
                f.write_str("the host is local or private: visitors elsewhere could not reach it")
            }
        }
    }
}

impl std::error::Error for DestinationError {}

fn check_text(input: &str) -> Result<(), DestinationError> {
    if input.is_empty() {
        return Err(DestinationError::Empty);
    }
    if input.len() > MAX_LENGTH {
        return Err(DestinationError::TooLong);
    }
    if input.chars().any(char::is_control) {
        return Err(DestinationError::ControlCharacter);
    }
    Ok(())
}

/// The scheme with its `://`, as written, and what follows.
fn split_scheme(input: &str) -> Result<(&str, &str), DestinationError> {
    for scheme in ["https://", "http://"] {
        if let Some((given, rest)) = input.split_at_checked(scheme.len())
            && given.eq_ignore_ascii_case(scheme)
        {
            return Ok((given, rest));
        }
    }
    if looks_like_a_host(input) {
        return Ok(("https://", input));
    }
    match scheme_of(input) {
        Some(scheme) if !is_web(scheme) => Err(DestinationError::Scheme(scheme.to_owned())),
        _ => Err(DestinationError::NotAUrl),
    }
}

/// `example.com`, `example.com:8443/path`, `例子.测试?q`: a dot, and nothing but a port after a colon.
fn looks_like_a_host(input: &str) -> bool {
    let authority = input.split(['/', '\\', '?', '#']).next().unwrap_or(input);
    let (name, port) = authority.split_once(':').unwrap_or((authority, ""));
    name.contains(['.', '。']) && port.bytes().all(|byte| byte.is_ascii_digit())
        || authority.contains('@') && !authority.contains(':')
}

/// What stands before a colon, if it has the shape of a scheme.
fn scheme_of(input: &str) -> Option<&str> {
    let (scheme, _) = input.split_once(':')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(fits))
        .then_some(scheme)
}

fn is_web(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn check_backslash(authority: &str, tail: &str) -> Result<(), DestinationError> {
    let path = tail.split(['?', '#']).next().unwrap_or(tail);
    if authority.contains('\\') || path.contains('\\') {
        return Err(DestinationError::Backslash);
    }
    Ok(())
}

/// Host and port; the port with its colon, so that both put together are the input.
fn split_port(authority: &str) -> (&str, &str) {
    let from = authority.rfind(']').unwrap_or(0);
    match authority[from..].find(':') {
        Some(colon) => authority.split_at(from + colon),
        None => (authority, ""),
    }
}

fn parse_port(text: &str) -> Result<Option<u16>, DestinationError> {
    let digits = text.strip_prefix(':').unwrap_or(text);
    if digits.is_empty() {
        return Ok(None);
    }
    let number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok());
    match number.flatten() {
        None | Some(0) => Err(DestinationError::Port),
        port => Ok(port),
    }
}

/// Spaces and non-ASCII as UTF-8 percent escapes, all else as it was.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte == b' ' || !byte.is_ascii() {
            out.push('%');
            out.push(hex_digit(byte >> 4));
            out.push(hex_digit(byte & 15));
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

fn hex_digit(nibble: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(nibble)])
}
