//! Texts that are short links of this very instance.

use suo_link::{
    code::CodeKey,
    wire::{
        names::LinkKey,
        record::{Content, Record},
        sighting::Question,
    },
};

use super::decode::OwnLink;
use crate::store::{Store, StoreError, StoredDomain};

/// What may follow a code in a path and still mean the link.
const PARTS: [&str; 3] = ["/q", "/qr.png", "+"];

/// For each text, in order, the link that it leads to, if it is one of ours.
pub(super) fn links(
    store: &dyn Store,
    texts: &[String],
) -> Result<Vec<Option<OwnLink>>, StoreError> {
    let domains = store.domains()?;
    let found = texts.iter().map(|text| match key(text, &domains) {
        Some(key) => link(store, key, &domains),
        None => Ok(None),
    });
    found.collect()
}

/// Where the link would be that a text names.
fn key(text: &str, domains: &[StoredDomain]) -> Option<LinkKey> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let is_web = ["http", "https"]
        .iter()
        .any(|web| web.eq_ignore_ascii_case(scheme));
    let (host, path) = rest.split_once('/').filter(|_| is_web)?;
    let domain = &domains
        .iter()
        .find(|known| known.domain.name.as_str().eq_ignore_ascii_case(host))?
        .domain;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segment = PARTS.iter().find_map(|part| path.strip_suffix(part));
    let code_key = CodeKey::from_segment(segment.unwrap_or(path), domain.case_sensitive)?;
    Some(LinkKey {
        domain: domain.id,
        code: code_key,
    })
}

fn link(
    store: &dyn Store,
    key: LinkKey,
    domains: &[StoredDomain],
) -> Result<Option<OwnLink>, StoreError> {
    let answer = store.answer(&Question::Links(vec![key]))?;
    let record = answer.records.into_iter().flatten().next();
    let content = record.and_then(|bytes| Some(Record::decode(&bytes).ok()?.content));
    let Some(Content::Redirect(link)) = content else {
        return Ok(None);
    };
    let Some(stored) = store.link(link.id)? else {
        return Ok(None);
    };
    let mut domains = domains.iter();
    let domain = domains.find(|known| known.domain.id == stored.domain);
    Ok(domain.map(|domain| OwnLink {
        id: stored.id.to_public(),
        short_url: domain.short_url(&stored.code),
    }))
}
