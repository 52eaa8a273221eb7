//! What an answer is recorded as.

use suo_link::{
    domain::Domain,
    id::{DomainId, LinkId},
    platform::{BotKind, Sought},
    time::Timestamp,
    visitor::language,
    wire::clicks::{Class, Click, LanguageCode, NO_REFERRER, Via},
};

use super::{Edge, Head, Part, Reply, Signs, Visit, folded};
use crate::prefetch::prefetch;

/// What was asked for, as far as it is recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted {
    link: LinkId,
    domain: DomainId,
    entry: u32,
    via: Via,
    at: Timestamp,
}

impl Noted {
    /// A code, and the link that it leads to.
    pub(super) fn of_code(visit: Visit<'_>, link: Option<LinkId>) -> Self {
        let entry = folded(visit.domain, visit.code, Click::entry_of);
        Self {
            entry: entry.unwrap_or_default(),
            via: match visit.part {
                Part::Scan => Via::Scan,
                Part::Itself | Part::Preview | Part::Picture => Via::Click,
            },
            ..Self::of_domain(visit.domain, visit.now).with_link(link)
        }
    }

    /// A domain itself.
    pub(super) fn of_domain(domain: &Domain, at: Timestamp) -> Self {
        Self {
            link: LinkId(0),
            domain: domain.id,
            entry: 0,
            via: Via::Click,
            at,
        }
    }

    fn with_link(self, link: Option<LinkId>) -> Self {
        Self {
            link: link.unwrap_or(LinkId(0)),
            ..self
        }
    }
}

impl Edge {
    /// Looks for the agent, and has fetched what recording will touch.
    pub(super) fn expect<'r>(&self, signs: &Signs<'r>) -> Sought<'r> {
        let agents = self.agents.borrow();
        let sought = agents.seek(signs.agent());
        if let Some(recorder) = &self.recorder {
            recorder.borrow().expect();
            if let Some(place) = agents.place(sought) {
                prefetch(place);
            }
        }
        sought
    }

    /// Records an answer before its first byte is sent: one that was received was counted.
    pub(super) fn record(&self, head: Head<'_>, reply: &Reply) {
        let Some(recorder) = &self.recorder else {
            return;
        };
        let (Some(noted), Some(outcome)) = (reply.noted, reply.outcome.recorded()) else {
            return;
        };
        let signs = head.signs;
        let (platform, agent) = self.recognised(head);
        let address = self.with.config.proxies.client(head.peer, head.headers);
        let language = language::preferred(signs.languages());
        let mut recorder = recorder.borrow_mut();
        let click = Click {
            link: noted.link,
            domain: noted.domain,
            at: noted.at,
            outcome,
            class: class(signs, platform.bot_kind),
            via: noted.via,
            entry: noted.entry,
            app: platform.app,
            os: platform.os,
            device: platform.device,
            referrer: NO_REFERRER,
            country: self.with.countries.of(address),
            language: language.and_then(|language| LanguageCode::parse(language.primary())),
            variant: reply.variant,
            lease: reply.lease,
            visitor: if signs.wants_privacy() {
                0
            } else {
                recorder.key(noted.at).hash(address, agent)
            },
        };
        recorder.record(&click, referrer(signs));
    }
}

pub(super) fn class(signs: &Signs<'_>, bot: Option<BotKind>) -> Class {
    if signs.is_prefetch() {
        return Class::Prefetch;
    }
    match bot {
        None => Class::Human,
        Some(BotKind::Preview) => Class::Preview,
        Some(BotKind::Crawler | BotKind::Monitor | BotKind::HttpLibrary) => Class::Crawler,
    }
}

/// The host that the visitor comes from; empty: none is named, or it is this very domain.
fn referrer<'r>(signs: &Signs<'r>) -> &'r [u8] {
    let host = host_of(signs.referrer());
    let here = signs.host();
    let is_here = here
        .split_at_checked(host.len())
        .is_some_and(|(name, port)| {
            name.eq_ignore_ascii_case(host) && matches!(port, [] | [b':', ..])
        });
    if is_here { &[] } else { host }
}

/// The host of a URL, without user and port; empty if it is none.
fn host_of(url: &[u8]) -> &[u8] {
    let start = url.windows(3).position(|three| three == b"://");
    let Some(rest) = start.and_then(|start| url.get(start + 3..)) else {
        return &[];
    };
    let end = rest.iter().position(|byte| b"/?#".contains(byte));
    let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let host = authority
        .rsplit(|byte| *byte == b'@')
        .next()
        .unwrap_or_default();
    let host = if host.starts_with(b"[") {
        host.split_inclusive(|byte| *byte == b']').next()
    } else {
        host.split(|byte| *byte == b':').next()
    };
    let is_of_hosts = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_[]:".contains(byte);
    host.filter(|host| host.iter().all(is_of_hosts))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[test]
    fn hosts_of_referrers_are_without_user_and_port() {
        for (url, host) in [
            ("https://example.com/a?b#c", "example.com"),
            ("http://example.com", "example.com"),
            ("https://user:secret@example.com:8443/", "example.com"),
            ("https://example.com?x=://b/", "example.com"),
            ("android-app://com.tencent.mm/", "com.tencent.mm"),
            ("https://[2001:db8::1]:80/", "[2001:db8::1]"),
            ("", ""),
            ("example.com", ""),
            ("https://", ""),
            ("https://a b/", ""),
            ("https://例子/", ""),
            ("about:blank", ""),
        ] {
            assert_eq!(host_of(url.as_bytes()), host.as_bytes(), "{url}");
        }
    }
}
