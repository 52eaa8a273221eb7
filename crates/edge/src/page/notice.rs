//! Pages that are always the same.

use http::StatusCode;

use super::{Content, Html, Tongue, heading, paragraph, words::Words};
use crate::outcome::Outcome;

/// Why a visitor is not sent on, where that is all there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    NotFound,
    UnknownHost,
    Paused,
    NotStarted,
    Expired,
    /// The link was followed as often as it may be.
    UsedUp,
    /// What is left of the link's clicks is held for others.
    Waits,
    Banned,
    InDoubt,
    BadMethod,
    BadHost,
    /// A form that another site has sent.
    CrossSite,
    /// A password was guessed too often.
    TooMany,
    /// A form that is too long.
    TooLarge,
    /// A form of another kind, or one that does not end.
    BadForm,
    /// More passwords are to be tried than this edge takes on.
    Busy,
}

impl Notice {
    /// Every notice, in the order of their numbers.
    pub(super) const ALL: [Self; 16] = [
        Self::NotFound,
        Self::UnknownHost,
        Self::Paused,
        Self::NotStarted,
        Self::Expired,
        Self::UsedUp,
        Self::Waits,
        Self::Banned,
        Self::InDoubt,
        Self::BadMethod,
        Self::BadHost,
        Self::CrossSite,
        Self::TooMany,
        Self::TooLarge,
        Self::BadForm,
        Self::Busy,
    ];

    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::UnknownHost | Self::Paused | Self::NotStarted => {
                StatusCode::NOT_FOUND
            }
            Self::Expired | Self::UsedUp | Self::Banned => StatusCode::GONE,
            Self::Waits | Self::InDoubt | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadHost | Self::BadForm => StatusCode::BAD_REQUEST,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::NotFound => Outcome::NotFound,
            Self::UnknownHost => Outcome::UnknownHost,
            Self::Paused => Outcome::Paused,
            Self::NotStarted => Outcome::NotStarted,
            Self::Expired => Outcome::Expired,
            Self::UsedUp => Outcome::UsedUp,
            Self::Waits => Outcome::Waits,
            Self::Banned => Outcome::Banned,
            Self::InDoubt => Outcome::InDoubt,
            Self::BadMethod => Outcome::BadMethod,
            Self::BadHost => Outcome::BadHost,
            Self::CrossSite | Self::TooLarge | Self::BadForm => Outcome::BadForm,
            Self::TooMany => Outcome::TooManyAttempts,
            Self::Busy => Outcome::Busy,
        }
    }

    fn texts(self, words: &Words) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => (words.not_found_title, words.not_found),
            Self::UnknownHost => (words.unknown_host_title, words.unknown_host),
            Self::Paused => (words.paused_title, words.paused),
            Self::NotStarted => (words.not_started_title, words.not_started),
            Self::Expired => (words.expired_title, words.expired),
            Self::UsedUp => (words.used_up_title, words.used_up),
            Self::Waits => (words.waits_title, words.waits),
            Self::Banned => (words.banned_title, words.banned),
            Self::InDoubt => (words.in_doubt_title, words.in_doubt),
            Self::BadMethod => (words.bad_method_title, words.bad_method),
            Self::BadHost => (words.bad_host_title, words.bad_host),
            Self::CrossSite => (words.cross_site_title, words.cross_site),
            Self::TooMany => (words.too_many_title, words.too_many),
            Self::TooLarge => (words.too_large_title, words.too_large),
            Self::BadForm => (words.bad_form_title, words.bad_form),
            Self::Busy => (words.busy_title, words.busy),
        }
    }
}

impl Content for Notice {
    fn title<'a>(&'a self, words: &'a Words) -> &'a str {
        self.texts(words).0
    }

    fn body(&self, html: &mut Html, tongue: Tongue, _room: usize) {
        let (title, text) = self.texts(tongue.words());
        heading(html, title);
        paragraph(html, text);
    }
}
