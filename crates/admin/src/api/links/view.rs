//! A link as clients see it.

use std::num::NonZeroU64;

use actix_web::{HttpResponse, HttpResponseBuilder, http::StatusCode};
use serde::Serialize;
use suo_link::wire::clicks::Class;
use utoipa::ToSchema;

use crate::{
    policy_text::PolicyText,
    problem::Finding,
    store::{ClickTotals, StoredDomain, StoredLink},
    time,
};

/// A link.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinkBody {
    /// Opaque; sorts like the order of creation.
    #[schema(example = "0000000000042")]
    pub id: String,
    /// Host and non-default port.
    #[schema(example = "s.example.com")]
    pub domain: String,
    /// The primary code.
    #[schema(example = "k7qm2xp")]
    pub code: String,
    /// What visitors open.
    #[schema(example = "https://s.example.com/k7qm2xp")]
    pub short_url: String,
    /// The `Location`, byte for byte.
    #[schema(example = "https://example.com/page")]
    pub target: String,
    /// At most 500 characters.
    pub title: Option<String>,
    /// At most 5 000 characters.
    pub note: Option<String>,
    /// At most 50 of at most 64 characters.
    pub tags: Vec<String>,
    /// `active`, `paused` or `banned`.
    #[schema(example = "active")]
    pub status: &'static str,
    /// 301, 302, 307 or 308.
    #[schema(example = 302)]
    pub redirect_status: u16,
    /// RFC 3339.
    pub starts_at: Option<String>,
    /// RFC 3339.
    pub expires_at: Option<String>,
    /// Where visitors of an expired or used-up link are sent.
    pub expired_target: Option<String>,
    /// How often people may follow it.
    pub max_clicks: Option<u64>,
    /// How many of these clicks are not made for certain; null without `max_clicks`.
    pub clicks_left: Option<u64>,
    /// How many of those that are left are in blocks that edges hold; null without `max_clicks`.
    pub clicks_leased: Option<u64>,
    /// `off`, `append` or `override`.
    #[schema(example = "off")]
    pub forward_query: &'static str,
    /// Whether visitors are asked for a password.
    pub password_set: bool,
    /// Who gets what.
    #[serde(flatten)]
    pub policy: PolicyText,
    /// How often it was followed, by who asked.
    pub clicks: Clicks,
    /// Counts the link's changes, from 1; for `If-Match`.
    pub version: u64,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// How often a link was followed: redirects, and cards in their place.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Clicks {
    /// By people, as far as anybody can tell.
    pub human: u64,
    /// By programs that fetch previews for chats and networks.
    pub preview: u64,
    /// By all other programs.
    pub crawler: u64,
    /// By browsers in advance.
    pub prefetch: u64,
}

impl From<ClickTotals> for Clicks {
    fn from(totals: ClickTotals) -> Self {
        let of = |class| totals.of(class);
        Self {
            human: of(Class::Human),
            preview: of(Class::Preview),
            crawler: of(Class::Crawler),
            prefetch: of(Class::Prefetch),
        }
    }
}

/// A link that was just saved, with what is doubtful about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedLink {
    /// The link.
    #[serde(flatten)]
    pub link: LinkBody,
    /// What is doubtful but possible.
    pub warnings: Vec<Finding>,
}

impl LinkBody {
    pub(super) fn new(link: &StoredLink, domains: &[StoredDomain]) -> Self {
        let domain = domains.iter().find(|known| known.domain.id == link.domain);
        let fields = &link.fields;
        let most = fields.max_clicks.map(NonZeroU64::get);
        Self {
            id: link.id.to_public(),
            domain: domain
                .map(|known| known.domain.name.as_str().to_owned())
                .unwrap_or_default(),
            code: link.code.clone(),
            short_url: domain
                .map(|known| known.short_url(&link.code))
                .unwrap_or_default(),
            target: fields.target.clone(),
            title: fields.title.clone(),
            note: fields.note.clone(),
            tags: fields.tags.clone(),
            status: fields.status.as_str(),
            redirect_status: fields.redirect_status.as_u16(),
            starts_at: fields.starts_at.map(time::to_text),
            expires_at: fields.expires_at.map(time::to_text),
            expired_target: fields.expired_target.clone(),
            max_clicks: most,
            clicks_left: most.map(|most| link.usage.left(most)),
            clicks_leased: most.map(|most| link.usage.leased.min(link.usage.left(most))),
            forward_query: fields.forward_query.as_str(),
            password_set: fields
                .policy
                .as_ref()
                .is_some_and(|policy| policy.password.is_some()),
            policy: fields
                .policy
                .as_deref()
                .map(PolicyText::from)
                .unwrap_or_default(),
            clicks: link.clicks.into(),
            version: link.version,
            created_at: time::to_text(link.created_at),
            updated_at: time::to_text(link.updated_at),
        }
    }

    pub(super) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }
}

/// A reply that is one link.
pub(super) fn reply(status: StatusCode, etag: &str, body: &impl Serialize) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .insert_header(("ETag", etag))
        .json(body)
}
