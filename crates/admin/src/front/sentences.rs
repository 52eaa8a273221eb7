//! What is wrong, in sentences for people: the codes of the API say what it is, and here it is
//! said what to do.

use suo_link::destination::{Destination, DestinationError, HostError, PrivateTargets};

use super::{
    choice::Choice,
    quota::UsedUp,
    words::{Tongue, Words, fill},
};
use crate::{
    pictures::ReadError,
    problem::{Code, Finding},
};

/// What was tried, so that a finding about it can be explained.
#[derive(Clone, Copy)]
pub(super) struct Tried<'a> {
    pub(super) target: &'a str,
    pub(super) choice: &'a Choice,
    pub(super) private: PrivateTargets,
}

/// Each different sentence once.
pub(super) fn all(findings: &[Finding], tried: Tried<'_>, tongue: Tongue) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for finding in findings {
        let sentence = one(finding, tried, tongue.words());
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

fn one(finding: &Finding, tried: Tried<'_>, words: &Words) -> String {
    if let Some(field) = tried.choice.download_at(&finding.pointer) {
        let place = super::choice::DOWNLOADS
            .iter()
            .position(|name| *name == field);
        let url = place.and_then(|place| tried.choice.downloads.get(place));
        let label = match field {
            "ios" => words.download_ios,
            "android_wechat" => words.download_android_wechat,
            _ => words.download_android,
        };
        let sentence = of_url(
            finding.code,
            url.map_or("", String::as_str),
            tried.private,
            words,
        );
        return fill(words.e_download_at, &[label, &sentence]);
    }
    match (finding.pointer.as_str(), finding.code) {
        (_, Code::Unsatisfiable) => words.e_unsatisfiable.to_owned(),
        ("/target", code) => of_url(code, tried.target, tried.private, words),
        (pointer, _) if pointer.starts_with("/allow") || pointer.starts_with("/guide_apps") => {
            words.e_choice.to_owned()
        }
        _ => words.e_field.to_owned(),
    }
}

/// The API has one code for several faults of a URL; people are told which one it is.
fn of_url(code: Code, url: &str, private: PrivateTargets, words: &Words) -> String {
    match Destination::parse(url, private) {
        Err(error) => destination(&error, words),
        Ok(_) if code == Code::OwnDomain => words.e_own.to_owned(),
        Ok(_) => words.e_field.to_owned(),
    }
}

fn destination(error: &DestinationError, words: &Words) -> String {
    match error {
        DestinationError::Empty => words.e_empty,
        DestinationError::TooLong => words.e_too_long,
        DestinationError::ControlCharacter => words.e_control,
        DestinationError::NotAUrl => words.e_not_url,
        DestinationError::Scheme(scheme) => {
            let scheme: String = scheme.chars().take(20).collect();
            return fill(words.e_scheme, &[&scheme]);
        }
        DestinationError::Backslash => words.e_backslash,
        DestinationError::Credentials => words.e_credentials,
        DestinationError::Host(HostError::Missing) => words.e_no_host,
        DestinationError::Host(HostError::NotAHost) => words.e_host,
        DestinationError::Port => words.e_port,
        DestinationError::Private => words.e_private,
    }
    .to_owned()
}

/// A quota that is used up; `host` is where the link would have led.
pub(super) fn used_up(used_up: UsedUp, host: &str, words: &Words) -> String {
    match used_up {
        UsedUp::Address => words.e_address_quota.to_owned(),
        UsedUp::Host => fill(words.e_host_quota, &[host]),
    }
}

/// Why a picture was not read.
pub(super) fn picture(error: ReadError, words: &Words) -> &'static str {
    match error {
        ReadError::NotAPicture => words.e_not_picture,
        ReadError::TooLarge => words.e_picture_large,
        ReadError::Unreadable => words.e_no_code,
        ReadError::TooHard => words.e_hard,
        ReadError::Busy => words.e_busy,
    }
}
