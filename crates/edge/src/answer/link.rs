//! What a link gives to a visitor.

use std::net::IpAddr;

use http::StatusCode;
use suo_link::{
    domain::Domain,
    link::Link,
    platform::Platform,
    policy::{self, AppSet, Decision, Policy, PreviewPage, Rule},
    time::Timestamp,
    visitor::{Country, Visitor, language},
};

use super::{Edge, Head, Part, Reply, unlock};
use crate::{
    domains::Domains,
    outcome::Outcome,
    page::{BotCard, Denied, Guide, Notice, Password, Preview, ShortLink},
};

/// A request for something of a link.
#[derive(Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) head: Head<'a>,
    pub(super) domains: &'a Domains,
    pub(super) domain: &'a Domain,
    /// As it was asked for.
    pub(super) code: &'a str,
    pub(super) part: Part,
    /// When what is known of the code was found.
    pub(super) now: Timestamp,
}

impl<'a> Visit<'a> {
    /// The link to be followed again, elsewhere.
    pub(super) fn short_link(&self) -> ShortLink<'a> {
        ShortLink {
            scheme: self.domain.scheme,
            domain: self.domain.name.as_str(),
            code: self.code,
            suffix: match self.part {
                Part::Scan => "/q",
                Part::Itself | Part::Preview | Part::Picture => "",
            },
            query: self.head.uri.query(),
        }
    }
}

impl Edge {
    /// The answer, if nothing has to be waited for.
    pub(super) fn at_once(&self, visit: Visit<'_>, link: &Link) -> Option<Reply> {
        if link.max_clicks.is_some() {
            return None;
        }
        let now = visit.now;
        let visitor = match visit.part {
            Part::Itself | Part::Scan => self.visitor(visit, link, now),
            Part::Preview => {
                let visitor = self.visitor(visit, link, now);
                return Some(self.preview(visit, link, &visitor));
            }
            Part::Picture => return None,
        };
        let decision = self.decide(visit, link, &visitor, now);
        let waits = decision == Decision::Password && unlock::brings_password(visit.head);
        (!waits).then(|| self.decided(visit, link, &visitor, &decision))
    }

    /// The answer for which a picture is drawn, a password is tried, or an admin may have to be asked.
    pub(super) async fn after_work(&self, visit: Visit<'_>, link: &Link) -> Reply {
        if visit.part == Part::Picture {
            return self.picture(visit, link).await;
        }
        let now = visit.now;
        let mut visitor = self.visitor(visit, link, now);
        if visit.part == Part::Preview {
            return self.preview_within_limit(visit, link, visitor).await;
        }
        match self.unlocked_by_header(visit, link).await {
            Ok(is_unlocked) => visitor.unlocked = is_unlocked,
            Err(reply) => return reply,
        }
        if let Some(most) = link.limit(now) {
            return self.within_limit(visit, link, most, visitor).await;
        }
        let decision = self.decide(visit, link, &visitor, now);
        self.decided(visit, link, &visitor, &decision)
    }

