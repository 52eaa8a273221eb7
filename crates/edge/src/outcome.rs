//! How requests end, counted without locks.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use suo_link::wire::clicks;

/// How a request has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A link sent the visitor on.
    Redirect,
    /// `/` sent the visitor on.
    Root,
    /// An unknown code sent the visitor on to the domain's page for such.
    NotFoundRedirect,
    /// No such code, or no such path.
    NotFound,
    /// The link is paused.
    Paused,
    /// The link's time has not come.
    NotStarted,
    /// The link's time is over.
    Expired,
    /// The link was followed as often as it may be.
    UsedUp,
    /// What is left of the link's clicks is held for others.
    Waits,
    /// The link is banned.
    Banned,
    /// The visitor's app or system may not open the link.
    Denied,
    /// The visitor was told how to open the link in a browser.
    Guide,
    /// The visitor was asked for the password.
    Password,
    /// The password was wrong.
    WrongPassword,
    /// The password was right; the redirect comes next.
    Unlocked,
    /// Passwords were guessed too often.
    TooManyAttempts,
    /// A form that cannot be read, or that another site has sent.
    BadForm,
    /// Too many passwords or pictures were waited for.
    Busy,
    /// A program that fetches previews got the link's card.
    Card,
    /// A person looked at the link before following it.
    Preview,
    /// The QR code of a link.
    Picture,
    /// A file of a domain.
    File,
    /// Nobody could say what the code leads to.
    InDoubt,
    /// A host that is no domain of ours.
    UnknownHost,
    /// Another method than GET and HEAD, or than POST where a password is asked for.
    BadMethod,
    /// A Host header that HTTP does not allow.
    BadHost,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 26] = [
        Self::Redirect,
        Self::Root,
        Self::NotFoundRedirect,
        Self::NotFound,
        Self::Paused,
        Self::NotStarted,
        Self::Expired,
        Self::UsedUp,
        Self::Waits,
        Self::Banned,
        Self::Denied,
        Self::Guide,
        Self::Password,
        Self::WrongPassword,
        Self::Unlocked,
        Self::TooManyAttempts,
        Self::BadForm,
        Self::Busy,
        Self::Card,
        Self::Preview,
        Self::Picture,
        Self::File,
        Self::InDoubt,
        Self::UnknownHost,
        Self::BadMethod,
        Self::BadHost,
    ];

    /// As what it is recorded; `None`: it is no answer about a link or a domain's pages.
    pub(crate) fn recorded(self) -> Option<clicks::Outcome> {
        use clicks::Outcome as Recorded;
        Some(match self {
            Self::Redirect => Recorded::Redirect,
            Self::Root => Recorded::Root,
            Self::NotFoundRedirect => Recorded::NotFoundRedirect,
            Self::NotFound => Recorded::NotFound,
            Self::Paused => Recorded::Paused,
            Self::NotStarted => Recorded::NotStarted,
            Self::Expired => Recorded::Expired,
            Self::UsedUp => Recorded::UsedUp,
            Self::Banned => Recorded::Banned,
            Self::Denied => Recorded::Denied,
            Self::Guide => Recorded::Guide,
            Self::Password => Recorded::Password,
            Self::WrongPassword => Recorded::WrongPassword,
            Self::Unlocked => Recorded::Unlocked,
            Self::TooManyAttempts => Recorded::TooManyAttempts,
            Self::Card => Recorded::Card,
            Self::Preview => Recorded::Preview,
            Self::Waits
            | Self::BadForm
            | Self::Busy
            | Self::Picture
            | Self::File
            | Self::InDoubt
            | Self::UnknownHost
            | Self::BadMethod
            | Self::BadHost => return None,
        })
    }

    /// The name in metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Root => "root",
            Self::NotFoundRedirect => "not_found_redirect",
            Self::NotFound => "not_found",
            Self::Paused => "paused",
            Self::NotStarted => "not_started",
            Self::Expired => "expired",
            Self::UsedUp => "used_up",
            Self::Waits => "waits",
            Self::Banned => "banned",
            Self::Denied => "denied",
            Self::Guide => "guide",
            Self::Password => "password",
            Self::WrongPassword => "wrong_password",
            Self::Unlocked => "unlocked",
            Self::TooManyAttempts => "too_many_attempts",
            Self::BadForm => "bad_form",
            Self::Busy => "busy",
            Self::Card => "card",
            Self::Preview => "preview",
            Self::Picture => "picture",
            Self::File => "file",
            Self::InDoubt => "in_doubt",
            Self::UnknownHost => "unknown_host",
            Self::BadMethod => "bad_method",
            Self::BadHost => "bad_host",
        }
    }
}

/// The counts of one worker. Only that worker adds; others read.
#[derive(Debug, Default)]
pub(crate) struct Outcomes([AtomicU64; Outcome::ALL.len()]);

impl Outcomes {
    /// Counts one. A plain store is enough, and cheap, because there is one writer.
    pub(crate) fn count(&self, outcome: Outcome) {
        let count = &self.0[outcome as usize];
        count.store(count.load(Relaxed) + 1, Relaxed);
    }

    /// The sum over all workers.
    pub(crate) fn total(workers: &[Arc<Self>], outcome: Outcome) -> u64 {
        let of_one = |worker: &Arc<Self>| worker.0[outcome as usize].load(Relaxed);
        workers.iter().map(of_one).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn each_outcome_has_the_place_of_its_number() {
        for (place, outcome) in Outcome::ALL.iter().enumerate() {
            assert_eq!(*outcome as usize, place);
        }
    }
}
