//! Who is visiting: their language, their app, their address, and where the request came from.

use std::{
    future::{Ready, ready},
    net::{IpAddr, Ipv4Addr},
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{
        ACCEPT_LANGUAGE, COOKIE as COOKIE_HEADER, FORWARDED, HOST, HeaderMap, HeaderName, ORIGIN,
        USER_AGENT,
    },
    web::Data,
};
use suo_link::{
    platform::{self, App},
    visitor::proxies::TrustedNetworks,
};

use super::words::Tongue;
use crate::state::State;

/// The cookie that form tokens belong to.
pub(super) const COOKIE: &str = "suo_front";

/// One visit.
pub(crate) struct Visit {
    pub(super) tongue: Tongue,
    pub(super) address: IpAddr,
    pub(super) app: App,
    /// `Sec-Fetch-Site`, `Origin` and `Host`, as far as they were sent.
    pub(super) fetch_site: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) host: String,
    /// What the proxy in front of us says it was asked by.
    scheme: Option<String>,
    /// The value of [`COOKIE`].
    pub(super) cookie: Option<String>,
    /// Whether a script asks.
    pub(super) wants_json: bool,
}

impl Visit {
    /// Where we are, as the visitor's browser sees it: scheme and authority.
    pub(super) fn here(&self) -> String {
        if let Some(origin) = self
            .origin
            .as_deref()
            .filter(|origin| is_own(origin, &self.host))
        {
            return origin.to_owned();
        }
        let scheme = match self.scheme.as_deref() {
            Some("https") => "https",
            _ => "http",
        };
        [scheme, "://", &self.host].concat()
    }

    /// Whether the page is shown by an app, whose browser lacks the clipboard and downloads.
    pub(super) fn is_in_app(&self) -> bool {
        !matches!(self.app, App::None | App::Uc | App::Quark | App::QqBrowser)
    }
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let agent = headers.get(USER_AGENT);
        ready(Ok(Self {
            tongue: tongue(request),
            address: address(request),
            app: platform::classify(agent.map_or(b"", |agent| agent.as_bytes())).app,
            fetch_site: text("sec-fetch-site"),
            origin: text(ORIGIN.as_str()),
            host: text(HOST.as_str()).unwrap_or_default(),
            scheme: text("x-forwarded-proto"),
            cookie: cookie(headers),
            wants_json: text("accept").is_some_and(|accept| accept == "application/json"),
        }))
    }
}

/// Whether an origin is that of this host. The scheme is not compared: a proxy in front of us has
/// one of its own.
pub(super) fn is_own(origin: &str, host: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

/// What the address asks for (`?lang=en`), else what the browser prefers.
fn tongue(request: &HttpRequest) -> Tongue {
    let pairs = request.query_string().split('&');
    let asked = pairs
        .filter_map(|pair| pair.strip_prefix("lang="))
        .next_back();
    asked.and_then(Tongue::from_tag).unwrap_or_else(|| {
        let header = request.headers().get(ACCEPT_LANGUAGE);
        Tongue::of(header.map_or(b"", |header| header.as_bytes()))
    })
}

/// The cookie's value, if it is one that we may have given.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers
        .get_all(COOKIE_HEADER)
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).map(str::trim);
    let value = pairs.find_map(|pair| pair.strip_prefix(COOKIE)?.strip_prefix('='))?;
    let is_ours = value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_ours.then(|| value.to_owned())
}

fn address(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr();
    // Nobody is connected to a test without a network.
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
    match request.app_data::<Data<State>>() {
        Some(state) => client(&state.front.proxies, peer, request.headers()),
        None => peer,
    }
}

/// Whose address it is, behind proxies that are believed.
fn client(proxies: &TrustedNetworks, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let lines = |name: HeaderName| {
        let lines = headers.get_all(name).map(|value| value.as_bytes());
        // From the last one, too, which actix does not do.
        lines.collect::<Vec<_>>().into_iter()
    };
    let x_forwarded_for = HeaderName::from_static("x-forwarded-for");
    proxies.client(peer, lines(x_forwarded_for), lines(FORWARDED))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{client, is_own};

    #[test]
    fn only_our_own_origin_is_ours() {
        assert!(is_own("https://s.example", "s.example"));
        assert!(is_own("http://127.0.0.1:8080", "127.0.0.1:8080"));
        for origin in ["null", "https://s.example.evil", "https://s.example:81", ""] {
            assert!(!is_own(origin, "s.example"), "{origin}");
        }
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static("x-forwarded-for");
        headers.append(name.clone(), HeaderValue::from_static("198.51.100.1"));
        headers.append(name, HeaderValue::from_static("10.0.0.2"));
        let proxies = "10.0.0.0/8, 192.0.2.1,".parse().unwrap();
        let client = |peer: &str| client(&proxies, peer.parse().unwrap(), &headers).to_string();
        assert_eq!(client("10.0.0.1"), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1"), "198.51.100.1");
        assert_eq!(client("192.0.2.2"), "192.0.2.2");
    }
}
