//! Reading links: one, or pages of those that fit a filter.

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use suo_link::{id::LinkId, link::Status};

use super::{
    Conn, Outcome, clicks, domains, leases,
    search::{self, Term},
};
use crate::store::{
    Filter, Page, StoredLink,
    rows::{LinkRow, PRIMARY},
    schema::{codes, link_tags, links},
};

/// How many candidates are looked at in one go where not each of them fits.
const CANDIDATES: usize = 200;

/// How often more candidates are fetched for one page: a page may end early, with a cursor.
const ROUNDS: usize = 20;

pub(super) fn one(conn: &mut Conn, id: LinkId) -> Outcome<Option<StoredLink>> {
    Ok(by_ids(conn, &[id.0 as i64])?.pop())
}

/// The links with these numbers, newest first.
pub(super) fn by_ids(conn: &mut Conn, ids: &[i64]) -> Outcome<Vec<StoredLink>> {
    let rows = links::table
        .filter(links::id.eq_any(ids))
        .order(links::id.desc())
        .select(LinkRow::as_select())
        .load(conn)?;
    complete(conn, rows)
}

/// Adds primary codes and tags to rows of links.
pub(super) fn complete(conn: &mut Conn, rows: Vec<LinkRow>) -> Outcome<Vec<StoredLink>> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let codes = codes::table
        .filter(codes::link.eq_any(&ids))
        .filter(codes::role.eq(PRIMARY))
        .select((codes::link, codes::code))
        .load::<(i64, String)>(conn)?;
    let mut codes: HashMap<i64, String> = codes.into_iter().collect();
    let mut tags = tags(conn, &ids)?;
    let mut totals = clicks::totals(conn, &ids)?;
    let limited = rows.iter().filter(|row| row.max_clicks.is_some());
    let limited: Vec<i64> = limited.map(|row| row.id).collect();
    let mut usage = leases::usage(conn, &limited)?;
    let mut links = Vec::with_capacity(rows.len());
    for row in rows {
        // A link that was deleted between the two statements has no code any more.
        if let Some(code) = codes.remove(&row.id) {
            let tags = tags.remove(&row.id).unwrap_or_default();
            let clicks = totals.remove(&row.id).unwrap_or_default();
            let usage = usage.remove(&row.id).unwrap_or_default();
            links.push(row.read(code, tags, clicks, usage)?);
        }
    }
    Ok(links)
}

pub(super) fn page(conn: &mut Conn, filter: &Filter) -> Outcome<Page> {
    let source = Source::new(conn, filter)?;
    let mut before = filter.before.map_or(i64::MAX, |id| id.0 as i64);
    let mut links = Vec::new();
    for _ in 0..ROUNDS {
        let wanted = source.portion(filter.limit + 1 - links.len());
        let ids = source.ids(conn, filter, before, wanted)?;
        let candidates = by_ids(conn, &ids)?;
        links.extend(
            candidates
                .into_iter()
                .filter(|link| source.fits(link, filter)),
        );
        if links.len() > filter.limit {
            links.truncate(filter.limit);
            let next = links.last().map(|link| link.id);
            return Ok(Page { links, next });
        }
        match ids.last() {
            Some(last) if ids.len() >= wanted => before = *last,
            _ => return Ok(Page { links, next: None }),
        }
    }
    let next = Some(LinkId(before as u64));
    Ok(Page { links, next })
}

/// Where candidates come from: what narrows most; the rest of the filter is checked on them.
enum Source<'a> {
    /// And what else is looked for.
    Code(Vec<i64>, Option<Term>),
    Search(Term),
    Tag(&'a str),
    Links,
}

impl<'a> Source<'a> {
    fn new(conn: &mut Conn, filter: &'a Filter) -> Outcome<Self> {
        if let Some(code) = &filter.code {
            let ids = with_code(conn, code)?;
            let term = filter.search.as_deref();
            let term = term.map(|text| Term::among(conn, text, &ids)).transpose()?;
            return Ok(Self::Code(ids, term));
        }
        if let Some(text) = &filter.search {
            return Ok(Self::Search(Term::new(conn, text)?));
        }
        Ok(match &filter.tag {
            Some(tag) => Self::Tag(tag),
            None => Self::Links,
        })
    }

