//! Who may call: API keys and their scopes.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::AUTHORIZATION, web::Data};
use sha2::{Digest, Sha256};

use crate::{
    problem::{Name, Problem},
    state::State,
    store::{ApiKey, KeyHash, NewApiKey, Scopes, Store, StoreError},
};

/// What keys that we make begin with.
const PREFIX: &str = "suo_";

/// Random characters of a key, 5 bits each.
const SECRET_LENGTH: usize = 40;

/// Characters of a key that stay visible, so that people can tell keys apart.
const VISIBLE: usize = 8;

/// A caller whose key may read.
pub struct Reader(pub ApiKey);

/// A caller whose key may write.
pub struct Writer(pub ApiKey);

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let key = caller(&request).await?;
            if key.scopes.read {
                Ok(Self(key))
            } else {
                Err(lacks("read"))
            }
        })
    }
}

impl FromRequest for Writer {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let key = caller(&request).await?;
            if key.scopes.write {
                Ok(Self(key))
            } else {
                Err(lacks("write"))
            }
        })
    }
}

async fn caller(request: &HttpRequest) -> Result<ApiKey, Problem> {
    let state = request.app_data::<Data<State>>().ok_or_else(|| {
        tracing::error!("a route was set up without state");
        Problem::new(Name::Internal, "the operator finds the cause in the log")
    })?;
    let hash = hash(bearer(request).ok_or_else(unknown)?);
    state
        .ask(move |store| store.api_key(&hash))
        .await?
        .ok_or_else(unknown)
}

/// The key that the request bears.
pub(crate) fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
}

fn unknown() -> Problem {
    Problem::new(Name::Unauthorized, "send Authorization: Bearer <API key>")
}

fn lacks(scope: &str) -> Problem {
    Problem::new(
        Name::Forbidden,
        format_args!("this API key lacks the scope {scope}"),
    )
}

/// What is kept of a key. Keys are long and random: a fast hash is enough.
#[must_use]
pub fn hash(key: &str) -> KeyHash {
    Sha256::digest(key).into()
}

/// A new random key, to be shown once.
///
/// # Errors
/// If the operating system gives no random bytes.
pub fn new_key() -> Result<String, getrandom::Error> {
    let mut bytes = [0; SECRET_LENGTH];
    getrandom::fill(&mut bytes)?;
    let alphabet = suo_link::code::GENERATED_ALPHABET;
    let spelled = bytes
        .iter()
        .map(|byte| char::from(alphabet[usize::from(byte % 32)]));
    Ok(PREFIX.chars().chain(spelled).collect())
}

/// A key as it is kept.
#[must_use]
pub fn kept(key: &str, name: &str, scopes: Scopes) -> NewApiKey {
    let prefix = key.chars().take(VISIBLE).collect();
    NewApiKey {
        hash: hash(key),
        prefix,
        name: name.to_owned(),
        scopes,
    }
}

/// Whether an operator may choose this key (`SUO_BOOTSTRAP_API_KEY`): 32–128 of `[A-Za-z0-9_]`.
#[must_use]
pub fn is_acceptable(key: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (32..=128).contains(&key.len()) && key.bytes().all(fits)
}

/// Sees to it that there is a key: the operator's own, or one made on the very first start,
/// which is returned to be shown once.
///
/// # Errors
/// If the database or the operating system fails.
pub fn ensure_key(
    store: &dyn Store,
    chosen: Option<&str>,
    clock: &crate::clock::Clock,
) -> Result<Option<String>, StoreError> {
    if let Some(chosen) = chosen {
        store.add_api_key(&kept(chosen, "bootstrap", Scopes::ALL), clock())?;
        return Ok(None);
    }
    let key = new_key().map_err(|error| StoreError::Unavailable(error.to_string().into()))?;
    let is_first = store.add_first_api_key(&kept(&key, "first", Scopes::ALL), clock())?;
    Ok(is_first.then_some(key))
}
