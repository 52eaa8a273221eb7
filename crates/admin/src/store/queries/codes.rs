//! Codes are claimed before their links are written: the insert waits for whoever deletes or
//! creates the same code in this moment, so numbers taken afterwards are higher than theirs.

use std::collections::HashSet;

use diesel::prelude::*;
use suo_link::{
    code::{Code, CodeKey, GENERATED_LENGTH, MAX_LENGTH},
    id::{DomainId, LinkId},
    wire::names::{LinkKey, bucket_of},
};

use super::{Conn, Outcome};
use crate::{
    random::Random,
    store::{
        StoreError,
        rows::{CodeRow, NewCodeRow, PRIMARY},
        schema::codes,
    },
};

/// Rows of one statement; SQLite takes 32 766 values, Postgres 65 535.
const ROWS: usize = 4000;

/// After so many rounds in which some generated codes were taken, codes get longer by one.
const ROUNDS_OF_ONE_LENGTH: usize = 3;

/// What a link wants to be found under.
pub(super) struct Wish<'a> {
    pub(super) link: LinkId,
    pub(super) domain: DomainId,
    pub(super) case_sensitive: bool,
    /// `None`: any code that is free.
    pub(super) code: Option<&'a Code>,
}

/// A code that a link got.
pub(super) struct Won {
    pub(super) code: Code,
    pub(super) key: CodeKey,
}

struct Draft {
    wish: usize,
    link: LinkId,
    domain: DomainId,
    won: Won,
}

/// Claims a code for each wish; `None` where the one wished for is taken.
pub(super) fn claim(
    conn: &mut Conn,
    wishes: &[Wish<'_>],
    random: Random,
) -> Outcome<Vec<Option<Won>>> {
    let mut results: Vec<Option<Won>> = wishes.iter().map(|_| None).collect();
    let mut open: Vec<usize> = (0..wishes.len()).collect();
    for round in 0.. {
        let length = GENERATED_LENGTH + round / ROUNDS_OF_ONE_LENGTH;
        if length > MAX_LENGTH {
            return Err(StoreError::broken("no free code was found").into());
        }
        let mut drafts = draft(wishes, &open, length, random)?;
        // In one order for everybody: two batches that want the same codes don't deadlock.
        drafts.sort_by(|a, b| (a.domain, &a.won.key).cmp(&(b.domain, &b.won.key)));
        let winners = insert(conn, &drafts)?;
        for draft in drafts {
            if winners.contains(&(draft.link.0 as i64)) {
                results[draft.wish] = Some(draft.won);
            }
        }
        open.retain(|&wish| wishes[wish].code.is_none() && results[wish].is_none());
        if open.is_empty() {
            break;
        }
    }
    Ok(results)
}

/// Claims one code for a link that has one; whether it was free.
pub(super) fn claim_one(
    conn: &mut Conn,
    link: LinkId,
    key: &LinkKey,
    code: &Code,
) -> Outcome<bool> {
    let row = row(link, key.domain, code, &key.code);
    let inserted = diesel::insert_into(codes::table)
        .values(&row)
        .on_conflict((codes::domain, codes::code_key))
        .do_nothing()
        .execute(conn)?;
    Ok(inserted == 1)
}

/// All codes of a link.
pub(super) fn of_link(conn: &mut Conn, link: LinkId) -> Outcome<Vec<CodeRow>> {
    let rows = codes::table
        .filter(codes::link.eq(link.0 as i64))
        .order((codes::domain, codes::code_key))
        .select(CodeRow::as_select())
        .load(conn)?;
    Ok(rows)
}

/// The key that a row holds.
pub(super) fn key_of(row: &CodeRow) -> Outcome<LinkKey> {
    link_key(row.domain, &row.code_key)
}

/// The key that two columns hold.
pub(super) fn link_key(domain: i32, code_key: &str) -> Outcome<LinkKey> {
    let code = CodeKey::from_segment(code_key, true)
        .ok_or_else(|| StoreError::broken("a stored code is no code"))?;
    let domain = DomainId(domain.unsigned_abs());
    Ok(LinkKey { domain, code })
}

/// Codes to try in one round: those wished for, and drawn ones. A draw that spells a
/// reserved word is left for the next round.
fn draft(
    wishes: &[Wish<'_>],
    open: &[usize],
    length: usize,
    random: Random,
) -> Outcome<Vec<Draft>> {
    let drawn = open.iter().filter(|&&wish| wishes[wish].code.is_none());
    let mut bytes = vec![0; length * drawn.count()];
    random(&mut bytes).map_err(StoreError::Unavailable)?;
    let mut draws = bytes.chunks_exact(length);
    let drafts = open.iter().filter_map(|&place| {
        let wish = &wishes[place];
        let code = match wish.code {
            Some(code) => code.clone(),
            None => Code::from_random(draws.next()?)?,
        };
        let key = code.key(wish.case_sensitive);
        Some(Draft {
            wish: place,
            link: wish.link,
            domain: wish.domain,
            won: Won { code, key },
        })
    });
    Ok(drafts.collect())
}

/// The links that got their codes.
fn insert(conn: &mut Conn, drafts: &[Draft]) -> Outcome<HashSet<i64>> {
    let rows: Vec<_> = drafts
        .iter()
        .map(|draft| row(draft.link, draft.domain, &draft.won.code, &draft.won.key))
        .collect();
    let mut winners = HashSet::with_capacity(rows.len());
    for rows in rows.chunks(ROWS) {
        let won = diesel::insert_into(codes::table)
            .values(rows)
            .on_conflict((codes::domain, codes::code_key))
            .do_nothing()
            .returning(codes::link)
            .get_results::<i64>(conn)?;
        winners.extend(won);
    }
    Ok(winners)
}

fn row<'a>(link: LinkId, domain: DomainId, code: &'a Code, key: &'a CodeKey) -> NewCodeRow<'a> {
    NewCodeRow {
        domain: domain.0 as i32,
        code_key: key.as_str(),
        code: code.as_str(),
        bucket: bucket_of(domain, key.as_str()).number() as i16,
        link: link.0 as i64,
        role: PRIMARY,
    }
}