    pub(super) fn decide<'l>(
        &self,
        visit: Visit<'_>,
        link: &'l Link,
        visitor: &Visitor<'_>,
        now: Timestamp,
    ) -> Decision<'l> {
        policy::decide(link, visitor, now, visit.domains.split_key())
    }

    /// The facts of the visitor. A link without a policy asks for none but the query.
    pub(super) fn visitor<'r>(&self, visit: Visit<'r>, link: &Link, now: Timestamp) -> Visitor<'r> {
        let head = visit.head;
        let query = head.uri.query();
        let Some(policy) = link.policy.as_deref() else {
            return Visitor {
                query,
                ..Visitor::default()
            };
        };
        let address = self.with.config.proxies.client(head.peer, head.headers);
        Visitor {
            platform: self.recognised(head).0,
            language: language::preferred(head.signs.languages()),
            country: self.country(policy, address),
            address: Some(address),
            query,
            unlocked: Self::is_unlocked(visit, link, policy, now),
            used_up: false,
        }
    }

    /// Looked up only where a rule asks for it.
    fn country(&self, policy: &Policy, address: IpAddr) -> Option<Country> {
        let asks = |rule: &Rule| !rule.when.country.is_empty();
        let is_asked = policy.rules.iter().any(asks);
        is_asked.then(|| self.with.countries.of(address)).flatten()
    }

    /// The platform, and the hash of the agent.
    pub(super) fn recognised(&self, head: Head<'_>) -> (Platform, u64) {
        let (platform, hash) = self.agents.borrow_mut().recognise(head.agent);
        (platform.refined(&head.signs.hints()), hash)
    }

    /// The answer that a decision means.
    pub(super) fn decided(
        &self,
        visit: Visit<'_>,
        link: &Link,
        visitor: &Visitor<'_>,
        decision: &Decision<'_>,
    ) -> Reply {
        let head = visit.head;
        match decision {
            Decision::Redirect(redirect) => self.redirect(head, Outcome::Redirect, redirect),
            Decision::Banned => self.notice(head, Notice::Banned),
            Decision::Paused => self.notice(head, Notice::Paused),
            Decision::NotStarted => self.notice(head, Notice::NotStarted),
            Decision::Expired => self.notice(head, Notice::Expired),
            Decision::UsedUp => self.notice(head, Notice::UsedUp),
            Decision::Denied(denied) => self.denied(visit, visitor, denied),
            Decision::Guide(guide) => self.guide(visit, link, visitor, guide),
            Decision::Password => self.form(head, false),
            Decision::Card(card) => {
                let card = BotCard {
                    card,
                    link: visit.short_link(),
                };
                let page = self.with.pages.card(head.tongue(), &card);
                let reply = Reply::page(Outcome::Card, StatusCode::OK, page);
                reply.of_variant(card.card.variant)
            }
        }
    }

    fn denied(
        &self,
        visit: Visit<'_>,
        visitor: &Visitor<'_>,
        denied: &policy::Denied<'_>,
    ) -> Reply {
        let denied = Denied {
            allow: denied.allow,
            except: AppSet::EMPTY,
            in_browser: denied.in_browser,
            app: visitor.platform.app,
            os: visitor.platform.os,
            link: visit.short_link(),
        };
        let page = self.with.pages.denied(visit.head.tongue(), &denied);
        Reply::page(Outcome::Denied, StatusCode::FORBIDDEN, page)
    }

    fn guide(
        &self,
        visit: Visit<'_>,
        link: &Link,
        visitor: &Visitor<'_>,
        guide: &policy::Guide<'_>,
    ) -> Reply {
        let tongue = visit.head.tongue();
        let (app, os) = (guide.app, visitor.platform.os);
        let page = match link.policy.as_deref() {
            // Nor does it open in a browser: it would be a lie to send anybody there.
            Some(policy) if !guide.in_browser => {
                let denied = Denied {
                    allow: &policy.allow,
                    except: policy.guide_apps,
                    in_browser: false,
                    app,
                    os,
                    link: visit.short_link(),
                };
                self.with.pages.denied(tongue, &denied)
            }
            _ => {
                let guide = Guide {
                    app,
                    os,
                    link: visit.short_link(),
                    target: guide.host.zip(guide.location.as_deref()),
                };
                self.with.pages.guide(tongue, &guide)
            }
        };
        Reply::page(Outcome::Guide, StatusCode::OK, page)
    }

    pub(super) fn form(&self, head: Head<'_>, is_wrong: bool) -> Reply {
        let page = self
            .with
            .pages
            .password(head.tongue(), Password { is_wrong });
        if is_wrong {
            Reply::page(Outcome::WrongPassword, StatusCode::FORBIDDEN, page)
        } else {
            Reply::page(Outcome::Password, StatusCode::OK, page)
        }
    }

    /// What people see of the link before they follow it.
    pub(super) fn preview(&self, visit: Visit<'_>, link: &Link, visitor: &Visitor<'_>) -> Reply {
        let key = visit.domains.split_key();
        let shown = policy::preview_page(link, visitor, visit.now, key);
        let card = match &shown {
            PreviewPage::Card(card) => Some(card),
            PreviewPage::Protected => None,
            PreviewPage::Instead(decision) => {
                return self.decided(visit, link, visitor, decision);
            }
        };
        let preview = Preview {
            card,
            link: visit.short_link(),
        };
        let page = self.with.pages.preview(visit.head.tongue(), &preview);
        Reply::page(Outcome::Preview, StatusCode::OK, page)
    }

    /// The link's QR code, also for who may not open the link: it holds nothing but the link.
    async fn picture(&self, visit: Visit<'_>, link: &Link) -> Reply {
        let anybody = Visitor {
            used_up: self.is_known_to_be_used_up(visit, link).await,
            ..Visitor::default()
        };
        let decision = self.decide(visit, link, &anybody, visit.now);
        if let Decision::Banned
        | Decision::Paused
        | Decision::NotStarted
        | Decision::Expired
        | Decision::UsedUp = decision
        {
            return self.decided(visit, link, &anybody, &decision);
        }
        let (scheme, domain) = (visit.domain.scheme, visit.domain.name.as_str());
        let url = format!("{}://{domain}/{}/q", scheme.as_str(), visit.code);
        match self.with.pictures.of(url).await {
            Ok(png) => Reply::picture(png),
            Err(_) => self.notice(visit.head, Notice::Busy),
        }
    }
}
