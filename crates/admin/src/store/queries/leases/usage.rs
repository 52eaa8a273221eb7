//! What is consumed of links, as their owners see it.

use std::collections::HashMap;

use diesel::prelude::*;
use suo_link::{id::LinkId, time::Timestamp, wire::clicks::Class};

use super::{super::clicks, Conn, Outcome};
use crate::store::{
    Usage,
    schema::{click_holders, click_leases, click_limits},
};

/// How much of these links is gone.
pub(in super::super) fn usage(conn: &mut Conn, links: &[i64]) -> Outcome<HashMap<i64, Usage>> {
    let mut usage: HashMap<i64, Usage> = HashMap::new();
    if links.is_empty() {
        return Ok(usage);
    }
    let consumed = click_limits::table
        .filter(click_limits::link.eq_any(links))
        .select((click_limits::link, click_limits::consumed))
        .load::<(i64, i64)>(conn)?;
    for (link, consumed) in consumed {
        usage.entry(link).or_default().consumed = consumed.unsigned_abs();
    }
    let leased = click_leases::table
        .filter(click_leases::link.eq_any(links))
        .select((click_leases::link, click_leases::size))
        .load::<(i64, i64)>(conn)?;
    for (link, size) in leased {
        usage.entry(link).or_default().leased += size.unsigned_abs();
    }
    Ok(usage)
}

/// How many clicks are in blocks whose time was over before then.
pub(in super::super) fn overdue(conn: &mut Conn, before: Timestamp) -> Outcome<u64> {
    let sizes = click_leases::table
        .filter(click_leases::expires_at.lt(before.0))
        .select(click_leases::size)
        .load::<i64>(conn)?;
    Ok(sizes.into_iter().map(i64::unsigned_abs).sum())
}

/// A link gets a limit that had none: what people have followed so far counts.
pub(in super::super) fn begin(conn: &mut Conn, link: LinkId) -> Outcome<()> {
    let id = link.0 as i64;
    let totals = clicks::totals(conn, &[id])?;
    let followed = totals.get(&id).map_or(0, |totals| totals.of(Class::Human)) as i64;
    diesel::insert_into(click_limits::table)
        .values((
            click_limits::link.eq(id),
            click_limits::consumed.eq(followed),
        ))
        .on_conflict(click_limits::link)
        .do_nothing()
        .execute(conn)?;
    let fewer = click_limits::table
        .find(id)
        .filter(click_limits::consumed.lt(followed));
    diesel::update(fewer)
        .set(click_limits::consumed.eq(followed))
        .execute(conn)?;
    Ok(())
}

/// A link is deleted: its number never comes again.
pub(in super::super) fn remove(conn: &mut Conn, link: LinkId) -> Outcome<()> {
    let id = link.0 as i64;
    diesel::delete(click_limits::table.find(id)).execute(conn)?;
    let blocks = click_leases::table
        .filter(click_leases::link.eq(id))
        .order(click_leases::id)
        .select(click_leases::id)
        .load::<i64>(conn)?;
    for block in blocks {
        diesel::delete(click_leases::table.find(block)).execute(conn)?;
    }
    Ok(())
}

/// Forgets who has asked for nothing since then. Blocks stay: a journal may still come.
pub(in super::super) fn forget(conn: &mut Conn, before: Timestamp) -> Outcome<()> {
    let old = click_holders::table.filter(click_holders::seen_at.lt(before.0));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
