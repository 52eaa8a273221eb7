//! The whole surface of the edge: what each request is answered with.
//!
//! ```text
//! GET|HEAD /{code}          the link's redirect, or a page that says why there is none
//! POST     /{code}          the link's password
//! GET|HEAD /{code}/q        as /{code}: what QR codes hold
//! GET|HEAD /{code}+         what people see of the link before they follow it
//! GET|HEAD /{code}/qr.png   the QR code of the link
//! GET|HEAD /                the domain's root target, or the front page where there is one
//! GET|HEAD /{name}.txt      a file of the domain, also /.well-known/…; /robots.txt
//! anything else             404; other methods 405
//! ```

mod equipment;
mod files;
mod head;
mod host;
mod limit;
mod link;
mod path;
mod record;
mod reply;
mod signs;
mod unlock;

use std::{cell::RefCell, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use suo_link::{
    code::{self, CodeKey},
    domain::Domain,
    link::RedirectStatus,
    platform::Memo,
    policy::Redirect,
    wire::names::LinkKey,
};

use crate::{
    clicks::Recorder,
    clock,
    domains::Domains,
    hash,
    leases::Leases,
    links::Found,
    outcome::{Outcome, Outcomes},
    page::{Notice, Site as SiteTexts},
    proxies::Proxies,
    site::Site,
};
pub(crate) use equipment::{Equipment, NoEquipment};
use head::Head;
use link::Visit;
use path::{Asked, Part};
use record::Noted;
use reply::Reply;
use signs::Signs;

/// Several heartbeats: one that is late is no doubt.
const LATELY: Duration = Duration::from_secs(2);

/// Agents that a worker remembers.
const AGENTS: usize = 16_384;

/// How visitors are answered.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Whether the default domain answers for unknown hosts (`SUO_ANY_HOST`).
    pub any_host: bool,
    /// Where `/` leads on a domain without a root target.
    pub front_page: Option<Box<str>>,
    /// What stands at the foot of every page.
    pub site: SiteTexts,
    /// Who is believed about a visitor's address.
    pub proxies: Proxies,
    /// The database of countries (`SUO_GEOIP_DB`).
    pub geoip: Option<PathBuf>,
}

/// What one worker answers visitors with.
pub(crate) struct Edge {
    with: Arc<Equipment>,
    outcomes: Arc<Outcomes>,
    agents: RefCell<Memo>,
    /// `None`: nothing is counted.
    recorder: Option<RefCell<Recorder>>,
    /// `None`: nobody follows links that may be followed only so often.
    leases: Option<Arc<Leases>>,
}

impl Site for Edge {
    async fn answer(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Full<Bytes>> {
        let is_head = *request.method() == Method::HEAD;
        let reply = match *request.method() {
            Method::GET | Method::HEAD => {
                let signs = Signs::of(request.headers());
                let head = Head::of(&request, &signs, self.expect(&signs), peer);
                let reply = self.get(head).await;
                if !is_head {
                    self.record(head, &reply);
                }
                reply
            }
            Method::POST => {
                let (parts, body) = request.into_parts();
                // Boxed here and below: what is rare must not make every answer's future larger.
                let signs = Signs::of(&parts.headers);
                let head = Head::of_parts(&parts, &signs, self.expect(&signs), peer);
                let reply = Box::pin(self.post(head, body)).await;
                self.record(head, &reply);
                reply
            }
            _ => {
                let signs = Signs::of(request.headers());
                self.notice(
                    Head::of(&request, &signs, self.expect(&signs), peer),
                    Notice::BadMethod,
                )
            }
        };
        self.outcomes.count(reply.outcome);
        if is_head {
            reply.with_length()
        } else {
            reply.response
        }
    }
}

impl Edge {
    /// Without a recorder nothing is counted.
    pub(crate) fn new(
        with: Arc<Equipment>,
        outcomes: Arc<Outcomes>,
        recorder: Option<Recorder>,
    ) -> Self {
        let leases = |recorder: &Recorder| Leases::new(Arc::clone(&with.links), recorder.journal());
        Self {
            leases: recorder.as_ref().map(leases),
            with,
            outcomes,
            agents: RefCell::new(Memo::new(AGENTS, hash::secret())),
            recorder: recorder.map(RefCell::new),
        }
    }

    async fn get(&self, head: Head<'_>) -> Reply {
        let domains = self.with.links.domains();
        let domain = match self.domain(&domains, head) {
            Ok(domain) => domain,
            Err(notice) => return self.notice(head, notice),
        };
        match path::asked(head.uri.path()) {
            Asked::Code(code, part) => {
                let found = self.find(domain, code).await;
                let visit = Visit {
                    head,
                    domains: &domains,
                    domain,
                    code,
                    part,
                    now: clock::now(),
                };
                match found {
                    Some(Found::Link(link)) => {
                        let noted = Noted::of_code(visit, Some(link.id));
                        let reply = match self.at_once(visit, &link) {
                            Some(reply) => reply,
                            None => Box::pin(self.after_work(visit, &link)).await,
                        };
                        reply.noted(noted)
                    }
                    Some(Found::Absent) => self.unknown(visit).noted(Noted::of_code(visit, None)),
                    Some(Found::InDoubt) => self.notice(head, Notice::InDoubt),
                    // Not a code at all.
                    None => self.notice(head, Notice::NotFound),
                }
            }
            Asked::Root => self.root(head, domain),
            Asked::File(path) => self.file(head, domain, path),
            Asked::Nothing => self.notice(head, Notice::NotFound),
        }
    }

