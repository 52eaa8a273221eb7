//! Deleting a link: its row is locked first, so that numbers taken for its codes afterwards
//! are higher than the tombstones'.

use diesel::prelude::*;
use suo_link::{id::LinkId, time::Timestamp, wire::changes::Change};

use super::{Conn, Outcome, codes, dialect, find, leases, manage, outbox, texts};
use crate::store::{
    Deleted, Expected,
    rows::{CodeRow, tombstone},
    schema::{codes as code_rows, links},
};

pub(super) fn delete(
    conn: &mut Conn,
    id: LinkId,
    expected: &Expected,
    now: Timestamp,
) -> Outcome<Deleted> {
    let Some(row) = dialect::lock_link(conn, id.0 as i64)? else {
        return Ok(Deleted::NotFound);
    };
    if !expected.fits(row.version.unsigned_abs()) {
        return Ok(Deleted::OtherVersion);
    }
    let codes = codes::of_link(conn, id)?;
    for link in find::complete(conn, vec![row])? {
        texts::remove(conn, id, &link.fields)?;
    }
    diesel::delete(code_rows::table.filter(code_rows::link.eq(id.0 as i64))).execute(conn)?;
    manage::close(conn, id)?;
    leases::remove(conn, id)?;
    let rev = dialect::next_rev(conn)?.unsigned_abs();
    diesel::delete(links::table.find(id.0 as i64)).execute(conn)?;
    outbox::put(conn, tombstones(&codes, rev)?, now)?;
    Ok(Deleted::Done)
}

fn tombstones(codes: &[CodeRow], rev: u64) -> Outcome<Vec<Change>> {
    let change = |row: &CodeRow| {
        let key = codes::key_of(row)?;
        let record = tombstone(rev);
        Ok(Change::Edited { key, record })
    };
    codes.iter().map(change).collect()
}
