//! What visitors are told apart with.

use diesel::prelude::*;
use suo_link::{time::Timestamp, visitor::VisitorKey};

use super::super::{Conn, Outcome};
use crate::store::{StoreError, schema::visitor_keys};

pub(super) fn of_day(
    conn: &mut Conn,
    day: Timestamp,
    new: VisitorKey,
    now: Timestamp,
) -> Outcome<VisitorKey> {
    diesel::insert_into(visitor_keys::table)
        .values((
            visitor_keys::day.eq(day.0),
            visitor_keys::key.eq(new.to_bytes().as_slice()),
            visitor_keys::made_at.eq(now.0),
        ))
        .on_conflict(visitor_keys::day)
        .do_nothing()
        .execute(conn)?;
    let key = visitor_keys::table
        .find(day.0)
        .select(visitor_keys::key)
        .first::<Vec<u8>>(conn)?;
    let key = key.try_into();
    let key = key.map_err(|_| StoreError::broken("a key of visitors has not 16 bytes"))?;
    Ok(VisitorKey::new(key))
}

pub(super) fn forget(conn: &mut Conn, before: Timestamp) -> Outcome<usize> {
    let old = visitor_keys::table.filter(visitor_keys::made_at.lt(before.0));
    Ok(diesel::delete(old).execute(conn)?)
}
