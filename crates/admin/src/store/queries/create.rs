//! Creating links, one or thousands, in a fixed order: numbers of links, codes, one number
//! for the records, links, texts, outbox.

use diesel::prelude::*;
use suo_link::{
    code::CodeKey,
    id::{DomainId, LinkId},
    time::Timestamp,
    wire::{changes::Change, names::LinkKey},
};

use super::{
    Conn, Outcome,
    codes::{self, Wish, Won},
    dialect, domains, outbox, texts,
    twins::{self, Twin},
};
use crate::{
    random::Random,
    store::{
        ClickTotals, Creation, NewLink, StoreError, StoredDomain, StoredLink, Usage,
        rows::{NewLinkRow, record},
        schema::links,
    },
};

/// Rows of one statement: 21 values each, and SQLite takes 32 766.
const ROWS: usize = 1500;

pub(super) fn create(
    conn: &mut Conn,
    new: &[NewLink],
    now: Timestamp,
    random: Random,
) -> Outcome<Vec<Creation>> {
    let used: Vec<DomainId> = used_domains(new);
    let domains = domains::freeze_case(conn, &used)?;
    let twins = twins::find(conn, new, &domains)?;
    let fresh: Vec<&NewLink> = new
        .iter()
        .zip(&twins)
        .filter_map(|(new, twin)| matches!(twin, Twin::None).then_some(new))
        .collect();
    let created = create_all(conn, &fresh, &domains, now, random)?;
    Ok(in_order(twins, created))
}

fn used_domains(new: &[NewLink]) -> Vec<DomainId> {
    let mut used: Vec<DomainId> = new.iter().map(|link| link.domain).collect();
    used.sort_unstable();
    used.dedup();
    used
}

fn create_all(
    conn: &mut Conn,
    new: &[&NewLink],
    domains: &[StoredDomain],
    now: Timestamp,
    random: Random,
) -> Outcome<Vec<Option<StoredLink>>> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let ids = dialect::next_link_ids(conn, new.len())?;
    let wishes = ids
        .iter()
        .zip(new)
        .map(|(id, new)| wish(LinkId(*id as u64), new, domains))
        .collect::<Outcome<Vec<_>>>()?;
    let codes = codes::claim(conn, &wishes, random)?;
    let (links, keys) = winners(&ids, new, codes, now);
    write(conn, links.iter().flatten(), &keys, now)?;
    Ok(links)
}

fn wish<'a>(link: LinkId, new: &'a NewLink, domains: &[StoredDomain]) -> Outcome<Wish<'a>> {
    let stored = domains
        .iter()
        .find(|stored| stored.domain.id == new.domain)
        .ok_or_else(|| StoreError::broken("a link was to be created on an unknown domain"))?;
    Ok(Wish {
        link,
        domain: new.domain,
        case_sensitive: stored.domain.case_sensitive,
        code: new.code.as_ref(),
    })
}

/// The links that got their codes in the places of all, and the keys of those codes.
fn winners(
    ids: &[i64],
    new: &[&NewLink],
    codes: Vec<Option<Won>>,
    now: Timestamp,
) -> (Vec<Option<StoredLink>>, Vec<CodeKey>) {
    let mut keys = Vec::with_capacity(new.len());
    let mut link = |(id, new, won): (&i64, &&NewLink, Option<Won>)| {
        let won = won?;
        keys.push(won.key);
        Some(StoredLink {
            id: LinkId(*id as u64),
            domain: new.domain,
            code: won.code.as_str().to_owned(),
            fields: new.fields.clone(),
            clicks: ClickTotals::default(),
            usage: Usage::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        })
    };
    let places = ids.iter().zip(new).zip(codes);
    let links = places
        .map(|((id, new), won)| link((id, new, won)))
        .collect();
    (links, keys)
}

fn write<'a>(
    conn: &mut Conn,
    links: impl Iterator<Item = &'a StoredLink> + Clone,
    keys: &[CodeKey],
    now: Timestamp,
) -> Outcome<()> {
    if keys.is_empty() {
        return Ok(());
    }
    // One number serves the whole transaction: only records of the same code are compared.
    let rev = dialect::next_rev(conn)?.unsigned_abs();
    let rows: Vec<_> = links
        .clone()
        .map(|link| NewLinkRow::new(link, rev))
        .collect();
    for rows in rows.chunks(ROWS) {
        diesel::insert_into(links::table)
            .values(rows)
            .execute(conn)?;
    }
    texts::insert(conn, links.clone().map(|link| (link.id, &link.fields)))?;
    let change = |(link, key): (&StoredLink, &CodeKey)| Change::Created {
        key: LinkKey {
            domain: link.domain,
            code: key.clone(),
        },
        record: record(link, rev),
    };
    outbox::put(conn, links.zip(keys).map(change).collect(), now)
}

/// What became of each link, in the order in which they were given.
fn in_order(twins: Vec<Twin>, created: Vec<Option<StoredLink>>) -> Vec<Creation> {
    let mut created = created.into_iter();
    let mut creations: Vec<Creation> = Vec::with_capacity(twins.len());
    for twin in twins {
        let creation = match twin {
            Twin::None => match created.next().flatten() {
                Some(link) => Creation::Created(link),
                None => Creation::CodeTaken,
            },
            Twin::Stored(link) => Creation::Existing(*link),
            Twin::Earlier(place) => match creations.get(place) {
                Some(Creation::Created(link) | Creation::Existing(link)) => {
                    Creation::Existing(link.clone())
                }
                _ => Creation::CodeTaken,
            },
        };
        creations.push(creation);
    }
    creations
}
