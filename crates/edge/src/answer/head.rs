//! A request without its body.

use std::net::IpAddr;

use http::{HeaderMap, Method, Request, Uri, Version, request::Parts};
use suo_link::platform::Sought;

use super::Signs;
use crate::page::Tongue;

/// What came before the body, and from whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'r> {
    pub(super) uri: &'r Uri,
    pub(super) version: Version,
    pub(super) headers: &'r HeaderMap,
    /// What of the headers tells who asks.
    pub(super) signs: &'r Signs<'r>,
    /// The agent among those that are remembered.
    pub(super) agent: Sought<'r>,
    /// Whether only the head of the answer is wanted.
    pub(super) is_head: bool,
    /// Who has sent it: the visitor, or the last proxy.
    pub(super) peer: IpAddr,
}

impl<'r> Head<'r> {
    pub(super) fn of<B>(
        request: &'r Request<B>,
        signs: &'r Signs<'r>,
        agent: Sought<'r>,
        peer: IpAddr,
    ) -> Self {
        Self {
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            signs,
            agent,
            is_head: *request.method() == Method::HEAD,
            peer,
        }
    }

    pub(super) fn of_parts(
        parts: &'r Parts,
        signs: &'r Signs<'r>,
        agent: Sought<'r>,
        peer: IpAddr,
    ) -> Self {
        Self {
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            signs,
            agent,
            is_head: parts.method == Method::HEAD,
            peer,
        }
    }

    /// The language of a page for this visitor.
    pub(super) fn tongue(&self) -> Tongue {
        Tongue::of(self.signs.languages())
    }
}
