//! Shapes of request bodies, for the OpenAPI document: bodies are read member by member.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::policy_text::{AllowText, ConditionText, PreviewText};

/// A link to be created.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "only its shape is used: bodies are read member by member"
)]
pub(super) struct LinkInput {
    /// http or https; without a scheme, https.
    #[schema(example = "https://example.com/page")]
    target: String,
    /// The default domain unless given.
    domain: Option<String>,
    /// 1 to 64 of `A-Z a-z 0-9 _ -`; generated unless given.
    code: Option<String>,
    /// At most 500 characters.
    title: Option<String>,
    /// At most 5 000 characters.
    note: Option<String>,
    /// At most 50 of at most 64 characters.
    tags: Option<Vec<String>>,
    /// `active`, `paused` or `banned`.
    status: Option<String>,
    /// 301, 302, 307 or 308.
    redirect_status: Option<u16>,
    /// RFC 3339.
    starts_at: Option<String>,
    /// RFC 3339.
    expires_at: Option<String>,
    /// Where visitors of an expired or used-up link are sent.
    expired_target: Option<String>,
    /// How often people may follow it; 1 to 1 000 000 000 000.
    max_clicks: Option<u64>,
    /// `off`, `append` or `override`.
    forward_query: Option<String>,
    /// Apps whose visitors are told how to open the link in a browser; no browsers.
    guide_apps: Option<Vec<String>>,
    /// Who may open the link.
    allow: Option<AllowText>,
    /// At most 32.
    rules: Option<Vec<RuleInput>>,
    preview: Option<PreviewText>,
    /// 1 to 128 characters; only its hash is kept.
    password: Option<String>,
    /// `create` or `return`.
    if_exists: Option<String>,
}

/// Other targets for the visitors whom a condition describes.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct RuleInput {
    when: ConditionText,
    /// 1 to 16.
    targets: Vec<TargetInput>,
}

/// One of the targets of a rule.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct TargetInput {
    /// As `target`.
    #[schema(example = "https://example.com/app")]
    url: String,
    /// 1 to 1 000 000; 1 unless given.
    weight: Option<u32>,
}

/// A link and a visitor to be tried out.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct SimulationInput {
    /// A link's id; this or `link`.
    id: Option<String>,
    link: Option<LinkInput>,
    /// The value of `User-Agent`.
    user_agent: Option<String>,
    /// A language tag, or the value of `Accept-Language`.
    #[schema(example = "zh-CN,zh;q=0.9")]
    language: Option<String>,
    /// Two letters.
    country: Option<String>,
    /// RFC 3339; now unless given.
    time: Option<String>,
    /// The query string of the short URL.
    query: Option<String>,
    /// The visitor's IP address, for the weighted split.
    address: Option<String>,
    /// Whether the password was given.
    unlocked: Option<bool>,
}

/// Links to be created.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct BatchInput {
    /// At most 10 000.
    links: Vec<LinkInput>,
}

/// What becomes of a link: as for a new one, but nothing is required and the domain stays.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct LinkPatch {
    target: Option<String>,
    /// Becomes the primary code; the old one keeps answering.
    code: Option<String>,
    title: Option<String>,
    note: Option<String>,
    tags: Option<Vec<String>>,
    status: Option<String>,
    redirect_status: Option<u16>,
    starts_at: Option<String>,
    expires_at: Option<String>,
    expired_target: Option<String>,
    max_clicks: Option<u64>,
    forward_query: Option<String>,
    guide_apps: Option<Vec<String>>,
    /// Merged: `{"apps": ["wechat"]}` keeps `os`.
    allow: Option<AllowText>,
    rules: Option<Vec<RuleInput>>,
    /// Merged.
    preview: Option<PreviewText>,
    /// null: no password any more.
    password: Option<String>,
}

/// An API key to be made.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct ApiKeyInput {
    /// At most 100 characters.
    name: String,
    /// `read`, `write`, or both.
    scopes: Vec<String>,
}

/// A domain to be added.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct DomainInput {
    /// Host and non-default port.
    #[schema(example = "s.example.com")]
    domain: String,
    /// `http` or `https`.
    scheme: Option<String>,
    case_sensitive: Option<bool>,
    root_target: Option<String>,
    not_found_target: Option<String>,
}

/// What becomes of a domain.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(super) struct DomainPatch {
    case_sensitive: Option<bool>,
    root_target: Option<String>,
    not_found_target: Option<String>,
}
