//! A form that is sent twice makes its links once: after a double press, or when the browser sends
//! it again because the answer was lost.
//!
//! Each page with the form gives it a number of its own. What stands for a form in the table of
//! idempotency keys is a hash of the browser's cookie, that number and all other fields: another
//! address typed into the same form, after going back, makes another link.

use std::time::Duration;

use sha2::{Digest, Sha256};
use suo_link::id::LinkId;

use super::{form::Form, keys::hex, visit::Visit};
use crate::{
    problem::Problem,
    random,
    state::State,
    store::{ApiKeyId, Claim, Claimed, Creation, Reply, Store, StoreError, StoredLink},
};

/// Whose idempotency keys these are: nobody's. API keys are numbered from 1.
const STRANGERS: ApiKeyId = ApiKeyId(0);

/// How long links are shown again, in milliseconds.
const KEEP: i64 = 24 * 3600 * 1000;

/// How long a form is believed to be at work, in milliseconds.
const AT_WORK: i64 = 30 * 1000;

/// How often, and how many times, the second form looks for what the first one has made.
const PAUSE: Duration = Duration::from_millis(50);
const LOOKS: u32 = 60;

/// What a form is to do.
pub(super) enum Turn {
    /// Its work; with a claim, if it can be told from others.
    First(Option<Claim>),
    /// Nothing: these links were made for it, one for each line for which there is one.
    Again(Vec<Option<LinkId>>),
    /// Nothing: it is still at work, in another request.
    InWork,
}

/// What tells a form from others; `None`: it has no number, or no cookie came along.
pub(super) fn key(visit: &Visit, form: &Form) -> Option<String> {
    let number = form.text("once");
    let cookie = visit.cookie.as_deref()?;
    if number.is_empty() {
        return None;
    }
    let hash = Sha256::new().chain_update(cookie).chain_update(form.hash());
    Some(hex(&hash.finalize()))
}

/// Whether the work is still to be done; waits for a moment for whoever is at it.
pub(super) async fn begin(state: &State, key: Option<String>) -> Result<Turn, Problem> {
    let Some(claim) = key.and_then(|key| claim(state, key)) else {
        return Ok(Turn::First(None));
    };
    for _ in 0..LOOKS {
        let (asked, now) = (claim.clone(), state.now());
        match state.ask(move |store| store.claim(&asked, now)).await? {
            Claimed::Ours => return Ok(Turn::First(Some(claim))),
            Claimed::Answered(reply) => return Ok(Turn::Again(made(&reply))),
            Claimed::OtherRequest => return Ok(Turn::First(None)),
            Claimed::InWork => tokio::time::sleep(PAUSE).await,
        }
    }
    Ok(Turn::InWork)
}

/// Gives a claim back with which nothing was made.
pub(super) async fn release(state: &State, claim: Claim) {
    if let Err(problem) = state.ask(move |store| store.release(&claim)).await {
        // It runs out by itself.
        tracing::debug!(%problem, "a claim was not given back");
    }
}

/// What is kept: the link that was made for each line, if it was one of the places with a link.
pub(super) fn reply(places: &[bool], creations: &[Creation]) -> Option<Reply> {
    let mut creations = creations.iter();
    let id = |is_wanted: &bool| match is_wanted.then(|| creations.next()).flatten() {
        Some(Creation::Created(link) | Creation::Existing(link)) => Some(link.id.to_public()),
        Some(Creation::CodeTaken) | None => None,
    };
    let ids: Vec<Option<String>> = places.iter().map(id).collect();
    Some(Reply {
        status: 200,
        etag: None,
        body: serde_json::to_vec(&ids).ok()?,
    })
}

fn made(reply: &Reply) -> Vec<Option<LinkId>> {
    let ids: Vec<Option<String>> = serde_json::from_slice(&reply.body).unwrap_or_default();
    let ids = ids.into_iter();
    ids.map(|id| LinkId::from_public(&id?)).collect()
}

/// These links, as far as there still are any.
pub(super) fn links(
    store: &dyn Store,
    ids: Vec<Option<LinkId>>,
) -> Result<Vec<Option<StoredLink>>, StoreError> {
    let link = |id: Option<LinkId>| id.map_or(Ok(None), |id| store.link(id));
    ids.into_iter().map(link).collect()
}

/// `None` without randomness: then the form is not told from others.
fn claim(state: &State, key: String) -> Option<Claim> {
    let mut token = [0; 16];
    random::system(&mut token).ok()?;
    let now = state.now();
    Some(Claim {
        api_key: STRANGERS,
        fingerprint: Sha256::digest(&key).into(),
        key,
        token,
        until: now.plus(AT_WORK),
        forget_before: now.plus(-KEEP),
    })
}
