//! Links as the store keeps them: what an edge needs, and what only their owner sees.

use std::num::NonZeroU64;

use suo_link::{
    code::Code,
    id::{DomainId, LinkId},
    link::{ForwardQuery, Link, RedirectStatus, Status},
    policy::Policy,
    time::Timestamp,
};

use super::{Claim, ClickTotals, Reply, Usage};

/// What the owner of a link chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkFields {
    /// The `Location`; a text that [`suo_link::destination::Destination`] accepted.
    pub target: String,
    /// The target's host in its canonical form, for the search.
    pub target_host: String,
    /// A title for people.
    pub title: Option<String>,
    /// A note for people.
    pub note: Option<String>,
    /// Tags, in the owner's order, none twice.
    pub tags: Vec<String>,
    /// Whether it answers.
    pub status: Status,
    /// The HTTP status of its redirect.
    pub redirect_status: RedirectStatus,
    /// What becomes of a visitor's query string.
    pub forward_query: ForwardQuery,
    /// Before this moment it does not answer.
    pub starts_at: Option<Timestamp>,
    /// From this moment on it has expired.
    pub expires_at: Option<Timestamp>,
    /// Where visitors of an expired link are sent.
    pub expired_target: Option<String>,
    /// How often people may follow it; `None`: as often as they like.
    pub max_clicks: Option<NonZeroU64>,
    /// Who gets what; `None`: all the same. Never one that says nothing.
    pub policy: Option<Box<Policy>>,
}

impl LinkFields {
    /// A link that leads there, and of which its owner has chosen nothing else.
    #[must_use]
    pub fn plain(target: String, target_host: String) -> Self {
        Self {
            target,
            target_host,
            title: None,
            note: None,
            tags: Vec::new(),
            status: Status::Active,
            redirect_status: RedirectStatus::Found,
            forward_query: ForwardQuery::Off,
            starts_at: None,
            expires_at: None,
            expired_target: None,
            max_clicks: None,
            policy: None,
        }
    }

    /// The link as edges need it.
    #[must_use]
    pub fn for_edges(&self, id: LinkId) -> Link {
        Link {
            id,
            status: self.status,
            redirect_status: self.redirect_status,
            forward_query: self.forward_query,
            target: self.target.as_str().into(),
            starts_at: self.starts_at,
            expires_at: self.expires_at,
            expired_target: self.expired_target.as_deref().map(Into::into),
            max_clicks: self.max_clicks,
            policy: self.policy.clone(),
        }
    }
}

/// A link in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLink {
    /// Its number.
    pub id: LinkId,
    /// Its domain.
    pub domain: DomainId,
    /// Its primary code, as written.
    pub code: String,
    /// What its owner chose.
    pub fields: LinkFields,
    /// How often it was followed.
    pub clicks: ClickTotals,
    /// How much of its `max_clicks` is gone, if it has one.
    pub usage: Usage,
    /// Counts its changes, from 1.
    pub version: u64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

impl StoredLink {
    /// Whether it was followed as often as it may be.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        let most = self.fields.max_clicks.map(NonZeroU64::get);
        most.is_some_and(|most| self.usage.left(most) == 0)
    }
}

/// A link to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// Its domain.
    pub domain: DomainId,
    /// Its code; `None`: a generated one.
    pub code: Option<Code>,
    /// What its owner chose.
    pub fields: LinkFields,
    /// What to do if the target has a link already.
    pub if_exists: IfExists,
}

/// What to do if the domain has a link to the same target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfExists {
    /// Create another one.
    Create,
    /// Return the newest of them (that has the code, if one was asked for).
    Return,
}

/// What became of a link to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It was created.
    Created(StoredLink),
    /// There was one to the same target.
    Existing(StoredLink),
    /// The code belongs to another link.
    CodeTaken,
}

/// Has the reply kept for an idempotency key, in the transaction that creates.
pub struct Keep<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// The reply to these creations; `None`: nothing worth keeping, the key is free again.
    pub reply: &'a (dyn Fn(&[Creation]) -> Option<Reply> + Sync),
}

/// The version that a change is meant for (`If-Match`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Any.
    Any,
    /// One of these; an empty list fits none.
    OneOf(Vec<u64>),
}

impl Expected {
    /// Whether a change may be made to this version.
    #[must_use]
    pub fn fits(&self, version: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}

/// What a link becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkEdit {
    /// Its new primary code; the old one becomes an alias.
    pub code: Option<Code>,
    /// All its fields.
    pub fields: LinkFields,
}

/// What became of a link's change.
#[expect(clippy::large_enum_variant, reason = "one a request, and never kept")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patched {
    /// This is the link now.
    Done(StoredLink),
    /// There is no such link.
    NotFound,
    /// It has another version.
    OtherVersion,
    /// The new code belongs to another link.
    CodeTaken,
    /// The caller did not want to change it after all.
    Refused,
}

/// What became of a link to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// It is gone.
    Done,
    /// There was none.
    NotFound,
    /// It has another version.
    OtherVersion,
}

/// Which links are wanted; everything that is given must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Only links with lower numbers: the page after one that ended there.
    pub before: Option<LinkId>,
    /// The most links of a page, at least 1.
    pub limit: usize,
    /// On this domain.
    pub domain: Option<DomainId>,
    /// With this status.
    pub status: Option<Status>,
    /// With this tag.
    pub tag: Option<String>,
    /// With this code, primary or alias.
    pub code: Option<String>,
    /// With this text in title, note or a tag (from two characters), at the beginning of a
    /// code, or as the host of the target.
    pub search: Option<String>,
}

/// A page of links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The links, newest first.
    pub links: Vec<StoredLink>,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<LinkId>,
}
