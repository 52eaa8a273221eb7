//! Changing a link: its row is locked first, then a new code is claimed, then a number taken.

use diesel::prelude::*;
use suo_link::{
    code::Code,
    id::LinkId,
    time::Timestamp,
    wire::{changes::Change, names::LinkKey},
};

use super::{Conn, Outcome, codes, dialect, domains, find, leases, outbox, texts};
use crate::store::{
    Expected, LinkEdit, LinkFields, Patched, StoreError, StoredLink, Usage,
    rows::{ALIAS, NewLinkRow, PRIMARY, record},
    schema::{codes as code_rows, links},
};

pub(super) fn patch(
    conn: &mut Conn,
    id: LinkId,
    expected: &Expected,
    edit: &mut dyn FnMut(&StoredLink) -> Option<LinkEdit>,
    now: Timestamp,
) -> Outcome<Patched> {
    let Some(row) = dialect::lock_link(conn, id.0 as i64)? else {
        return Ok(Patched::NotFound);
    };
    let Some(old) = find::complete(conn, vec![row])?.pop() else {
        return Ok(Patched::NotFound);
    };
    if !expected.fits(old.version) {
        return Ok(Patched::OtherVersion);
    }
    let Some(edit) = edit(&old) else {
        return Ok(Patched::Refused);
    };
    let code = edit.code.filter(|code| code.as_str() != old.code);
    if code.is_none() && edit.fields == old.fields {
        return Ok(Patched::Done(old));
    }
    let fresh = match code.as_ref().map(|code| rename(conn, &old, code)) {
        None => None,
        Some(renamed) => match renamed? {
            Renamed::Taken => return Ok(Patched::CodeTaken),
            Renamed::OwnCode => None,
            Renamed::FreshCode(key) => Some(key),
        },
    };
    let mut link = changed(&old, code, edit.fields, now);
    write(conn, &old.fields, &link, fresh.as_ref(), now)?;
    if link.fields.max_clicks.is_some() {
        if old.fields.max_clicks.is_none() {
            leases::begin(conn, id)?;
        }
        let id = id.0 as i64;
        let usage = leases::usage(conn, &[id])?.remove(&id);
        link.usage = usage.unwrap_or_default();
    }
    Ok(Patched::Done(link))
}

enum Renamed {
    /// The code belongs to another link.
    Taken,
    /// It was an alias of the link, or differs in case only.
    OwnCode,
    /// It answered nobody before.
    FreshCode(LinkKey),
}

/// Makes `code` the link's primary code and the old one an alias.
fn rename(conn: &mut Conn, link: &StoredLink, code: &Code) -> Outcome<Renamed> {
    let key = LinkKey {
        domain: link.domain,
        code: code.key(is_case_sensitive(conn, link)?),
    };
    retire_primary(conn, link)?;
    if codes::claim_one(conn, link.id, &key, code)? {
        return Ok(Renamed::FreshCode(key));
    }
    let own = code_rows::table
        .find((key.domain.0 as i32, key.code.as_str()))
        .filter(code_rows::link.eq(link.id.0 as i64));
    let changed = diesel::update(own)
        .set((
            code_rows::code.eq(code.as_str()),
            code_rows::role.eq(PRIMARY),
        ))
        .execute(conn)?;
    if changed == 1 {
        return Ok(Renamed::OwnCode);
    }
    restore_primary(conn, link)?;
    Ok(Renamed::Taken)
}

fn retire_primary(conn: &mut Conn, link: &StoredLink) -> Outcome<()> {
    let primary = code_rows::table
        .filter(code_rows::link.eq(link.id.0 as i64))
        .filter(code_rows::role.eq(PRIMARY));
    diesel::update(primary)
        .set(code_rows::role.eq(ALIAS))
        .execute(conn)?;
    Ok(())
}

fn restore_primary(conn: &mut Conn, link: &StoredLink) -> Outcome<()> {
    let old = code_rows::table
        .filter(code_rows::link.eq(link.id.0 as i64))
        .filter(code_rows::code.eq(&link.code));
    diesel::update(old)
        .set(code_rows::role.eq(PRIMARY))
        .execute(conn)?;
    Ok(())
}

fn is_case_sensitive(conn: &mut Conn, link: &StoredLink) -> Outcome<bool> {
    let domains = domains::all(conn)?;
    let stored = domains
        .iter()
        .find(|stored| stored.domain.id == link.domain)
        .ok_or_else(|| StoreError::broken("a link lies on an unknown domain"))?;
    Ok(stored.domain.case_sensitive)
}

fn changed(old: &StoredLink, code: Option<Code>, fields: LinkFields, now: Timestamp) -> StoredLink {
    StoredLink {
        id: old.id,
        domain: old.domain,
        code: code.map_or_else(|| old.code.clone(), |code| code.as_str().to_owned()),
        fields,
        clicks: old.clicks,
        usage: Usage::default(),
        version: old.version + 1,
        created_at: old.created_at,
        updated_at: now,
    }
}

fn write(
    conn: &mut Conn,
    old: &LinkFields,
    link: &StoredLink,
    fresh: Option<&LinkKey>,
    now: Timestamp,
) -> Outcome<()> {
    let rev = dialect::next_rev(conn)?.unsigned_abs();
    update(conn, link, rev)?;
    texts::replace(conn, link.id, old, &link.fields)?;
    let record = record(link, rev);
    let change = |row: crate::store::rows::CodeRow| {
        let key = codes::key_of(&row)?;
        let record = record.clone();
        Ok(if Some(&key) == fresh {
            Change::Created { key, record }
        } else {
            Change::Edited { key, record }
        })
    };
    let codes = codes::of_link(conn, link.id)?.into_iter();
    outbox::put(conn, codes.map(change).collect::<Outcome<_>>()?, now)
}

fn update(conn: &mut Conn, link: &StoredLink, rev: u64) -> Outcome<()> {
    let row = NewLinkRow::new(link, rev);
    diesel::update(links::table.find(row.id))
        .set(row)
        .execute(conn)?;
    Ok(())
}
