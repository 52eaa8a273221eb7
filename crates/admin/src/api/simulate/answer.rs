//! What a visitor who is tried out gets.

use std::borrow::Cow;

use serde::Serialize;
use suo_link::policy::{Decision, Variant};
use utoipa::ToSchema;

/// What the edge answers.
#[derive(Serialize, ToSchema)]
pub(super) struct DecisionBody {
    /// `redirect`, `banned`, `paused`, `not_started`, `expired`, `used_up`, `denied`, `guide`,
    /// `password` or `card`.
    #[schema(example = "redirect")]
    kind: &'static str,
    /// The HTTP status.
    #[schema(example = 302)]
    status: u16,
    /// Where the visitor is led: by the redirect, or by what the guide or the card offers.
    location: Option<String>,
    /// Which page is shown; null for a redirect.
    page: Option<&'static str>,
    /// Which target of which rule it is; null: the link's own target.
    variant: Option<VariantBody>,
}

/// A target of a rule.
#[derive(Serialize, ToSchema)]
pub(super) struct VariantBody {
    /// The rule's place, from 0.
    rule: u8,
    /// The target's place in its rule, from 0.
    target: u8,
}

impl From<&Decision<'_>> for DecisionBody {
    fn from(decision: &Decision<'_>) -> Self {
        match decision {
            Decision::Redirect(redirect) => Self {
                kind: "redirect",
                status: redirect.status.as_u16(),
                location: Some(redirect.location.to_string()),
                page: None,
                variant: redirect.variant.map(VariantBody::from),
            },
            Decision::Guide(guide) => Self {
                location: guide.location.as_ref().map(Cow::to_string),
                ..Self::page("guide", 200)
            },
            Decision::Card(card) => Self {
                location: Some(card.location.to_string()),
                variant: card.variant.map(VariantBody::from),
                ..Self::page("card", 200)
            },
            Decision::Password => Self::page("password", 200),
            Decision::Denied(_) => Self::page("denied", 403),
            Decision::Paused => Self::page("paused", 404),
            Decision::NotStarted => Self::page("not_started", 404),
            Decision::Banned => Self::page("banned", 410),
            Decision::Expired => Self::page("expired", 410),
            Decision::UsedUp => Self::page("used_up", 410),
        }
    }
}

impl DecisionBody {
    fn page(name: &'static str, status: u16) -> Self {
        Self {
            kind: name,
            status,
            location: None,
            page: Some(name),
            variant: None,
        }
    }
}

impl From<Variant> for VariantBody {
    fn from(variant: Variant) -> Self {
        Self {
            rule: variant.rule,
            target: variant.target,
        }
    }
}
