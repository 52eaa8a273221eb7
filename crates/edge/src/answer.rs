//! The whole surface of the edge: what each request is answered with.
//!
//! ```text
//! GET|HEAD /{code}   the link's redirect, or why there is none
//! GET|HEAD /         the domain's root target, or the front page where there is one
//! anything else      404; other methods 405
//! ```

mod host;
mod refusal;
mod reply;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use suo_link::{
    code::{self, CodeKey},
    domain::Domain,
    link::RedirectStatus,
    policy::{self, Decision, Redirect},
    visitor::Visitor,
    wire::names::LinkKey,
};

use crate::{
    clock,
    domains::Domains,
    links::{Found, Links},
    outcome::{Outcome, Outcomes},
    site::Site,
};
use refusal::Refusal;
use reply::Reply;

/// Several heartbeats: one that is late is no doubt.
const LATELY: Duration = Duration::from_secs(2);

/// How domains and `/` are answered.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether the default domain answers for unknown hosts (`SUO_ANY_HOST`).
    pub any_host: bool,
    /// Where `/` leads on a domain without a root target.
    pub front_page: Option<Box<str>>,
}

/// What one worker answers visitors with.
pub(crate) struct Edge {
    config: Config,
    links: Arc<Links>,
    outcomes: Arc<Outcomes>,
}

impl Site for Edge {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let reply = self.reply(&request).await;
        self.outcomes.count(reply.outcome);
        match *request.method() {
            Method::HEAD => reply.with_length(),
            _ => reply.response,
        }
    }
}

impl Edge {
    pub(crate) fn new(config: Config, links: Arc<Links>, outcomes: Arc<Outcomes>) -> Self {
        Self {
            config,
            links,
            outcomes,
        }
    }

    async fn reply(&self, request: &Request<Incoming>) -> Reply {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Reply::refusal(&refusal::BAD_METHOD);
        }
        let Ok(host) = host::of(request) else {
            return Reply::refusal(&refusal::BAD_HOST);
        };
        let domains = self.links.domains();
        let domain = match self.domain(&domains, host) {
            Ok(domain) => domain,
            Err(refusal) => return Reply::refusal(refusal),
        };
        match request.uri().path() {
            "/" => self.root(domain),
            path => {
                self.code(&domains, domain, path, request.uri().query())
                    .await
            }
        }
    }

    fn domain<'a>(&self, domains: &'a Domains, host: &str) -> Result<&'a Domain, &'static Refusal> {
        if let Some(domain) = domains.by_host(host) {
            return Ok(domain);
        }
        if !host::is_well_formed(host) {
            return Err(&refusal::BAD_HOST);
        }
        let default = domains.default().filter(|_| self.config.any_host);
        default.ok_or(if self.is_certainly_unknown(host) {
            &refusal::UNKNOWN_HOST
        } else {
            &refusal::IN_DOUBT
        })
    }

    /// While changes are not heard, and until the domains are confirmed after some were missed,
    /// an unknown host may be a new domain. Looked for again, because they may just have been.
    fn is_certainly_unknown(&self, host: &str) -> bool {
        let has_heard_lately = self.links.lag().is_some_and(|lag| lag <= LATELY);
        let knows_all = has_heard_lately && self.links.domains_are_current();
        knows_all && self.links.domains().by_host(host).is_none()
    }

    fn root(&self, domain: &Domain) -> Reply {
        let target = domain.root_target.as_ref();
        match target.or(self.config.front_page.as_ref()) {
            Some(target) => Reply::redirect(Outcome::Root, &found(target)),
            None => Reply::refusal(&refusal::NOT_FOUND),
        }
    }

    async fn code(
        &self,
        domains: &Domains,
        domain: &Domain,
        path: &str,
        query: Option<&str>,
    ) -> Reply {
        let segment = path.strip_prefix('/').unwrap_or(path);
        match self.find(domain, segment).await {
            // Not a code at all: `/robots.txt`, `/a/b`, `/a+`, `*`.
            None => Reply::refusal(&refusal::NOT_FOUND),
            Some(Found::Link(link)) => {
                let visitor = Visitor {
                    query,
                    ..Visitor::default()
                };
                let key = domains.split_key();
                let decision = policy::decide(&link, &visitor, clock::now(), key);
                Self::decided(&decision)
            }
            Some(Found::Absent) => Self::unknown(domain),
            Some(Found::InDoubt) => Reply::refusal(&refusal::IN_DOUBT),
        }
    }

    /// What is known about a code; `None` if the segment cannot be one.
    async fn find(&self, domain: &Domain, segment: &str) -> Option<Found> {
        if let Some(found) = self.cached(domain, segment) {
            return Some(found);
        }
        let code = CodeKey::from_segment(segment, domain.case_sensitive)?;
        let domain = domain.id;
        Some(self.links.find(LinkKey { domain, code }).await)
    }

    /// Asks the cache without allocating; what cannot be a code is in no cache.
    fn cached(&self, domain: &Domain, segment: &str) -> Option<Found> {
        if domain.case_sensitive {
            return self.links.cached(domain.id, segment);
        }
        let mut buffer = [0; code::MAX_LENGTH];
        let key = buffer.get_mut(..segment.len())?;
        key.copy_from_slice(segment.as_bytes());
        key.make_ascii_lowercase();
        self.links.cached(domain.id, std::str::from_utf8(key).ok()?)
    }

    fn decided(decision: &Decision<'_>) -> Reply {
        match decision {
            Decision::Redirect(redirect) => Reply::redirect(Outcome::Redirect, redirect),
            Decision::Banned => Reply::refusal(&refusal::BANNED),
            Decision::Paused => Reply::refusal(&refusal::PAUSED),
            Decision::NotStarted => Reply::refusal(&refusal::NOT_STARTED),
            Decision::Expired => Reply::refusal(&refusal::EXPIRED),
            // Nothing makes such links yet, and no page shows them.
            Decision::Denied(_) | Decision::Guide(_) | Decision::Password | Decision::Card(_) => {
                Reply::refusal(&refusal::IN_DOUBT)
            }
        }
    }

    fn unknown(domain: &Domain) -> Reply {
        match &domain.not_found_target {
            Some(target) => Reply::redirect(Outcome::NotFoundRedirect, &found(target)),
            None => Reply::refusal(&refusal::NOT_FOUND),
        }
    }
}

fn found(target: &str) -> Redirect<'_> {
    Redirect {
        location: target.into(),
        status: RedirectStatus::Found,
        cacheable: false,
        variant: None,
    }
}