    async fn post(&self, head: Head<'_>, body: Incoming) -> Reply {
        let domains = self.with.links.domains();
        let domain = match self.domain(&domains, head) {
            Ok(domain) => domain,
            Err(notice) => return self.notice(head, notice),
        };
        let Asked::Code(code, part @ (Part::Itself | Part::Scan)) = path::asked(head.uri.path())
        else {
            return self.notice(head, Notice::BadMethod);
        };
        let found = self.find(domain, code).await;
        let visit = Visit {
            head,
            domains: &domains,
            domain,
            code,
            part,
            now: clock::now(),
        };
        match found {
            Some(Found::Link(link)) => {
                let noted = Noted::of_code(visit, Some(link.id));
                self.submit(visit, &link, body).await.noted(noted)
            }
            Some(Found::InDoubt) => self.notice(head, Notice::InDoubt),
            Some(Found::Absent) | None => self.notice(head, Notice::BadMethod),
        }
    }

    fn domain<'a>(&self, domains: &'a Domains, head: Head<'_>) -> Result<&'a Domain, Notice> {
        let host = host::of(head).map_err(|host::BadHost| Notice::BadHost)?;
        if let Some(domain) = domains.by_host(host) {
            return Ok(domain);
        }
        if !host::is_well_formed(host) {
            return Err(Notice::BadHost);
        }
        let default = domains.default().filter(|_| self.with.config.any_host);
        default.ok_or(if self.is_certainly_unknown(host) {
            Notice::UnknownHost
        } else {
            Notice::InDoubt
        })
    }

    /// While changes are not heard, and until the domains are confirmed after some were missed,
    /// an unknown host may be a new domain. Looked for again, because they may just have been.
    fn is_certainly_unknown(&self, host: &str) -> bool {
        let links = &self.with.links;
        let has_heard_lately = links.lag().is_some_and(|lag| lag <= LATELY);
        let knows_all = has_heard_lately && links.domains_are_current();
        knows_all && links.domains().by_host(host).is_none()
    }

    fn root(&self, head: Head<'_>, domain: &Domain) -> Reply {
        let target = domain.root_target.as_ref();
        match target.or(self.with.config.front_page.as_ref()) {
            Some(target) => {
                let noted = Noted::of_domain(domain, clock::now());
                self.redirect(head, Outcome::Root, &found(target))
                    .noted(noted)
            }
            None => self.notice(head, Notice::NotFound),
        }
    }

    /// What is known about a code; `None` if the segment cannot be one.
    async fn find(&self, domain: &Domain, segment: &str) -> Option<Found> {
        if let Some(found) = self.cached(domain, segment) {
            return Some(found);
        }
        let code = CodeKey::from_segment(segment, domain.case_sensitive)?;
        let domain = domain.id;
        Some(self.with.links.find(LinkKey { domain, code }).await)
    }

    /// Asks the cache without allocating; what cannot be a code is in no cache.
    fn cached(&self, domain: &Domain, segment: &str) -> Option<Found> {
        let cached = |key: &str| self.with.links.cached(domain.id, key);
        folded(domain, segment, cached).flatten()
    }

    fn unknown(&self, visit: Visit<'_>) -> Reply {
        let leads_on = matches!(visit.part, Part::Itself | Part::Scan);
        match &visit.domain.not_found_target {
            Some(target) if leads_on => {
                self.redirect(visit.head, Outcome::NotFoundRedirect, &found(target))
            }
            _ => self.notice(visit.head, Notice::NotFound),
        }
    }

    /// Sends the visitor on. What does not fit into a header is a record that we misread.
    fn redirect(&self, head: Head<'_>, outcome: Outcome, redirect: &Redirect<'_>) -> Reply {
        Reply::redirect(outcome, redirect).unwrap_or_else(|| self.notice(head, Notice::InDoubt))
    }

    #[cold]
    fn notice(&self, head: Head<'_>, notice: Notice) -> Reply {
        let page = self.with.pages.notice(head.tongue(), notice);
        Reply::page(notice.outcome(), notice.status(), page)
    }
}

/// What is said of a segment as codes are matched on a domain; `None` if it is too long for one.
fn folded<T>(domain: &Domain, segment: &str, say: impl FnOnce(&str) -> T) -> Option<T> {
    if domain.case_sensitive {
        return Some(say(segment));
    }
    let mut buffer = [0; code::MAX_LENGTH];
    let key = buffer.get_mut(..segment.len())?;
    key.copy_from_slice(segment.as_bytes());
    key.make_ascii_lowercase();
    std::str::from_utf8(key).ok().map(say)
}

fn found(target: &str) -> Redirect<'_> {
    Redirect {
        location: target.into(),
        status: RedirectStatus::Found,
        cacheable: false,
        variant: None,
    }
}
