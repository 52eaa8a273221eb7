//! The password of a link: it comes in, and only its hash stays.

use serde_json::{Map, Value};
use suo_link::policy::PasswordHash;

use crate::{
    api::fields::Fields,
    password,
    problem::{Code, Problem},
};

/// The most characters of a password: what a person types.
const MAX: usize = 128;

const NAME: &str = "password";

/// Hashes the password that a link is to have, if there is one that may be set: before the
/// link is read.
pub(in crate::api) async fn hashed(
    members: &Map<String, Value>,
) -> Result<Option<PasswordHash>, Problem> {
    match wanted(members) {
        None => Ok(None),
        Some(text) => password::hash(text.to_owned()).await.map(Some),
    }
}

/// The password that a link is to have, if there is one that may be set.
pub(in crate::api) fn wanted(members: &Map<String, Value>) -> Option<&str> {
    let text = members.get(NAME)?.as_str()?;
    wrong(text).is_none().then_some(text)
}

/// What becomes of the hash; `hash` is that of the [`wanted`] password.
pub(super) fn given(
    fields: &mut Fields<'_>,
    hash: Option<&PasswordHash>,
) -> Option<Option<PasswordHash>> {
    let Some(text) = fields.text(NAME)? else {
        return Some(None);
    };
    if let Some((code, detail)) = wrong(text) {
        fields.refuse(NAME, code, detail);
        return None;
    }
    if hash.is_none() {
        // Never open to all what was meant to be protected.
        fields.refuse(NAME, Code::OutOfRange, "the password was not hashed");
    }
    Some(hash.cloned())
}

fn wrong(text: &str) -> Option<(Code, &'static str)> {
    match text.chars().count() {
        0 => Some((
            Code::TooShort,
            "at least one character; null for no password",
        )),
        1..=MAX if text.chars().any(char::is_control) => {
            Some((Code::UnknownValue, "nobody can type a control character"))
        }
        1..=MAX => None,
        _ => Some((Code::TooLong, "at most 128 characters")),
    }
}
