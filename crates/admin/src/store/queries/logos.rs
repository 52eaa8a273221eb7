//! Pictures in the middle of QR codes.

use diesel::prelude::*;
use suo_link::time::Timestamp;

use super::{Conn, Outcome, dialect};
use crate::store::{LogoAdded, LogoHash, MAX_LOGOS, rows::WORKSPACE, schema::logos};

/// The instance's row is locked, so that the bound holds.
pub(super) fn add(
    conn: &mut Conn,
    hash: &LogoHash,
    png: &[u8],
    now: Timestamp,
) -> Outcome<LogoAdded> {
    dialect::lock_instance(conn)?;
    if find(conn, hash)?.is_some() {
        return Ok(LogoAdded::Known);
    }
    if logos::table.count().get_result::<i64>(conn)? >= MAX_LOGOS {
        return Ok(LogoAdded::TooMany);
    }
    diesel::insert_into(logos::table)
        .values((
            logos::hash.eq(hash.as_slice()),
            logos::workspace.eq(WORKSPACE),
            logos::png.eq(png),
            logos::created_at.eq(now.0),
        ))
        .execute(conn)?;
    Ok(LogoAdded::New)
}

pub(super) fn find(conn: &mut Conn, hash: &LogoHash) -> Outcome<Option<Vec<u8>>> {
    let png = logos::table
        .find(hash.as_slice())
        .select(logos::png)
        .first(conn)
        .optional()?;
    Ok(png)
}

pub(super) fn remove(conn: &mut Conn, hash: &LogoHash) -> Outcome<bool> {
    let removed = diesel::delete(logos::table.find(hash.as_slice())).execute(conn)?;
    Ok(removed > 0)
}
