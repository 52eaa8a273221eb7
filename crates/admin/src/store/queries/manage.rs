//! Who may manage a link without an account: the number of its present manage address.

use diesel::prelude::*;
use suo_link::id::LinkId;

use super::{Conn, Outcome};
use crate::store::schema::manage_links;

/// The number of a link's first manage address.
const FIRST: i32 = 1;

/// Rows of one statement: two values each.
const ROWS: usize = 5000;

pub(super) fn open(conn: &mut Conn, links: &[LinkId]) -> Outcome<Vec<u32>> {
    let row = |link: &LinkId| {
        (
            manage_links::link.eq(link.0 as i64),
            manage_links::serial.eq(FIRST),
        )
    };
    for links in links.chunks(ROWS) {
        let rows: Vec<_> = links.iter().map(row).collect();
        diesel::insert_into(manage_links::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(conn)?;
    }
    let serials = links.iter().map(|link| serial(conn, *link));
    let serials: Vec<Option<u32>> = serials.collect::<Outcome<_>>()?;
    Ok(serials.into_iter().flatten().collect())
}

pub(super) fn serial(conn: &mut Conn, link: LinkId) -> Outcome<Option<u32>> {
    let serial = manage_links::table
        .find(link.0 as i64)
        .select(manage_links::serial)
        .first::<i32>(conn)
        .optional()?;
    Ok(serial.map(i32::unsigned_abs))
}

/// Only who knows the present number raises it, and only one of two at the same time.
pub(super) fn renew(conn: &mut Conn, link: LinkId, serial: u32) -> Outcome<Option<u32>> {
    let next = serial.saturating_add(1);
    let present = manage_links::table
        .find(link.0 as i64)
        .filter(manage_links::serial.eq(serial as i32));
    let changed = diesel::update(present)
        .set(manage_links::serial.eq(next as i32))
        .execute(conn)?;
    Ok((changed == 1).then_some(next))
}

pub(super) fn close(conn: &mut Conn, link: LinkId) -> Outcome<()> {
    diesel::delete(manage_links::table.find(link.0 as i64)).execute(conn)?;
    Ok(())
}
