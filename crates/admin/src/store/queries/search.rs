//! Searching links: text in title, note and tags, the beginning of a code, a target's host.
//!
//! Each kind of find gives numbers in descending order, so that a page is a merge of them.

use std::{cell::RefCell, collections::HashSet};

use diesel::{prelude::*, sql_types::BigInt};
use suo_link::{
    code::CodeKey,
    destination::{Destination, PrivateTargets},
    domain::DomainName,
    id::LinkId,
    link::Status,
};

use super::{Conn, Outcome, domains, texts};
use crate::store::{
    StoredLink,
    rows::reversed,
    schema::{codes, links},
};

/// At most so many pairs of characters are intersected; the texts themselves decide.
const PAIRS: usize = 6;

/// To find the rarest pair of a term, rows are counted up to here.
const COUNTED: usize = 2000;

/// How many links to a host are looked at to find those to a domain.
const LEADING: i64 = 100;

/// What somebody looks for.
pub(super) struct Term {
    text: String,
    /// The pairs of the text, rarest first; none if it is too short.
    grams: Vec<i64>,
    /// Where matching codes begin, on the domains that fold case and on the others.
    prefixes: Vec<String>,
    domains: Vec<i32>,
    /// The host with its labels from right to left.
    host: Option<String>,
    /// Numbers found by code, which need no look at the texts.
    by_code: RefCell<HashSet<i64>>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Term {
    pub(super) fn new(conn: &mut Conn, text: &str) -> Outcome<Self> {
        let text = text.trim();
        let host = Destination::parse(text, PrivateTargets::Allowed);
        let domains = domains::all(conn)?;
        Ok(Self {
            grams: rarest(conn, texts::of_text(text))?,
            prefixes: prefixes(text),
            domains: domains
                .iter()
                .map(|stored| stored.domain.id.0 as i32)
                .collect(),
            host: host.ok().map(|target| reversed(target.host().canonical())),
            text: text.to_lowercase(),
            by_code: RefCell::default(),
        })
    }

    /// The term, ready to judge these links: which of them fit by code, only a query knows.
    pub(super) fn among(conn: &mut Conn, text: &str, ids: &[i64]) -> Outcome<Self> {
        let term = Self::new(conn, text)?;
        for id in ids {
            candidates(conn, &term, id.saturating_add(1), 1)?;
        }
        Ok(term)
    }

    /// Whether a candidate is what was looked for.
    pub(super) fn fits(&self, link: &StoredLink) -> bool {
        let fields = &link.fields;
        let has = |text: &String| text.to_lowercase().contains(&self.text);
        let is_below = |host: &String| {
            let own = reversed(&fields.target_host);
            own.strip_prefix(host.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.by_code.borrow().contains(&(link.id.0 as i64))
            || self.host.as_ref().is_some_and(is_below)
            || !self.grams.is_empty()
                && (fields.title.iter().any(has)
                    || fields.note.iter().any(has)
                    || fields.tags.iter().any(has))
    }
}

/// Numbers of links that may fit, below `before`, highest first.
pub(super) fn candidates(
    conn: &mut Conn,
    term: &Term,
    before: i64,
    wanted: usize,
) -> Outcome<Vec<i64>> {
    let mut ids = by_text(conn, &term.grams, before, wanted)?;
    for prefix in &term.prefixes {
        let found = by_code(conn, prefix, &term.domains, before, wanted)?;
        term.by_code.borrow_mut().extend(&found);
        ids.extend(found);
    }
    if let Some(host) = &term.host {
        ids.extend(by_host(conn, host, before, wanted)?);
        ids.extend(below_host(conn, host, before, wanted)?);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.truncate(wanted);
    Ok(ids)
}

/// Walks down the rarest pair and looks the others up.
fn by_text(conn: &mut Conn, grams: &[i64], before: i64, wanted: usize) -> Outcome<Vec<i64>> {
    let Some((rarest, others)) = grams.split_first() else {
        return Ok(Vec::new());
    };
    // Only numbers are written into the statement.
    let mut statement = format!(
        "SELECT a.link AS number FROM link_grams a WHERE a.gram = {rarest} AND a.link < {before}"
    );
    for gram in others {
        statement.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM link_grams b WHERE b.gram = {gram} AND b.link = a.link)"
        ));
    }
    statement.push_str(&format!(" ORDER BY a.link DESC LIMIT {wanted}"));
    let rows = diesel::sql_query(statement).load::<Number>(conn)?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

fn by_code(
    conn: &mut Conn,
    prefix: &str,
    domains: &[i32],
    before: i64,
    wanted: usize,
) -> Outcome<Vec<i64>> {
    let ids = codes::table
        .filter(codes::domain.eq_any(domains))
        .filter(codes::code_key.ge(prefix))
        .filter(codes::code_key.lt(end_of(prefix)))
        .filter(codes::link.lt(before))
        .order(codes::link.desc())
        .limit(wanted as i64)
        .select(codes::link)
        .distinct()
        .load(conn)?;
    Ok(ids)
}

fn by_host(conn: &mut Conn, host: &str, before: i64, wanted: usize) -> Outcome<Vec<i64>> {
    let ids = links::table
        .filter(links::target_host.eq(host))
        .filter(links::id.lt(before))
        .order(links::id.desc())
        .limit(wanted as i64)
        .select(links::id)
        .load(conn)?;
    Ok(ids)
}

/// Active links to this domain, newest first, among the newest of those to its host.
pub(super) fn leading_to(conn: &mut Conn, domain: &DomainName) -> Outcome<Vec<LinkId>> {
    let to_host = links::table
        .filter(links::target_host.eq(reversed(domain.host())))
        .filter(links::status.eq(Status::Active.as_str()))
        .order(links::id.desc())
        .limit(LEADING)
        .select((links::id, links::target))
        .load::<(i64, String)>(conn)?;
    let leads_here = |target: &str| {
        let target = Destination::parse(target, PrivateTargets::Allowed);
        target.is_ok_and(|target| target.authority() == domain.as_str())
    };
    let leading = to_host.iter().filter(|(_, target)| leads_here(target));
    Ok(leading.map(|(id, _)| LinkId(*id as u64)).collect())
}

/// Subdomains: between `com.example.` and `com.example/`.
fn below_host(conn: &mut Conn, host: &str, before: i64, wanted: usize) -> Outcome<Vec<i64>> {
    let ids = links::table
        .filter(links::target_host.gt(format!("{host}.")))
        .filter(links::target_host.lt(format!("{host}/")))
        .filter(links::id.lt(before))
        .order(links::id.desc())
        .limit(wanted as i64)
        .select(links::id)
        .load(conn)?;
    Ok(ids)
}

/// Some of the pairs, rarest first.
fn rarest(conn: &mut Conn, grams: Vec<i64>) -> Outcome<Vec<i64>> {
    let step = grams.len().div_ceil(PAIRS).max(1);
    let mut counted = Vec::with_capacity(PAIRS);
    for gram in grams.into_iter().step_by(step) {
        let statement = format!(
            "SELECT count(*) AS number FROM
                (SELECT 1 FROM link_grams WHERE gram = {gram} LIMIT {COUNTED}) AS few"
        );
        let row = diesel::sql_query(statement).get_result::<Number>(conn)?;
        counted.push((row.number, gram));
    }
    counted.sort_unstable();
    Ok(counted.into_iter().map(|(_, gram)| gram).collect())
}

fn prefixes(text: &str) -> Vec<String> {
    let mut prefixes: Vec<String> = [false, true]
        .into_iter()
        .filter_map(|case_sensitive| CodeKey::from_segment(text, case_sensitive))
        .map(|key| key.as_str().to_owned())
        .collect();
    prefixes.dedup();
    prefixes
}

/// What comes after all texts that begin with `prefix`; codes are ASCII.
fn end_of(prefix: &str) -> String {
    let mut bytes: Vec<u8> = prefix.bytes().collect();
    if let Some(last) = bytes.last_mut() {
        *last += 1;
    }
    bytes.into_iter().map(char::from).collect()
}
