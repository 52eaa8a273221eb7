//! What a visitor gets from a link.
//!
//! The order of the questions is part of the product: banned, paused, not started, expired,
//! then the redirect.

use std::borrow::Cow;

use crate::{
    link::{ForwardQuery, Link, RedirectStatus, Status},
    location,
    time::Timestamp,
    visitor::Visitor,
};

/// The answer to one visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// The visitor is sent on.
    Redirect(Redirect<'a>),
    /// The operator has stopped the link.
    Banned,
    /// The owner has stopped the link.
    Paused,
    /// The link's time has not come.
    NotStarted,
    /// The link's time is over, and it names no other target.
    Expired,
}

/// Where and how a visitor is sent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect<'a> {
    /// The value of `Location`.
    pub location: Cow<'a, str>,
    /// The HTTP status.
    pub status: RedirectStatus,
    /// Whether the visitor's browser may remember the answer for a while.
    pub cacheable: bool,
}

/// Decides what `visitor` gets from `link` at the moment `now`.
///
/// Times are intervals [from, to): a link answers at `starts_at` and no longer at `expires_at`.
#[must_use]
pub fn decide<'a>(link: &'a Link, visitor: &Visitor<'_>, now: Timestamp) -> Decision<'a> {
    match link.status {
        Status::Banned => return Decision::Banned,
        Status::Paused => return Decision::Paused,
        Status::Active => {}
    }
    if link.starts_at.is_some_and(|start| now < start) {
        return Decision::NotStarted;
    }
    if link.expires_at.is_some_and(|end| end <= now) {
        return expired(link);
    }
    Decision::Redirect(redirect(link, visitor))
}

fn redirect<'a>(link: &'a Link, visitor: &Visitor<'_>) -> Redirect<'a> {
    Redirect {
        location: match (link.forward_query, visitor.query) {
            (ForwardQuery::Off, _) | (_, None | Some("")) => Cow::Borrowed(&*link.target),
            (ForwardQuery::Append, Some(query)) => location::append(&link.target, query).into(),
            (ForwardQuery::Override, Some(query)) => location::replace(&link.target, query).into(),
        },
        status: link.redirect_status,
        cacheable: link.redirect_status.is_permanent() && !is_bound_to_time(link),
    }
}

fn expired(link: &Link) -> Decision<'_> {
    match &link.expired_target {
        None => Decision::Expired,
        Some(target) => Decision::Redirect(Redirect {
            location: Cow::Borrowed(target),
            status: RedirectStatus::Found,
            cacheable: false,
        }),
    }
}

fn is_bound_to_time(link: &Link) -> bool {
    link.starts_at.is_some() || link.expires_at.is_some()
}