    fn portion(&self, missing: usize) -> usize {
        match self {
            Self::Links => missing,
            _ => missing.max(CANDIDATES),
        }
    }

    /// Numbers below `before`, highest first; fewer than `wanted` only if there are no more.
    fn ids(
        &self,
        conn: &mut Conn,
        filter: &Filter,
        before: i64,
        wanted: usize,
    ) -> Outcome<Vec<i64>> {
        match self {
            Self::Code(ids, _) => {
                let rest = ids.iter().copied().filter(|id| *id < before);
                Ok(rest.take(wanted).collect())
            }
            Self::Search(term) => search::candidates(conn, term, before, wanted),
            Self::Tag(tag) => with_tag(conn, tag, before, wanted),
            Self::Links => all(conn, filter, before, wanted),
        }
    }

    fn fits(&self, link: &StoredLink, filter: &Filter) -> bool {
        let is_found = match self {
            Self::Search(term) | Self::Code(_, Some(term)) => term.fits(link),
            _ => true,
        };
        is_found
            && filter.domain.is_none_or(|domain| link.domain == domain)
            && filter
                .status
                .is_none_or(|status| link.fields.status == status)
            && filter
                .tag
                .as_ref()
                .is_none_or(|tag| link.fields.tags.contains(tag))
    }
}

fn all(conn: &mut Conn, filter: &Filter, before: i64, wanted: usize) -> Outcome<Vec<i64>> {
    let mut query = links::table
        .filter(links::id.lt(before))
        .order(links::id.desc())
        .limit(wanted as i64)
        .select(links::id)
        .into_boxed();
    if let Some(domain) = filter.domain {
        query = query.filter(links::domain.eq(domain.0 as i32));
    }
    query = match filter.status {
        None => query,
        Some(Status::Active) => query.filter(sql::<Bool>("links.status = 'active'")),
        // Said as the partial index says it, so that both databases see that it fits.
        Some(status) => query
            .filter(sql::<Bool>("links.status <> 'active'"))
            .filter(links::status.eq(status.as_str())),
    };
    Ok(query.load(conn)?)
}

fn with_tag(conn: &mut Conn, tag: &str, before: i64, wanted: usize) -> Outcome<Vec<i64>> {
    let ids = link_tags::table
        .filter(link_tags::tag.eq(tag))
        .filter(link_tags::link.lt(before))
        .order(link_tags::link.desc())
        .limit(wanted as i64)
        .select(link_tags::link)
        .load(conn)?;
    Ok(ids)
}

/// The links that have this code on any domain, highest number first.
fn with_code(conn: &mut Conn, code: &str) -> Outcome<Vec<i64>> {
    let domains = domains::all(conn)?;
    let mut ids = Vec::new();
    for stored in domains {
        let folded = code.to_ascii_lowercase();
        let key = if stored.domain.case_sensitive {
            code
        } else {
            &folded
        };
        let id = codes::table
            .find((stored.domain.id.0 as i32, key))
            .select(codes::link)
            .first::<i64>(conn)
            .optional()?;
        ids.extend(id);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    Ok(ids)
}

fn tags(conn: &mut Conn, ids: &[i64]) -> Outcome<HashMap<i64, Vec<String>>> {
    let rows = link_tags::table
        .filter(link_tags::link.eq_any(ids))
        .order((link_tags::link, link_tags::position))
        .select((link_tags::link, link_tags::tag))
        .load::<(i64, String)>(conn)?;
    let mut tags: HashMap<i64, Vec<String>> = HashMap::new();
    for (link, tag) in rows {
        tags.entry(link).or_default().push(tag);
    }
    Ok(tags)
}
