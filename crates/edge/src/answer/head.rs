//! A request without its body.

use std::net::IpAddr;

use http::{
    HeaderMap, HeaderName, Method, Request, Uri, Version, header::ACCEPT_LANGUAGE, request::Parts,
};

use crate::page::Tongue;

/// What came before the body, and from whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'r> {
    pub(super) uri: &'r Uri,
    pub(super) version: Version,
    pub(super) headers: &'r HeaderMap,
    /// Whether only the head of the answer is wanted.
    pub(super) is_head: bool,
    /// Who has sent it: the visitor, or the last proxy.
    pub(super) peer: IpAddr,
}

impl<'r> Head<'r> {
    pub(super) fn of<B>(request: &'r Request<B>, peer: IpAddr) -> Self {
        Self {
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            is_head: *request.method() == Method::HEAD,
            peer,
        }
    }

    pub(super) fn of_parts(parts: &'r Parts, peer: IpAddr) -> Self {
        Self {
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            is_head: parts.method == Method::HEAD,
            peer,
        }
    }

    /// The first value of a header; empty if it is not there.
    pub(super) fn bytes(&self, name: &HeaderName) -> &'r [u8] {
        self.headers.get(name).map_or(&[], |value| value.as_bytes())
    }

    /// The language of a page for this visitor.
    pub(super) fn tongue(&self) -> Tongue {
        Tongue::of(self.bytes(&ACCEPT_LANGUAGE))
    }
}
