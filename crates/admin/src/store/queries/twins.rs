//! Links to the same target, for those who would rather have the old one.

use std::collections::HashMap;

use diesel::{dsl::max, prelude::*};
use suo_link::{
    code::Code,
    id::{DomainId, LinkId},
};

use super::{Conn, Outcome, dialect, find};
use crate::store::{
    IfExists, NewLink, StoredDomain, StoredLink,
    rows::target_hash,
    schema::{codes, links},
};

/// Hashes of one statement.
const ROWS: usize = 10_000;

/// A link to the same target.
pub(super) enum Twin {
    /// There is none, or another one is wanted.
    None,
    /// This one.
    Stored(Box<StoredLink>),
    /// The one that stands at this place of the same batch.
    Earlier(usize),
}

/// The twin of each link. Whoever looks for the same target at the same time waits.
pub(super) fn find(
    conn: &mut Conn,
    new: &[NewLink],
    domains: &[StoredDomain],
) -> Outcome<Vec<Twin>> {
    let wanted = |link: &&NewLink| link.if_exists == IfExists::Return;
    let hash = |link: &NewLink| target_hash(&link.fields.target);
    let mut hashes: Vec<i64> = new.iter().filter(wanted).map(hash).collect();
    if hashes.is_empty() {
        return Ok(new.iter().map(|_| Twin::None).collect());
    }
    hashes.sort_unstable();
    hashes.dedup();
    dialect::lock_targets(conn, &hashes)?;
    let newest = newest(conn, &hashes)?;
    let mut earlier = HashMap::new();
    let mut twins = Vec::with_capacity(new.len());
    for (place, link) in new.iter().enumerate() {
        let target = (link.domain, link.fields.target.clone());
        twins.push(match (&link.if_exists, &link.code) {
            (IfExists::Create, _) => Twin::None,
            (_, Some(code)) => with_code(conn, link, code, domains)?,
            _ => match (newest.get(&target), earlier.get(&target)) {
                (Some(stored), _) => Twin::Stored(Box::new(stored.clone())),
                (_, Some(place)) => Twin::Earlier(*place),
                _ => {
                    earlier.insert(target, place);
                    Twin::None
                }
            },
        });
    }
    Ok(twins)
}

/// By domain and target.
type Newest = HashMap<(DomainId, String), StoredLink>;

/// The newest link of each domain and target.
fn newest(conn: &mut Conn, hashes: &[i64]) -> Outcome<Newest> {
    let mut ids = Vec::new();
    for hashes in hashes.chunks(ROWS) {
        let part = links::table
            .filter(links::target_hash.eq_any(hashes))
            .group_by((links::domain, links::target_hash))
            .select(max(links::id))
            .load::<Option<i64>>(conn)?;
        ids.extend(part.into_iter().flatten());
    }
    let links = find::by_ids(conn, &ids)?;
    let entry = |link: StoredLink| ((link.domain, link.fields.target.clone()), link);
    Ok(links.into_iter().map(entry).collect())
}

/// The link that has this code, if it leads to the same target.
fn with_code(
    conn: &mut Conn,
    new: &NewLink,
    code: &Code,
    domains: &[StoredDomain],
) -> Outcome<Twin> {
    let case_sensitive = domains
        .iter()
        .any(|stored| stored.domain.id == new.domain && stored.domain.case_sensitive);
    let id = codes::table
        .find((new.domain.0 as i32, code.key(case_sensitive).as_str()))
        .select(codes::link)
        .first::<i64>(conn)
        .optional()?;
    let Some(id) = id else {
        return Ok(Twin::None);
    };
    let stored = find::one(conn, LinkId(id as u64))?;
    let twin = stored.filter(|stored| stored.fields.target == new.fields.target);
    Ok(twin.map_or(Twin::None, |stored| Twin::Stored(Box::new(stored))))
}
