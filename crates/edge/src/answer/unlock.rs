//! Proving a link's password: by the form, which a cookie remembers, or by a header each time.

use std::time::Duration;

use http::HeaderName;
use hyper::body::Incoming;
use suo_link::{
    link::Link,
    policy::{Decision, PasswordHash, Policy},
    time::Timestamp,
};
use tokio::time::timeout;

use super::{Edge, Head, Reply, Visit, host};
use crate::{
    clock,
    page::Notice,
    password::{self, BadForm, Cookie, Verdict},
};

/// How long a visitor may take to send a form.
const PATIENCE: Duration = Duration::from_secs(10);

/// How programs prove the password.
const PASSWORD: HeaderName = HeaderName::from_static("x-link-password");

/// Whether a program sends a password.
pub(super) fn brings_password(head: Head<'_>) -> bool {
    head.headers.contains_key(PASSWORD)
}

impl Edge {
    /// Whether a cookie proves that the password was given a short while ago.
    pub(super) fn is_unlocked(
        visit: Visit<'_>,
        link: &Link,
        policy: &Policy,
        now: Timestamp,
    ) -> bool {
        let hash = policy.password.as_ref();
        hash.is_some_and(|hash| {
            let cookie = cookie(visit, link, hash);
            cookie.is_among(visit.head.headers, now)
        })
    }

    /// Whether a header has the right password; `false` without one.
    pub(super) async fn unlocked_by_header(
        &self,
        visit: Visit<'_>,
        link: &Link,
    ) -> Result<bool, Reply> {
        let Some(password) = visit.head.headers.get(PASSWORD) else {
            return Ok(false);
        };
        let Some(hash) = password_of(link) else {
            return Ok(false);
        };
        let password = password.as_bytes().to_vec();
        match self.try_password(visit, link, hash, password).await {
            Verdict::Right => Ok(true),
            other => Err(self.refused(visit, other)),
        }
    }

    /// Takes the form. Where the password is not what the visitor is asked for, says what the
    /// link says.
    pub(super) async fn submit(&self, visit: Visit<'_>, link: &Link, body: Incoming) -> Reply {
        let head = visit.head;
        let Some(hash) = password_of(link) else {
            return self.notice(head, Notice::BadMethod);
        };
        if host::of(head).is_ok_and(|host| password::is_from_elsewhere(head.headers, host)) {
            return self.notice(head, Notice::CrossSite);
        }
        let mut visitor = self.visitor(visit, link, visit.now);
        visitor.unlocked = false;
        match self.used_up(visit, link).await {
            Ok(is_used_up) => visitor.used_up = is_used_up,
            Err(reply) => return reply,
        }
        let decision = self.decide(visit, link, &visitor, visit.now);
        if decision != Decision::Password {
            return self.decided(visit, link, &visitor, &decision);
        }
        let form = timeout(PATIENCE, password::read_form(head.headers, body)).await;
        let password = match form.unwrap_or(Err(BadForm::Broken)) {
            Ok(password) => password,
            Err(BadForm::TooLarge) => return self.notice(head, Notice::TooLarge),
            Err(BadForm::Kind | BadForm::Broken) => return self.notice(head, Notice::BadForm),
        };
        match self.try_password(visit, link, hash, password).await {
            Verdict::Right => self.open(visit, link, hash),
            other => self.refused(visit, other),
        }
    }

    async fn try_password(
        &self,
        visit: Visit<'_>,
        link: &Link,
        hash: &PasswordHash,
        password: Vec<u8>,
    ) -> Verdict {
        let (peer, headers) = (visit.head.peer, visit.head.headers);
        let address = self.with.config.proxies.client(peer, headers);
        self.with
            .gate
            .try_password(password, hash, link.id, address)
            .await
    }

    /// Remembers the proof and sends the visitor to where they came from.
    fn open(&self, visit: Visit<'_>, link: &Link, hash: &PasswordHash) -> Reply {
        let scheme = visit.domain.scheme;
        let set = cookie(visit, link, hash).set(visit.code, scheme, clock::now());
        let path = visit.head.uri.path_and_query();
        let path = path.map_or("/", http::uri::PathAndQuery::as_str);
        set.and_then(|set| Reply::unlocked(path, set))
            .unwrap_or_else(|| self.notice(visit.head, Notice::InDoubt))
    }

    fn refused(&self, visit: Visit<'_>, verdict: Verdict) -> Reply {
        match verdict {
            Verdict::Right | Verdict::Wrong => self.form(visit.head, true),
            Verdict::TooMany(seconds) => self
                .notice(visit.head, Notice::TooMany)
                .retry_after(seconds),
            Verdict::Busy => self.notice(visit.head, Notice::Busy),
            Verdict::Unreadable => {
                tracing::warn!(link = link_number(visit), "a password hash cannot be read");
                self.notice(visit.head, Notice::InDoubt)
            }
        }
    }
}

fn link_number(visit: Visit<'_>) -> String {
    format!("{}/{}", visit.domain.name.as_str(), visit.code)
}

fn password_of(link: &Link) -> Option<&PasswordHash> {
    link.policy.as_deref()?.password.as_ref()
}

fn cookie<'a>(visit: Visit<'a>, link: &Link, hash: &'a PasswordHash) -> Cookie<'a> {
    Cookie {
        key: visit.domains.unlocking_key(),
        link: link.id,
        hash,
    }
}
