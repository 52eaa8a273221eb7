//! `If-Match`: changes meant for one version.

use actix_web::http::header::HeaderMap;

use crate::{
    problem::{Name, Problem},
    store::Expected,
};

/// Reads `If-Match`: versions, quoted or bare, or `*`. What is no version fits nothing.
pub(super) fn expected(headers: &HeaderMap) -> Expected {
    let mut versions = Vec::new();
    let mut is_given = false;
    for value in headers.get_all("if-match") {
        is_given = true;
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
            if tag == "*" {
                return Expected::Any;
            }
            versions.extend(tag.trim_matches('"').parse::<u64>());
        }
    }
    if is_given {
        Expected::OneOf(versions)
    } else {
        Expected::Any
    }
}

/// The thing has another version than the request was meant for.
pub(super) fn other_version() -> Problem {
    Problem::new(Name::VersionMismatch, "read it again, and decide again")
}
